package auditlogexporter

import (
	"bytes"
	"context"
	"flag"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/exporter/auditlogexporter/internal/metadata"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

var update = flag.Bool("update", false, "write the golden files")

func started(t testing.TB, cfg *Config) exporter.Logs {
	t.Helper()
	e, err := NewFactory().CreateLogs(context.Background(), exportertest.NewNopSettings(metadata.Type), cfg)
	require.NoError(t, err)
	require.NoError(t, e.Start(context.Background(), componenttest.NewNopHost()))
	t.Cleanup(func() { assert.NoError(t, e.Shutdown(context.Background())) })
	return e
}

func testConfig(t testing.TB) *Config {
	cfg := createDefaultConfig().(*Config)
	cfg.Directory = filepath.Join(t.TempDir(), "audit")
	return cfg
}

func entries(t testing.TB, cfg *Config) []auditlog.Entry {
	t.Helper()
	var all []auditlog.Entry
	require.NoError(t, auditlog.Read(context.Background(), cfg.Directory, auditlog.Filter{Kind: auditlog.KindLog}, func(e auditlog.Entry) error {
		all = append(all, e)
		return nil
	}))
	return all
}

// oneLog returns logs with one record that uses every kind of value.
func oneLog() plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr(semconv.ServiceName, semconv.ServiceNameValue)
	sl := rl.ScopeLogs().AppendEmpty()
	sl.Scope().SetName(semconv.ScopeName)
	sl.Scope().SetVersion("1.2.3")
	r := sl.LogRecords().AppendEmpty()
	r.SetTimestamp(pcommon.NewTimestampFromTime(time.Date(2026, 1, 2, 3, 4, 5, 678900000, time.UTC)))
	r.SetObservedTimestamp(pcommon.NewTimestampFromTime(time.Date(2026, 1, 2, 3, 4, 6, 1, time.UTC)))
	r.SetEventName("claude_code.file_read")
	r.SetSeverityNumber(plog.SeverityNumberInfo)
	r.SetSeverityText("INFO")
	r.SetTraceID([16]byte{1, 2, 3})
	r.SetSpanID([8]byte{0xff})
	a := r.Attributes()
	a.PutStr(semconv.EventID, "0197-1")
	a.PutStr(semconv.FilePath, "/a/<b>&\"c\"\\\n\x01\x7f\u2028é😀\xff")
	a.PutInt("int", math.MinInt64)
	a.PutDouble("float", 0.1)
	a.PutDouble("huge", 1e300)
	a.PutDouble("nan", math.NaN())
	a.PutBool("bool", true)
	a.PutEmpty("null")
	a.PutEmptyBytes("bytes").FromRaw([]byte{0, 1, 0xff})
	a.PutEmptySlice("list").AppendEmpty().SetStr("x")
	body := r.Body().SetEmptyMap()
	body.PutStr("z", "last")
	body.PutEmptyMap("a").PutInt("n", 1)
	body.PutEmptyMap(semconv.BodyRawInput).PutStr("tool_name", "Read")
	return ld
}

func TestLineFormat(t *testing.T) {
	cfg := testConfig(t)
	e := started(t, cfg)
	require.NoError(t, e.ConsumeLogs(t.Context(), oneLog()))
	native := plog.NewLogs()
	native.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().Body().SetStr("claude_code.api_request")
	require.NoError(t, e.ConsumeLogs(t.Context(), native))

	got, err := os.ReadFile(filepath.Join(cfg.Directory, "00000000.jsonl"))
	require.NoError(t, err)
	for line := range bytes.Lines(got) {
		_, err := auditlog.ParseLine(bytes.TrimSuffix(line, []byte("\n")))
		require.NoError(t, err)
	}
	// Ids, hashes and the clock differ from run to run.
	_, got, _ = bytes.Cut(got, []byte("\n")) // the start
	got = regexp.MustCompile(`"log":"[0-9a-f-]{36}","prev":"[0-9a-f]{64}"`).ReplaceAll(got, []byte(`"log":"…","prev":"…"`))
	golden := filepath.Join("testdata", "lines.jsonl")
	if *update {
		require.NoError(t, os.WriteFile(golden, got, 0o600))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got))
}

func TestDuplicatesAreAcknowledged(t *testing.T) {
	cfg := testConfig(t)
	e := started(t, cfg)
	for range 3 {
		require.NoError(t, e.ConsumeLogs(t.Context(), oneLog()))
	}
	assert.Len(t, entries(t, cfg), 1)
}

func TestReducedRecords(t *testing.T) {
	long := strings.Repeat("\x01", 20_000)
	deep := func(v pcommon.Value) {
		for range 2 * maxDepth {
			v = v.SetEmptyMap().PutEmpty("d")
		}
	}
	for name, tt := range map[string]struct {
		change  func(plog.LogRecord)
		reason  reason
		dropped []string
	}{
		"large raw input": {func(r plog.LogRecord) { r.Body().Map().PutStr(semconv.BodyRawInput, long) }, tooLarge, []string{dropRawInput}},
		"large body":      {func(r plog.LogRecord) { r.Body().Map().PutStr("other", long) }, tooLarge, []string{dropBody}},
		"large attribute": {func(r plog.LogRecord) { r.Attributes().PutStr("x", long) }, tooLarge, []string{dropBody, dropScope, dropResource, dropAttributes}},
		"large names":     {func(r plog.LogRecord) { r.SetEventName(long); r.SetSeverityText(long) }, tooLarge, []string{dropBody, dropScope, dropResource, dropAttributes}},
		"deep body":       {func(r plog.LogRecord) { deep(r.Body()) }, unencodable, []string{dropBody}},
		"deep attribute":  {func(r plog.LogRecord) { deep(r.Attributes().PutEmpty("x")) }, unencodable, []string{dropBody, dropScope, dropResource, dropAttributes}},
		"text body":       {func(r plog.LogRecord) { r.Body().SetStr(long) }, tooLarge, []string{dropBody}},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := testConfig(t)
			cfg.MaxRecordBytes = minRecordBytes
			ld := oneLog()
			tt.change(ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0))
			require.NoError(t, started(t, cfg).ConsumeLogs(t.Context(), ld))
			all := entries(t, cfg)
			require.Len(t, all, 1)
			require.NotNil(t, all[0].Reduced)
			assert.Equal(t, string(tt.reason), all[0].Reduced.Reason)
			assert.Equal(t, tt.dropped, all[0].Reduced.Dropped)
			assert.Len(t, all[0].Reduced.SHA256, 64)
			assert.Positive(t, all[0].Reduced.Bytes)
			assert.Equal(t, "0197-1", all[0].Attribute(semconv.EventID), "still found by its id")
			if name == "large raw input" {
				assert.Contains(t, string(all[0].Body), `"raw_input":{"bytes":120002,"sha256":"`)
			}
		})
	}
}

func TestErrorsAreRetryable(t *testing.T) {
	cfg := testConfig(t)
	e, err := NewFactory().CreateLogs(t.Context(), exportertest.NewNopSettings(metadata.Type), cfg)
	require.NoError(t, err)
	err = e.ConsumeLogs(t.Context(), oneLog())
	require.ErrorIs(t, err, errNotStarted)
	assert.False(t, consumererror.IsPermanent(err))
	require.NoError(t, e.Shutdown(t.Context()), "never started")
}

func TestTwoExportersOnOneDirectory(t *testing.T) {
	cfg := testConfig(t)
	started(t, cfg)
	e, err := NewFactory().CreateLogs(t.Context(), exportertest.NewNopSettings(metadata.Type), cfg)
	require.NoError(t, err)
	require.ErrorIs(t, e.Start(t.Context(), componenttest.NewNopHost()), auditlog.ErrLocked)
	require.NoError(t, e.Shutdown(t.Context()))
	require.NoError(t, e.Shutdown(t.Context()), "twice")
}
