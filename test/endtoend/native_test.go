package endtoend

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// nativeService is the service.name of Claude Code's own telemetry.
const nativeService = "claude-code"

// Claude Code's own telemetry, over both protocols: what it sends is found in
// Loki and in the audit log.
func TestNativeTelemetryArrives(t *testing.T) {
	s := shared(t)
	for name, export := range map[string]func(context.Context, *testing.T, *harness.Stack, string){"http protobuf": exportHTTP, "grpc": exportGRPC} {
		t.Run(name, func(t *testing.T) {
			session := "native " + name
			export(t.Context(), t, s, session)
			entries := awaitAudit(t, s, auditlog.Filter{SessionID: session}, 3)
			require.Len(t, entries, 3)
			for _, e := range entries {
				require.Equal(t, nativeService, e.Resource[semconv.ServiceName])
			}
			found := awaitLoki(t, s, `{service="claude-code"} | session_id="`+session+`"`, 3)
			require.Len(t, found, 3)
			tools := awaitLoki(t, s, `{service="claude-code", event="tool_result", tool="Bash", session="`+session+`"}`, 1)
			require.Len(t, tools, 1)
			require.Equal(t, "toolu_native", tools[0].Metadata[semconv.MetadataToolUseID])
			require.Equal(t, "prompt-1", tools[0].Metadata[semconv.MetadataPromptID])
			for what, query := range map[string]string{
				"metric": `{service="claude-code", session="` + session + `"} |= "claude_code.token.usage"`,
				"span":   `{service="claude-code", session="` + session + `"} |= "claude_code.llm_request"`,
			} {
				require.Len(t, awaitLoki(t, s, query+" | json", 1), 1, what)
			}
		})
	}
}

func nativeLogs(session string) plogotlp.ExportRequest {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	describe(rl.Resource())
	lr := rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	lr.SetTimestamp(pcommon.NewTimestampFromTime(time.Now()))
	lr.Body().SetStr("claude_code.tool_result")
	for k, v := range map[string]string{
		semconv.NativeEventName: "tool_result", semconv.NativeToolName: "Bash", semconv.NativeToolUseID: "toolu_native",
		semconv.NativePromptID: "prompt-1", semconv.SessionID: session, "success": "true", "duration_ms": "17",
	} {
		lr.Attributes().PutStr(k, v)
	}
	return plogotlp.NewExportRequestFromLogs(ld)
}

func nativeMetrics(session string) pmetricotlp.ExportRequest {
	md := pmetric.NewMetrics()
	rm := md.ResourceMetrics().AppendEmpty()
	describe(rm.Resource())
	m := rm.ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	m.SetName("claude_code.token.usage")
	m.SetUnit("tokens")
	sum := m.SetEmptySum()
	sum.SetIsMonotonic(true)
	sum.SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
	p := sum.DataPoints().AppendEmpty()
	p.SetTimestamp(pcommon.NewTimestampFromTime(time.Now()))
	p.SetIntValue(4711)
	p.Attributes().PutStr(semconv.SessionID, session)
	p.Attributes().PutStr("type", "input")
	return pmetricotlp.NewExportRequestFromMetrics(md)
}

func nativeTraces(session string) ptraceotlp.ExportRequest {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	describe(rs.Resource())
	span := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	span.SetName("claude_code.llm_request")
	span.SetTraceID(pcommon.TraceID{1, 2, 3})
	span.SetSpanID(pcommon.SpanID{4, 5, 6})
	span.SetStartTimestamp(pcommon.NewTimestampFromTime(time.Now().Add(-time.Second)))
	span.SetEndTimestamp(pcommon.NewTimestampFromTime(time.Now()))
	span.Attributes().PutStr(semconv.SessionID, session)
	return ptraceotlp.NewExportRequestFromTraces(td)
}

func describe(r pcommon.Resource) {
	r.Attributes().PutStr(semconv.ServiceName, nativeService)
	r.Attributes().PutStr(semconv.ServiceVersion, "2.1.0")
}

func exportHTTP(ctx context.Context, t *testing.T, s *harness.Stack, session string) {
	t.Helper()
	for path, request := range map[string]interface{ MarshalProto() ([]byte, error) }{
		"logs": nativeLogs(session), "metrics": nativeMetrics(session), "traces": nativeTraces(session),
	} {
		raw, err := request.MarshalProto()
		require.NoError(t, err)
		address := "http://127.0.0.1:" + strconv.Itoa(s.Ports.OTLPHTTP) + "/v1/" + path
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(raw))
		require.NoError(t, err)
		req.Header.Set("Content-Type", "application/x-protobuf")
		o, err := harness.Do(http.DefaultClient, req)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, o.Status, "%s: %s", path, o.Body)
	}
}

func exportGRPC(ctx context.Context, t *testing.T, s *harness.Stack, session string) {
	t.Helper()
	conn, err := grpc.NewClient("127.0.0.1:"+strconv.Itoa(s.Ports.OTLPGRPC), grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	_, err = plogotlp.NewGRPCClient(conn).Export(ctx, nativeLogs(session))
	require.NoError(t, err)
	_, err = pmetricotlp.NewGRPCClient(conn).Export(ctx, nativeMetrics(session))
	require.NoError(t, err)
	_, err = ptraceotlp.NewGRPCClient(conn).Export(ctx, nativeTraces(session))
	require.NoError(t, err)
}
