package hookevent

import (
	"go.opentelemetry.io/otel/attribute"
)

// agentType is the type of the agent that the record speaks of: the one that
// acts, else for a delegation the one that is called.
func (b *builder) agentType() string {
	if t := b.p.Text("agent_type"); t != "" {
		return t
	}
	return b.act.delegate
}

// agent is body.agent: who acts, and for a delegation who is called with what
// outcome.
func (b *builder) agent() []attribute.KeyValue {
	var f fieldset
	f.str("id", cleanName(b.p.Text("agent_id")))
	f.str("type", cleanName(b.p.Text("agent_type")))
	f.str("transcript_path", cleanPath(b.p.Text("agent_transcript_path")))
	if b.p.Err != nil || b.act.delegate == "" && !b.isDelegation() {
		return f
	}
	in, r := b.p.input(), b.p.response()
	var d fieldset
	d.str("agent_type", b.act.delegate)
	d.str("description", phrase(text(in, "description")))
	d.str("model", cleanName(first(text(r, "resolvedModel"), text(in, "model"))))
	d.str("name", cleanName(text(in, "name")))
	d.str("isolation", cleanName(text(in, "isolation")))
	background, ok := truth(in, "run_in_background")
	d.flag("background", background, ok && background)
	d.str("agent_id", cleanName(text(r, "agentId")))
	d.str("status", cleanName(text(r, "status")))
	for key, as := range map[string]string{"totalToolUseCount": "tool_calls", "totalDurationMs": "duration_ms", "totalTokens": "tokens"} {
		n, ok := integer(r, key)
		d.num(as, n, ok)
	}
	f.obj("delegation", d)
	return f
}

func (b *builder) isDelegation() bool {
	tool := b.p.ToolName()
	return b.p.isToolCall() && (tool == "Agent" || tool == "Task")
}
