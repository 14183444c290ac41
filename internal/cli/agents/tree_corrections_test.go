package agents

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// correction is a record of the lineage processor; parent is empty when nobody is known any more.
func correction(session, agent, parent string, at time.Time) plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr(semconv.ServiceName, semconv.ServiceNameValue)
	lr := rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	lr.SetTimestamp(pcommon.NewTimestampFromTime(at))
	a := lr.Attributes()
	a.PutStr(semconv.EventType, semconv.EventAgentLink)
	a.PutStr(semconv.EventID, "link-"+agent)
	a.PutStr(semconv.SessionID, session)
	a.PutStr(semconv.AgentID, agent)
	if parent != "" {
		a.PutStr(semconv.AgentParentID, parent)
		a.PutStr(semconv.AgentLink, semconv.LinkSidecar)
	}
	return ld
}

// The tree has what is known in the end of who called whom, and so have the figures.
func TestCorrectionsCount(t *testing.T) {
	main := begin(teamSession, "/home/dev/shop", noon)
	for n := range 3 {
		a := &actor{s: main.s, id: agentID(n), kind: "Explore"}
		main.s.Hook("SubagentStart", a.fields())
		a.reads("x.go")
		main.s.Hook("SubagentStop", a.fields())
	}
	records := changed(main.ends(), claim(map[string]string{agentID(0): "main", agentID(1): "main", agentID(2): "main"}))
	at := main.s.At.Add(time.Minute)
	records = append(records, correction(teamSession, agentID(1), agentID(0), at), correction(teamSession, agentID(2), "", at))
	s := newStage(t, records...)
	var got [][]any
	for _, a := range decode[Agent](t, afterFirst(s.ok(t, "tree", "--json"))) {
		depth := -1
		if a.Depth != nil {
			depth = *a.Depth
		}
		got = append(got, []any{a.ID, a.Parent, a.Link, depth})
	}
	require.Equal(t, [][]any{
		{"main", "", "", 0}, {agentID(0), "main", semconv.LinkConfirmed, 1}, {agentID(1), agentID(0), semconv.LinkSidecar, 2}, {agentID(2), "", "", -1},
	}, got)
}
