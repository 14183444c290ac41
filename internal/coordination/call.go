package coordination

import "hash/fnv"

// call is a tool call, put together of its two events.
type call struct {
	Agent  string `json:"a,omitempty"`
	Tool   string `json:"o,omitempty"`
	Action Action `json:"k,omitempty"`
	Target string `json:"t,omitempty"`
	Detail string `json:"d,omitempty"`
	Begin  int64  `json:"b,omitempty"` // 0: not recorded
	End    int64  `json:"e,omitempty"` // 0: not recorded
	// BeginID and EndID are the events': of several, the earliest counts.
	BeginID  string `json:"bi,omitempty"`
	EndID    string `json:"ei,omitempty"`
	How      Kind   `json:"h,omitempty"` // of the end: End, Failed or Denied
	Wrong    bool   `json:"w,omitempty"` // of an End: it tells of an error
	Refused  bool   `json:"r,omitempty"`
	Duration int64  `json:"n,omitempty"` // ms; -1 not known
	Before   string `json:"x,omitempty"` // hashes
	After    string `json:"y,omitempty"`
	Command  bool   `json:"s,omitempty"` // it can change anything unseen: neither Read, Edit, Search nor Delegate
	Asked    *Asked `json:"q,omitempty"`

	id    string // its key in state.Calls
	doers *doers // of a Read, an Edit or a Search that went well
	by    *life  // while a view is made
}

// call takes one half of a tool call.
func (a *Analyzer) call(e *Event) News {
	key := e.Call
	if key == "" {
		key = "event:" + e.ID
	}
	c := a.Calls[key]
	if c == nil {
		if len(a.Calls) >= a.limits.Calls || a.full() {
			a.LeftOut++
			return NoNews
		}
		c = a.newCall(a.text(key))
		a.Calls[c.id] = c
		a.list = append(a.list, c)
		a.bytes += perCall
	}
	begins := e.Kind == Begin
	switch {
	case begins && (c.Begin == 0 || before(e, c.Begin, c.BeginID)):
		a.what(c, e)
		c.Begin, c.BeginID, c.Refused = e.At, a.kept(e.ID, c.BeginID), e.Refused
		if e.HashBefore != "" {
			c.Before = a.kept(e.HashBefore, c.Before)
		}
	case !begins && (c.End == 0 || before(e, c.End, c.EndID)):
		if c.Begin == 0 {
			a.what(c, e)
		}
		c.End, c.EndID, c.How, c.Wrong = e.At, a.kept(e.ID, c.EndID), e.Kind, e.Error != ""
		c.Duration = min(max(e.Duration, -1), maxDuration)
		c.After = a.kept(e.HashAfter, c.After)
		if c.Before == "" {
			c.Before = a.kept(e.HashBefore, "")
		}
		a.answer(c, e)
	default:
		return NoNews
	}
	switch {
	case c.Action == Delegate && (c.End != 0 || c.Refused):
		return Over
	case c.Action == Elsewise, c.Action == Delegate, !c.ok(), !a.met(c):
		return NoNews
	case c.Action == Edit:
		return Over
	}
	return Repeated
}

// newCall makes room for several calls at once.
func (a *Analyzer) newCall(id string) *call {
	if len(a.spare) == 0 {
		a.spare = make([]call, min(max(len(a.list), 4), 64))
	}
	c := &a.spare[0]
	a.spare = a.spare[1:]
	c.Duration, c.id = -1, id
	return c
}

// before reports whether an event counts rather than the one known.
func before(e *Event, at int64, id string) bool {
	return e.At < at || e.At == at && e.ID < id
}

// kept holds a text that is hardly ever met again, in the place of another.
func (a *Analyzer) kept(s, old string) string {
	a.bytes += len(s) - len(old)
	return s
}

// what takes what a call does, which its beginning says best.
func (a *Analyzer) what(c *call, e *Event) {
	c.Agent, c.Tool, c.Action, c.Target, c.Detail = a.text(e.Agent), a.text(e.Tool), e.Action, a.text(e.Target), a.text(e.Detail)
	c.Command = e.Action == Elsewise && !harmless[e.Tool]
	if e.Asked == nil {
		return
	}
	a.Delegated = true
	old := c.Asked
	c.Asked = &Asked{
		Type: a.text(e.Asked.Type), Description: a.kept(e.Asked.Description, ""), Background: e.Asked.Background,
		Tokens: -1, ToolCalls: -1, DurationMS: -1,
	}
	if old != nil {
		c.Asked.Child, c.Asked.Status = old.Child, old.Status
		c.Asked.Tokens, c.Asked.ToolCalls, c.Asked.DurationMS = old.Tokens, old.ToolCalls, old.DurationMS
		a.bytes -= len(old.Description)
	}
}

// answer takes what the end of a call of an agent says.
func (a *Analyzer) answer(c *call, e *Event) {
	if e.Asked == nil {
		return
	}
	a.Delegated = true
	if c.Asked == nil {
		c.Asked = &Asked{Type: a.text(e.Asked.Type), Description: a.kept(e.Asked.Description, ""), Background: e.Asked.Background}
	}
	q := c.Asked
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
	if c.Begin != 0 {
		return c.Begin
	}
	if c.Duration > 0 {
		return max(c.End-c.Duration*1_000_000, min(c.End, 1)) // 0 is no time
	}
	return c.End
}

// done is when it had ended, or last known to run.
func (c *call) done() int64 { return max(c.End, c.from()) }

func (c *call) ok() bool     { return c.How == End && !c.Wrong && c.End != 0 }
func (c *call) failed() bool { return c.How == Failed || c.How == End && c.Wrong }
func (c *call) denied() bool { return c.How == Denied || c.Refused && c.End == 0 }

func digest(s string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(s)) // never fails
	return h.Sum64()
}
