package recorded

import (
	"cmp"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Delegation makes the record of a delegation.
func Delegation(of Of, d *coordination.Delegation) Record {
	l := make(Line, 0, 36)
	l.text("session_id", of.Session)
	l.text("delegation", d.ID)
	l.text("agent_id", d.AgentID)
	l.text("agent_type", d.AgentType)
	l.text("parent_id", d.ParentID)
	l.text("parent_type", d.ParentType)
	l.count("depth", d.Depth)
	l.text("call", d.Call)
	l.text("link", d.Link)
	l.truth("background", d.Background)
	l.text("begin", stamp(d.Begin))
	l.text("end", stamp(d.End))
	l.text("outcome", d.Outcome)
	l.text("status", d.Status)
	l.count("stops", d.Stops)
	l.whole("duration_ms", d.Duration)
	l.whole("own_ms", d.Own)
	l.whole("waiting_ms", d.Waiting)
	l.whole("approval_ms", d.Approval)
	l.whole("tools_ms", d.Tools)
	l.count("tool_calls", d.ToolCalls)
	l.count("errors", d.Errors)
	l.count("denied", d.DeniedCalls)
	l.count("children", d.Children)
	l.count("files_read", d.FilesRead)
	l.count("files_changed", d.FilesChanged)
	l.count("searches", d.Searches)
	l.whole("tokens", d.Tokens)
	l.text("tokens_from", d.TokensFrom)
	l.whole("reported_tool_calls", d.ReportedToolCalls)
	l.whole("reported_duration_ms", d.ReportedDuration)
	if d.Description != "" {
		l.text("description", d.Description)
	}
	if d.Read != nil {
		l.texts("read", d.Read)
	}
	if d.Changed != nil {
		l.texts("changed", d.Changed)
	}
	return Record{
		Of: of, Event: semconv.EventAgentDelegation, ID: of.Session + "/" + d.ID, Time: d.End, Line: l,
		Agent: agent{id: d.AgentID, typ: d.AgentType, parent: d.ParentID, call: d.Call, depth: d.Depth, placed: true},
	}
}

// Conflict makes the record of a conflict.
func Conflict(of Of, c *coordination.Conflict) Record {
	l := make(Line, 0, 14)
	l.text("session_id", of.Session)
	l.text("conflict", c.ID)
	l.text("file", c.File)
	l.text("kind", c.Kind)
	l.whole("gap_ms", c.Gap)
	l.text("base", c.Base)
	l.touch(&firstKeys, &c.First)
	l.touch(&secondKeys, &c.Second)
	return Record{Of: of, Event: semconv.EventAgentConflict, ID: of.Session + "/" + c.ID, Time: c.Second.Time, Line: l, Agent: toucher(c.Second)}
}

// Repeat makes the record of work that was done again.
func Repeat(of Of, r *coordination.Repeat) Record {
	l := make(Line, 0, 14)
	l.text("session_id", of.Session)
	l.text("repeat", r.ID)
	l.text("kind", r.Kind)
	l.text("target", r.Target)
	l.text("detail", r.Detail)
	l.count("times", r.Times)
	l.touch(&firstKeys, &r.First)
	l.touch(&secondKeys, &r.Second)
	return Record{Of: of, Event: semconv.EventAgentRepeatedWork, ID: of.Session + "/" + r.ID, Time: r.Second.Time, Line: l, Agent: toucher(r.Second)}
}

// touchKeys are the names of a Touch's fields.
type touchKeys struct{ agent, typ, call, time string }

var (
	firstKeys  = touchKeys{"first_agent", "first_type", "first_call", "first_time"}
	secondKeys = touchKeys{"second_agent", "second_type", "second_call", "second_time"}
)

func (l *Line) touch(k *touchKeys, t *coordination.Touch) {
	l.text(k.agent, cmp.Or(t.AgentID, semconv.AgentMain))
	l.text(k.typ, t.AgentType)
	l.text(k.call, t.Call)
	l.text(k.time, stamp(t.Time))
}

func toucher(t coordination.Touch) agent { return agent{id: t.AgentID, typ: t.AgentType, call: t.Call} }

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
