package agentspan

import (
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// maxID is the longest id that is followed, in bytes.
const maxID = 256

// maxDuration bounds what is taken for the duration of a call, in milliseconds.
const maxDuration = 30 * 24 * 3600 * 1000

// What of a body is read, beside what internal/semconv names.
const (
	callStatus     = "status"
	callBackground = "background"
	statusAsync    = "async_launched"
)

// Which spans an attribute is for.
type audience uint8

const (
	forCall audience = 1 << iota
	forTurn
	forSession
	forDetail // it shows what was worked on: commands, paths, addresses
	forAlert
)

// further is an attribute that spans have, too: most events need none or few of theirs, so
// it is read when a span takes it over.
type further struct {
	key   string
	value pcommon.Value
	who   audience
}

// event is what of a record spans need. Its texts are not bounded yet, but for ids.
type event struct {
	at, hook, typ string // at is the record's id

	session, prompt, agent, agentName string

	tool, call, errorType, decision string
	time                            int64 // Unix nanoseconds
	duration                        int64 // ms
	timed                           bool  // there is a duration

	parent, root, delegation, link string // lineage
	depth                          int64
	hasDepth                       bool

	child, childType string // the agent that the call made
	reports          string // the agent that reports
	async            bool   // the agent works in the background

	rest []further
}

// Hook events by their names.
const (
	hookPre          = "PreToolUse"
	hookPost         = "PostToolUse"
	hookFailure      = "PostToolUseFailure"
	hookDenied       = "PermissionDenied"
	hookRequest      = "PermissionRequest"
	hookPrompt       = "UserPromptSubmit"
	hookStop         = "Stop"
	hookStopFailure  = "StopFailure"
	hookAgentStart   = "SubagentStart"
	hookAgentStop    = "SubagentStop"
	hookSessionStart = "SessionStart"
	hookSessionEnd   = "SessionEnd"
	hookPreCompact   = "PreCompact"
)

// read makes e of a record.
func (e *event) read(lr plog.LogRecord) {
	rest := e.rest[:0]
	*e = event{}
	e.rest, e.time = rest, when(lr)
	for k, v := range lr.Attributes().All() {
		e.attribute(k, v)
	}
	switch e.hook {
	case hookPost, hookPrompt:
		if e.typ == semconv.EventSubAgentDelegation || e.typ == semconv.EventAgentNotification {
			e.body(lr.Body())
		}
	}
}

// release lets go of the record, which is not ours.
func (e *event) release() { clear(e.rest) }

func when(lr plog.LogRecord) int64 {
	if at := lr.Timestamp(); at != 0 {
		return int64(at) //nolint:gosec // beyond 2262 it is negative, which is no time
	}
	return int64(lr.ObservedTimestamp()) //nolint:gosec // see above
}

func (e *event) attribute(k string, v pcommon.Value) {
	switch k {
	case semconv.EventType:
		e.typ = str(v)
	case semconv.EventID:
		e.at = str(v)
	case semconv.HookEvent:
		e.hook = str(v)
	case semconv.SessionID:
		e.session = str(v)
	case semconv.PromptID:
		if e.prompt = str(v); !sane(e.prompt) {
			e.prompt = ""
		}
	case semconv.AgentID:
		e.agent = str(v)
	case semconv.AgentName:
		e.agentName = str(v)
	case semconv.ToolName:
		e.tool = str(v)
	case semconv.ToolCallID:
		e.call = str(v)
	case semconv.AgentParentID:
		e.parent = str(v)
	case semconv.AgentRootID:
		e.root = str(v)
	case semconv.AgentDelegationID:
		e.delegation = str(v)
	case semconv.AgentLink:
		e.link = str(v)
	case semconv.AgentDepth:
		if v.Type() == pcommon.ValueTypeInt {
			e.depth, e.hasDepth = v.Int(), true
		}
	default:
		e.further(k, v)
	}
}

// further notes what may be an attribute of a span.
func (e *event) further(k string, v pcommon.Value) {
	who := whose(k)
	if who == 0 || who == forTurn && e.call != "" { // only prompts are asked for it, and calls come most
		return
	}
	switch k {
	case semconv.ErrorType:
		e.errorType = str(v)
		return // set with the status
	case semconv.EnforcementDecision:
		e.decision = str(v)
	case semconv.ToolDurationMillis:
		e.duration, e.timed = 0, false
		if v.Type() == pcommon.ValueTypeInt && v.Int() >= 0 && v.Int() <= maxDuration {
			e.duration, e.timed = v.Int(), true
		}
	}
	if len(e.rest) < maxAttrs {
		e.rest = append(e.rest, further{k, v, who})
	}
}

func whose(k string) audience {
	switch k {
	case semconv.ToolDurationMillis, semconv.ErrorType, semconv.ExitCode, semconv.Scope, semconv.OutsideProject, semconv.ScopeUnknown,
		semconv.MCPServerName, semconv.FileHashBefore, semconv.FileHashAfter, semconv.FileLinesAdded, semconv.FileLinesRemoved,
		semconv.RecordAlerts, semconv.RecordAlertSeverity, semconv.EnforcementDecision, semconv.EnforcementReason:
		return forCall
	case semconv.FilePath, semconv.CommandLine, semconv.URLFull, semconv.ServerAddress:
		return forCall | forDetail
	case semconv.PermissionMode:
		return forCall | forTurn
	case semconv.ProjectName:
		return forCall | forTurn | forSession
	case semconv.ProjectPath:
		return forSession | forDetail
	case semconv.SuperCommands, semconv.SuperPersonas, semconv.SuperReasoning, semconv.SuperMCPServers, semconv.SuperFlags, semconv.SuperWorkflow:
		return forTurn
	case semconv.AlertID, semconv.AlertSeverity, semconv.AlertRiskScore, semconv.AlertEventID, semconv.AlertTechniques,
		semconv.RuleName, semconv.RuleTitle, semconv.RuleCategory:
		return forAlert
	}
	return 0
}

// body reads what the body alone tells of agents.
func (e *event) body(body pcommon.Value) {
	if body.Type() != pcommon.ValueTypeMap {
		return
	}
	agent, ok := within(body.Map(), semconv.BodyAgent)
	if !ok {
		return
	}
	if n, ok := within(agent, semconv.AgentBodyNotification); ok {
		e.reports = text(n, semconv.NotificationTaskID)
	}
	if c, ok := within(agent, semconv.AgentBodyCall); ok {
		e.child, e.childType = text(c, semconv.CallBodyAgentID), text(c, semconv.CallBodyAgentType)
		if e.async = text(c, callStatus) == statusAsync; !e.async {
			v, found := c.Get(callBackground)
			e.async = found && v.Type() == pcommon.ValueTypeBool && v.Bool()
		}
	}
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

func within(m pcommon.Map, key string) (pcommon.Map, bool) {
	v, ok := m.Get(key)
	if !ok || v.Type() != pcommon.ValueTypeMap {
		return pcommon.Map{}, false
	}
	return v.Map(), true
}

// sane reports whether an id can be followed.
func sane(id string) bool {
	return id != "" && len(id) <= maxID && utf8.ValidString(id)
}
