package eventgen

import (
	"time"
)

// deepest is how deep agents call each other: Claude Code's own limit.
const deepest = 3

// leastRoom is how many records must be left for an agent to be called.
const leastRoom = 16

// delegations adds calls of sub-agents: one, or several at the same time.
func (t *turn) delegations(at time.Time, keep int) {
	n := 1
	if t.s.r.Float64() < 0.35 {
		n = 2 + t.s.r.IntN(4)
	}
	for range n {
		if t.room-keep <= leastRoom {
			return
		}
		t.delegate(at, t.room-keep)
		at = at.Add(time.Duration(1+t.s.r.IntN(40)) * time.Millisecond)
	}
}

// delegate adds a call of a sub-agent, and what that does, in at most room records.
func (t *turn) delegate(at time.Time, room int) {
	s := t.s
	a := &agent{id: "a" + s.hex(8), typ: agents[weighted(s.r, agentWeights)], depth: 1}
	if t.agent != nil {
		a.depth = t.agent.depth + 1
	}
	id := s.callID()
	background := t.agent == nil && s.r.Float64() < 0.15
	input := map[string]any{"description": phrase(s.r, 4), "prompt": phrase(s.r, 30), "subagent_type": a.typ}
	if background {
		input["run_in_background"] = true
	}
	c := calling{input: input}
	t.add(item{at: at, payload: t.payload("PreToolUse", c.fields("Agent", id))})
	inner := &turn{s: s, agent: a, room: min(room-4, 8+s.r.IntN(60)), from: at.Add(20 * time.Millisecond)}
	inner.to = inner.from.Add(max(t.to.Sub(at)*8/10, 10*time.Millisecond))
	end := inner.act()
	for _, it := range inner.items {
		t.add(it)
	}
	end = end.Add(10 * time.Millisecond)
	fields := c.fields("Agent", id)
	if background {
		fields["tool_response"] = map[string]any{"isAsync": true, "status": "async_launched", "agentId": a.id, "description": input["description"]}
		fields["duration_ms"] = 30
		t.add(item{at: at.Add(30 * time.Millisecond), payload: t.payload("PostToolUse", fields)})
		t.hook(end, "UserPromptSubmit", map[string]any{
			"prompt": "<task-notification>\n<task-id>" + a.id + "</task-id>\n<tool-use-id>" + id + "</tool-use-id>\n<status>completed</status>\n</task-notification>",
		})
		return
	}
	fields["duration_ms"] = end.Sub(at).Milliseconds()
	fields["tool_response"] = map[string]any{
		"status": "completed", "agentId": a.id, "agentType": a.typ, "totalToolUseCount": len(inner.items) / 2,
		"totalDurationMs": end.Sub(at).Milliseconds(), "totalTokens": 4000 + s.r.IntN(60_000), "content": []any{},
	}
	t.add(item{at: end, payload: t.payload("PostToolUse", fields)})
}

// act plans what a sub-agent does, and returns when it stops.
func (t *turn) act() time.Time {
	s := t.s
	t.hook(t.from, "SubagentStart", nil)
	for t.room > most+1 {
		if t.agent.depth < deepest && t.room > leastRoom && s.r.Float64() < 0.15 {
			t.delegations(t.moment(), most)
			continue
		}
		t.call(t.moment())
	}
	end := t.from
	for i := range t.items {
		if t.items[i].at.After(end) {
			end = t.items[i].at
		}
	}
	end = end.Add(5 * time.Millisecond)
	t.hook(end, "SubagentStop", map[string]any{
		"stop_hook_active": false, "last_assistant_message": "Found: " + phrase(s.r, 20),
		"agent_transcript_path": "/home/dev/.claude/projects/" + s.project.transcripts() + "/" + s.id + "/subagents/agent-" + t.agent.id + ".jsonl",
	})
	return end
}
