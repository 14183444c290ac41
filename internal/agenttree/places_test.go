package agenttree

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// drawn is a tree as text.
func drawn(t *Tree, depth int) string {
	var b strings.Builder
	for _, p := range t.Places(depth) {
		for _, last := range p.Last {
			b.WriteString(map[bool]string{true: "`", false: "|"}[last])
		}
		b.WriteString(t.Agents[p.Agent].ID + strings.Repeat("+", p.Hidden) + " ")
	}
	return strings.TrimSpace(b.String())
}

func TestPlaces(t *testing.T) {
	tree := BuildWithUnrecorded(session(), []story.Agent{
		called("a", "", semconv.LinkConfirmed, 10, 40),
		called("b", "", semconv.LinkConfirmed, 20, 30),
		called("c", "a", semconv.LinkConfirmed, 12, 15),
		called("d", "c", semconv.LinkSpan, 13, 14),
		called("e", "a", semconv.LinkSpan, 16, 17),
		called("x", "lost", semconv.LinkSpan, 16, 17),
		called("y", "x", semconv.LinkSpan, 16, 17),
		called("z", "x", semconv.LinkSpan, 17, 17),
	}, nil)
	require.Equal(t, "main |a ||c ||`d |`e `b lost `x `|y ``z", drawn(tree, 0))
	require.Equal(t, "main |a+++ `b lost `x++", drawn(tree, 1))
	require.Equal(t, "main |a ||c+ |`e `b lost `x `|y ``z", drawn(tree, 2))
	require.Equal(t, 1, tree.Unknown())
	require.Equal(t, 3, tree.Deepest())
	lost := tree.Agents[6]
	require.True(t, lost.Unrecorded)
	require.Equal(t, []int{1, 3}, []int{lost.Children, lost.Below})
	require.Equal(t, "main", drawn(BuildWithUnrecorded(session(), nil, nil), 0))
}

func TestFilesAndStops(t *testing.T) {
	read := func(file, outcome string) story.Entry {
		e := tool("a", outcome, story.Tool{File: file})
		e.Event = semconv.EventFileRead
		return e
	}
	stop := func(second int) story.Entry {
		return story.Entry{Kind: story.KindAgent, Event: semconv.EventSubagentStop, AgentID: "a", Time: at(second)}
	}
	change := story.Tool{File: "/x", Change: true, Added: 3, Removed: 1}
	tree := Build(session(), []story.Agent{called("a", "", semconv.LinkConfirmed, 10, 40)}, []story.Entry{
		read("/x", story.OutcomeOK), read("/x", story.OutcomeOK), read("/y", story.OutcomeOK), read("/z", story.OutcomeFailed),
		tool("a", story.OutcomeOK, change), tool("a", story.OutcomeFailed, change), tool("a", story.OutcomeUnknown, change),
		stop(30), stop(20),
		{Kind: story.KindAlert, AgentID: "a", Alert: &story.Alert{Severity: semconv.SeverityLow, Suppressed: 4}},
		{Kind: story.KindAlert, AgentID: "a", Alert: &story.Alert{Severity: semconv.SeverityLow, Suppressed: -4}},
		{Kind: story.KindNote, AgentID: "b"},
		tool("b", story.OutcomeOK, change),
	})
	a := tree.Agents[1]
	require.Equal(t, []int{2, 1}, []int{a.FilesRead, a.FilesChanged})
	require.Equal(t, []int64{3, 1}, []int64{a.LinesAdded, a.LinesRemoved}, "of calls that went well")
	require.Equal(t, at(30), a.LastStop)
	require.Equal(t, story.AlertCounts{Low: 2, Suppressed: 4}, a.Alerts)
	require.Equal(t, []int{1, 2}, []int{tree.Strays, tree.Unplaced})
	require.Equal(t, time.Duration(0), tree.Agents[0].LastStop.Sub(time.Time{}))
}
