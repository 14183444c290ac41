package agenttree

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func at(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }

func session() *story.Session { return &story.Session{Start: start, End: at(100), Ended: true} }

func called(id, parent, link string, from, to int) story.Agent {
	return story.Agent{ID: id, Type: "type of " + id, Parent: parent, Link: link, Start: at(from), End: at(to), Stopped: true}
}

func tool(agent, outcome string, t story.Tool) story.Entry {
	t.Outcome = outcome
	return story.Entry{Kind: story.KindTool, AgentID: agent, Tool: &t}
}

func ids(t *Tree) []string {
	list := []string{}
	for _, a := range t.Agents {
		depth := "?"
		if a.Depth != nil {
			depth = fmt.Sprint(*a.Depth)
		}
		list = append(list, a.ID+" "+depth)
	}
	return list
}

func TestWhoIsBelowWhom(t *testing.T) {
	tree := Build(session(), []story.Agent{
		called("b", "", semconv.LinkConfirmed, 20, 30),
		called("a", "", semconv.LinkProvisional, 10, 40),
		called("c", "a", semconv.LinkConfirmed, 12, 15),
		called("d", "c", semconv.LinkSpan, 13, 14),
		called("orphan", "", "", 5, 6),
		called("lost", "nobody", semconv.LinkSidecar, 50, 51),
		called("self", "self", semconv.LinkSidecar, 60, 61),
		called("x", "y", semconv.LinkSidecar, 70, 71),
		called("y", "x", semconv.LinkSidecar, 72, 73),
		called(semconv.AgentMain, "x", semconv.LinkConfirmed, 1, 2),
		called("a", "b", semconv.LinkConfirmed, 1, 2), // the first one counts
	}, nil)
	require.Equal(t, []string{"main 0", "a 1", "c 2", "d 3", "b 1", "orphan ?", "lost ?", "self ?", "x ?", "y ?"}, ids(tree))
	require.Equal(t, []int{2, 1, 1, 0, 0}, []int{tree.Agents[0].Children, tree.Agents[1].Children, tree.Agents[2].Children, tree.Agents[3].Children, tree.Agents[4].Children})
	require.Equal(t, []int{4, 2, 1}, []int{tree.Agents[0].Below, tree.Agents[1].Below, tree.Agents[2].Below})
	require.Equal(t, semconv.AgentMain, tree.Agents[1].Parent)
	require.Empty(t, tree.Agents[5].Parent, "nobody says who called it")
	require.Equal(t, "nobody", tree.Agents[6].Parent, "it is said who called it, though there are no records of that one")
	require.Empty(t, tree.Agents[7].Parent, "nobody calls itself")
	require.Empty(t, tree.Agents[8].Parent, "of a circle")
	require.Equal(t, 1, tree.Agents[8].Below)
}

func TestWhatAgentsDid(t *testing.T) {
	file := story.Tool{File: "/p/a.go", Change: true}
	other := story.Tool{File: "/p/b.go", Change: true}
	a := called("a", "", semconv.LinkConfirmed, 10, 40)
	a.Tokens, a.Background = 1<<62, true
	tree := Build(session(), []story.Agent{a}, []story.Entry{
		tool("a", story.OutcomeOK, file), tool("a", story.OutcomeOK, file), tool("a", story.OutcomeOK, other), tool("", story.OutcomeOK, file),
		tool("a", story.OutcomeFailed, story.Tool{File: "/p/c.go", Change: true}), tool("a", story.OutcomeTimeout, story.Tool{}), tool("a", story.OutcomeDenied, file),
		tool("a", story.OutcomeUnknown, story.Tool{}), tool("unknown", story.OutcomeOK, file),
		{Kind: story.KindAlert, AgentID: "a", Alert: &story.Alert{Severity: semconv.SeverityHigh}},
		{Kind: story.KindAlert, AgentID: "a", Alert: &story.Alert{Severity: "odd"}},
		{Kind: story.KindAlert, AgentID: "a"},
		{Kind: story.KindTool, AgentID: "a"},
	})
	require.Equal(t, 1, tree.Strays)
	got := tree.Agents[1]
	require.Equal(t, []int{7, 2, 1, 1, 2}, []int{got.ToolCalls, got.Errors, got.Denied, got.NoResult, got.FilesChanged})
	require.Equal(t, story.AlertCounts{High: 1, Low: 1}, got.Alerts)
	require.Equal(t, int64(maxTokens), *got.Tokens)
	require.Equal(t, int64(30_000), got.Duration)
	require.True(t, got.Background)
	main := tree.Agents[0]
	require.Equal(t, []int{1, 1}, []int{main.ToolCalls, main.FilesChanged})
	require.Nil(t, main.Tokens)
	require.Equal(t, int64(100_000), main.Duration)
}

// crowd are agents that call each other at random, some in circles.
func crowd(seed uint64, n int) ([]story.Agent, []story.Entry) {
	r := rand.New(rand.NewPCG(seed, 3))
	var agents []story.Agent
	var entries []story.Entry
	for i := range n {
		id, parent, link := fmt.Sprintf("a%04d", i), "", ""
		if r.IntN(10) > 0 {
			link = semconv.LinkConfirmed
		}
		if r.IntN(3) > 0 {
			parent = fmt.Sprintf("a%04d", r.IntN(n+5))
		}
		from := r.IntN(1000)
		agents = append(agents, called(id, parent, link, from, from+r.IntN(100)))
		for range r.IntN(6) {
			entries = append(entries, tool(id, []string{story.OutcomeOK, story.OutcomeFailed, story.OutcomeDenied}[r.IntN(3)], story.Tool{File: "/x", Change: true}))
		}
		if r.IntN(20) == 0 {
			entries = append(entries, story.Entry{Kind: story.KindAlert, AgentID: id, Alert: &story.Alert{Severity: semconv.SeverityCritical}})
		}
	}
	return agents, entries
}

// TestRowsLoseNothing: whatever the agents claim and however few rows there are, the
// rows together have every agent and every call, and who is shown stands below its caller.
func TestRowsLoseNothing(t *testing.T) {
	for seed := range uint64(60) {
		n := 1 + int(seed)*7
		agents, entries := crowd(seed, n)
		tree := Build(session(), agents, entries)
		require.Len(t, tree.Agents, n+1)
		for _, limit := range []int{1, 2, 5, 50, 1000} {
			rows := tree.Rows(limit)
			shown, sums, calls, alerts, left := 0, 0, 0, 0, 0
			above := []string{}
			for i, r := range rows.List {
				calls += r.ToolCalls
				alerts += r.Alerts.Total()
				require.LessOrEqual(t, r.Level, len(above), "the row above has a level for it")
				above = above[:r.Level]
				if r.More > 0 {
					require.Greater(t, r.More, 1, "one agent needs no sum")
					sums, left = sums+1, left+r.More
					continue
				}
				shown++
				if r.Level > 0 {
					require.Equal(t, above[r.Level-1], r.Parent)
				}
				above = append(above, r.ID)
				got, ok := rows.Of(r.ID)
				require.True(t, ok)
				require.Equal(t, i, got)
			}
			require.Equal(t, n+1, shown+left)
			require.Equal(t, rows.Left, left)
			require.LessOrEqual(t, shown, 2*limit+1)
			require.LessOrEqual(t, sums, shown+1)
			require.Equal(t, len(entries), calls+alerts)
			for i := range tree.Agents {
				row, ok := rows.Of(tree.Agents[i].ID)
				require.True(t, ok)
				require.Less(t, row, len(rows.List))
			}
			if limit > n {
				require.Zero(t, rows.Left)
			}
			_, ok := rows.Of("nobody")
			require.False(t, ok)
		}
	}
}

// TestRowsThatMatter: who raised an alert is shown, and the way to it.
func TestRowsThatMatter(t *testing.T) {
	agents := []story.Agent{called("top", "", semconv.LinkConfirmed, 1, 2), called("middle", "top", semconv.LinkConfirmed, 2, 3), called("deep", "middle", semconv.LinkConfirmed, 3, 4)}
	entries := []story.Entry{{Kind: story.KindAlert, AgentID: "deep", Alert: &story.Alert{Severity: semconv.SeverityLow}}}
	for i := range 50 {
		id := fmt.Sprint("busy", i)
		agents = append(agents, called(id, "", semconv.LinkConfirmed, 10+i, 60+i))
		for range 9 {
			entries = append(entries, tool(id, story.OutcomeOK, story.Tool{}))
		}
	}
	rows := Build(session(), agents, entries).Rows(6)
	var list []string
	for _, r := range rows.List {
		list = append(list, fmt.Sprintf("%d %s %d %d", r.Level, r.ID, r.More, r.ToolCalls))
	}
	require.Equal(t, []string{"0 main 0 0", "1 top 0 0", "2 middle 0 0", "3 deep 0 0", "1 busy0 0 9", "1 busy1 0 9", "1  48 432"}, list)
	last := rows.List[6]
	require.Equal(t, []any{at(12), at(109), semconv.AgentMain}, []any{last.Start, last.End, last.Caller})
}
