package securityalertprocessor

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
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

func TestAPanicIsToldOf(t *testing.T) {
	b := newBench(t, nil)
	require.NoError(t, b.run("1", "panic"))
	require.NoError(t, b.run("2", "panic"))
	require.Equal(t, 3, b.sink.LogRecordCount())
	require.Equal(t, []string{"judgment-failed"}, b.rulesAlerted())
	require.Equal(t, semconv.SeverityMedium, b.alerts()[0].Severity, "or it were a way around being told of")
	require.Equal(t, "1", b.alerts()[0].EventID)
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
	require.Eventually(t, func() bool { return p.changes.seen() != nil }, 10*time.Second, 10*time.Millisecond, "a first look at the files")
	rules, err := os.ReadFile(filepath.Join("testdata", "rules.yaml"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(cfg.UserRules, rules, 0o600))
	require.Eventually(t, func() bool { return p.rules().Rule("odd-program") != nil }, 10*time.Second, 10*time.Millisecond)
	require.NoError(t, b.run("2", "odd"))
	of := func(slug string) (found []securityalert.Alert) {
		for _, a := range b.alerts() {
			if a.Rule == slug {
				found = append(found, a)
			}
		}
		return found
	}
	require.Len(t, of("odd-program"), 1)
	require.Eventually(t, func() bool { return len(of("telemetry-tampered")) == 1 }, 10*time.Second, 10*time.Millisecond, "that rules changed is told")
	require.Contains(t, of("telemetry-tampered")[0].Evidence[0], "rules are in use, 0 switched off")
	require.NoError(t, os.WriteFile(cfg.UserRules, []byte("rules: ["), 0o600))
	require.Eventually(t, func() bool { return p.reloader.Status().Failed }, 10*time.Second, 10*time.Millisecond)
	require.NoError(t, b.run("3", "odd"))
	require.Len(t, of("odd-program"), 2, "a bad file keeps the rules before")
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
