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

// TestGeneratedSessionsAreAsLargeAsTheySay: accuracy on easy sessions would prove little.
func TestGeneratedSessionsAreAsLargeAsTheySay(t *testing.T) {
	shape := lineagetest.Large()
	s := lineagetest.Generate(3, shape)
	running, most, deepest, open := 0, 0, 0, map[string]bool{}
	for _, e := range s.Events {
		switch {
		case e.Kind == lineage.Start:
			running, open[e.Agent] = running+1, true
		case e.Kind == lineage.Stop && open[e.Agent]:
			running, open[e.Agent] = running-1, false
		}
		most = max(most, running)
	}
	for _, d := range s.Depth {
		deepest = max(deepest, d)
	}
	require.GreaterOrEqual(t, len(s.Truth), shape.Agents)
	require.Equal(t, shape.Depth, deepest)
	require.LessOrEqual(t, most, shape.Concurrent)
	require.GreaterOrEqual(t, most, shape.Concurrent*3/4)
}

// TestGuessesAloneAreNotEnough: without any answer the same sessions are found less
// well, so what the answers add is what is measured above.
func TestGuessesAloneAreNotEnough(t *testing.T) {
	var all lineagetest.Score
	for seed := range uint64(4) {
		s := lineagetest.Generate(seed, lineagetest.Large())
		kept := s.Events[:0:0]
		for _, e := range s.Events {
			if e.Kind != lineage.Answer && e.Kind != lineage.Notification {
				kept = append(kept, e)
			}
		}
		s.Events = kept
		all.Add(lineagetest.Compare(s, follow(s, lineagetest.Disturbance{}, seed)))
	}
	t.Logf("%.1f %% %+v", all.Percent(), all)
	require.Less(t, all.Percent(), 100.0)
	require.Greater(t, all.Percent(), 80.0)
}
