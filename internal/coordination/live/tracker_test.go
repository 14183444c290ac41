package live_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination/live"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination/recorded"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/eventgen"
)

type came struct {
	of recorded.Of
	e  coordination.Event
}

// generated are the events of generated sessions, in order.
func generated(tb testing.TB, events int) []came {
	tb.Helper()
	var list []came
	for ld := range eventgen.New(eventgen.Options{Seed: 5, Events: events, Sessions: 30, AtATime: 6, Projects: 3, Span: 6 * time.Hour}).All() {
		for _, rl := range ld.ResourceLogs().All() {
			for _, sl := range rl.ScopeLogs().All() {
				for _, lr := range sl.LogRecords().All() {
					var c came
					var ok bool
					if c.of, ok = recorded.FromRecord(rl.Resource().Attributes(), lr, &c.e); ok {
						list = append(list, c)
					}
				}
			}
		}
	}
	return list
}

var now = time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC)

func lines(tb testing.TB, list []recorded.Record) []string {
	tb.Helper()
	out := make([]string, 0, len(list))
	for _, r := range list {
		line, err := json.Marshal(r.Line)
		require.NoError(tb, err)
		out = append(out, r.Event+" "+r.ID+" "+r.Time.Format(time.RFC3339Nano)+" "+string(line))
	}
	slices.Sort(out)
	return out
}

func run(tb testing.TB, list []came, limits live.Limits) []recorded.Record {
	tb.Helper()
	t := live.NewTracker(limits)
	for i := range list {
		t.Add(list[i].of, &list[i].e, now)
	}
	t.Quiet(now)
	made := t.Take()
	return made
}

// late returns the events with some of them later than others, by less than window, and
// some of them twice.
func late(list []came, window time.Duration, seed uint64) []came {
	r := rand.New(rand.NewPCG(seed, 3))
	type delayed struct {
		came
		at int64
	}
	var all []delayed
	for _, c := range list {
		for range 1 + r.IntN(10)/9 {
			all = append(all, delayed{c, c.e.At + r.Int64N(int64(window))})
		}
	}
	slices.SortStableFunc(all, func(x, y delayed) int { return cmp.Compare(x.at, y.at) })
	out := make([]came, len(all))
	for i := range all {
		out[i] = all[i].came
	}
	return out
}

func TestLateAndDoubledEventsGiveTheSameRecords(t *testing.T) {
	list := generated(t, 9_000)
	made := run(t, list, live.Limits{})
	want := lines(t, made)
	kinds := map[string]int{}
	for _, r := range made {
		kinds[r.Event]++
	}
	for _, kind := range []string{
		semconv.EventAgentDelegation, semconv.EventAgentConflict, semconv.EventAgentRepeatedWork, semconv.EventSessionCoordination, semconv.EventAgentTypeShare,
	} {
		require.Greater(t, kinds[kind], 5, kind)
	}
	for seed := range uint64(2) {
		require.Equal(t, want, lines(t, run(t, late(list, 50*time.Second, seed), live.Limits{})), "seed %d", seed)
	}
}

func TestARestartInTheMiddleGivesTheSameRecords(t *testing.T) {
	list := generated(t, 5_000)
	want := lines(t, run(t, list, live.Limits{}))
	r := rand.New(rand.NewPCG(1, 1))
	tracker := live.NewTracker(live.Limits{})
	var made []recorded.Record
	take := func() {
		got := tracker.Take()
		made = append(made, got...)
	}
	restarts := 0
	for i := range list {
		tracker.Add(list[i].of, &list[i].e, now)
		if r.IntN(250) != 0 {
			continue
		}
		take()
		var data bytes.Buffer
		require.NoError(t, tracker.Encode(&data, live.Place{Log: "log", Next: uint64(i)}))
		var at live.Place
		var err error
		tracker, at, err = live.Restore(data.Bytes(), live.Limits{})
		require.NoError(t, err)
		require.Equal(t, live.Place{Log: "log", Next: uint64(i)}, at)
		restarts++
	}
	tracker.Quiet(now)
	take()
	require.Greater(t, restarts, 10)
	require.Equal(t, want, lines(t, made))
}
