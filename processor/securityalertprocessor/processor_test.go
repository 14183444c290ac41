package securityalertprocessor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/verdict"
	"github.com/agent-telemetry/agent-telemetry/processor/securityalertprocessor/internal/metadata"
)

func TestEventAndAlertGoTogether(t *testing.T) {
	b := newBench(t, nil)
	require.NoError(t, b.run("e", "bad --loud"))
	require.Len(t, b.sink.AllLogs(), 1, "in one request, so that both are safe together")
	ld := b.sink.AllLogs()[0]
	require.Equal(t, 2, ld.LogRecordCount())
	event := ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
	require.Equal(t, []any{"bad-program"}, event.Attributes().AsRaw()[semconv.RecordAlerts])
	require.Equal(t, semconv.SeverityHigh, text(event.Attributes(), semconv.RecordAlertSeverity))
	require.Equal(t, plog.SeverityNumberInfo, event.SeverityNumber())
	a := b.alerts()[0]
	require.Equal(t, "e", a.EventID)
	require.EqualValues(t, 7, a.EventSeq)
	require.Equal(t, "s-1", a.Session)
	require.Equal(t, "dev", a.Host)
	require.Equal(t, "bad --loud", a.Command)
	require.Equal(t, b.at, a.Time.UTC())
	alert := ld.ResourceLogs().At(1).ScopeLogs().At(0).LogRecords().At(0)
	require.Equal(t, event.TraceID(), alert.TraceID())
	require.Equal(t, event.SpanID(), alert.SpanID())
	require.Equal(t, text(alert.Attributes(), semconv.EventID), text(alert.Attributes(), semconv.AlertID))
}

func TestHarmlessGoesOnAsItIs(t *testing.T) {
	b := newBench(t, nil)
	ld := plog.NewLogs()
	lr := record(ld, semconv.HookPreToolUse, "e", "c", "ls", b.at)
	lr.Attributes().PutStr(semconv.RecordAlerts, "forged")
	foreign := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	foreign.Attributes().PutStr(semconv.CommandLine, "bad")
	require.NoError(t, b.ConsumeLogs(t.Context(), ld))
	require.Equal(t, 2, b.sink.LogRecordCount())
	require.Empty(t, b.alerts())
	_, there := b.sink.AllLogs()[0].ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes().Get(semconv.RecordAlerts)
	require.False(t, there)
}

func TestOneCallOneAlert(t *testing.T) {
	for _, order := range [][]string{
		{"PreToolUse", "PostToolUse"},
		{"PostToolUse", "PreToolUse"},
		{"PreToolUse", "PermissionRequest", "PermissionDenied"},
		{"PostToolUse", "PostToolUse"},
	} {
		b := newBench(t, nil)
		for i, hook := range order {
			ld := plog.NewLogs()
			call := "c"
			if hook == "PermissionRequest" {
				call = ""
			}
			record(ld, hook, fmt.Sprint(i), call, "odd", b.at.Add(time.Duration(i)*time.Second))
			require.NoError(t, b.ConsumeLogs(t.Context(), ld))
			lr := b.sink.AllLogs()[i].ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
			require.Equal(t, semconv.SeverityMedium, text(lr.Attributes(), semconv.RecordAlertSeverity), "every record says it")
		}
		require.Equal(t, []string{"odd-program"}, b.rulesAlerted(), order)
	}
}

func TestTheSameCommandTwiceIsTwoCalls(t *testing.T) {
	b := newBench(t, nil)
	require.NoError(t, b.run("1", "odd"))
	require.NoError(t, b.run("2", "odd"))
	require.Len(t, b.alerts(), 2)
	require.NotEqual(t, b.alerts()[0].ID, b.alerts()[1].ID)
}

func TestSuppressionIsToldOf(t *testing.T) {
	b := newBench(t, nil)
	for i := range 4 {
		require.NoError(t, b.run(fmt.Sprint(i), "bad"))
		b.at = b.at.Add(time.Second)
	}
	require.Equal(t, []string{"bad-program", "repeated"}, b.rulesAlerted())
	b.at = b.at.Add(6 * time.Minute) // the window has ended, and its summary has not been sent
	require.NoError(t, b.run("later", "bad"))
	require.Equal(t, []string{"bad-program", "repeated", "bad-program +3"}, b.rulesAlerted())
	require.Equal(t, 5+3, b.sink.LogRecordCount(), "the record itself is never left out")
}

func TestARuleOfCountersFindsWhatIsCounted(t *testing.T) {
	b := newBench(t, nil)
	for i := range 3 {
		require.NoError(t, b.run(fmt.Sprint(i), "odd"))
	}
	require.NoError(t, b.run("after", "ls"))
	last := b.sink.AllLogs()[3].ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
	require.NotContains(t, last.Attributes().AsRaw(), semconv.RecordAlerts, "the counter is still high, but not for this")
	require.Equal(t, []string{"odd-program", "odd-program", "repeated", "odd-program"}, b.rulesAlerted(), "the worst first")
}

func TestASummaryWhenTheWindowEnds(t *testing.T) {
	b := newBench(t, nil)
	for i := range 3 {
		require.NoError(t, b.run(fmt.Sprint(i), "bad"))
	}
	b.flush(t.Context())
	require.Equal(t, []string{"bad-program", "repeated"}, b.rulesAlerted())
	b.at = b.at.Add(5 * time.Minute)
	b.sink.refuse(errors.New("full"))
	b.flush(t.Context())
	b.sink.refuse(nil)
	b.flush(t.Context())
	b.flush(t.Context())
	require.Equal(t, []string{"bad-program", "repeated", "bad-program +2"}, b.rulesAlerted())
	summary, first := b.alerts()[2], b.alerts()[0]
	require.NotEqual(t, first.ID, summary.ID)
	require.Equal(t, first.EventID, summary.EventID)
	require.Contains(t, summary.Evidence[0], "2 more like it within 5m0s")
}

func TestWhatIsWorseIsNotSuppressed(t *testing.T) {
	b := newBench(t, nil)
	require.NoError(t, b.run("1", "bad"))
	require.NoError(t, b.run("2", "bad --worse"))
	require.NoError(t, b.run("3", "bad"))
	require.Equal(t, []string{"bad-program", "bad-program", "repeated"}, b.rulesAlerted())
	require.Equal(t, semconv.SeverityCritical, b.alerts()[1].Severity)
}

func TestOutOfOrder(t *testing.T) {
	b := newBench(t, nil)
	begin := b.at
	b.at = begin.Add(time.Hour)
	for i, minutes := range []int{0, 20, 2, 21, 19} { // as a spool is emptied
		ld := plog.NewLogs()
		record(ld, semconv.HookPreToolUse, fmt.Sprint(i), fmt.Sprint(i), "bad", begin.Add(time.Duration(minutes)*time.Minute))
		require.NoError(t, b.ConsumeLogs(t.Context(), ld))
	}
	var at []float64
	for _, a := range b.alerts() {
		if a.Rule == "bad-program" {
			at = append(at, a.Time.Sub(begin).Minutes())
		}
	}
	require.Equal(t, []float64{0, 20, 2, 21}, at, "one older than the window is told, and begins its own")
}

func TestRefusedAndSentAgain(t *testing.T) {
	b := newBench(t, nil)
	b.sink.refuse(errors.New("full"))
	require.Error(t, b.run("1", "bad"))
	require.NoError(t, b.save(t.Context(), true))
	require.Empty(t, b.memory.saved().Windows, "an alert that nobody has is not remembered over a restart")
	b.sink.refuse(nil)
	require.NoError(t, b.run("2", "bad"), "another event does not hide behind an alert that nobody has")
	require.NoError(t, b.run("1", "bad"))
	require.NoError(t, b.run("1", "bad"))
	var events []string
	for _, a := range b.alerts() {
		events = append(events, a.EventID)
	}
	require.Equal(t, []string{"2", "1"}, events)
}

func TestRepeatedEvents(t *testing.T) {
	b := newBench(t, nil)
	for range 5 {
		require.NoError(t, b.run("1", "bad"))
	}
	b.at = b.at.Add(time.Hour)
	b.flush(t.Context())
	require.Equal(t, []string{"bad-program"}, b.rulesAlerted(), "a repeat is neither told nor counted")
}

func TestAPanicIsToldOf(t *testing.T) {
	b := newBench(t, nil)
	require.NoError(t, b.run("1", "panic"))
	require.NoError(t, b.run("2", "panic"))
	require.Equal(t, 3, b.sink.LogRecordCount())
	require.Equal(t, []string{"judgment-failed"}, b.rulesAlerted())
	require.Equal(t, semconv.SeverityLow, b.alerts()[0].Severity)
	require.Equal(t, "1", b.alerts()[0].EventID)
}

func TestBudget(t *testing.T) {
	b := newBench(t, nil)
	now := b.now
	b.now = func() time.Time { b.at = b.at.Add(10 * time.Millisecond); return now() } // each look costs
	ld := plog.NewLogs()
	const n = 100
	for i := range n {
		record(ld, semconv.HookPreToolUse, fmt.Sprint(i), fmt.Sprint(i), "odd", b.at)
	}
	require.NoError(t, b.ConsumeLogs(t.Context(), ld))
	first := len(b.alerts())
	require.Less(t, first, 50)
	b.judgeLate(t.Context())
	b.flush(t.Context())
	var odd int
	for _, a := range b.alerts() {
		if a.Rule == "odd-program" {
			odd++
		}
	}
	require.Equal(t, n, odd, "what was put off is judged behind the pipeline")
}

func TestTooManyPutOff(t *testing.T) {
	b := newBench(t, nil)
	for range maxLate + 5 {
		ld := plog.NewLogs()
		lr := record(ld, semconv.HookPreToolUse, "x", "x", "ls", b.at)
		b.late.put(ld.ResourceLogs().At(0).Resource(), lr)
	}
	b.judgeLate(t.Context())
	b.flush(t.Context())
	require.Equal(t, []string{"events-unjudged"}, b.rulesAlerted())
	require.Contains(t, b.alerts()[0].Evidence[0], "5 records")
}

func TestVerdicts(t *testing.T) {
	for command, want := range map[string]verdict.Verdict{
		"ls":  {Decision: semconv.DecisionNone},
		"odd": {Decision: semconv.DecisionAsk, Rule: "odd-program", Title: "An odd program ran"},
		"bad": {Decision: semconv.DecisionDeny, Rule: "bad-program", Title: "A bad program ran"},
	} {
		b := newBench(t, nil)
		for i, wanted := range []bool{true, false} {
			r := &verdict.Request{Wanted: wanted}
			ld := plog.NewLogs()
			lr := record(ld, semconv.HookPreToolUse, fmt.Sprint(i), fmt.Sprint(i), command, b.at)
			require.NoError(t, b.ConsumeLogs(verdict.With(t.Context(), r), ld))
			got, ok := r.Get()
			require.True(t, ok, command)
			id := got.AlertID
			got.AlertID = ""
			require.Equal(t, want, got)
			require.Equal(t, want.Rule != "", id != "")
			if wanted {
				require.Equal(t, want.Decision, text(lr.Attributes(), semconv.EnforcementDecision))
				require.Equal(t, want.Rule, text(lr.Attributes(), semconv.EnforcementReason))
			}
		}
		r := &verdict.Request{Wanted: true}
		ld := plog.NewLogs()
		record(ld, "PostToolUse", "p", "p", command, b.at)
		require.NoError(t, b.ConsumeLogs(verdict.With(t.Context(), r), ld))
		_, ok := r.Get()
		require.False(t, ok, "only of a call that is still to be made")
	}
	b := newBench(t, nil)
	r := &verdict.Request{Wanted: true}
	ld := plog.NewLogs()
	record(ld, semconv.HookPreToolUse, "e", "e", "panic", b.at)
	require.NoError(t, b.ConsumeLogs(verdict.With(t.Context(), r), ld))
	_, ok := r.Get()
	require.False(t, ok, "nobody has judged it")
}

func TestControlCharacters(t *testing.T) {
	b := newBench(t, nil)
	require.NoError(t, b.run("1", "bad \x1b[2J\x1b]8;;http://x\a --worse\u202e\r\n"))
	a := b.alerts()[0]
	for _, s := range append([]string{a.Command, a.Title, a.SuppressionKey}, a.Evidence...) {
		require.False(t, strings.ContainsAny(s, "\x1b\a\r\n\u202e"), "%q", s)
	}
	require.Contains(t, a.Command, `\x1b[2J`)
}

func TestRestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "alerts", "state")
	use := func(c *Config) { c.StateFile = path }
	b := newBench(t, use)
	for i := range 2 {
		require.NoError(t, b.run(fmt.Sprint(i), "bad"))
	}
	require.NoError(t, b.save(t.Context(), false))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	c := newBench(t, use)
	c.at = b.at.Add(time.Second)
	c.restore(t.Context())
	require.NoError(t, c.run("2", "bad"))
	require.Equal(t, []string{"repeated"}, c.rulesAlerted(), "violations before the restart count, and the window holds")
	ld := plog.NewLogs()
	record(ld, "PostToolUse", "2-post", "call-2", "bad", c.at)
	require.NoError(t, c.ConsumeLogs(t.Context(), ld))
	c.at = c.at.Add(time.Hour)
	c.flush(t.Context())
	require.Equal(t, []string{"repeated", "bad-program +2"}, c.rulesAlerted())
}

func TestABadStateIsPutAside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state")
	for name, data := range map[string]string{
		"empty": "", "text": "x", "old version": "agent-telemetry security-alert state 0 00\n{}",
		"wrong hash": stateHeader + strings.Repeat("0", 64) + "\n{}",
	} {
		require.NoError(t, os.WriteFile(path, []byte(data), 0o600))
		b := newBench(t, func(c *Config) { c.StateFile = path })
		b.restore(t.Context())
		aside, err := os.ReadFile(path + ".bad")
		require.NoError(t, err, name)
		require.Equal(t, data, string(aside))
		require.NoFileExists(t, path)
		require.NoError(t, b.run("1", "bad"))
		require.Len(t, b.alerts(), 1)
	}
}

func FuzzState(f *testing.F) {
	b := newBench(f, func(c *Config) { c.StateFile = filepath.Join(f.TempDir(), "state") })
	require.NoError(f, b.run("1", "bad"))
	data, err := b.encode()
	require.NoError(f, err)
	_, body, _ := strings.Cut(string(data), "\n")
	f.Add([]byte(body))
	f.Add([]byte(`{"windows":[{"key":"AAAA"},{"key":"AAAAAAAAAAAAAAAAAAAAAA==","window":{"span":9223372036854775807,"ends":9223372036854775807}}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		c := newBench(t, nil)
		s, err := decodeBody(body)
		if err != nil || c.tracker.Restore(s.Behaviour) != nil {
			return
		}
		c.memory.restore(s, c.at)
		_ = c.run("1", "bad --worse")
		_ = c.run("2", "odd")
		c.at = c.at.Add(25 * time.Hour)
		c.flush(t.Context())
		require.Zero(t, c.memory.windows.Len(), "no window of a file stays for ever")
	})
}

// The whole: files that change, goroutines, restart.
func TestRulesAreReloaded(t *testing.T) {
	dir := t.TempDir()
	cfg := createDefaultConfig().(*Config)
	cfg.UserRules, cfg.StateFile = filepath.Join(dir, "rules.yaml"), filepath.Join(dir, "state")
	next := &sink{}
	p, err := newProcessor(processortest.NewNopSettings(metadata.Type), cfg, next)
	require.NoError(t, err)
	p.factsOf = words
	require.NoError(t, p.Start(t.Context(), componenttest.NewNopHost()))
	b := &bench{alertProcessor: p, t: t, sink: next, at: time.Now()}
	require.NoError(t, b.run("1", "odd"))
	require.Empty(t, b.alerts())
	rules, err := os.ReadFile(filepath.Join("testdata", "rules.yaml"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(cfg.UserRules, rules, 0o600))
	require.Eventually(t, func() bool { return p.rules().Rule("odd-program") != nil }, 10*time.Second, 10*time.Millisecond)
	require.NoError(t, b.run("2", "odd"))
	require.Equal(t, []string{"odd-program"}, b.rulesAlerted())
	require.NoError(t, os.WriteFile(cfg.UserRules, []byte("rules: ["), 0o600))
	require.Eventually(t, func() bool { return p.reloader.Status().Failed }, 10*time.Second, 10*time.Millisecond)
	require.NoError(t, b.run("3", "odd"))
	require.Len(t, b.alerts(), 2, "a bad file keeps the rules before")
	require.NoError(t, p.Shutdown(context.Background()))
	require.FileExists(t, cfg.StateFile)
}

func TestABadRulesFileDoesNotKeepFromRecording(t *testing.T) {
	dir := t.TempDir()
	cfg := createDefaultConfig().(*Config)
	cfg.RulesFile, cfg.UserRules, cfg.StateFile = filepath.Join(dir, "rules.yaml"), "", ""
	require.NoError(t, os.WriteFile(cfg.RulesFile, []byte("rules: ["), 0o600))
	p, err := newProcessor(processortest.NewNopSettings(metadata.Type), cfg, &sink{})
	require.NoError(t, err)
	require.NoError(t, p.Start(t.Context(), componenttest.NewNopHost()))
	require.NotEmpty(t, p.rules().Rules(), "those that the program carries")
	require.NoError(t, p.Shutdown(context.Background()))
}

func TestConcurrentRequests(t *testing.T) {
	b := newBench(t, func(c *Config) { c.StateFile = filepath.Join(t.TempDir(), "state") })
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 50 {
				_ = b.run(fmt.Sprint(g, "-", i%25), "odd") // each twice
			}
		})
	}
	wg.Go(func() {
		for range 20 {
			_ = b.save(context.Background(), true)
			b.memory.due(b.at)
		}
	})
	wg.Wait()
	ids := map[string]bool{}
	for _, a := range b.alerts() {
		if a.Rule == "odd-program" {
			require.False(t, ids[a.ID])
			ids[a.ID] = true
		}
	}
	require.Len(t, ids, 8*25)
}

// A flood of a million events takes a minute; ALERT_FLOOD=1 asks for all of it.
func TestFloodLeavesMemoryBounded(t *testing.T) {
	events := 30_000
	if os.Getenv("ALERT_FLOOD") != "" {
		events = 1_000_000
	}
	b := newBench(t, nil)
	b.sink = nil
	b.next = drop{}
	for i := range events {
		ld := plog.NewLogs()
		command := "ls"
		if i%3 == 0 {
			command = fmt.Sprint("bad ", i)
		} else if i%7 == 0 {
			command = fmt.Sprint("odd ", i)
		}
		lr := record(ld, semconv.HookPreToolUse, fmt.Sprint(i), fmt.Sprint(i), command, b.at)
		lr.Attributes().PutStr(semconv.SessionID, fmt.Sprint("s", i%20_000))
		require.NoError(t, b.ConsumeLogs(context.Background(), ld))
		b.at = b.at.Add(time.Millisecond)
		if i%1000 == 0 {
			b.flush(context.Background())
		}
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	t.Logf("%d events, heap %d MiB", events, m.HeapAlloc>>20)
	require.Less(t, m.HeapAlloc, uint64(200<<20))
	require.LessOrEqual(t, b.memory.seen.Len(), maxSeen)
	require.LessOrEqual(t, b.memory.windows.Len(), maxWindows)
	runtime.KeepAlive(b)
}
