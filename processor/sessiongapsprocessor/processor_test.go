package sessiongapsprocessor

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/processor/sessiongapsprocessor/internal/metadata"
	"github.com/agent-telemetry/agent-telemetry/processor/sessiongapsprocessor/internal/metadatatest"
)

// sink takes records, or refuses them.
type sink struct {
	consumertest.LogsSink
	mu  sync.Mutex
	err error
}

func (s *sink) ConsumeLogs(ctx context.Context, ld plog.Logs) error {
	s.mu.Lock()
	err := s.err
	s.mu.Unlock()
	if err != nil {
		return err
	}
	return s.LogsSink.ConsumeLogs(ctx, ld)
}

func (s *sink) refuse(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

// bench is a processor whose clock and looks are the test's.
type bench struct {
	*gapsProcessor
	t    *testing.T
	sink *sink
	at   time.Time
}

func newBench(t *testing.T, change func(*Config)) *bench {
	t.Helper()
	cfg := createDefaultConfig().(*Config)
	if change != nil {
		change(cfg)
	}
	require.NoError(t, cfg.Validate())
	b := &bench{t: t, sink: &sink{}, at: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	p, err := newProcessor(processortest.NewNopSettings(metadata.Type), cfg, b.sink)
	require.NoError(t, err)
	p.now = func() time.Time { return b.at }
	b.gapsProcessor = p
	t.Cleanup(func() { require.NoError(t, p.Shutdown(context.Background())) })
	return b
}

func event(session string, seq int64) plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr(semconv.ServiceName, semconv.ServiceNameValue)
	a := rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().Attributes()
	a.PutStr(semconv.SessionID, session)
	a.PutInt(semconv.SessionSeq, seq)
	a.PutStr(semconv.ProjectName, "shop")
	return ld
}

func (b *bench) take(session string, seqs ...int64) {
	b.t.Helper()
	for _, seq := range seqs {
		require.NoError(b.t, b.ConsumeLogs(b.t.Context(), event(session, seq)))
	}
}

// after lets time pass and returns what is told then.
func (b *bench) after(d time.Duration) (told []string) {
	b.t.Helper()
	b.at = b.at.Add(d)
	b.sink.Reset()
	b.look(b.t.Context())
	for _, ld := range b.sink.AllLogs() {
		lr := ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
		a := lr.Attributes().AsRaw()
		require.Equal(b.t, "claude_code.telemetry_gap", lr.EventName())
		require.NotEmpty(b.t, a[semconv.EventID])
		require.Equal(b.t, "shop", a[semconv.ProjectName])
		told = append(told, fmt.Sprintf("%s %s %s %d: %s", a[semconv.SessionID], lr.SeverityText(), a[semconv.GapState], a[semconv.GapMissing], a[semconv.GapRanges]))
	}
	return told
}

const minute = time.Minute

func TestGapIsToldOnceAndClosed(t *testing.T) {
	b := newBench(t, nil)
	b.take("s", 1, 2, 5, 6, 9)
	require.Empty(t, b.after(29*time.Second), "not before the grace is over")
	require.Equal(t, []string{"s WARN open 4: 3-4, 7-8"}, b.after(2*time.Second))
	require.Empty(t, b.after(minute))
	b.take("s", 8, 3, 4)
	require.Empty(t, b.after(minute))
	b.take("s", 7)
	require.Equal(t, []string{"s INFO closed 4: 3-4, 7-8"}, b.after(minute))
	b.take("s", 7, 1, 9)
	require.Empty(t, b.after(minute), "what comes twice is nothing new")
}

func TestOrderDoesNotMatter(t *testing.T) {
	b := newBench(t, nil)
	all := make([]int64, 500)
	const window = maxHoles / 2
	// Shuffled within a window, as concurrent hooks arrive.
	for i := range all {
		all[i] = int64(i + 1)
	}
	for i := 1; i+window < len(all); i += window {
		rand.Shuffle(window, func(x, y int) { all[i+x], all[i+y] = all[i+y], all[i+x] })
	}
	b.take("s", all...)
	require.Empty(t, b.after(time.Hour))
}

func TestSpoolIsWaitedFor(t *testing.T) {
	dir := t.TempDir()
	b := newBench(t, func(c *Config) { c.SpoolDirectory = dir })
	file := filepath.Join(dir, "0195f0c0-0000-7000-8000-000000000001.json")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	b.take("s", 1, 50)
	require.Empty(t, b.after(10*minute), "the missing ones may be in the spool")
	for seq := int64(2); seq < 49; seq++ {
		b.take("s", seq)
	}
	require.NoError(t, os.Remove(file))
	require.Equal(t, []string{"s WARN open 1: 49"}, b.after(time.Second), "it is empty, and one was not in it")

	require.NoError(t, os.WriteFile(file, nil, 0o600))
	b.take("t", 1, 3)
	require.Empty(t, b.after(14*minute))
	require.Equal(t, []string{"t WARN open 1: 2"}, b.after(2*minute), "a file that stays does not hide a gap for ever")
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".tmp-x.json"), nil, 0o600))
}

func TestAStartInTheMiddleIsNoGap(t *testing.T) {
	b := newBench(t, nil)
	b.take("s", 700, 690, 701)
	require.Empty(t, b.after(time.Hour))
}

func TestLostStateBeginsAnew(t *testing.T) {
	b := newBench(t, nil)
	b.take("s", 1, 2, 4)
	again := event("s", 1)
	again.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes().PutBool(semconv.SessionSeqRestarted, true)
	require.NoError(t, b.ConsumeLogs(t.Context(), again))
	b.take("s", 2, 3)
	require.Equal(t, []string{"s WARN open 1: 3"}, b.after(minute), "of the count before")
	require.Empty(t, b.after(minute))
}

func TestWhatIsRefusedHasNotCome(t *testing.T) {
	b := newBench(t, nil)
	b.take("s", 1)
	b.sink.refuse(errors.New("disk full"))
	require.Error(t, b.ConsumeLogs(t.Context(), event("s", 2)))
	b.sink.refuse(nil)
	b.take("s", 3)
	require.Equal(t, []string{"s WARN open 1: 2"}, b.after(minute))

	// A record about a gap that is refused is sent again.
	b.take("s", 5)
	b.sink.refuse(errors.New("disk full"))
	require.Empty(t, b.after(minute))
	b.sink.refuse(nil)
	require.Equal(t, []string{"s WARN open 1: 4"}, b.after(minute))
}

func TestForeignRecordsPass(t *testing.T) {
	b := newBench(t, nil)
	foreign := event("s", 1)
	foreign.ResourceLogs().At(0).Resource().Attributes().PutStr(semconv.ServiceName, "claude-code")
	require.NoError(t, b.ConsumeLogs(t.Context(), foreign))
	for _, seq := range []int64{0, -5, 1<<63 - 1} {
		require.NoError(t, b.ConsumeLogs(t.Context(), event("s", seq)))
	}
	require.NoError(t, b.ConsumeLogs(t.Context(), event(string(make([]byte, 300)), 1)))
	require.Equal(t, 5, b.sink.LogRecordCount())
	sessions, _, _, _ := b.tracker.sweep(b.at)
	require.Zero(t, sessions)
}

func TestHostileNumbersAreBounded(t *testing.T) {
	b := newBench(t, func(c *Config) { c.MaxSessions = 10 })
	b.take("s", 1)
	for seq := int64(3); seq < 1000; seq += 2 {
		b.take("s", seq)
	}
	require.Len(t, b.tracker.sessions["s"].holes, maxHoles)
	told := b.after(minute)
	require.Len(t, told, 1)
	require.Contains(t, told[0], "s WARN open 499: 2, 4, 6")
	b.take("forged", 1, 1<<62)
	b.take("forged", 2, 3)
	require.Equal(t, []string{fmt.Sprintf("forged WARN open %d: 4-%d", int64(1<<62-4), int64(1<<62-1))}, b.after(minute))
	for i := range 1000 {
		b.take(fmt.Sprint("many ", i), 1, 3)
	}
	require.Len(t, b.tracker.sessions, 10)
	require.LessOrEqual(t, len(b.tracker.missing), 12)
	require.LessOrEqual(t, len(b.after(minute)), 12)
	require.Empty(t, b.after(25*time.Hour))
	require.Empty(t, b.tracker.sessions, "silent sessions are forgotten")
}

func TestMetricsAndRealTime(t *testing.T) {
	tel := componenttest.NewTelemetry()
	t.Cleanup(func() { require.NoError(t, tel.Shutdown(context.Background())) })
	set := metadatatest.NewSettings(tel)
	s := &sink{}
	cfg := createDefaultConfig().(*Config)
	cfg.Grace = 20 * time.Millisecond
	p, err := NewFactory().CreateLogs(t.Context(), set, cfg, s)
	require.NoError(t, err)
	require.False(t, p.Capabilities().MutatesData)
	require.NoError(t, p.Start(t.Context(), componenttest.NewNopHost()))
	for _, seq := range []int64{1, 4} {
		require.NoError(t, p.ConsumeLogs(t.Context(), event("s", seq)))
	}
	require.Eventually(t, func() bool { return s.LogRecordCount() == 3 }, 10*time.Second, 5*time.Millisecond)
	for _, seq := range []int64{2, 3} {
		require.NoError(t, p.ConsumeLogs(t.Context(), event("s", seq)))
	}
	require.Eventually(t, func() bool { return s.LogRecordCount() == 6 }, 10*time.Second, 5*time.Millisecond)
	require.NoError(t, p.Shutdown(t.Context()))
	require.NoError(t, p.Shutdown(t.Context()))
	for name, want := range map[string]int64{
		"otelcol_processor_session_gaps_missing_events": 2, "otelcol_processor_session_gaps_recovered_events": 2,
	} {
		m, err := tel.GetMetric(name)
		require.NoError(t, err)
		sum, ok := m.Data.(metricdata.Sum[int64])
		require.True(t, ok)
		require.Equal(t, want, sum.DataPoints[0].Value)
	}
}

func BenchmarkConsume(b *testing.B) {
	next, err := consumer.NewLogs(func(context.Context, plog.Logs) error { return nil })
	require.NoError(b, err)
	p, err := newProcessor(processortest.NewNopSettings(metadata.Type), createDefaultConfig().(*Config), next)
	require.NoError(b, err)
	ld := event("s", 1)
	seq := ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes()
	n := int64(0)
	b.ReportAllocs()
	for b.Loop() {
		n++
		seq.PutInt(semconv.SessionSeq, n)
		if err := p.ConsumeLogs(b.Context(), ld); err != nil {
			b.Fatal(err)
		}
	}
}

// FuzzTake compares a session with a set of numbers.
func FuzzTake(f *testing.F) {
	f.Add([]byte{1, 2, 5, 3, 4})
	f.Add([]byte{9, 1, 200, 3, 3, 7, 8, 4})
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) == 0 || len(raw) > maxHoles {
			t.Skip()
		}
		base := uint64(raw[0]) + 1
		s := &session{next: base}
		came, highest := map[uint64]bool{}, base
		for _, b := range raw {
			seq := uint64(b) + 1
			s.take(seq, time.Time{})
			came[seq] = true
			highest = max(highest, seq)
		}
		missing := map[uint64]bool{}
		for _, h := range s.holes {
			for seq := h.from; seq <= h.to; seq++ {
				missing[seq] = true
			}
		}
		for seq := base; seq <= highest; seq++ {
			if came[seq] == missing[seq] {
				t.Fatalf("%d: came %t, missing %t", seq, came[seq], missing[seq])
			}
		}
	})
}
