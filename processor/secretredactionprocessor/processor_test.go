package secretredactionprocessor

import (
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/agent-telemetry/agent-telemetry/internal/redact"
	"github.com/agent-telemetry/agent-telemetry/internal/secretscan/secretcorpus"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/processor/secretredactionprocessor/internal/metadata"
	"github.com/agent-telemetry/agent-telemetry/processor/secretredactionprocessor/internal/metadatatest"
)

func secretOf(t testing.TB, name string) string {
	t.Helper()
	for _, k := range secretcorpus.Kinds() {
		if k.Name == name {
			return k.Secret
		}
	}
	t.Fatal("no kind " + name)
	return ""
}

// through sends ld through a processor and returns what came out as JSON.
func through(t *testing.T, ld plog.Logs) string {
	t.Helper()
	sink := &consumertest.LogsSink{}
	cfg := createDefaultConfig().(*Config)
	cfg.KeyFile = filepath.Join(t.TempDir(), "redaction.key")
	cfg.RecordTimeout = time.Second // a busy machine is no fault
	p, err := NewFactory().CreateLogs(t.Context(), processortest.NewNopSettings(metadata.Type), cfg, sink)
	require.NoError(t, err)
	require.True(t, p.Capabilities().MutatesData)
	require.NoError(t, p.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() { redact.UseKey("") })
	require.NoError(t, p.ConsumeLogs(t.Context(), ld))
	require.NoError(t, p.Shutdown(t.Context()))
	require.NoError(t, p.Shutdown(t.Context()))
	out, err := (&plog.JSONMarshaler{}).MarshalLogs(sink.AllLogs()[0])
	require.NoError(t, err)
	return string(out)
}

// Every place of a record that text can stand in is cleaned.
func TestEveryPlaceIsCleaned(t *testing.T) {
	token := secretOf(t, "vault-token") // the hook's set does not know it
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr("service.name", "x "+token)
	sl := rl.ScopeLogs().AppendEmpty()
	sl.Scope().SetName(token)
	sl.Scope().Attributes().PutStr("a", token)
	lr := sl.LogRecords().AppendEmpty()
	lr.SetEventName(token)
	lr.SetSeverityText(token)
	at := lr.Attributes()
	at.PutStr("process.command_line", "V="+token+" ./run; rm -rf build")
	at.PutStr("key-"+token, "value")
	at.PutInt("kept", 7)
	at.PutStr("db_password", "hunter2-x")
	at.PutStr("file.path", "/tmp/"+token+"/x")
	at.PutEmptyBytes("raw").FromRaw([]byte("V=" + token))
	at.PutEmptySlice("list").AppendEmpty().SetStr("V=" + token)
	lr.Body().SetEmptyMap().PutEmptyMap("raw_input").PutEmptyMap("tool_input").PutStr("command", "V="+token+" ./run; rm -rf build")

	out := through(t, ld)
	require.NotContains(t, out, token[:24])
	require.NotContains(t, out, "hunter2")
	require.Equal(t, 2, strings.Count(out, " ./run; rm -rf build"))
	require.Contains(t, out, `{"key":"kept","value":{"intValue":"7"}}`)
	marks := map[string]bool{}
	for _, part := range strings.Split(out, "[REDACTED:vault-service-token:")[1:] {
		marks[part[:16]] = true
	}
	require.Len(t, marks, 1, "the same secret has the same mark everywhere")
}

// What native telemetry counts under names with "token" in them is no secret.
func TestCountsStay(t *testing.T) {
	ld := plog.NewLogs()
	at := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().Attributes()
	want := map[string]string{
		"input_tokens": "120", "output_tokens": "7", "cache_read_tokens": "48211", "cache_creation_tokens": "0", "session.id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
		"user.id": strings.Repeat("a1b2", 16), "model": "claude-opus-4-20250514", "request_id": "req_011CQWPnyoTSbqpZMcQwD4Ld",
	}
	for k, v := range want {
		at.PutStr(k, v)
	}
	out := through(t, ld)
	for k, v := range want {
		require.Contains(t, out, `"`+k+`","value":{"stringValue":"`+v+`"}`)
	}
}

func TestTooDeepAndTooLongIsReplaced(t *testing.T) {
	token := secretOf(t, "vault-token")
	ld := plog.NewLogs()
	lr := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	m := lr.Body().SetEmptyMap()
	for range 10_000 {
		m = m.PutEmptyMap("m")
	}
	m.PutStr("v", token)
	lr.Attributes().PutStr("long", strings.Repeat("x ", 200_000)+token)
	tel := componenttest.NewTelemetry()
	t.Cleanup(func() { require.NoError(t, tel.Shutdown(context.Background())) })
	sink := &consumertest.LogsSink{}
	p, err := newProcessor(metadatatest.NewSettings(tel), createDefaultConfig().(*Config), sink)
	require.NoError(t, err)
	require.NoError(t, p.ConsumeLogs(t.Context(), ld))
	raw, err := json.Marshal(sink.AllLogs()[0].ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Body().AsRaw())
	require.NoError(t, err)
	require.NotContains(t, string(raw), token)
	require.Contains(t, string(raw), "[REDACTED:unsearched]")
	got, err := tel.GetMetric("otelcol_processor_secret_redaction_unsearched")
	require.NoError(t, err)
	reasons := map[string]int64{}
	for _, point := range got.Data.(metricdata.Sum[int64]).DataPoints {
		reason, _ := point.Attributes.Value("reason")
		reasons[reason.AsString()] = point.Value
	}
	require.Equal(t, map[string]int64{"depth": 1, "size": 1}, reasons)
	require.NoError(t, p.Shutdown(t.Context()))
}

// bash is a record as claude-hook makes of a command.
func bash(command string) plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	for k, v := range map[string]string{"service.name": "claude-telemetry", "service.version": "0.1.0", "host.name": "host", "os.type": "linux", "user.name": "dev"} {
		rl.Resource().Attributes().PutStr(k, v)
	}
	lr := rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	lr.SetEventName("claude_code.command_execution")
	at := lr.Attributes()
	for k, v := range map[string]string{
		semconv.EventType: "command_execution", semconv.EventID: "01930a5c-7c1f-7abc-8def-0123456789ab", semconv.SessionID: "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
		"gen_ai.conversation.id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "gen_ai.tool.name": "Bash", "gen_ai.tool.call.id": "toolu_01AbCdEfGhIjKlMnOpQrStUv",
		semconv.ProjectPath: "/home/dev/src/cart", semconv.ProjectName: "cart", "process.command_line": command, "claude_code.permission_mode": "default",
		"gen_ai.provider.name": "anthropic", "gen_ai.operation.name": "execute_tool", "claude_code.hook.event": "PreToolUse", "claude_code.scope": "project",
	} {
		at.PutStr(k, v)
	}
	body := lr.Body().SetEmptyMap()
	for k, v := range map[string]string{
		"timestamp": "2026-01-02T03:04:05.678Z", "level": "INFO", "event_type": "command_execution", "hook_event": "PreToolUse",
		"session_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "project_path": "/home/dev/src/cart", "project_name": "cart", "tool_name": "Bash",
	} {
		body.PutStr(k, v)
	}
	body.PutEmptyMap("action_details").PutStr("command", command)
	meta := body.PutEmptyMap("metadata")
	meta.PutStr("claude_version", "2.0.14")
	meta.PutStr("event_id", "01930a5c-7c1f-7abc-8def-0123456789ab")
	in := body.PutEmptyMap("raw_input")
	in.PutStr("session_id", "3f2504e0-4f89-41d3-9a0c-0305e82c3301")
	in.PutStr("transcript_path", "/home/dev/.claude/projects/-home-dev-src-cart/3f2504e0-4f89-41d3-9a0c-0305e82c3301.jsonl")
	in.PutStr("cwd", "/home/dev/src/cart")
	tool := in.PutEmptyMap("tool_input")
	tool.PutStr("command", command)
	tool.PutStr("description", "Run the tests of the cart")
	return ld
}

func BenchmarkConsume(b *testing.B) {
	next, err := consumer.NewLogs(func(context.Context, plog.Logs) error { return nil })
	require.NoError(b, err)
	p, err := newProcessor(processortest.NewNopSettings(metadata.Type), createDefaultConfig().(*Config), next)
	require.NoError(b, err)
	for name, command := range map[string]string{
		"clean":      `cd /home/dev/src/cart && go test ./... -run 'TestToken|TestCart' -count=1 2>&1 | tail -40`,
		"clean_4096": strings.Repeat("go vet ./internal/... && git diff --stat HEAD~3 -- src/auth/token.go | head -40; ", 50),
		"secret":     "V=" + secretOf(b, "vault-token") + " ./deploy.sh",
	} {
		b.Run(name, func(b *testing.B) {
			ld := bash(command)
			copied := plog.NewLogs()
			b.ReportAllocs()
			for b.Loop() {
				ld.CopyTo(copied)
				if err := p.ConsumeLogs(b.Context(), copied); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("copy_alone", func(b *testing.B) {
		ld, copied := bash("ls"), plog.NewLogs()
		for b.Loop() {
			ld.CopyTo(copied)
		}
	})
}

// FuzzRecords holds that no record takes the processor down.
func FuzzRecords(f *testing.F) {
	f.Add("name", "V=1 ./x", []byte{1, 2, 3})
	f.Add("api_key", secretOf(f, "jwt"), []byte(secretOf(f, "rsa-pem")))
	next, err := consumer.NewLogs(func(context.Context, plog.Logs) error { return nil })
	require.NoError(f, err)
	p, err := newProcessor(processortest.NewNopSettings(metadata.Type), createDefaultConfig().(*Config), next)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, name, text string, raw []byte) {
		ld := bash(text)
		lr := ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
		lr.Attributes().PutStr(name, text)
		lr.Attributes().PutEmptyBytes("b").FromRaw(raw)
		lr.Attributes().PutEmptyMap(name+"m").PutStr(text, name)
		before := lr.Attributes().Len()
		require.NoError(t, p.ConsumeLogs(t.Context(), ld))
		require.Equal(t, before, lr.Attributes().Len(), "no attribute is lost")
		require.Equal(t, pcommon.ValueTypeMap, lr.Body().Type())
	})
}
