package endtoend

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/reconcile"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/sessionstate"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// Loki loses its data: replay brings everything back, reconcile says so, and
// what is exported is proven.
func TestLokiLosesItsData(t *testing.T) {
	s, loki := withForeignLoki(t)
	const events = 30
	for i := range events {
		run(t, s, call(s, "lost", i))
	}
	exportHTTP(t.Context(), t, s, "lost native")
	requireOnce(t, s, "lost", events)
	awaitLoki(t, s, `{service="claude-code"} | session_id="lost native"`, 3)
	report(t, s, "", "--with", "loki,native", "--until", "0s")

	require.NoError(t, loki.Stop())
	require.NoError(t, os.RemoveAll(filepath.Join(s.Dir, "foreign-loki", "data")))
	require.NoError(t, os.Mkdir(filepath.Join(s.Dir, "foreign-loki", "data"), 0o700))
	require.NoError(t, loki.Start(t.Context()))
	r := report(t, s, "exit status 1", "--with", "loki", "--until", "0s")
	require.Equal(t, reconcile.Gaps, r.Loki.Status)
	require.Equal(t, r.Loki.Expected, r.Loki.Missing)

	for _, sent := range []bool{true, false} { // the second time nothing is missing
		out, err := s.CLI(t.Context(), "replay", "--until", "0s", "--json")
		require.NoError(t, err, out)
		var result struct{ Sent, Present int }
		require.NoError(t, json.Unmarshal([]byte(out), &result))
		require.Equal(t, sent, result.Sent > 0, out)
	}
	requireOnce(t, s, "lost", events)
	report(t, s, "", "--with", "loki,native", "--until", "0s")

	dir := filepath.Join(s.Dir, "case")
	await(t, "a checkpoint of the last record", func() error {
		require.NoError(t, os.RemoveAll(dir))
		_, err := s.CLI(t.Context(), "export", "--session", "lost", "--out", dir)
		return err
	})
	out, err := s.CLI(t.Context(), "export", "--check", dir, "--key", filepath.Join(string(s.Home), "keys", "audit.pub"))
	require.NoError(t, err, out)
}

// report runs reconcile; want is the end of its error, "" for none.
func report(t *testing.T, s *harness.Stack, want string, args ...string) (r reconcile.Report) {
	t.Helper()
	out, err := s.CLI(t.Context(), append([]string{"reconcile", "--json"}, args...)...)
	if want == "" {
		require.NoError(t, err, out)
	} else {
		require.ErrorContains(t, err, want, out)
	}
	require.NoError(t, json.Unmarshal([]byte(out), &r), out)
	return r
}

// A hook that dies behind taking its number leaves a hole: the collector tells of
// it while the session goes on, and reconcile afterwards.
func TestAMissingEventIsTold(t *testing.T) {
	s := own(t)
	text, err := os.ReadFile(filepath.Join(s.Root, "otelcol-config.yaml"))
	require.NoError(t, err)
	config := filepath.Join(s.Dir, "collector.yaml")
	quick := strings.Replace(string(text), "  session_gaps:\n", "  session_gaps:\n    grace: 500ms\n", 1)
	require.NotEqual(t, string(text), quick)
	require.NoError(t, os.WriteFile(config, []byte(quick), 0o600))
	_, err = s.Up(t.Context(), "--collector-config", config)
	require.NoError(t, err)
	run(t, s, call(s, "gap", 0))
	state := sessionstate.Open(s.Home.Sessions(), "gap")
	require.NoError(t, state.Update(t.Context(), time.Minute, func(st *sessionstate.State) bool { st.Seq++; return true }))
	state.Close()
	run(t, s, call(s, "gap", 1))
	told := awaitAudit(t, s, auditlog.Filter{SessionID: "gap", EventType: semconv.EventTelemetryGap}, 1)
	require.Equal(t, "WARN", told[0].SeverityText)
	require.Equal(t, "2", told[0].Attribute(semconv.GapRanges))
	awaitLoki(t, s, `{service="claude-telemetry", event="telemetry_gap", level="WARN", session="gap"} | json`, 1)
	r := report(t, s, "exit status 1", "--with", "none", "--until", "0s")
	require.Len(t, r.Sequence.Holes, 1)
	require.Equal(t, uint64(2), r.Sequence.Holes[0].First)
}
