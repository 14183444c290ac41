package auditlogreceiver

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/auditchunk"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

func windowed(maxRecords int) func(*Config) {
	return func(c *Config) {
		c.Batch.Window = windowHeartbeat
		c.Batch.MaxRecords = maxRecords
	}
}

// write appends so many records in one call, with what the readers are given.
func (s *stage) write(from, n, bytes int) {
	s.t.Helper()
	ld := plog.NewLogs()
	var all []auditlog.Pending
	for i := from; i < from+n; i++ {
		body := fmt.Sprintf("record %d %0*d", i, bytes, 0)
		ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().Body().SetStr(body)
		all = append(all, pending(body))
	}
	_, err := s.log.AppendFor(s.t.Context(), ld, all...)
	require.NoError(s.t, err)
}

// again reads the whole log with a receiver of its own, and returns the parts.
func (s *stage) again(records int) []part {
	s.t.Helper()
	other := newStage(s.t, windowed(s.config.Batch.MaxRecords))
	other.config.Directory = s.config.Directory
	other.config.CursorDirectory = s.t.TempDir()
	other.start()
	require.Eventually(s.t, func() bool { return len(other.delivered()) >= records }, eventually, tick)
	other.stop()
	return other.parts
}

// However and whenever the log is read, it is cut at the same places.
func TestWindowsAreCutAlike(t *testing.T) {
	for _, bytes := range []int{1, 30_000} {
		t.Run(fmt.Sprint(bytes), func(t *testing.T) {
			const records = 3_000
			s := newStage(t, windowed(97))
			// Large records fill the tap, so that some are read from disk.
			s.openLog(func(o *auditlog.Options) { o.HeartbeatInterval = 30 * time.Millisecond; o.SegmentMaxBytes = 8 << 20 })
			s.start()
			r := rand.New(rand.NewPCG(1, uint64(bytes)))
			for n := 0; n < records; {
				size := min(1+r.IntN(r.IntN(150)+1), records-n)
				s.write(n, size, bytes)
				n += size
				switch r.IntN(40) {
				case 0: // in the middle of a window
					s.stop()
					s.start()
				case 1:
					time.Sleep(40 * time.Millisecond)
				case 2:
					s.closeLog()
					s.openLog(func(o *auditlog.Options) { o.HeartbeatInterval = 30 * time.Millisecond; o.SegmentMaxBytes = 8 << 20 })
				}
			}
			require.Eventually(t, func() bool { return len(s.delivered()) == records }, eventually, tick, "a heartbeat ends the last window")
			live := s.parts
			require.Greater(t, len(live), records/97)
			for _, p := range live {
				require.LessOrEqual(t, len(p.bodies), 97)
				require.NotEmpty(t, p.chunk.Log)
				require.NotZero(t, p.chunk.FirstSeq)
			}
			if bytes > 1 {
				require.Less(t, len(live[0].bodies)*bytes, auditchunk.MaxBytes+200*bytes)
			}
			require.Equal(t, live, s.again(records))
		})
	}
}

// A window without an end is not delivered before it is full.
func TestWindowWaitsForItsEnd(t *testing.T) {
	s := newStage(t, windowed(10)).openLog().start() // without heartbeats
	s.write(0, 25, 1)
	require.Eventually(t, func() bool { return len(s.delivered()) == 20 }, eventually, tick)
	require.Eventually(t, func() bool {
		c, err := s.cursor()
		next := s.log.Status().NextSeq
		return err == nil && c.NextSeq < next && c.Behind(c.Log, next) == 0 && !c.CaughtUp.IsZero()
	}, eventually, tick, "status tells that nothing could be delivered")
	require.Len(t, s.delivered(), 20)
	s.closeLog() // writes that it stops
	require.Eventually(t, func() bool { return len(s.delivered()) == 25 }, eventually, tick)
}

// A pipeline that fails gets the same batch again.
func TestWindowIsDeliveredAgain(t *testing.T) {
	s := newStage(t, windowed(10)).openLog()
	s.fail = func(batch int) error {
		if batch == 2 {
			return fmt.Errorf("down")
		}
		return nil
	}
	s.start()
	for i := range 30 {
		s.write(i, 1, 1)
	}
	require.Eventually(t, func() bool { return len(s.delivered()) == 30 }, eventually, tick)
	require.Equal(t, s.parts, s.again(30))
}

func TestBodyFields(t *testing.T) {
	for _, from := range []string{"memory", "disk"} {
		t.Run(from, func(t *testing.T) {
			s := newStage(t, func(c *Config) { c.BodyFields = []string{"a", "b"} }).openLog()
			ld := plog.NewLogs()
			records := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
			require.NoError(t, records.AppendEmpty().Body().SetEmptyMap().FromRaw(map[string]any{"a": map[string]any{"<x>": 1}, "raw": "much"}))
			records.AppendEmpty().Body().SetStr("text")
			if from == "memory" {
				s.start()
				time.Sleep(5 * tick)
			}
			_, err := s.log.AppendFor(t.Context(), ld,
				auditlog.Pending{JSON: []byte(`{"kind":"log","body":{"a":{"<x>":1},"raw":"much"}}`)}, auditlog.Pending{JSON: []byte(`{"kind":"log","body":"text"}`)})
			require.NoError(t, err)
			if from == "disk" {
				s.start()
			}
			s.requireDelivered([]string{`{"a":{"<x>":1}}`, ""})
		})
	}
}

// Records of one resource and scope are put together; those of others are by themselves,
// in their order.
func TestPartsOfTheSameResource(t *testing.T) {
	all := plog.NewLogs()
	for _, is := range []string{"x1", "x1", "y1", "y2", "y2", "x2"} {
		ld := plog.NewLogs()
		rl := ld.ResourceLogs().AppendEmpty()
		rl.Resource().Attributes().PutStr("is", is[:1])
		sl := rl.ScopeLogs().AppendEmpty()
		sl.Scope().SetName(is)
		sl.LogRecords().AppendEmpty().SetEventName(is)
		require.Equal(t, 1, events(nil).copyTo(all, ld, bodyFields{"a": true}))
		require.Equal(t, 1, ld.LogRecordCount())
	}
	var got []string
	for _, rl := range all.ResourceLogs().All() {
		is, _ := rl.Resource().Attributes().Get("is")
		got = append(got, is.Str())
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				require.Equal(t, sl.Scope().Name(), lr.EventName())
				got = append(got, lr.EventName())
			}
		}
	}
	require.Equal(t, []string{"x", "x1", "x1", "y", "y1", "y2", "y2", "x", "x2"}, got)
}

// Who repeats a name in a resource or scope does not get what others sent: pdata takes
// {a, a} for the same as {a, b}.
func TestPartsOfWhatOnlyLooksTheSame(t *testing.T) {
	logs := func(resource string, scope string) plog.Logs {
		ld, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs([]byte(`{"resourceLogs":[{"resource":{"attributes":[` + resource +
			`]},"scopeLogs":[{"scope":{"name":"s","attributes":[` + scope + `]},"logRecords":[{"eventName":"e"}]}]}]}`))
		require.NoError(t, err)
		return ld
	}
	const (
		a       = `{"key":"a","value":{"stringValue":"1"}}`
		b       = `{"key":"b","value":{"stringValue":"2"}}`
		nestedA = `{"key":"n","value":{"kvlistValue":{"values":[` + a + `,` + a + `]}}}`
		nestedB = `{"key":"n","value":{"kvlistValue":{"values":[` + a + `,` + b + `]}}}`
	)
	for _, pair := range [][2]string{{a + "," + a, a + "," + b}, {a + "," + b, a + "," + a}, {nestedA, nestedB}} {
		all := plog.NewLogs()
		for _, is := range pair {
			events(nil).copyTo(all, logs(is, ""), nil)
		}
		require.Equal(t, 2, all.ResourceLogs().Len(), pair)
		all = plog.NewLogs()
		for _, is := range pair {
			events(nil).copyTo(all, logs(a, is), nil)
		}
		require.Equal(t, 1, all.ResourceLogs().Len(), pair)
		require.Equal(t, 2, all.ResourceLogs().At(0).ScopeLogs().Len(), pair)
	}
}
