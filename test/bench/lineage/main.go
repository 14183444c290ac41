// Command lineage measures how much of who called whom is found out: it makes sessions
// of many agents, disturbs the order of their events, doubles and drops some, and
// compares what a tracker finds with the truth. It also measures what an event costs.
//
// The last line is
//
//	RESULT parents_complete=… parents_missing10=… calls_complete=… calls_missing10=… event_us=… disordered_event_us=…
//
// the shares of parents and calls that are right, in percent, the worst of all orders;
// and the microseconds that the tracker takes for an event, in order and in any.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/lineage"
	"github.com/agent-telemetry/agent-telemetry/internal/lineage/lineagetest"
)

// What is to be reached.
const (
	wantComplete = 100.0
	wantMissing  = 95.0
	wantMicros   = 10.0
)

var errMissed = errors.New("a target is missed")

type options struct {
	sessions int
	agents   int
	depth    int
	check    bool
}

func main() {
	var o options
	flag.IntVar(&o.sessions, "sessions", 20, "sessions of each kind")
	flag.IntVar(&o.agents, "agents", 500, "agents of a session")
	flag.IntVar(&o.depth, "depth", 3, "how deep agents call others")
	flag.BoolVar(&o.check, "check", false, "exit with 1 when a target is missed")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "bench-lineage:", err)
		os.Exit(1)
	}
}

// way is a kind of disturbance.
type way struct {
	name string
	lineagetest.Disturbance
}

var ways = []way{
	{"in order", lineagetest.Disturbance{}},
	{"within 30 s, doubled", lineagetest.Disturbance{Window: 30 * time.Second, Doubled: 20}},
	{"in any order, doubled", lineagetest.Disturbance{Shuffle: true, Doubled: 20}},
}

// result is what one row says.
type result struct {
	lineagetest.Score
	events int
	took   time.Duration
}

func (r result) micros() float64 {
	return float64(r.took.Nanoseconds()) / 1e3 / float64(max(r.events, 1))
}

func (r result) calls() float64 { return 100 * float64(r.Calls) / float64(max(r.Agents, 1)) }

func run(o options) error {
	if o.sessions < 1 || o.agents < 1 || o.depth < 1 {
		return errors.New("-sessions, -agents and -depth: must be at least 1")
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(table, "events\tmissing %\tagents\tparents %\twrong\tunknown\tcalls %\tdepths %\tµs/event\t")
	complete, missing := share{100, 100}, share{100, 100}
	var micros, disordered float64
	for _, lost := range []int{0, 10} {
		worst := &complete
		if lost > 0 {
			worst = &missing
		}
		for _, w := range ways {
			w.Missing = lost
			r := measure(o, w)
			_, _ = fmt.Fprintf(table, "%s\t%d\t%d\t%.2f\t%d\t%d\t%.2f\t%.2f\t%.2f\t\n", w.name, lost, r.Agents, r.Percent(), r.Wrong, r.Agents-r.Parents-r.Wrong,
				r.calls(), 100*float64(r.Depths)/float64(r.Agents), r.micros())
			worst.parents, worst.calls = min(worst.parents, r.Percent()), min(worst.calls, r.calls())
			if w.Shuffle {
				disordered = max(disordered, r.micros())
			} else {
				micros = max(micros, r.micros())
			}
		}
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	fmt.Printf("RESULT parents_complete=%.1f parents_missing10=%.1f calls_complete=%.1f calls_missing10=%.1f event_us=%.2f disordered_event_us=%.2f\n",
		complete.parents, missing.parents, complete.calls, missing.calls, micros, disordered)
	if o.check && (complete.parents < wantComplete || missing.parents < wantMissing || micros > wantMicros) {
		return errMissed
	}
	return nil
}

// share is the least that was right of all orders, in percent.
type share struct{ parents, calls float64 }

func measure(o options, w way) (out result) {
	for seed := range o.sessions {
		shape := lineagetest.Large()
		shape.Agents, shape.Depth = o.agents, o.depth
		if w.Missing == 0 {
			shape.Unanswered = 0 // complete is what every call was answered in
		}
		s := lineagetest.Generate(uint64(seed), shape)
		events := w.Apply(s.Events, uint64(seed))
		t := lineage.NewTracker(lineage.Limits{})
		began := time.Now()
		for i := range events {
			t.Observe(&events[i])
		}
		out.took += time.Since(began)
		out.events += len(events)
		out.Add(lineagetest.Compare(s, t))
	}
	return out
}
