package endtoend

import (
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination/live"
	coordinationrecords "github.com/agent-telemetry/agent-telemetry/internal/coordination/recorded"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/eventgen"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// The records of how agents worked together that are in Loki are those that the audit
// log gives, each once, after the collector was killed again and again.
func TestHowAgentsWorkedTogether(t *testing.T) {
	s := own(t)
	loki, err := harness.NewLoki(s.Binaries, filepath.Join(s.Dir, "foreign-loki"), nil)
	require.NoError(t, err)
	require.NoError(t, loki.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, loki.Stop()) })
	s.External = loki.URL
	collector := s.NewCollector(fast(t, s, ""))
	require.NoError(t, collector.Start())
	t.Cleanup(func() { require.NoError(t, collector.Stop()) })
	require.NoError(t, collector.Ready(t.Context()))

	n := 0
	events := eventgen.New(eventgen.Options{Seed: 9, Events: 4_000, Sessions: 16, Start: time.Now().Add(-40 * time.Minute), Span: 39 * time.Minute, Batch: 200, Projects: 2})
	for ld := range events.All() {
		postLogs(t, s, ld)
		if n++; n%7 == 0 {
			require.NoError(t, collector.Kill())
			require.NoError(t, collector.Start())
			require.NoError(t, collector.Ready(t.Context()))
		}
	}

	want := wantedCoordination(t, s)
	kinds := map[string]int{}
	for _, r := range want {
		kinds[r.Event]++
	}
	require.Len(t, kinds, 5, "every kind is among them: %v", kinds)
	const all = `{service="claude-telemetry-coordination"}`
	var got []harness.Entry
	require.Eventually(t, func() bool {
		got, err = s.Query(t.Context(), all)
		return err == nil && len(got) >= len(want)
	}, time.Minute, 300*time.Millisecond)
	time.Sleep(2 * time.Second) // nothing more is to come
	got, err = s.Query(t.Context(), all)
	require.NoError(t, err)
	byID := map[string]harness.Entry{}
	for _, e := range got {
		byID[e.Labels[semconv.LabelEvent]+" "+e.Metadata[semconv.MetadataRecordID]+" "+e.Time.UTC().String()] = e
	}
	require.Len(t, byID, len(got), "none is there twice")
	for _, r := range want {
		e, found := byID[r.Event+" "+r.ID+" "+r.Time.UTC().String()]
		require.True(t, found, r.ID)
		require.Equal(t, r.Of.Session, e.Metadata[semconv.MetadataSessionID])
		require.Equal(t, r.Of.Project, e.Labels[semconv.LabelProject])
		line, err := json.Marshal(r.Line)
		require.NoError(t, err)
		require.Equal(t, full(t, string(line)), full(t, e.Line), r.ID)
	}
	require.Len(t, got, len(want))

	// The queries of docs/coordination.md.
	for _, q := range []string{
		`{service="claude-telemetry-coordination", event="agent_delegation"} | json outcome="outcome" | outcome="completed"`,
		`{service="claude-telemetry-coordination", event="agent_delegation"} | agent_type="Explore"`,
		`{service="claude-telemetry-coordination", event="session_coordination"} | json | peak > 0`,
		all + ` | session_id="` + want[0].Of.Session + `"`,
	} {
		found, err := s.Query(t.Context(), q)
		require.NoError(t, err, q)
		require.NotEmpty(t, found, q)
	}
}

// wantedCoordination are the records that the audit log gives by its last event.
func wantedCoordination(t *testing.T, s *harness.Stack) []coordinationrecords.Record {
	t.Helper()
	entries, err := s.Audit(t.Context(), auditlog.Filter{})
	require.NoError(t, err)
	tracker := live.NewTracker(live.Limits{})
	for _, entry := range entries {
		if e, of, ok := coordinationrecords.FromAudit(entry); ok {
			tracker.Add(of, &e, time.Now())
		}
	}
	list := tracker.Take()
	return list
}

// full is a line without fields that are empty.
func full(t *testing.T, line string) map[string]any {
	t.Helper()
	var m map[string]any
	require.NoError(t, json.Unmarshal([]byte(line), &m))
	return prune(m)
}

func prune(m map[string]any) map[string]any {
	for k, v := range m {
		switch v := v.(type) {
		case map[string]any:
			prune(v)
		case []any:
			for _, one := range v {
				if inner, ok := one.(map[string]any); ok {
					prune(inner)
				}
			}
			if len(v) == 0 {
				delete(m, k)
			}
		case string, bool:
			if v == "" || v == false {
				delete(m, k)
			}
		case nil:
			delete(m, k)
		}
	}
	return m
}
