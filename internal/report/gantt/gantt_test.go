package gantt

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/agenttree"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func at(d time.Duration) time.Time { return start.Add(d) }

func made(agent string, from time.Duration, ms int64, event, outcome string) story.Entry {
	return story.Entry{Kind: story.KindTool, Event: event, AgentID: agent, Time: at(from), Tool: &story.Tool{Name: "T", Outcome: outcome, Duration: ms}}
}

func labels(ticks []Tick) string {
	var list []string
	for _, t := range ticks {
		list = append(list, t.Label)
	}
	return strings.Join(list, " · ")
}

func span(from, to time.Duration) Span { return Span{at(from), at(to)} }

func TestTicks(t *testing.T) {
	for want, busy := range map[string][]Span{
		"09:00:00.000 · 09:00:00.050 · 09:00:00.100 · 09:00:00.150 · 09:00:00.200 · 09:00:00.250": {span(0, 270*time.Millisecond)},
		"09:00:00 · 09:00:10 · 09:00:20 · 09:00:30 · 09:00:40 · 09:00:50":                         {span(0, 59*time.Second)},
		"09:01 · 09:15 · 09:30 · 09:45 · 10:00 · 10:15 · 10:30":                                   {span(time.Minute, 100*time.Minute)},
		"2 Mar 09:00 · 12:00 · 15:00 · 18:00 · 21:00 · 3 Mar 00:00 · 03:00 · 06:00":               {span(0, 23*time.Hour)},
		"2 Mar · 9 Mar · 16 Mar · 23 Mar · 30 Mar":                                                {span(-9*time.Hour, 30*24*time.Hour)},
		"09:00 · 09:30 · 10:00 · 10:30 · 11:00":                                                   {span(-8*time.Minute, 2*time.Hour+19*time.Minute)}, // 08:52 would be in the way
		// Nights are cut out.
		"2 Mar 09:00 · 09:15 · 3 Mar 09:00 · 09:15 · 4 Mar 09:00 · 09:15": {span(0, 28*time.Minute), span(24*time.Hour, 24*time.Hour+28*time.Minute), span(48*time.Hour, 48*time.Hour+28*time.Minute)},
		// Of a day that is one moment nothing is left but the moment.
		"09:00:00.000": {span(0, 0)},
	} {
		s, _ := newScale(busy)
		require.Equal(t, want, labels(s.ticks()))
	}
	s, breaks := newScale(nil)
	require.Empty(t, s.ticks())
	require.Empty(t, breaks)
	require.Zero(t, s.X(start))
}

func TestBreaks(t *testing.T) {
	s, breaks := newScale([]Span{span(10*time.Hour, 10*time.Hour+30*time.Minute), span(0, 20*time.Minute), span(10*time.Minute, 30*time.Minute), span(31*time.Minute, 30*time.Minute)})
	require.Len(t, breaks, 1)
	require.Equal(t, span(31*time.Minute, 10*time.Hour), breaks[0].Span)
	require.InDelta(t, breakWidth, breaks[0].X1-breaks[0].X0, 1e-9)
	require.Zero(t, s.X(at(-time.Hour)))
	require.InDelta(t, (1-breakWidth)*15/61, s.X(at(15*time.Minute)), 1e-9)
	require.InDelta(t, (breaks[0].X0+breaks[0].X1)/2, s.X(at(5*time.Hour)), 1e-9, "cut out")
	require.InDelta(t, 1, s.X(at(10*time.Hour+30*time.Minute)), 1e-9)
	require.InDelta(t, 1, s.X(at(1000*time.Hour)), 0)

	_, breaks = newScale([]Span{span(0, time.Hour), span(time.Hour+119*time.Second, 2*time.Hour), span(2*time.Hour+5*time.Minute, 3*time.Hour)})
	require.Empty(t, breaks, "shorter than two minutes, or little of all")
	var many []Span
	for i := range 1000 {
		many = append(many, span(time.Duration(i)*time.Hour, time.Duration(i)*time.Hour+time.Second))
	}
	_, breaks = newScale(many)
	require.LessOrEqual(t, len(breaks), maxBreaks)
}

// TestAnyTimes: whatever times records claim, every place is on the axis, and later
// is not in front of earlier.
func TestAnyTimes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	years := []int{1, 1970, 2026, 2026, 2026, 9999}
	for range 300 {
		var busy []Span
		var times []time.Time
		for range 1 + r.IntN(40) {
			from := time.Date(years[r.IntN(len(years))], 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(r.Int64N(int64(1) << (1 + r.IntN(55)))))
			to := from.Add(time.Duration(r.Int64N(1<<(1+r.IntN(50))) - 1000))
			busy, times = append(busy, Span{from, to}), append(times, from, to)
		}
		s, breaks := newScale(busy)
		require.InDelta(t, 1, s.parts[len(s.parts)-1].x1, 1e-6)
		for _, a := range times {
			x := s.X(a)
			require.False(t, math.IsNaN(x) || x < 0 || x > 1.000001, "%v at %v", a, x)
			for _, b := range times {
				if b.After(a) {
					require.GreaterOrEqual(t, s.X(b)+1e-9, x)
				}
			}
		}
		for _, b := range breaks {
			require.Greater(t, b.X1, b.X0)
		}
		for i, tick := range s.ticks() {
			require.GreaterOrEqual(t, tick.X, 0.0)
			require.LessOrEqual(t, tick.X, 1.000001)
			if i > 0 {
				require.GreaterOrEqual(t, tick.X-s.ticks()[i-1].X, tickRoom)
			}
		}
	}
}

func TestTurns(t *testing.T) {
	prompt := func(d time.Duration, text string) story.Entry {
		return story.Entry{Kind: story.KindPrompt, Time: at(d), Text: text}
	}
	end := func(d time.Duration, agent, event string) story.Entry {
		return story.Entry{Kind: story.KindTurn, Time: at(d), AgentID: agent, Event: event}
	}
	turns, more := Turns([]story.Entry{
		made("", 0, 5, semconv.EventFileRead, story.OutcomeOK), // of no turn
		prompt(time.Minute, "one"), made("", 70*time.Second, 30_000, semconv.EventFileRead, story.OutcomeOK), end(90*time.Second, "a", semconv.EventTurnEnd),
		prompt(2*time.Minute, "two"), end(3*time.Minute, "", semconv.EventTurnEnd), made("", 200*time.Second, 5, semconv.EventFileRead, story.OutcomeOK),
		prompt(4*time.Minute, "three"), made("", 250*time.Second, 3_600_000, semconv.EventFileRead, story.OutcomeOK),
		prompt(5*time.Minute, "four"), end(6*time.Minute, "", semconv.EventTurnFailure),
	})
	require.Zero(t, more)
	require.Equal(t, []Turn{
		{Number: 1, Start: at(time.Minute), End: at(100 * time.Second), Prompt: "one"},
		{Number: 2, Start: at(2 * time.Minute), End: at(3 * time.Minute), Ended: true, Prompt: "two"},
		{Number: 3, Start: at(4 * time.Minute), End: at(5 * time.Minute), Prompt: "three"},
		{Number: 4, Start: at(5 * time.Minute), End: at(6 * time.Minute), Ended: true, Failed: true, Prompt: "four"},
	}, turns)
	many := make([]story.Entry, maxTurns+7)
	for i := range many {
		many[i] = prompt(time.Duration(i)*time.Second, "x")
	}
	turns, more = Turns(many)
	require.Len(t, turns, maxTurns)
	require.Equal(t, 7, more)
	turns, _ = Turns(nil)
	require.NotNil(t, turns)
}

func build(t *testing.T, agents []story.Agent, entries []story.Entry) (*Chart, *agenttree.Rows) {
	t.Helper()
	session := &story.Session{Start: start, End: at(time.Hour)}
	rows := agenttree.Build(session, agents, entries).Rows(500)
	turns, _ := Turns(entries)
	return Build(entries, turns, rows), rows
}

func TestLanes(t *testing.T) {
	agents := []story.Agent{{ID: "a", Type: "A", Link: semconv.LinkConfirmed, Start: at(time.Minute), End: at(2 * time.Minute)}}
	c, _ := build(t, agents, []story.Entry{
		{Kind: story.KindPrompt, Time: at(0)},
		made("", time.Minute, 60_000, semconv.EventSubAgentDelegation, story.OutcomeOK),
		made("a", time.Minute, 10, semconv.EventFileRead, story.OutcomeOK),
		made("a", time.Minute+time.Millisecond, 10, semconv.EventCommandExecution, story.OutcomeFailed),
		made("a", time.Minute+2*time.Millisecond, 10, semconv.EventFileRead, story.OutcomeUnknown),
		made("a", 90*time.Second, 20_000, semconv.EventMCPCall, story.OutcomeOK),
		made("unknown", 90*time.Second, 20_000, semconv.EventMCPCall, story.OutcomeOK),
		{Kind: story.KindTurn, Time: at(4 * time.Minute)},
		{Kind: story.KindTool, Time: at(4 * time.Minute)},
	})
	require.Equal(t, []time.Time{start, at(4 * time.Minute)}, []time.Time{c.From, c.To})
	require.Equal(t, []int{5, 3}, []int{c.Calls, c.Bars})
	require.Len(t, c.Lanes, 2)
	main, a := c.Lanes[0], c.Lanes[1]
	require.Equal(t, []any{Wait, 0.25, 0.5, 1}, []any{main.Bars[0].Kind, main.Bars[0].X0, main.Bars[0].X1, main.Bars[0].Calls})
	require.Equal(t, []float64{0.25, 0.5}, []float64{a.X0, a.X1})
	require.Len(t, a.Bars, 2)
	long, several := a.Bars[0], a.Bars[1] // who failed lies over the others
	require.Equal(t, []any{Net, 1}, []any{long.Kind, long.Calls})
	require.Equal(t, []any{Read, 3, 1, 1, semconv.EventCommandExecution}, []any{several.Kind, several.Calls, several.Failed, several.Open, several.Call.Event})
	require.Len(t, c.Turns, 1)

	// Silence is cut out between turns, and in one when it is long.
	turn := func(from, to time.Duration) []story.Entry {
		return []story.Entry{{Kind: story.KindPrompt, Time: at(from)}, made("", from+time.Second, 1000, "x", story.OutcomeOK), {Kind: story.KindTurn, Time: at(to)}}
	}
	c, _ = build(t, nil, append(append(turn(0, 9*time.Minute), turn(15*time.Minute, 16*time.Minute)...), turn(20*time.Minute, 40*time.Minute)...))
	var cut []Span
	for _, b := range c.Breaks {
		cut = append(cut, b.Span)
	}
	require.Equal(t, []Span{span(9*time.Minute, 15*time.Minute), span(16*time.Minute, 20*time.Minute), span(20*time.Minute+2*time.Second, 40*time.Minute)}, cut)

	c, _ = build(t, nil, []story.Entry{{Kind: story.KindPrompt, Time: at(0)}})
	require.Nil(t, c, "a moment is no time")
	c, _ = build(t, nil, nil)
	require.Nil(t, c)
}

// TestManyCalls: of any number of calls the bars are bounded, and together they have
// all calls.
func TestManyCalls(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	outcomes := []string{story.OutcomeOK, story.OutcomeOK, story.OutcomeFailed, story.OutcomeUnknown}
	for _, longest := range []int64{0, 10_000, 10_000_000} {
		var agents []story.Agent
		var entries []story.Entry
		failed := 0
		for i := range 600 {
			id := fmt.Sprint("a", i)
			agents = append(agents, story.Agent{ID: id, Type: "T", Link: semconv.LinkConfirmed, Start: start, End: at(time.Hour)})
			for range 100 {
				outcome := outcomes[r.IntN(len(outcomes))]
				if outcome == story.OutcomeFailed {
					failed++
				}
				entries = append(entries, made(id, time.Duration(r.Int64N(int64(time.Hour))), r.Int64N(longest+1)-1, semconv.EventFileRead, outcome))
			}
		}
		c, rows := build(t, agents, entries)
		require.Equal(t, len(entries), c.Calls)
		require.LessOrEqual(t, c.Bars, maxBars)
		calls, bad := 0, 0
		for i, l := range c.Lanes {
			n := 0
			for _, b := range l.Bars {
				require.LessOrEqual(t, b.X0, b.X1)
				n, bad = n+b.Calls, bad+b.Failed
			}
			require.Equal(t, rows.List[i].ToolCalls, n)
			calls += n
		}
		require.Equal(t, []int{len(entries), failed}, []int{calls, bad})
	}
}
