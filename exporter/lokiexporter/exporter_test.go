package lokiexporter

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/agent-telemetry/agent-telemetry/exporter/lokiexporter/internal/metadata"
)

func testConfig(endpoint string) *Config {
	cfg := createDefaultConfig().(*Config)
	cfg.ClientConfig.Endpoint = endpoint
	return cfg
}

// testExporter is a started exporter without queue and retry.
type testExporter struct {
	*lokiExporter
	telemetry *componenttest.Telemetry
}

func startExporter(t *testing.T, cfg *Config) *testExporter {
	t.Helper()
	require.NoError(t, cfg.Validate())
	telemetry := componenttest.NewTelemetry()
	set := exportertest.NewNopSettings(metadata.Type)
	set.TelemetrySettings = telemetry.NewTelemetrySettings()
	e, err := newExporter(cfg, set)
	require.NoError(t, err)
	require.NoError(t, e.start(context.Background(), componenttest.NewNopHost()))
	t.Cleanup(func() {
		require.NoError(t, e.shutdown(context.Background()))
		require.NoError(t, telemetry.Shutdown(context.Background()))
	})
	return &testExporter{e, telemetry}
}

// counter returns the points of a metric by their only attribute ("" without).
func (e *testExporter) counter(t *testing.T, name string) map[string]int64 {
	t.Helper()
	points := make(map[string]int64)
	m, err := e.telemetry.GetMetric("otelcol_exporter_loki_" + name)
	if err != nil {
		return points // never counted
	}
	for _, p := range m.Data.(metricdata.Sum[int64]).DataPoints {
		key := ""
		for _, kv := range p.Attributes.ToSlice() {
			key = kv.Value.String()
		}
		points[key] = p.Value
	}
	return points
}

func TestRequestHeaders(t *testing.T) {
	server := newPushServer(t, nil)
	cfg := testConfig(server.URL + pushPath) // the whole address is understood too
	cfg.TenantID = "team-a"
	cfg.BasicAuth = configoptional.Some(BasicAuthConfig{Username: "user", Password: "secret"})
	e := startExporter(t, cfg)
	ld, records := newLogs("claude-telemetry")
	addHookRecord(records, "s", 1, testTime)
	require.NoError(t, e.pushLogs(t.Context(), ld))
	got := server.one(t)
	require.Equal(t, "/loki/api/v1/push", got.path)
	require.Equal(t, "application/x-protobuf", got.header.Get("Content-Type"))
	require.Equal(t, "team-a", got.header.Get("X-Scope-OrgID"))
	require.Equal(t, "Basic dXNlcjpzZWNyZXQ=", got.header.Get("Authorization"))
}

func TestTLSAndHeaders(t *testing.T) {
	var header http.Header
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header = r.Header.Clone()
		w.WriteHeader(http.StatusNoContent)
	}))
	defer server.Close()
	ld, records := newLogs("claude-telemetry")
	addHookRecord(records, "s", 1, testTime)

	cfg := testConfig(server.URL)
	cfg.ClientConfig.Headers.Set("Authorization", "Bearer token")
	err := startExporter(t, cfg).pushLogs(t.Context(), ld)
	require.ErrorContains(t, err, "certificate")
	require.False(t, consumererror.IsPermanent(err))

	cfg.ClientConfig.TLS.CAPem = configopaque.String(pem.EncodeToMemory(
		&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	require.NoError(t, startExporter(t, cfg).pushLogs(t.Context(), ld))
	require.Equal(t, "Bearer token", header.Get("Authorization"))
}

func TestStatuses(t *testing.T) {
	const tooFarBehind = "entry with timestamp 2026-03-04 05:06:07 +0000 UTC ignored, reason: " +
		"'entry too far behind, entry timestamp is: x, oldest acceptable timestamp is: y',\n" +
		"user 'fake', total ignored: 1 out of 2 for stream: {service=\"x\"}"
	tests := []struct {
		name      string
		reply     reply
		retried   int // retry_statuses
		ok        bool
		permanent bool
		refused   map[string]int64
		says      string
	}{
		{name: "204", ok: true},
		{name: "200", reply: reply{status: 200}, ok: true},
		{name: "rate limit", reply: reply{status: 429, body: "ingestion rate limit exceeded for user fake"}},
		{name: "stream rate", reply: reply{status: 429, body: "Per stream rate limit exceeded"}},
		{name: "500", reply: reply{status: 500}},
		{name: "503", reply: reply{status: 503}},
		{name: "408", reply: reply{status: 408}},
		{name: "redirect", reply: reply{status: 302, header: http.Header{"Location": {"/login"}}}, says: "endpoint"},
		{
			name: "partly refused", reply: reply{status: 400, body: tooFarBehind}, ok: true,
			refused: map[string]int64{"too_far_behind": 1},
		},
		{
			name: "wholly refused", reply: reply{status: 400, body: strings.Replace(tooFarBehind, "1 out", "2 out", 1)},
			permanent: true, refused: map[string]int64{"too_far_behind": 2},
		},
		{
			name: "400 of something else", reply: reply{status: 400, body: "<html>"}, permanent: true,
			refused: map[string]int64{"other": 2},
		},
		{name: "401", reply: reply{status: 401}, permanent: true, refused: map[string]int64{"http_401": 2}, says: "basic_auth"},
		{name: "401 retried", reply: reply{status: 401}, retried: 401},
		{name: "403", reply: reply{status: 403}, permanent: true, refused: map[string]int64{"http_403": 2}, says: "tenant_id"},
		{name: "404", reply: reply{status: 404}, permanent: true, refused: map[string]int64{"http_404": 2}, says: "endpoint"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := newPushServer(t, func(int, *pushed) reply { return tt.reply })
			cfg := testConfig(server.URL)
			if tt.retried != 0 {
				cfg.RetryStatuses = []int{tt.retried}
			}
			e := startExporter(t, cfg)
			ld, records := newLogs("claude-telemetry")
			addHookRecord(records, "s", 1, testTime)
			addHookRecord(records, "s", 2, testTime)
			err := e.pushLogs(t.Context(), ld)
			require.Equal(t, tt.ok, err == nil, "%v", err)
			require.Equal(t, tt.permanent, consumererror.IsPermanent(err), "%v", err)
			if tt.says != "" {
				require.ErrorContains(t, err, tt.says)
			}
			if tt.refused == nil {
				tt.refused = map[string]int64{}
			}
			require.Equal(t, tt.refused, e.counter(t, "refused_entries"))
			require.Equal(t, 2, server.one(t).entries())
		})
	}
}

func TestNetworkErrorIsRetried(t *testing.T) {
	server := newPushServer(t, nil)
	server.Close()
	e := startExporter(t, testConfig(server.URL))
	ld, records := newLogs("claude-telemetry")
	addHookRecord(records, "s", 1, testTime)
	err := e.pushLogs(t.Context(), ld)
	require.Error(t, err)
	require.False(t, consumererror.IsPermanent(err))
	require.Equal(t, map[string]int64{"0": 1}, e.counter(t, "pushes"))
}

func TestRetryCarriesOnlyWhatIsLeft(t *testing.T) {
	server := newPushServer(t, func(n int, _ *pushed) reply {
		if n == 1 {
			return reply{status: 503, header: http.Header{"Retry-After": {"7"}}}
		}
		return reply{}
	})
	e := startExporter(t, testConfig(server.URL))
	ld, records := newLogs("claude-telemetry")
	addHookRecord(records, "a", 1, testTime)
	addHookRecord(records, "b", 1, testTime)
	addHookRecord(records, "a", 2, testTime)
	err := e.pushLogs(t.Context(), ld)
	require.ErrorContains(t, err, "Throttle (7s)")
	var rest consumererror.Logs
	require.ErrorAs(t, err, &rest)
	require.Equal(t, 1, rest.Data().LogRecordCount())
	session, _ := rest.Data().ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes().Get("session.id")
	require.Equal(t, "b", session.Str())
}

const streamLimitBody = "Maximum active stream limit exceeded when trying to create stream {session=\"b\"}, reduce"

func TestStreamLimit(t *testing.T) {
	full := func(p *pushed) bool {
		last := p.Streams[len(p.Streams)-1].Labels
		return strings.Contains(last, `session="b"`)
	}
	server := newPushServer(t, func(_ int, p *pushed) reply {
		if full(p) {
			return reply{status: 429, body: streamLimitBody}
		}
		return reply{}
	})
	e := startExporter(t, testConfig(server.URL))
	batch := func(seq int) plog.Logs {
		ld, records := newLogs("claude-telemetry")
		addHookRecord(records, "a", seq, testTime)
		addHookRecord(records, "b", seq, testTime)
		return ld
	}
	require.NoError(t, e.pushLogs(t.Context(), batch(1)))
	requests := server.requests()
	require.Len(t, requests, 3)
	moved := requests[2].Streams[0]
	require.Contains(t, moved.Labels, `session="__overflow__"`)
	require.Contains(t, moved.Entries[0].StructuredMetadata[0].Value, "b")

	// For a while it is not tried again.
	require.NoError(t, e.pushLogs(t.Context(), batch(2)))
	requests = server.requests()
	require.Len(t, requests, 4)
	require.False(t, full(requests[3]))
	require.Len(t, requests[3].Streams, 2)
	require.Equal(t, map[string]int64{"session": 2}, e.counter(t, "label_overflows"))
	require.Empty(t, e.counter(t, "refused_entries"))
}

func TestStreamLimitWithoutRoomAtAll(t *testing.T) {
	server := newPushServer(t, func(int, *pushed) reply { return reply{status: 429, body: streamLimitBody} })
	e := startExporter(t, testConfig(server.URL))
	ld, records := newLogs("claude-telemetry")
	addHookRecord(records, "a", 1, testTime)
	addHookRecord(records, "b", 1, testTime)
	err := e.pushLogs(t.Context(), ld)
	require.True(t, consumererror.IsPermanent(err))
	require.ErrorContains(t, err, "max_global_streams_per_user")
	require.Equal(t, map[string]int64{"stream_limit": 2}, e.counter(t, "refused_entries"))
	require.Len(t, server.requests(), 3)
}

func TestOneBadStreamDoesNotSpoilThePush(t *testing.T) {
	server := newPushServer(t, func(_ int, p *pushed) reply {
		for _, s := range p.Streams {
			if strings.Contains(s.Labels, `session="bad"`) {
				return reply{status: 400, body: "couldn't parse push request: what ever"}
			}
		}
		return reply{}
	})
	e := startExporter(t, testConfig(server.URL))
	for round := range 2 { // the second time they share a push
		ld, records := newLogs("claude-telemetry")
		for i := range 5 {
			addHookRecord(records, fmt.Sprint(i), round, testTime)
		}
		if round == 1 {
			addHookRecord(records, "bad", 1, testTime)
			addHookRecord(records, "bad", 2, testTime)
		}
		require.Equal(t, round == 1, consumererror.IsPermanent(e.pushLogs(t.Context(), ld)))
	}
	require.Equal(t, map[string]int64{"other": 2}, e.counter(t, "refused_entries"))
	stored := make(map[string]bool)
	for _, r := range server.requests() {
		if strings.Contains(fmt.Sprint(r.Streams), `session="bad"`) {
			continue
		}
		for _, s := range r.Streams {
			for _, entry := range s.Entries {
				stored[entry.Line] = true
			}
		}
	}
	require.Len(t, stored, 10)
}

func TestTooLargePushIsSplit(t *testing.T) {
	server := newPushServer(t, func(_ int, p *pushed) reply {
		if p.entries() > 2 {
			return reply{status: 413}
		}
		return reply{}
	})
	e := startExporter(t, testConfig(server.URL))
	ld, records := newLogs("claude-telemetry")
	for i := range 8 {
		addHookRecord(records, "a", i, testTime.Add(time.Duration(i)))
	}
	require.NoError(t, e.pushLogs(t.Context(), ld))
	stored := 0
	var last time.Time
	for _, r := range server.requests() {
		if r.entries() > 2 {
			continue
		}
		stored += r.entries()
		require.True(t, r.Streams[0].Entries[0].Timestamp.After(last), "in the order of time")
		last = r.Streams[0].Entries[r.entries()-1].Timestamp
	}
	require.Equal(t, 8, stored)
}

func TestEntryTooLargeForTheProxyIsCounted(t *testing.T) {
	server := newPushServer(t, func(int, *pushed) reply { return reply{status: 413} })
	e := startExporter(t, testConfig(server.URL))
	ld, records := newLogs("claude-telemetry")
	addHookRecord(records, "a", 1, testTime)
	require.True(t, consumererror.IsPermanent(e.pushLogs(t.Context(), ld)))
	require.Equal(t, map[string]int64{"request_too_large": 1}, e.counter(t, "refused_entries"))
}

func TestRateLimitMakesPushesSmaller(t *testing.T) {
	const burst = 200 << 10
	server := newPushServer(t, func(_ int, p *pushed) reply {
		if p.Size() > burst {
			return reply{status: 429, body: "ingestion rate limit exceeded for user fake (limit: 1 bytes/sec)"}
		}
		return reply{}
	})
	e := startExporter(t, testConfig(server.URL))
	ld, records := newLogs("claude-telemetry")
	for i := range 1000 {
		addHookRecord(records, "a", i, testTime).Body().Map().PutStr("text", strings.Repeat("x", 1000))
	}
	for range 10 {
		err := e.pushLogs(t.Context(), ld)
		if err == nil {
			break
		}
		require.False(t, consumererror.IsPermanent(err))
		var rest consumererror.Logs
		if errors.As(err, &rest) {
			ld = rest.Data()
		}
	}
	stored := make(map[string]bool)
	for _, r := range server.requests() {
		if r.Size() <= burst {
			for _, entry := range r.Streams[0].Entries {
				stored[entry.Line] = true
			}
		}
	}
	require.Len(t, stored, 1000)
}

func TestLimits(t *testing.T) {
	server := newPushServer(t, nil)
	cfg := testConfig(server.URL)
	cfg.Limits.MaxLineBytes = 1000
	cfg.Limits.MaxLabelValueBytes = 20
	cfg.Limits.MaxStructuredMetadataBytes = 600
	for i := range cfg.Labels {
		if cfg.Labels[i].Name == "session" {
			cfg.Labels[i].MaxValues = 2
		}
	}
	e := startExporter(t, cfg)
	ld, records := newLogs("claude-telemetry")
	addHookRecord(records, "a", 1, testTime).Body().Map().PutStr("text", strings.Repeat("é", 1000))
	addHookRecord(records, "b", 1, testTime).Attributes().PutStr("claude_code.project.name", strings.Repeat("p", 21))
	addHookRecord(records, "c", 1, testTime).Attributes().PutStr("gen_ai.tool.call.id", strings.Repeat("t", 600))
	require.NoError(t, e.pushLogs(t.Context(), ld))

	byMetadata := make(map[string]string)
	for _, r := range server.requests() {
		for _, s := range r.Streams {
			for _, entry := range s.Entries {
				require.True(t, json.Valid([]byte(entry.Line)), entry.Line)
				require.LessOrEqual(t, len(entry.Line), 1000)
				for _, m := range entry.StructuredMetadata {
					byMetadata[m.Value] = s.Labels
				}
			}
		}
	}
	require.Contains(t, byMetadata["a"], `session="a"`)
	require.Contains(t, byMetadata["c"], `session="__overflow__"`)
	require.Contains(t, byMetadata[strings.Repeat("p", 21)], `project="`+strings.Repeat("p", 20)+`"`)
	require.Equal(t, map[string]int64{"": 1}, e.counter(t, "lines_cut"))
	require.Equal(t, map[string]int64{"": 1}, e.counter(t, "structured_metadata_dropped"))
	require.Equal(t, map[string]int64{"session": 1}, e.counter(t, "label_overflows"))
	require.Equal(t, map[string]int64{"project": 1}, e.counter(t, "label_values_cut"))
}
