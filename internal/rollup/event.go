package rollup

import (
	"cmp"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Hook events that say what became of a tool call.
const (
	hookPost        = "PostToolUse"
	hookPostFailure = "PostToolUseFailure"
	hookPreCompact  = "PreCompact"
)

// event is what of a record is counted.
type event struct {
	minute int64 // in which it happened, in seconds since 1970
	ours   bool  // of a hook event, or made by us

	project, session, tool, typ, hook, errorType string
	agentID, agentType                           string
	nativeEvent, nativeTool, eventType           string

	outside          bool
	timed            bool
	duration         int64 // ms
	added, removed   int64 // lines
	decision         string
	rule, severity   string
	category         string
	attack           []string
	risk, suppressed int64
	gapState         string
	missing          int64

	commands, personas, flags, servers []string
	reasoning, workflow                string

	model                         string
	costs                         int64 // nano dollars
	in, out, cacheRead, cacheMade int64
	nativeDuration                int64
	nativeTimed                   bool

	bytes         int64
	status, skill string
}

// read reads a record. ok is false when it does not say when it happened.
func (e *event) read(resource pcommon.Map, lr plog.LogRecord) (ok bool) {
	*e = event{}
	at := cmp.Or(lr.Timestamp(), lr.ObservedTimestamp())
	if at == 0 {
		return false
	}
	seconds := int64(at / 1_000_000_000) //nolint:gosec // nanoseconds in 64 bits
	e.minute = seconds - seconds%60
	if v, found := resource.Get(semconv.ServiceName); found {
		e.ours = v.Type() == pcommon.ValueTypeStr && v.Str() == semconv.ServiceNameValue
	}
	for k, v := range lr.Attributes().All() {
		e.attribute(k, v)
	}
	e.typ = cmp.Or(e.eventType, e.nativeEvent, cut(lr.EventName()))
	e.tool = cmp.Or(e.tool, e.nativeTool)
	e.action(lr.Body())
	return true
}

func (e *event) attribute(key string, v pcommon.Value) {
	switch key {
	case semconv.EventType:
		e.eventType = text(v)
	case semconv.NativeEventName:
		e.nativeEvent = text(v)
	case semconv.HookEvent:
		e.hook = text(v)
	case semconv.SessionID:
		e.session = text(v)
	case semconv.ProjectName:
		e.project = text(v)
	case semconv.ToolName:
		e.tool = text(v)
	case semconv.NativeToolName:
		e.nativeTool = text(v)
	case semconv.AgentID:
		e.agentID = text(v)
	case semconv.AgentName:
		e.agentType = text(v)
	case semconv.ErrorType:
		e.errorType = text(v)
	case semconv.OutsideProject:
		e.outside = v.Type() == pcommon.ValueTypeBool && v.Bool()
	case semconv.ToolDurationMillis:
		e.duration, e.timed = number(v), true
	case semconv.FileLinesAdded:
		e.added = number(v)
	case semconv.FileLinesRemoved:
		e.removed = number(v)
	case semconv.EnforcementDecision:
		e.decision = text(v)
	case semconv.RuleName:
		e.rule = text(v)
	case semconv.AlertSeverity:
		e.severity = text(v)
	case semconv.RuleCategory:
		e.category = text(v)
	case semconv.AlertTechniques:
		e.attack = texts(v)
	case semconv.AlertRiskScore:
		e.risk = number(v)
	case semconv.AlertSuppressed:
		e.suppressed = number(v)
	case semconv.GapState:
		e.gapState = text(v)
	case semconv.GapMissing:
		e.missing = number(v)
	default:
		e.rare(key, v)
	}
}

// rare reads the attributes of prompts and of Claude Code's own telemetry.
func (e *event) rare(key string, v pcommon.Value) {
	switch key {
	case semconv.SuperCommands:
		e.commands = texts(v)
	case semconv.SuperPersonas:
		e.personas = texts(v)
	case semconv.SuperFlags:
		e.flags = texts(v)
	case semconv.SuperMCPServers:
		e.servers = texts(v)
	case semconv.SuperReasoning:
		e.reasoning = text(v)
	case semconv.SuperWorkflow:
		e.workflow = text(v)
	case semconv.NativeModel:
		e.model = text(v)
	case semconv.NativeCost:
		e.costs = cost(v)
	case semconv.NativeTokensIn:
		e.in = number(v)
	case semconv.NativeTokensOut:
		e.out = number(v)
	case semconv.NativeTokensRead:
		e.cacheRead = number(v)
	case semconv.NativeTokensWritten:
		e.cacheMade = number(v)
	case semconv.NativeDurationMillis:
		e.nativeDuration, e.nativeTimed = number(v), true
	}
}

// action reads what only the body of a tool call says.
func (e *event) action(body pcommon.Value) {
	if !e.ended() || body.Type() != pcommon.ValueTypeMap {
		return
	}
	details, ok := body.Map().Get(semconv.BodyActionDetails)
	if !ok || details.Type() != pcommon.ValueTypeMap {
		return
	}
	if v, ok := details.Map().Get(semconv.ActionSizeBytes); ok {
		e.bytes = number(v)
	}
	if e.typ != semconv.EventTaskManagement && e.typ != semconv.EventSkillInvocation {
		return
	}
	context, ok := details.Map().Get(semconv.ActionToolContext)
	if !ok || context.Type() != pcommon.ValueTypeMap {
		return
	}
	if v, ok := context.Map().Get("status"); ok {
		e.status = text(v)
	}
	if v, ok := context.Map().Get("skill"); ok {
		e.skill = text(v)
	}
}

// ended reports whether the event says that a tool call is over.
func (e *event) ended() bool { return e.hook == hookPost || e.hook == hookPostFailure }

// failed reports whether the event says that a tool call did not go well.
func (e *event) failed() bool {
	return e.hook == hookPostFailure || e.hook == hookPost && e.errorType != ""
}

// agent is the type of the agent that acted. The main agent's call of a sub-agent
// names the latter's type, but has no id of it.
func (e *event) agent() string {
	if e.agentID == "" {
		return semconv.RollupMainAgent
	}
	return cmp.Or(e.agentType, "agent")
}

// native returns the name of an event of Claude Code's own telemetry.
func (e *event) native() string {
	if e.ours || e.eventType != "" {
		return ""
	}
	return strings.TrimPrefix(e.typ, semconv.EventNamePrefix)
}
