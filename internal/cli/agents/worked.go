package agents

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// Hook events that end a tool call.
const (
	hookPost    = "PostToolUse"
	hookFailure = "PostToolUseFailure"
	hookDenied  = "PermissionDenied"
)

// worked makes the event of a record that counts for how agents worked together; false
// when it does not. It says the same as internal/coordination/recorded, in a fraction
// of the time.
func worked(e *story.Event, to *coordination.Event) bool {
	if e.Alert != nil || e.Ack != nil || e.Type == semconv.EventTelemetryGap {
		return false
	}
	*to = coordination.Event{
		ID: e.ID, At: e.Time.UnixNano(), Seq: e.Seq, Agent: e.AgentID, AgentType: e.AgentType, Parent: e.Parent, MadeBy: e.MadeBy, Link: e.Link,
	}
	if e.Type == story.ModelRequest {
		// Its id is that of the record, and where there is none its time.
		to.ID = cmp.Or(e.ID, strconv.FormatInt(to.At, 10))
		to.Kind, to.Tokens, to.Span = coordination.Request, e.Tokens, e.Span
		return true
	}
	if e.IsCall() {
		call(e, to)
		return true
	}
	switch e.Type {
	case semconv.EventSubagentStart:
		to.Kind = coordination.AgentStart
	case semconv.EventSubagentStop:
		to.Kind = coordination.AgentStop
	case semconv.EventUserPrompt:
		to.Kind = coordination.Prompt
	case semconv.EventAgentNotification:
		to.Kind, to.Child = coordination.Notification, e.Reports
	case semconv.EventTurnEnd, semconv.EventTurnFailure:
		to.Kind = coordination.TurnEnd
	case semconv.EventSessionEnd:
		to.Kind = coordination.SessionEnd
	case semconv.EventPermissionRequest:
		to.Kind, to.Tool = coordination.Ask, e.Tool
	case semconv.EventAgentLink:
		to.Kind = coordination.Link
	}
	return true
}

// call fills in what a half of a tool call says.
func call(e *story.Event, to *coordination.Event) {
	switch e.Hook {
	case hookPost:
		to.Kind = coordination.End
	case hookFailure:
		to.Kind = coordination.Failed
	case hookDenied:
		to.Kind = coordination.Denied
	default:
		to.Kind, to.Refused = coordination.Begin, e.Denied()
	}
	to.Call, to.Tool, to.Duration, to.Error = e.ToolUseID, e.Tool, e.Duration, e.Error
	to.HashBefore, to.HashAfter = e.HashBefore, e.HashAfter
	switch {
	case e.Changes():
		to.Action, to.Target = coordination.Edit, e.File
	case e.Type == semconv.EventFileRead, e.Type == semconv.EventNotebookOperation:
		to.Action, to.Target, to.Detail = coordination.Read, e.File, e.Part
	case e.Type == semconv.EventCodeSearch, e.Type == semconv.EventFileSearch:
		to.Action, to.Target = coordination.Search, e.SearchPath
		to.Detail = strings.TrimSpace(strings.TrimSpace(e.Tool+" "+e.Pattern) + " " + e.Part)
	case e.Type == semconv.EventSubAgentDelegation:
		to.Action = coordination.Delegate
		to.Asked = &coordination.Asked{
			Type: e.Delegate, Description: e.Description, Background: e.Background, Child: e.DelegateID, Status: e.DelegateStatus,
			Tokens: answered(e.DelegateTokens), ToolCalls: answered(e.DelegateCalls), DurationMS: answered(e.DelegateDuration),
		}
	}
}

// answered is a number of a call's answer; without an answer it is not known.
func answered(n int64) int64 {
	if n <= 0 {
		return -1
	}
	return n
}
