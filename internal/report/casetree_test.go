package report

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/recorded"
)

func caseOf(t *testing.T, session string, records ...plog.Logs) *CaseFile {
	t.Helper()
	home := newHome(t, records...)
	c, err := BuildCase(t.Context(), CaseOptions{Audit: home.Audit(), Session: session, Now: day.AddDate(0, 0, 2), By: "test", Verify: options(t, home).Verify})
	require.NoError(t, err)
	return c
}

// TestAgentsOfACase: the tree, the turns and how the agents worked together are in the
// JSON of a session in which an agent calls another.
func TestAgentsOfACase(t *testing.T) {
	c := caseOf(t, recorded.Shop, recorded.Sessions(day.Add(time.Hour))...)
	var b bytes.Buffer
	require.NoError(t, c.WriteJSON(&b))
	var got struct {
		Tree []struct {
			ID     string         `json:"agent_id"`
			Type   string         `json:"agent_type"`
			Parent string         `json:"parent_id"`
			Depth  *int           `json:"depth"`
			Link   string         `json:"link"`
			Calls  int            `json:"tool_calls"`
			Errors int            `json:"errors"`
			Alerts map[string]int `json:"alerts"`
			Tokens *int64         `json:"tokens"`
			Below  int            `json:"below"`
		} `json:"agent_tree"`
		Turns []struct {
			Number int  `json:"number"`
			Ended  bool `json:"ended"`
		} `json:"turns"`
		Together *struct {
			Delegations []struct {
				ID      string `json:"agent_id"`
				Outcome string `json:"outcome"`
			} `json:"delegations"`
		} `json:"coordination"`
		Entries []json.RawMessage `json:"entries"`
	}
	require.NoError(t, json.Unmarshal(b.Bytes(), &got))
	require.Len(t, got.Tree, 3)
	main, outer, inner := got.Tree[0], got.Tree[1], got.Tree[2]
	require.Equal(t, []any{"main", "", 0, 2}, []any{main.ID, main.Parent, *main.Depth, main.Below})
	require.Equal(t, []any{"general-purpose", "main", 1, semconv.LinkConfirmed, 1}, []any{outer.Type, outer.Parent, *outer.Depth, outer.Link, outer.Below})
	require.Equal(t, []any{"security-engineer", outer.ID, 2, 2, 1}, []any{inner.Type, inner.Parent, *inner.Depth, inner.Calls, inner.Errors})
	require.Equal(t, []int{1, 1}, []int{inner.Alerts["critical"], inner.Alerts["medium"]})
	require.Nil(t, inner.Tokens)
	require.Equal(t, c.Session.ToolCalls, main.Calls+outer.Calls+inner.Calls)
	require.Len(t, got.Turns, 2)
	require.Equal(t, []bool{false, true}, []bool{got.Turns[0].Ended, got.Turns[1].Ended})
	require.Len(t, got.Together.Delegations, 2)
	require.NotEmpty(t, got.Entries)

	alone := caseOf(t, recorded.Cart, recorded.Sessions(day.Add(time.Hour))...)
	require.Nil(t, alone.Coordination)
	require.Len(t, alone.AgentTree, 1)
	b.Reset()
	require.NoError(t, alone.WriteJSON(&b))
	require.True(t, json.Valid(b.Bytes()))
}

// TestWhatLineageSays: the parents are those that the collector wrote to the records, and
// what it corrected.
func TestWhatLineageSays(t *testing.T) {
	const a, b, c, d = "a1f0c2d3e4b5a6978", "a90817263544f5e6d", "a0000000000000003", "a0000000000000004"
	s := &recorded.Script{Session: recorded.Shop, Project: "/p", At: day}
	for _, id := range []string{a, b, c, d} {
		who := recorded.Fields{"agent_id": id, "agent_type": "Explore"}
		s.Hook("SubagentStart", who)
		s.Begin("Read", recorded.Fields{"file_path": "/p/x"}, who)
		s.End(nil, recorded.Fields{}, 5)
		s.Hook("SubagentStop", who)
	}
	said := map[string][2]string{a: {semconv.AgentMain, semconv.LinkSidecar}, b: {semconv.AgentMain, semconv.LinkProvisional}, d: {semconv.AgentMain, semconv.LinkProvisional}}
	for _, ld := range s.Logs {
		attributes := ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes()
		id, _ := attributes.Get(semconv.AgentID)
		if says, ok := said[id.Str()]; ok {
			attributes.PutStr(semconv.AgentParentID, says[0])
			attributes.PutStr(semconv.AgentLink, says[1])
		}
	}
	correction := plog.NewLogs()
	rl := correction.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr(semconv.ServiceName, semconv.ServiceNameValue)
	lr := rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	lr.SetTimestamp(pcommon.NewTimestampFromTime(s.At))
	for k, v := range map[string]string{
		semconv.EventType: semconv.EventAgentLink, semconv.EventID: "link-1", semconv.SessionID: recorded.Shop, semconv.AgentID: b,
		semconv.AgentParentID: a, semconv.AgentLink: semconv.LinkConfirmed, semconv.AgentDelegationID: "toolu_1",
	} {
		lr.Attributes().PutStr(k, v)
	}
	// Of another one nobody is known any more to have called it.
	lr = rl.ScopeLogs().At(0).LogRecords().AppendEmpty()
	lr.SetTimestamp(pcommon.NewTimestampFromTime(s.At))
	for k, v := range map[string]string{semconv.EventType: semconv.EventAgentLink, semconv.EventID: "link-2", semconv.SessionID: recorded.Shop, semconv.AgentID: d} {
		lr.Attributes().PutStr(k, v)
	}
	made := caseOf(t, recorded.Shop, append(s.Logs, correction)...)
	require.NoError(t, made.WriteJSON(io.Discard), "no number is none")
	var list [][]string
	for _, x := range made.AgentTree {
		list = append(list, []string{x.ID, x.Parent, x.Link, x.DelegationID})
	}
	require.Equal(t, [][]string{
		{semconv.AgentMain, "", "", ""}, {a, semconv.AgentMain, semconv.LinkSidecar, ""}, {b, a, semconv.LinkConfirmed, "toolu_1"}, {c, "", "", ""}, {d, "", "", ""},
	}, list)
}
