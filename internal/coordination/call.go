package coordination

import "hash/fnv"

// call is a tool call, put together of its two events. What is a number is of store.names, 0
// where it is "" or not there.
type call struct {
	begin, end                  int64 // 0: not recorded
	agent, tool, target, detail uint32
	n                           uint32 // its own number: that of its id
	more                        uint32 // number in store.mores; 0: it has no more
	doers                       uint32 // number in store.doers, of a Read, an Edit or a Search that went well
	took                        uint32 // ms, and one more; 0: not known
	// beginID and endID are the events': of several, the earliest counts.
	beginID, endID uuid
	action         Action
	how            Kind // of the end: End, Failed or Denied
	wrong          bool // of an End: it tells of an error
	refused        bool
	command        bool // it can change anything unseen: neither Read, Edit, Search nor Delegate
}

// call takes one half of a tool call.
func (a *Analyzer) call(e *Event) News {
	key := e.Call
	if key == "" {
		key = "event:" + e.ID
	}
	c := a.find(key)
	if c == nil {
		if a.count() >= a.limits.Calls || a.full() {
			a.LeftOut++
			return NoNews
		}
		c = a.newCall(key)
		a.bytes += perCall + len(key)
	}
	begins := e.Kind == Begin
	switch {
	case begins && (c.begin == 0 || a.before(e, c, beginID)):
		a.what(c, e)
		c.begin, c.refused = e.At, e.Refused
		a.setEvent(c, beginID, e.ID)
		if e.HashBefore != "" {
			a.setFile(c, hashBefore, e.HashBefore)
		}
	case !begins && (c.end == 0 || a.before(e, c, endID)):
		if c.begin == 0 {
			a.what(c, e)
		}
		c.end, c.how, c.wrong = e.At, e.Kind, e.Error != ""
		c.setDuration(e.Duration)
		a.setEvent(c, endID, e.ID)
		a.setFile(c, hashAfter, e.HashAfter)
		if !a.hashed(c) {
			a.setFile(c, hashBefore, e.HashBefore)
		}
		a.answer(c, e)
	default:
		return NoNews
	}
	switch {
	case c.action == Delegate && (c.end != 0 || c.refused):
		return Over
	case c.action == Elsewise, c.action == Delegate, !c.ok(), !a.met(c):
		return NoNews
	case c.action == Edit:
		return Over
	}
	return Repeated
}

// before reports whether an event counts rather than the one known.
func (a *Analyzer) before(e *Event, c *call, what field) bool {
	at := c.begin
	if what == endID {
		at = c.end
	}
	return e.At < at || e.At == at && e.ID < a.event(c, what)
}

func (c *call) event(what field) *uuid {
	if what == beginID {
		return &c.beginID
	}
	return &c.endID
}

// duration is how long the call ran, in ms; -1: not known.
func (c *call) duration() int64 { return int64(c.took) - 1 }

func (c *call) setDuration(ms int64) { c.took = uint32(min(max(ms, -1), maxDuration) + 1) }

// what takes what a call does, which its beginning says best.
func (a *Analyzer) what(c *call, e *Event) {
	was := a.written(c)
	c.agent, c.tool, c.action, c.target, c.detail = a.number(e.Agent), a.number(e.Tool), e.Action, a.number(e.Target), a.number(e.Detail)
	a.bytes += a.written(c) - was
	c.command = e.Action == Elsewise && !harmless[e.Tool]
	if e.Asked == nil {
		return
	}
	old := a.askedOf(c)
	q := a.asks(c, e.Asked)
	q.Tokens, q.ToolCalls, q.DurationMS = -1, -1, -1
	if old != nil {
		q.Child, q.Status = old.Child, old.Status
		q.Tokens, q.ToolCalls, q.DurationMS = old.Tokens, old.ToolCalls, old.DurationMS
		a.bytes -= perAsked + len(old.Description)
	}
}

// asks takes what a call of an agent is for.
func (a *Analyzer) asks(c *call, of *Asked) *Asked {
	a.Delegated = true
	q := &Asked{Type: a.text(of.Type), Description: of.Description, Background: of.Background}
	a.more(c).asked = q
	a.bytes += perAsked + len(of.Description)
	return q
}

// answer takes what the end of a call of an agent says.
func (a *Analyzer) answer(c *call, e *Event) {
	if e.Asked == nil {
		return
	}
	q := a.askedOf(c)
	if q == nil {
		q = a.asks(c, e.Asked)
	}
	a.Delegated = true
	q.Child, q.Status = "", a.text(e.Asked.Status)
	if e.Asked.Child != e.Agent && e.Asked.Child != mainAgent {
		q.Child = a.text(e.Asked.Child)
	}
	q.Tokens, q.ToolCalls, q.DurationMS = min(e.Asked.Tokens, maxCount), min(e.Asked.ToolCalls, maxCount), min(e.Asked.DurationMS, maxDuration)
}

// harmless are tools that change no file.
var harmless = map[string]bool{
	"LS": true, "WebFetch": true, "WebSearch": true, "NotebookRead": true, "TodoWrite": true, "TaskCreate": true, "TaskUpdate": true,
	"TaskGet": true, "TaskList": true, "TaskOutput": true, "AskUserQuestion": true, "ToolSearch": true, "EnterPlanMode": true,
	"ExitPlanMode": true, "ListMcpResourcesTool": true, "ReadMcpResourceTool": true, "SendMessage": true, "BashOutput": true,
}

// background reports whether the caller of an agent did not wait.
func (q *Asked) background() bool {
	return q != nil && (q.Background || q.Status == statusLaunched || q.Status == statusRemote)
}

// Statuses of an answer that comes at once.
const (
	statusLaunched = "async_launched"
	statusRemote   = "remote_launched"
)

// from is when a call began, as well as is known.
func (c *call) from() int64 {
	if c.begin != 0 {
		return c.begin
	}
	if c.duration() > 0 {
		return max(c.end-c.duration()*1_000_000, min(c.end, 1)) // 0 is no time
	}
	return c.end
}

// done is when it had ended, or last known to run.
func (c *call) done() int64 { return max(c.end, c.from()) }

func (c *call) ok() bool     { return c.how == End && !c.wrong && c.end != 0 }
func (c *call) failed() bool { return c.how == Failed || c.how == End && c.wrong }
func (c *call) denied() bool { return c.how == Denied || c.refused && c.end == 0 }

func digest(s string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(s)) // never fails
	return h.Sum64()
}
