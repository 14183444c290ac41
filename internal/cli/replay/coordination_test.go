package replay

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/test/eventgen"
)

// What a lost Loki had of how agents worked together is there again, once.
func TestHowAgentsWorkedTogetherIsBroughtBack(t *testing.T) {
	home := statedir.Dir(t.TempDir())
	loki := startLoki(t, nil)
	audit := auditWriter(t, home)
	for ld := range eventgen.New(eventgen.Options{Seed: 2, Events: 2_000, Sessions: 8, Span: 30 * time.Minute, Start: time.Now().Add(-45 * time.Minute), Projects: 2}).All() {
		require.NoError(t, audit.ConsumeLogs(t.Context(), ld))
	}
	stored := func() (kinds map[string]int, n int) {
		c, err := lokiquery.FromEnv(loki.URL)
		require.NoError(t, err)
		kinds = map[string]int{}
		q := lokiquery.Query{}.Label(semconv.LabelService, semconv.CoordinationServiceName)
		require.NoError(t, c.Fresh().Walk(t.Context(), q, time.Now().Add(-2*time.Hour), time.Now(), false, func(e lokiquery.Entry) bool {
			kinds[e.Labels[semconv.LabelEvent]]++
			n++
			return true
		}))
		return kinds, n
	}
	r, _, err := replay(t, home, "--dry-run", "--loki-url", loki.URL)
	require.Error(t, err, "something is missing")
	require.Positive(t, r.Coordination.Missing)
	want := r.Coordination.Missing

	r, _, err = replay(t, home, "--loki-url", loki.URL)
	require.NoError(t, err, "%+v", r)
	require.True(t, r.Complete)
	require.Equal(t, want, r.Coordination.Sent)
	kinds, n := stored()
	require.Equal(t, want, n)
	require.Positive(t, kinds[semconv.EventAgentDelegation])
	require.Positive(t, kinds[semconv.EventSessionCoordination])

	r, _, err = replay(t, home, "--loki-url", loki.URL)
	require.NoError(t, err)
	require.Zero(t, r.Coordination.Sent)
	require.Equal(t, r.Coordination.Read, r.Coordination.Present)
	_, n = stored()
	require.Equal(t, want, n)
}
