package lineageprocessor

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/lineage"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// What is read of a payload's own fields.
const (
	rawTranscript = "transcript_path"
	rawTeammate   = "teammate_name"
	rawTeam       = "team_name"
)

// maxPathBytes bounds a path that is taken from a record.
const maxPathBytes = 4096

// sort is what a record is.
type sort struct {
	hook       bool // of a hook event
	claimed    bool // with fields that only this processor sets: who sent it made them up
	correction bool // as one of this processor's own
}

// read makes e of a record of ours.
func read(lr plog.LogRecord, e *lineage.Event) (is sort) {
	*e = lineage.Event{At: when(lr)}
	var hook, tool, kind string
	for k, v := range lr.Attributes().All() {
		switch k {
		case semconv.SessionID:
			e.Session = str(v)
		case semconv.PromptID:
			e.Prompt = str(v)
		case semconv.AgentID:
			e.Agent = str(v)
		case semconv.AgentName:
			e.Type = str(v)
		case semconv.ToolCallID:
			e.Call = str(v)
		case semconv.ProjectName:
			e.Project = str(v)
		case semconv.HookEvent:
			hook = str(v)
		case semconv.ToolName:
			tool = str(v)
		case semconv.EventType:
			kind = str(v)
		default:
			is.claimed = is.claimed || own(k)
		}
	}
	is.hook, is.correction = hook != "", kind == semconv.EventAgentLink || lr.EventName() == semconv.EventNamePrefix+semconv.EventAgentLink
	is.claimed = is.claimed || is.correction
	e.Kind = kindOf(hook, tool, kind)
	if e.Kind != lineage.Other && lr.Body().Type() == pcommon.ValueTypeMap {
		readBody(lr.Body().Map(), e)
	}
	return is
}

// own reports whether an attribute is one that only this processor sets.
func own(key string) bool {
	switch key {
	case semconv.GenAIAgentID, semconv.AgentParentID, semconv.AgentRootID, semconv.AgentDepth, semconv.AgentDelegationID, semconv.AgentLink,
		semconv.AgentPreviousParentID, semconv.AgentPreviousDelegationID, semconv.AgentPreviousLink:
		return true
	}
	return false
}

func kindOf(hook, tool, kind string) lineage.Kind {
	switch hook {
	case "SubagentStart":
		return lineage.Start
	case "SubagentStop":
		return lineage.Stop
	case "UserPromptSubmit":
		if kind == semconv.EventAgentNotification {
			return lineage.Notification
		}
		return lineage.Other
	case "TeammateIdle":
		return lineage.Idle
	case "SessionEnd":
		return lineage.End
	}
	if tool != "Agent" && tool != "Task" {
		return lineage.Other
	}
	switch hook {
	case "PreToolUse":
		return lineage.Call
	case "PostToolUse":
		return lineage.Answer
	case "PostToolUseFailure":
		return lineage.Failed
	case "PermissionDenied":
		return lineage.Denied
	}
	return lineage.Other
}

// readBody reads what the body alone tells.
func readBody(body pcommon.Map, e *lineage.Event) {
	agent := within(body, semconv.BodyAgent)
	switch e.Kind {
	case lineage.Call, lineage.Answer, lineage.Failed, lineage.Denied:
		call := within(agent, semconv.AgentBodyCall)
		e.Asked, e.Child = text(call, semconv.CallBodyAgentType), text(call, semconv.CallBodyAgentID)
		if e.Agent == "" {
			e.Type = "" // the record speaks of the agent that is called
		}
	case lineage.Notification:
		n := within(agent, semconv.AgentBodyNotification)
		e.Child, e.Call = text(n, semconv.NotificationTaskID), text(n, semconv.NotificationToolUseID)
	case lineage.Idle:
		raw := within(body, semconv.BodyRawInput)
		if name, team := text(raw, rawTeammate), text(raw, rawTeam); name != "" && team != "" {
			e.Child = name + "@" + team
		}
	case lineage.Start, lineage.Stop:
		e.Transcript = text(within(body, semconv.BodyRawInput), rawTranscript)
		if e.Transcript == "" {
			e.Transcript = text(agent, semconv.AgentBodyTranscript)
		}
		if len(e.Transcript) > maxPathBytes {
			e.Transcript = ""
		}
	}
}

// readSpan makes e of a record that was made of one of Claude Code's own spans; false
// when it tells nothing of agents.
func readSpan(lr plog.LogRecord, e *lineage.Event) bool {
	if !strings.HasPrefix(lr.EventName(), semconv.SpanEventPrefix) {
		return false
	}
	*e = lineage.Event{At: when(lr), Kind: lineage.Span}
	for k, v := range lr.Attributes().All() {
		switch k {
		case semconv.SessionID:
			e.Session = str(v)
		case semconv.NativeAgentID:
			e.Agent = str(v)
		case semconv.NativeParentAgentID:
			e.Parent = str(v)
		}
	}
	return e.Agent != "" && e.Parent != "" && e.Session != ""
}

func when(lr plog.LogRecord) int64 {
	if at := lr.Timestamp(); at != 0 {
		return int64(at) //nolint:gosec // beyond 2262 it is negative, which is no time
	}
	return int64(lr.ObservedTimestamp()) //nolint:gosec // see above
}

func str(v pcommon.Value) string {
	if v.Type() == pcommon.ValueTypeStr {
		return v.Str()
	}
	return ""
}

func text(m pcommon.Map, key string) string {
	if v, ok := m.Get(key); ok {
		return str(v)
	}
	return ""
}

var nothing = pcommon.NewMap()

// within returns the map in a field of a map, or an empty one.
func within(m pcommon.Map, key string) pcommon.Map {
	if v, ok := m.Get(key); ok && v.Type() == pcommon.ValueTypeMap {
		return v.Map()
	}
	return nothing
}
