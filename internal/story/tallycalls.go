package story

import "github.com/agent-telemetry/agent-telemetry/internal/semconv"

// half is a tool call of which one half was seen.
type half struct {
	begins, outside, redacted, denied bool
	typ, tool                         string
}

// both is what two halves of a call say together, and twice what they were both counted
// for: taken back once, a call is counted as what either half says of it. A denial does
// not have the call's type.
func both(a, b half) (together, twice half) {
	together, twice = a, a
	if a.typ == semconv.EventPermissionDenied {
		together.typ, together.tool = b.typ, b.tool
	}
	if b.typ == semconv.EventPermissionDenied {
		twice.typ, twice.tool = b.typ, b.tool
	}
	together.outside, twice.outside = a.outside || b.outside, a.outside && b.outside
	together.redacted, twice.redacted = a.redacted || b.redacted, a.redacted && b.redacted
	together.denied, twice.denied = a.denied || b.denied, a.denied && b.denied
	return together, twice
}

// take takes in one half of a call, which was counted, and takes back what the other
// half, or the same that came before, was counted for as well.
func (t *Tally) take(call uint64, h half) {
	before, known := t.open[call]
	switch {
	case known:
		together, twice := both(h, before)
		t.count(twice, -1)
		if before.begins != h.begins {
			t.gave(1)
			delete(t.open, call)
		} else {
			t.open[call] = together
		}
		return
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
	if h.denied {
		s.Denied += n
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
