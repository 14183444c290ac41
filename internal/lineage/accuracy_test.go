package lineage_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/lineage"
	"github.com/agent-telemetry/agent-telemetry/internal/lineage/lineagetest"
)

func follow(s lineagetest.Session, d lineagetest.Disturbance, seed uint64) *lineage.Tracker {
	t := lineage.NewTracker(lineage.Limits{})
	for _, e := range d.Apply(s.Events, seed) {
		t.Observe(&e)
	}
	return t
}

// orders are ways in which events come.
var orders = map[string]lineagetest.Disturbance{
	"in order":      {},
	"in a window":   {Window: 30 * time.Second, Doubled: 20},
	"in any order":  {Shuffle: true, Doubled: 20},
	"in none twice": {Shuffle: true},
}

func TestCompleteSessionsAreWhollyFound(t *testing.T) {
	for name, d := range orders {
		t.Run(name, func(t *testing.T) {
			var all lineagetest.Score
			for seed := range uint64(4) {
				shape := lineagetest.Large()
				shape.Unanswered = 0
				s := lineagetest.Generate(seed, shape)
				require.GreaterOrEqual(t, len(s.Truth), shape.Agents)
				all.Add(lineagetest.Compare(s, follow(s, d, seed)))
			}
			require.Equal(t, all.Agents, all.Parents, "%+v", all)
			require.Equal(t, all.Agents, all.Calls)
			require.Equal(t, all.Agents, all.Depths)
		})
	}
}

func TestOfATenthMissingMostIsFound(t *testing.T) {
	for name, d := range orders {
		t.Run(name, func(t *testing.T) {
			d.Missing = 10
			var all lineagetest.Score
			for seed := range uint64(6) {
				s := lineagetest.Generate(seed, lineagetest.Large())
				all.Add(lineagetest.Compare(s, follow(s, d, seed)))
			}
			t.Logf("%.1f %% %+v", all.Percent(), all)
			require.GreaterOrEqual(t, all.Percent(), 95.0)
		})
	}
}

// TestOrderDoesNotMatter: what is found depends on the events that come, not on when.
func TestOrderDoesNotMatter(t *testing.T) {
	for seed := range uint64(5) {
		s := lineagetest.Generate(seed, lineagetest.Shape{Agents: 60, Depth: 8, Concurrent: 20, Types: 2, Background: 20, Denied: 10, Unanswered: 30})
		kept := lineagetest.Disturbance{Missing: 20}.Apply(s.Events, seed)
		s.Events = kept
		want := follow(s, lineagetest.Disturbance{}, 0)
		for again := range uint64(5) {
			got := follow(s, lineagetest.Disturbance{Shuffle: true, Doubled: 30}, again)
			for id := range s.Truth {
				a, _, _ := want.Agent(s.ID, id)
				b, _, _ := got.Agent(s.ID, id)
				require.Equal(t, a, b, fmt.Sprint(seed, again, id))
			}
		}
	}
}
