package recorded

import (
	"strconv"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// readBody reads what the body alone tells, and what only it does in Loki.
func readBody(body pcommon.Map, e *coordination.Event) {
	agent, details, changes := nothing, nothing, nothing
	for k, v := range body.All() {
		switch k {
		case semconv.BodyAgent:
			agent = mapOf(v)
		case semconv.BodyActionDetails:
			details = mapOf(v)
		case semconv.BodyFileChanges:
			changes = mapOf(v)
		}
	}
	readAgent(agent, e)
	switch e.Kind {
	case coordination.Begin, coordination.End, coordination.Failed, coordination.Denied:
	case coordination.Notification:
		if n, ok := within(agent, semconv.AgentBodyNotification); ok {
			e.Child = field(n, semconv.NotificationTaskID, maxName)
		}
		return
	default:
		return
	}
	if e.Action == coordination.Delegate {
		e.Asked = asked(agent, e.Kind)
	}
	readAction(details, e)
	readChanges(changes, e)
}

func readAgent(agent pcommon.Map, e *coordination.Event) {
	if e.Agent == "" || agent.Len() == 0 {
		return // body.agent is of the agent that acts, but for what is below it
	}
	fill(&e.AgentType, agent, semconv.AgentBodyType)
	fill(&e.Parent, agent, semconv.AgentBodyParent)
	fill(&e.MadeBy, agent, semconv.AgentBodyDelegation)
	fill(&e.Link, agent, semconv.AgentBodyLink)
}

// fill reads a field when no attribute has told.
func fill(to *string, m pcommon.Map, key string) {
	if *to == "" {
		*to = field(m, key, maxName)
	}
}

// asked reads what a call of an agent says.
func asked(agent pcommon.Map, kind coordination.Kind) *coordination.Asked {
	q := &coordination.Asked{Tokens: -1, ToolCalls: -1, DurationMS: -1}
	call, ok := within(agent, semconv.AgentBodyCall)
	if !ok {
		return q
	}
	q.Type, q.Description = field(call, semconv.CallBodyAgentType, maxName), field(call, "description", maxDetail)
	if v, ok := call.Get("background"); ok {
		q.Background = v.Type() == pcommon.ValueTypeBool && v.Bool()
	}
	if kind != coordination.End {
		return q
	}
	q.Child, q.Status = field(call, semconv.CallBodyAgentID, maxName), field(call, "status", maxName)
	q.Tokens, q.ToolCalls, q.DurationMS = amount(call, "tokens"), amount(call, "tool_calls"), amount(call, "duration_ms")
	return q
}

// amount is a number of a map; -1 when it is not known.
func amount(m pcommon.Map, key string) int64 {
	if v, ok := m.Get(key); ok {
		return max(number(v), -1)
	}
	return -1
}

func readAction(details pcommon.Map, e *coordination.Event) {
	context, hasContext := within(details, semconv.ActionToolContext)
	if hasContext {
		if v, ok := context.Get("duration_ms"); ok && e.Duration < 0 {
			e.Duration = number(v)
		}
		if e.Error == "" {
			e.Error = field(context, "error_type", maxName)
		}
	}
	switch e.Action {
	case coordination.Read, coordination.Edit:
		if e.Target == "" {
			e.Target = field(details, semconv.ActionFilePath, maxPath)
		}
		if e.Action == coordination.Read && hasContext {
			e.Detail = words(context, "offset", "limit", "pages")
		}
	case coordination.Search:
		e.Target = field(details, semconv.ActionSearchPath, maxPath)
		e.Detail = strings.TrimSpace(e.Tool + " " + field(details, semconv.ActionSearchPattern, maxDetail))
		if hasContext {
			if more := words(context, "glob", "type"); more != "" {
				e.Detail += " " + more
			}
		}
	}
}

func readChanges(changes pcommon.Map, e *coordination.Event) {
	if changes.Len() == 0 || e.HashBefore != "" && e.HashAfter != "" {
		return
	}
	hash := field(changes, semconv.ChangeFileHash, maxName)
	switch typ := field(changes, semconv.ChangeType, maxName); {
	case typ == semconv.ChangeTypePre && e.HashBefore == "":
		e.HashBefore = hash
	case typ == semconv.ChangeTypePost && e.HashAfter == "":
		e.HashAfter = hash
	}
}

// words are the fields of a map that are there, such as "offset=10 limit=50".
func words(m pcommon.Map, keys ...string) string {
	var b strings.Builder
	for _, k := range keys {
		v, ok := m.Get(k)
		if !ok {
			continue
		}
		s := text(v, maxName)
		if v.Type() == pcommon.ValueTypeInt || v.Type() == pcommon.ValueTypeDouble {
			s = strconv.FormatInt(number(v), 10)
		}
		if s == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(k + "=" + s)
	}
	return b.String()
}

func field(m pcommon.Map, key string, limit int) string {
	if v, ok := m.Get(key); ok {
		return text(v, limit)
	}
	return ""
}

var nothing = pcommon.NewMap()

// within returns the map in a field of a map, or an empty one.
func within(m pcommon.Map, key string) (pcommon.Map, bool) {
	if v, ok := m.Get(key); ok && v.Type() == pcommon.ValueTypeMap {
		return v.Map(), true
	}
	return nothing, false
}

// mapOf is the map that a value is, or an empty one.
func mapOf(v pcommon.Value) pcommon.Map {
	if v.Type() == pcommon.ValueTypeMap {
		return v.Map()
	}
	return nothing
}
