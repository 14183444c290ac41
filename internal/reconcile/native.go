package reconcile

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// nativeCall is a tool call in Claude Code's own telemetry.
type nativeCall struct {
	tool   string
	at     time.Time // of its result; zero when only a decision is known
	denied bool
}

// nativeEvent returns the kind of a record of Claude Code's own telemetry that
// tells of a tool call, else "".
func nativeEvent(e *auditlog.Entry) string {
	if service, _ := e.Resource[semconv.ServiceName].(string); service == semconv.ServiceNameValue {
		return ""
	}
	name := e.Attribute(semconv.NativeEventName)
	if name == "" {
		name = e.EventName
	}
	switch name = strings.TrimPrefix(name, semconv.EventNamePrefix); name {
	case semconv.NativeToolResult, semconv.NativeToolDecision:
		return name
	}
	return ""
}

// addNative takes a tool's result or decision in. It reports whether it names
// its call.
func (s *session) addNative(e *auditlog.Entry, event string) bool {
	id := short(e.Attribute(semconv.NativeToolUseID))
	if id == "" {
		return false
	}
	n := s.native[id]
	n.tool = short(e.Attribute(semconv.NativeToolName))
	if event == semconv.NativeToolDecision {
		n.denied = n.denied || e.Attribute(semconv.NativeDecision) == semconv.NativeDecisionReject
	} else {
		n.at = e.When()
	}
	s.native[id] = n
	return true
}

// compareNative compares the telemetry of Claude Code itself with hook events.
func (c *Collector) compareNative(r *Native) {
	r.List, r.WithoutID = []MissingCall{}, c.nativeWithoutID
	for _, s := range c.sorted() {
		results := 0
		for _, n := range s.native {
			if !n.at.IsZero() {
				results++
			}
		}
		if results == 0 {
			continue
		}
		if !s.inWindow { // no hook event in the window: not watched, then
			r.SessionsOther++
			continue
		}
		r.Sessions++
		for _, id := range slices.Sorted(maps.Keys(s.native)) {
			n := s.native[id]
			if n.at.IsZero() || n.at.Before(s.first) {
				continue
			}
			r.Calls++
			if s.calls[id] != nil {
				r.WithEvent++
				continue
			}
			r.Missing++
			if len(r.List) < maxListed {
				r.List = append(r.List, MissingCall{SessionID: s.id, ToolUseID: id, Tool: n.tool, Time: n.at.UTC(), Lacks: lacksCall})
			}
		}
	}
	r.finish()
	switch {
	case r.Missing > 0:
		r.Status = Gaps
	case r.Calls > 0:
		r.Status = OK
	default:
		r.Status = Skipped
	}
}

// What a call lacks.
const (
	lacksCall   = "call"
	lacksResult = "result"
)
