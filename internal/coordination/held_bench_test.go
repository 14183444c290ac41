package coordination_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
)

// Of the sessions that BenchmarkHeld holds.
const (
	heldSessions = 64
	heldCalls    = 20_000 // of all sessions
)

// halves are both events of each call of a session. Every text is one of its own, as those
// of records that were read are.
func halves(seed uint64) []coordination.Event {
	r := rand.New(rand.NewPCG(seed, 1))
	all := make([]coordination.Event, 0, 2*heldCalls/heldSessions+2)
	for i := range heldCalls / heldSessions {
		call, shape, agent := fmt.Sprintf("toolu_01%022x", r.Uint64()), r.IntN(100), r.IntN(4)
		at, file, pattern := int64(1e18)+int64(i)*1e8, r.IntN(60), r.IntN(400)
		old, changed := digest(r), digest(r)
		for half := range 2 {
			e := coordination.Event{
				ID: fmt.Sprintf("019c5a2e-%04x-7%03x-%04x-%012x", i, r.IntN(1<<12), 0x8000|r.IntN(1<<14), r.Uint64()>>16), At: at + int64(half)*5e7,
				Kind: coordination.Kind(1 + half), Call: strings.Clone(call), Duration: int64(51*half) - 1,
			}
			if agent > 0 {
				e.Agent, e.AgentType = fmt.Sprintf("a%016x", agent), strings.Clone("Explore")
			}
			path := fmt.Sprintf("/home/dev/shop/internal/part%d/file%d.go", file%7, file)
			switch {
			case shape < 40:
				e.Tool, e.Action, e.Target = strings.Clone("Read"), coordination.Read, path
			case shape < 55:
				e.Tool, e.Action, e.Target = strings.Clone("Edit"), coordination.Edit, path
				if half == 1 {
					e.HashBefore, e.HashAfter = strings.Clone(old), strings.Clone(changed)
				}
			case shape < 70:
				e.Tool, e.Action, e.Target, e.Detail = strings.Clone("Grep"), coordination.Search, strings.Clone("/home/dev/shop/internal"), fmt.Sprintf("func %d", pattern)
			case shape < 96:
				e.Tool = strings.Clone("Bash")
			default:
				e.Tool, e.Action = strings.Clone("Agent"), coordination.Delegate
				e.Asked = &coordination.Asked{Type: strings.Clone("Explore"), Description: fmt.Sprintf("look where part %d is used", file), Tokens: -1, ToolCalls: -1, DurationMS: -1}
			}
			all = append(all, e)
		}
	}
	return all
}

func digest(r *rand.Rand) string {
	return fmt.Sprintf("%016x%016x%016x%016x", r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64())
}

// What is held of each call, and what it costs the collector: a collection of garbage
// visits every pointer.
func BenchmarkHeld(b *testing.B) {
	var held, objects, said uint64
	var added, collected time.Duration
	n := uint64(0)
	for b.Loop() {
		analyzers := make([]*coordination.Analyzer, heldSessions)
		before := heap()
		for s := range analyzers {
			events := halves(n*heldSessions + uint64(s))
			start := time.Now()
			analyzers[s] = coordination.NewAnalyzer(coordination.Limits{})
			for i := range events {
				analyzers[s].Add(&events[i])
			}
			added += time.Since(start)
		}
		after := heap()
		held, objects = held+after.HeapAlloc-before.HeapAlloc, objects+after.HeapObjects-before.HeapObjects
		start := time.Now()
		for range 10 {
			runtime.GC()
		}
		collected += time.Since(start) / 10
		for _, a := range analyzers {
			said += uint64(a.Size())
		}
		n++
	}
	calls := float64(n * (heldCalls / heldSessions) * heldSessions)
	b.ReportMetric(float64(held)/calls, "B-held/call")
	b.ReportMetric(float64(said)/calls, "B-said/call")
	b.ReportMetric(float64(objects)/calls, "objects/call")
	b.ReportMetric(float64(collected.Microseconds())/float64(n), "µs/GC")
	b.ReportMetric(float64(added.Nanoseconds())/2/calls, "ns/Add")
}

func heap() (m runtime.MemStats) {
	runtime.GC()
	runtime.GC() // what the first one has swept only now
	runtime.ReadMemStats(&m)
	return m
}
