package hookevent

import (
	"strings"

	"go.opentelemetry.io/otel/attribute"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// agentType is the type of the agent that the record speaks of: the one that
// acts, else for a delegation the one that is called.
func (b *builder) agentType() string {
	if t := b.p.Text("agent_type"); t != "" {
		return t
	}
	return b.act.delegate
}

// agent is body.agent: who acts, for a delegation who is called with what outcome, and
// for a notification which task it is about.
func (b *builder) agent() []attribute.KeyValue {
	var f fieldset
	f.str("id", cleanName(b.p.Text("agent_id")))
	f.str("type", cleanName(b.p.Text("agent_type")))
	f.str("transcript_path", cleanPath(b.p.Text("agent_transcript_path")))
	if b.p.Err == nil && b.p.HookEvent() == "UserPromptSubmit" && b.p.isTaskNotification() {
		f.obj(semconv.AgentBodyNotification, notification(b.p.Text("prompt")))
	}
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
	d.str("agent_id", cleanName(first(text(r, "agentId"), text(r, "agent_id"))))
	d.str("status", cleanName(text(r, "status")))
	for _, f := range [...]struct{ key, as string }{{"totalToolUseCount", "tool_calls"}, {"totalDurationMs", "duration_ms"}, {"totalTokens", "tokens"}} {
		n, ok := integer(r, f.key)
		d.num(f.as, n, ok)
	}
	f.obj("delegation", d)
	return f
}

func (b *builder) isDelegation() bool {
	tool := b.p.ToolName()
	return b.p.isToolCall() && (tool == "Agent" || tool == "Task")
}

// notificationStart is how much of a notification is searched: its ids come first.
const notificationStart = 1 << 10

// notification is what a <task-notification> says of whom it is about. What follows
// the ids is what an agent wrote, and is not kept.
func notification(prompt string) []attribute.KeyValue {
	prompt = cut(prompt, notificationStart)
	var f fieldset
	f.str(semconv.NotificationTaskID, tagged(prompt, "task-id"))
	f.str(semconv.NotificationToolUseID, tagged(prompt, "tool-use-id"))
	return f
}

// tagged returns the id in the first element of the given name, or "": an id has no
// spaces and is short.
func tagged(s, name string) string {
	_, rest, _ := strings.Cut(s, "<"+name+">")
	id, _, ok := strings.Cut(rest, "</"+name+">")
	if !ok || len(id) > maxName {
		return ""
	}
	for i := range len(id) {
		c := id[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '_' && c != '-' && c != '@' && c != '.' {
			return ""
		}
	}
	return cleanName(id)
}
