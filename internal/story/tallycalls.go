package story

import "github.com/agent-telemetry/agent-telemetry/internal/semconv"

// half is a tool call of which one half was seen.
type half struct {
	begins, outside, redacted bool
	typ, tool                 string
}

// less is the half that tells less of the call: a denial does not have its type.
func less(a, b half) half {
	if b.typ == semconv.EventPermissionDenied {
		return b
	}
	return a
}

// take takes in one half of a call and returns the other, or the same that came
// before, if it is known.
func (t *Tally) take(call uint64, h half) (before half, known bool) {
	before, known = t.open[call]
	switch {
	case known:
		if before.begins != h.begins {
			t.gave(1)
			delete(t.open, call)
		}
		return before, true
	case t.open == nil:
		t.open = map[uint64]half{}
	case len(t.open) >= maxOpen || !t.hasRoom():
		for old := range t.open { // any: most will hardly end any more
			t.gave(1)
			delete(t.open, old)
			break
		}
	}
	if t.hasRoom() {
		t.gave(-1)
		t.open[call] = h
	}
	return half{}, false
}

// count counts a call, or with -1 takes it back.
func (t *Tally) count(h half, n int) {
	s := &t.session
	s.ToolCalls += n
	if h.outside {
		s.Outside += n
	}
	if h.redacted {
		s.Redacted += n
	}
	switch h.typ {
	case semconv.EventCommandExecution:
		s.Commands += n
	case semconv.EventWebFetch, semconv.EventWebSearch:
		s.Web += n
	case semconv.EventMCPCall:
		s.MCP += n
	}
	t.tool(h.tool, n)
}

func (t *Tally) tool(name string, n int) {
	tools := t.session.Tools
	if _, known := tools[name]; !known && len(tools) >= maxTools {
		return
	}
	if tools == nil {
		tools = map[string]int{}
		t.session.Tools = tools
	}
	if tools[name] += n; tools[name] <= 0 {
		delete(tools, name)
	}
}
