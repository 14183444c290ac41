package coordination

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// asks adds a question about a call of a tool.
func (s *script) asks(at float64, agent, tool string) {
	s.add(at, Event{Kind: Ask, Agent: agent, Tool: tool})
}

// tool adds a call that ran for some seconds before its end; below 0 nobody says for how long.
func (s *script) tool(from, to, ran float64, agent, call, tool string, end Kind) {
	e := Event{Kind: Begin, Agent: agent, Call: call, Tool: tool, Duration: -1}
	s.add(from, e)
	if end == Other {
		return // nothing tells of its end
	}
	if e.Kind = end; ran >= 0 {
		e.Duration = int64(ran * 1000)
	}
	s.add(to, e)
}

// A person who is asked is waited for: that is no work.
func TestWaitingForAPerson(t *testing.T) {
	for name, one := range map[string]struct {
		does func(s *script) // between 10 s and 100 s
		want int64           // seconds that a person took
	}{
		"allowed": {func(s *script) {
			s.tool(20, 60, 5, "a1", "c", "Bash", End)
			s.asks(20.1, "a1", "Bash")
		}, 34_900},
		"allowed, and failed": {func(s *script) {
			s.tool(20, 60, 5, "a1", "c", "Bash", Failed)
			s.asks(20, "a1", "Bash")
		}, 35_000},
		"asked twice at once": {func(s *script) {
			s.tool(20, 60, 5, "a1", "c", "Bash", End)
			s.asks(20, "a1", "Bash")
			s.asks(20.2, "a1", "Bash")
		}, 35_000},
		"its beginning is recorded late": {func(s *script) {
			s.asks(20, "a1", "Bash")
			s.tool(20.3, 60, 5, "a1", "c", "Bash", End)
		}, 35_000},
		"its beginning is not recorded": {func(s *script) {
			s.asks(20, "a1", "Bash")
			s.add(60, Event{Kind: End, Agent: "a1", Call: "c", Tool: "Bash", Duration: 5000})
		}, 35_000},
		"allowed at once": {func(s *script) {
			s.tool(20, 60, 39.999, "a1", "c", "Bash", End)
			s.asks(20.002, "a1", "Bash")
			s.tool(90, 91, 1, "a1", "d", "Read", End)
		}, 0},
		"not allowed": {func(s *script) {
			s.tool(20, 50, -1, "a1", "c", "Bash", Denied)
			s.asks(20, "a1", "Bash")
		}, 30_000},
		"not allowed, and nothing tells": {func(s *script) {
			s.tool(20, 0, 0, "a1", "c", "Bash", Other)
			s.asks(20, "a1", "Bash")
			s.tool(45, 46, 1, "a1", "d", "Read", End)
		}, 25_000},
		"nobody says how long it ran": {func(s *script) {
			s.tool(20, 60, -1, "a1", "c", "Bash", End)
			s.asks(20, "a1", "Bash")
			s.tool(70, 71, 1, "a1", "d", "Read", End)
		}, 0},
		"another call ran": {func(s *script) {
			s.tool(20, 60, 5, "a1", "c", "Bash", End)
			s.asks(20, "a1", "Bash")
			s.tool(20, 30, 10, "a1", "d", "Read", End)
		}, 25_000},
		"another one of the tool ran already": {func(s *script) {
			s.tool(15, 58, 43, "a1", "d", "Bash", End)
			s.tool(20, 80, 5, "a1", "c", "Bash", End)
			s.asks(20, "a1", "Bash")
		}, 17_000}, // from 58 s on nothing ran
		"of another agent": {func(s *script) {
			s.tool(20, 60, 5, "a1", "c", "Bash", End)
			s.asks(20, "", "Bash")
		}, 0},
		"a question": {func(s *script) { s.tool(20, 60, 40, "a1", "c", "AskUserQuestion", End) }, 40_000},
		"nobody answered": {func(s *script) {
			s.tool(20, 0, 0, "a1", "c", "Bash", Other)
			s.asks(99, "a1", "Bash")
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			var s script
			s.mark(0, Prompt)
			s.delegation(10, 100, "", "call", "a1", "Explore", false)
			one.does(&s)
			s.agent(AgentStop, 99.9, "a1", "Explore", "main", "call")
			s.mark(110, TurnEnd)
			got := Build(s.events, Limits{})
			d := delegationOf(t, got, "a1")
			require.Equal(t, one.want, d.Approval)
			require.EqualValues(t, 89_800, d.Duration)
			require.Equal(t, d.Duration, d.Own+d.Waiting+d.Approval)
			require.LessOrEqual(t, d.Tools, d.Own)
			e := got.Efficiency
			require.Equal(t, one.want, e.Approval)
			require.EqualValues(t, 20_000+89_800-one.want, e.Work)
			require.Equal(t, 110_000-one.want, got.CriticalPath.Length, "what a person takes is not on it")
			for seed := range uint64(5) {
				events := append(append([]Event{}, s.events...), s.events...)
				rand.New(rand.NewPCG(seed, 2)).Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
				a := NewAnalyzer(Limits{})
				for i := range events {
					a.Add(&events[i])
				}
				data, err := a.MarshalJSON()
				require.NoError(t, err)
				b, err := RestoreAnalyzer(data, Limits{})
				require.NoError(t, err)
				require.Equal(t, got, b.Session())
			}
		})
	}
}

// The main agent waits for a person in its turns, too.
func TestTheMainAgentWaitsForAPerson(t *testing.T) {
	var s script
	s.mark(0, Prompt)
	s.tool(10, 40, 10, "", "c", "Bash", End)
	s.asks(10, "", "Bash")
	s.tool(50, 0, 0, "", "d", "Bash", Other)
	s.asks(50, "", "Bash")
	s.mark(70, Prompt) // was not allowed, and told why
	s.mark(80, TurnEnd)
	got := Build(s.events, Limits{})
	require.EqualValues(t, 20_000, got.Efficiency.Approval, "from 10 s to 30 s: behind 50 s no turn was recorded")
	require.EqualValues(t, 40_000, got.Efficiency.Work)
	require.Equal(t, got.Efficiency.Work, got.CriticalPath.Length)
	total := Totals([]Named{{ID: "s", Session: got}}, ByType)
	require.EqualValues(t, 20_000, total[0].Approval)
	require.EqualValues(t, 20_000, Look([]Named{{ID: "s", Session: got}}).Approval)
}

// Many questions about many calls take no longer than the calls.
func TestManyQuestions(t *testing.T) {
	a := NewAnalyzer(Limits{Bytes: 64 << 20})
	for i := range 20_000 {
		at := moment(float64(i))
		for _, e := range []Event{
			{ID: fmt.Sprint(i, "b"), Kind: Begin, Call: fmt.Sprint(i), Tool: "Bash", At: at, Duration: -1},
			{ID: fmt.Sprint(i, "q"), Kind: Ask, Tool: "Bash", At: at},
			{ID: fmt.Sprint(i, "e"), Kind: End, Call: fmt.Sprint(i), Tool: "Bash", At: at + 1e12, Duration: 1},
		} {
			a.Add(&e)
		}
	}
	require.Len(t, a.Asks, maxAsks)
	start := time.Now()
	a.Session()
	require.Less(t, time.Since(start), 5*time.Second)
}
