package auditlogexporter

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

func nativeRecord(session, sequence string, at time.Time) plog.LogRecord {
	r := plog.NewLogRecord()
	r.SetTimestamp(pcommon.NewTimestampFromTime(at))
	for k, v := range map[string]string{semconv.NativeEventName: "api_request", semconv.SessionID: session, semconv.NativeSequence: sequence} {
		if v != "" {
			r.Attributes().PutStr(k, v)
		}
	}
	return r
}

// What Claude Code sends again has the id that it had before, and nothing else has it.
func TestNativeRecordsAreGivenIDs(t *testing.T) {
	at := time.Unix(1_790_000_000, 5)
	r := nativeRecord("s", "7", at)
	id := eventID(r)
	_, err := uuid.Parse(id)
	require.NoError(t, err)
	v, ok := r.Attributes().Get(semconv.EventID)
	require.True(t, ok, "readers of the log have it, too")
	require.Equal(t, id, v.Str())
	require.Equal(t, id, eventID(r))
	require.Equal(t, id, eventID(nativeRecord("s", "7", at)), "again")
	for _, other := range []plog.LogRecord{
		nativeRecord("s", "8", at), nativeRecord("s7", "7", at), nativeRecord("s", "7", at.Add(1)),
	} {
		require.NotEqual(t, id, eventID(other))
	}
	for _, none := range []plog.LogRecord{nativeRecord("", "7", at), nativeRecord("s", "", at), nativeRecord("s", "7", time.Unix(0, 0))} {
		require.Empty(t, eventID(none))
		_, ok := none.Attributes().Get(semconv.EventID)
		require.False(t, ok)
	}
}

// A sender whose answer was lost sends it again: also to a collector that was started
// anew meanwhile.
func TestNativeRecordsAreWrittenOnce(t *testing.T) {
	cfg := testConfig(t)
	send := func(to exporter.Logs, sequence string) {
		ld := plog.NewLogs()
		nativeRecord("s", sequence, time.Unix(1_790_000_000, 5)).CopyTo(ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty())
		require.NoError(t, to.ConsumeLogs(t.Context(), ld))
	}
	first := started(t, cfg)
	send(first, "1")
	send(first, "1")
	send(first, "2")
	require.NoError(t, first.Shutdown(t.Context()))
	send(started(t, cfg), "2")
	require.Len(t, entries(t, cfg), 2)
}
