package lineage_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/lineage"
	"github.com/agent-telemetry/agent-telemetry/internal/lineage/lineagetest"
)

// BenchmarkObserve is of one event, in sessions of 500 agents.
func BenchmarkObserve(b *testing.B) {
	for name, d := range map[string]lineagetest.Disturbance{
		"in order": {}, "in order, a tenth missing": {Missing: 10}, "within 30 s": {Window: 30 * time.Second, Doubled: 20},
		"in any order": {Shuffle: true}, "in any order, a tenth missing": {Shuffle: true, Missing: 10},
	} {
		b.Run(name, func(b *testing.B) {
			s := lineagetest.Generate(1, lineagetest.Large())
			events := d.Apply(s.Events, 1)
			t, i := lineage.NewTracker(lineage.Limits{}), 0
			b.ReportAllocs()
			for b.Loop() {
				if i == len(events) {
					t, i = lineage.NewTracker(lineage.Limits{}), 0
				}
				t.Observe(&events[i])
				i++
			}
		})
	}
}

// BenchmarkObserveForged is of one event of a session in which nothing is ever proven.
func BenchmarkObserveForged(b *testing.B) {
	t, i := lineage.NewTracker(lineage.Limits{}), 0
	for b.Loop() {
		i++
		id := strconv.Itoa(i % 6_000)
		e := lineage.Event{Session: "s", Prompt: strconv.Itoa(i % 7), Agent: id, Type: strconv.Itoa(i % 5), Kind: lineage.Start, Call: id, At: int64(i)}
		if i%2 == 0 {
			e.Agent, e.Kind = "", lineage.Call
		}
		t.Observe(&e)
	}
}
