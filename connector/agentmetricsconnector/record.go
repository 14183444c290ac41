package agentmetricsconnector

import (
	"cmp"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Hook events that say what became of a tool call, and the tools that call agents.
const (
	hookPost        = "PostToolUse"
	hookPostFailure = "PostToolUseFailure"
	toolAgent       = "Agent"
	toolTask        = "Task" // its old name
)

// record is what of a log record is counted. Its texts are the log record's.
type record struct {
	at     int64 // Unix nanoseconds; 0 when it does not say
	ours   bool  // of a hook event
	trace  pcommon.TraceID
	span   pcommon.SpanID
	id     string
	typ    string // event type
	native string // name of an event of Claude Code's own telemetry

	session, agentID, agentName string
	project, tool, hook, err    string
	depth                       int // 0 is not known, or the main agent
	timed                       bool
	millis                      float64

	severity, rule, category string
	suppressed               float64
	verdict                  string

	model, source, nativeAgent    string
	status                        string
	cost                          float64
	in, out, cacheRead, cacheMade float64

	callee string // of a call of an agent: the type that was called
	tokens float64
}

// ours reports whether records of a resource are of hook events.
func ours(resource pcommon.Map) bool {
	v, ok := resource.Get(semconv.ServiceName)
	return ok && v.Type() == pcommon.ValueTypeStr && v.Str() == semconv.ServiceNameValue
}

// read reads a record. It is false when nothing of it is counted.
func (r *record) read(ours bool, lr plog.LogRecord) bool {
	*r = record{}
	r.ours, r.at = ours, int64(min(cmp.Or(lr.Timestamp(), lr.ObservedTimestamp()), 1<<63-1))
	r.trace, r.span = lr.TraceID(), lr.SpanID()
	for k, v := range lr.Attributes().All() {
		if !r.attribute(k, v) && !ours {
			r.request(k, v)
		}
	}
	switch {
	case r.typ == semconv.EventSecurityAlert:
		return true
	case r.ours:
		if r.typ == "" {
			return false
		}
		if r.called() {
			r.delegation(lr.Body())
		}
		return true
	}
	r.native = strings.TrimPrefix(cmp.Or(r.native, lr.EventName()), semconv.EventNamePrefix)
	return r.typ == "" && (r.native == semconv.NativeAPIRequest || r.native == semconv.NativeAPIError)
}

// attribute reads an attribute of our records. It is false when it is another one.
func (r *record) attribute(key string, v pcommon.Value) bool {
	switch key {
	case semconv.EventType:
		r.typ = text(v)
	case semconv.EventID:
		r.id = text(v)
	case semconv.HookEvent:
		r.hook = text(v)
	case semconv.SessionID:
		r.session = id(v)
	case semconv.AgentID:
		r.agentID = id(v)
	case semconv.AgentName:
		r.agentName = text(v)
	case semconv.AgentDepth:
		r.depth = int(number(v))
	case semconv.ProjectName:
		r.project = text(v)
	case semconv.ToolName:
		r.tool = text(v)
	case semconv.ErrorType:
		r.err = text(v)
	case semconv.ToolDurationMillis:
		r.millis, r.timed = number(v), true
	case semconv.EnforcementDecision:
		r.verdict = text(v)
	case semconv.AlertSeverity:
		r.severity = text(v)
	case semconv.RuleName:
		r.rule = text(v)
	case semconv.RuleCategory:
		r.category = text(v)
	case semconv.AlertSuppressed:
		r.suppressed = number(v)
	default:
		return false
	}
	return true
}

// request reads the attributes of Claude Code's own telemetry.
func (r *record) request(key string, v pcommon.Value) {
	switch key {
	case semconv.NativeEventName:
		r.native = text(v)
	case semconv.NativeModel:
		r.model = text(v)
	case semconv.NativeQuerySource:
		r.source = text(v)
	case semconv.NativeAgentName:
		r.nativeAgent = text(v)
	case semconv.NativeStatusCode:
		r.status = text(v)
	case semconv.NativeCost:
		r.cost = number(v)
	case semconv.NativeDurationMillis:
		if !r.timed {
			r.millis, r.timed = number(v), true
		}
	case semconv.NativeTokensIn:
		r.in = number(v)
	case semconv.NativeTokensOut:
		r.out = number(v)
	case semconv.NativeTokensRead:
		r.cacheRead = number(v)
	case semconv.NativeTokensWritten:
		r.cacheMade = number(v)
	}
}

// delegation reads what only the body of a call of an agent says.
func (r *record) delegation(body pcommon.Value) {
	for _, key := range []string{semconv.BodyAgent, semconv.AgentBodyCall} {
		if body.Type() != pcommon.ValueTypeMap {
			return
		}
		var ok bool
		if body, ok = body.Map().Get(key); !ok {
			return
		}
	}
	if body.Type() != pcommon.ValueTypeMap {
		return
	}
	for k, v := range body.Map().All() {
		switch k {
		case semconv.CallBodyAgentType:
			r.callee = text(v)
		case semconv.CallBodyTokens:
			r.tokens = number(v)
		}
	}
}

// ended reports whether a tool call is over.
func (r *record) ended() bool { return r.hook == hookPost || r.hook == hookPostFailure }

// called reports whether a call of an agent is over, and made one.
func (r *record) called() bool {
	return r.hook == hookPost && (r.tool == toolAgent || r.tool == toolTask)
}

// failure is why a tool call did not go well; "" when it did.
func (r *record) failure() string {
	if r.hook == hookPostFailure {
		return cmp.Or(r.err, semconv.ErrorTypeOther)
	}
	return r.err
}

// agent is the type of the agent that acts. The main agent's call of a sub-agent
// names the latter's type, but has no id of it.
func (r *record) agent() string {
	if r.agentID == "" {
		return semconv.AgentMain
	}
	return cmp.Or(r.agentName, semconv.UnknownAgentType)
}

// asker is the type of the agent that asked the model, as far as the event says it.
func (r *record) asker() string {
	switch {
	case r.nativeAgent != "":
		return r.nativeAgent
	case r.source == semconv.AgentMain || strings.HasPrefix(r.source, "repl_main_thread"):
		return semconv.AgentMain
	case strings.HasPrefix(r.source, "agent:"):
		return r.source[strings.LastIndexByte(r.source, ':')+1:]
	}
	return ""
}
