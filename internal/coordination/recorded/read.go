package recorded

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Bounds of texts in bytes.
const (
	maxName   = 256 // ids, types, names
	maxPath   = 4096
	maxDetail = 512
)

// Of says of which session an event is.
type Of struct {
	Session string
	Project string // its name
}

// attributes are what is read of a record's, beside what goes into the event at once.
type attributes struct {
	ours                    bool // else Claude Code's own telemetry
	of                      Of
	hook, typ, native       string
	agentType, nativeAgent  string
	decision                string
	in, out, cached, stored int64
}

// FromRecord makes e of a record of the collector, of the resource with the attributes
// given; false when it tells nothing that counts. Of the body it needs action_details
// and agent, and file_changes where the attributes are not those of the audit log.
func FromRecord(resource pcommon.Map, lr plog.LogRecord, e *coordination.Event) (of Of, ok bool) {
	*e = coordination.Event{At: when(lr), Duration: -1}
	a := attributes{ours: ours(resource)}
	for k, v := range lr.Attributes().All() {
		a.read(k, v, e)
	}
	if a.of.Session == "" || e.At <= 0 {
		return a.of, false
	}
	if !a.ours {
		return a.of, a.request(lr, e)
	}
	if !kindOf(&a, lr, e) {
		return a.of, false
	}
	if e.Agent != "" {
		e.AgentType = a.agentType // else that of the agent which is called
	}
	if lr.Body().Type() == pcommon.ValueTypeMap {
		readBody(lr.Body().Map(), e)
	}
	e.Refused = e.Kind == coordination.Begin && a.decision == semconv.DecisionDeny
	return a.of, true
}

func ours(resource pcommon.Map) bool {
	v, ok := resource.Get(semconv.ServiceName)
	return ok && v.Type() == pcommon.ValueTypeStr && v.Str() == semconv.ServiceNameValue
}

func (a *attributes) read(key string, v pcommon.Value, e *coordination.Event) {
	switch key {
	case semconv.EventID:
		e.ID = name(v)
	case semconv.SessionSeq:
		e.Seq = uint64(max(number(v), 0))
	case semconv.SessionID:
		a.of.Session = name(v)
	case semconv.ProjectName:
		a.of.Project = name(v)
	case semconv.EventType:
		a.typ = name(v)
	case semconv.HookEvent:
		a.hook = name(v)
	case semconv.ToolName:
		e.Tool = name(v)
	case semconv.ToolCallID:
		e.Call = name(v)
	case semconv.AgentID:
		e.Agent = name(v)
	case semconv.AgentName:
		a.agentType = name(v)
	case semconv.AgentParentID:
		e.Parent = name(v)
	case semconv.AgentDelegationID:
		e.MadeBy = name(v)
	case semconv.AgentLink:
		e.Link = name(v)
	case semconv.FilePath:
		e.Target = text(v, maxPath)
	case semconv.ErrorType:
		e.Error = name(v)
	case semconv.ToolDurationMillis:
		e.Duration = number(v)
	case semconv.FileHashBefore:
		e.HashBefore = name(v)
	case semconv.FileHashAfter:
		e.HashAfter = name(v)
	case semconv.EnforcementDecision:
		a.decision = name(v)
	default:
		if !a.ours {
			a.rest(key, v)
		}
	}
}

// rest reads what only Claude Code's own telemetry has.
func (a *attributes) rest(key string, v pcommon.Value) {
	switch key {
	case semconv.NativeEventName:
		a.native = name(v)
	case semconv.NativeAgentID:
		a.nativeAgent = name(v)
	case semconv.NativeTokensIn:
		a.in = number(v)
	case semconv.NativeTokensOut:
		a.out = number(v)
	case semconv.NativeTokensRead:
		a.cached = number(v)
	case semconv.NativeTokensWritten:
		a.stored = number(v)
	}
}

// spanOfRequest is the EventName of the record made of a native span of a request.
const spanOfRequest = semconv.SpanEventPrefix + semconv.EventNamePrefix + "llm_request"

// request makes e of a request to the model that an agent made.
func (a *attributes) request(lr plog.LogRecord, e *coordination.Event) bool {
	e.Span = lr.EventName() == spanOfRequest
	native := strings.TrimPrefix(a.native, semconv.EventNamePrefix)
	if a.nativeAgent == "" || !e.Span && native != semconv.NativeAPIRequest {
		return false
	}
	e.Kind, e.Agent = coordination.Request, a.nativeAgent
	for _, n := range []int64{a.in, a.out, a.cached, a.stored} {
		e.Tokens += min(max(n, 0), 1<<40)
	}
	if e.ID == "" {
		e.ID = strconv.FormatInt(e.At, 10)
	}
	return true
}

// kindOf says what the record is; false of one that is no event of the session.
func kindOf(a *attributes, lr plog.LogRecord, e *coordination.Event) bool {
	switch a.hook {
	case semconv.HookPreToolUse:
		e.Kind = coordination.Begin
	case "PostToolUse":
		e.Kind = coordination.End
	case "PostToolUseFailure":
		e.Kind = coordination.Failed
	case "PermissionDenied":
		e.Kind = coordination.Denied
	case "SubagentStart":
		e.Kind = coordination.AgentStart
	case "SubagentStop":
		e.Kind = coordination.AgentStop
	case "UserPromptSubmit":
		if e.Kind = coordination.Prompt; a.typ == semconv.EventAgentNotification {
			e.Kind = coordination.Notification
		}
	case "Stop", "StopFailure":
		e.Kind = coordination.TurnEnd
	case "SessionEnd":
		e.Kind = coordination.SessionEnd
	case "PermissionRequest":
		e.Kind = coordination.Ask
	case "":
		if a.typ != semconv.EventAgentLink && lr.EventName() != semconv.EventNamePrefix+semconv.EventAgentLink {
			return false
		}
		e.Kind = coordination.Link
	default:
		e.Kind = coordination.Other
	}
	switch a.typ {
	case semconv.EventSecurityAlert, semconv.EventAlertAcknowledged, semconv.EventTelemetryGap:
		return false // they tell of an event, and have its attributes
	case semconv.EventFileRead:
		e.Action = coordination.Read
	case semconv.EventFileWrite, semconv.EventFileEdit:
		e.Action = coordination.Edit
	case semconv.EventNotebookOperation:
		if e.Action = coordination.Read; e.Tool == "NotebookEdit" {
			e.Action = coordination.Edit
		}
	case semconv.EventCodeSearch, semconv.EventFileSearch:
		e.Action = coordination.Search
	case semconv.EventSubAgentDelegation:
		e.Action = coordination.Delegate
	}
	if e.Action == coordination.Elsewise || e.Action == coordination.Delegate {
		e.Target = ""
	}
	return true
}

func when(lr plog.LogRecord) int64 {
	if at := lr.Timestamp(); at != 0 {
		return int64(at) //nolint:gosec // beyond 2262 it is negative, which is no time
	}
	return int64(lr.ObservedTimestamp()) //nolint:gosec // see above
}

func name(v pcommon.Value) string { return text(v, maxName) }

// text is a text, made valid and cut.
func text(v pcommon.Value, limit int) string {
	if v.Type() != pcommon.ValueTypeStr {
		return ""
	}
	s := v.Str()
	if len(s) > limit {
		s = strings.Clone(s[:limit]) // not to hold the rest in memory
	}
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	return s
}

// number is a number, also where it comes as a text; 0 where it is none.
func number(v pcommon.Value) int64 {
	switch v.Type() {
	case pcommon.ValueTypeInt:
		return v.Int()
	case pcommon.ValueTypeDouble:
		if f := v.Double(); f > -1<<53 && f < 1<<53 {
			return int64(f)
		}
	case pcommon.ValueTypeStr:
		n, err := strconv.ParseInt(v.Str(), 10, 64)
		if err == nil {
			return n
		}
	}
	return 0
}
