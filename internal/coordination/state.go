package coordination

import (
	"encoding/json"
	"errors"
	"fmt"
)

// ErrState says that a state cannot be one of an Analyzer.
var ErrState = errors.New("no state of how agents worked together")

// saved is a state as it is written, with its calls.
type saved struct {
	First     int64                 `json:"f,omitempty"`
	Last      int64                 `json:"l,omitempty"`
	Over      int64                 `json:"o,omitempty"`
	Agents    map[string]*agent     `json:"a,omitempty"`
	Calls     map[string]*savedCall `json:"c,omitempty"` // by id
	Marks     []mark                `json:"m,omitempty"`
	Requests  map[uint64]bool       `json:"r,omitempty"`
	Asks      []ask                 `json:"q,omitempty"`
	LeftOut   int                   `json:"x,omitempty"`
	Delegated bool                  `json:"d,omitempty"`
}

// savedCall is a call as it is written.
type savedCall struct {
	Agent    string `json:"a,omitempty"`
	Tool     string `json:"o,omitempty"`
	Action   Action `json:"k,omitempty"`
	Target   string `json:"t,omitempty"`
	Detail   string `json:"d,omitempty"`
	Begin    int64  `json:"b,omitempty"`
	End      int64  `json:"e,omitempty"`
	BeginID  string `json:"bi,omitempty"`
	EndID    string `json:"ei,omitempty"`
	How      Kind   `json:"h,omitempty"`
	Wrong    bool   `json:"w,omitempty"`
	Refused  bool   `json:"r,omitempty"`
	Duration int64  `json:"n,omitempty"` // ms; -1 not known
	Before   string `json:"x,omitempty"`
	After    string `json:"y,omitempty"`
	Command  bool   `json:"s,omitempty"`
	Asked    *Asked `json:"q,omitempty"`
}

// MarshalJSON is what is known, for RestoreAnalyzer.
func (a *Analyzer) MarshalJSON() ([]byte, error) {
	s := saved{
		First: a.First, Last: a.Last, Over: a.Over, Agents: a.Agents, Marks: a.Marks, Requests: a.Requests, Asks: a.Asks, LeftOut: a.LeftOut,
		Delegated: a.Delegated, Calls: make(map[string]*savedCall, a.count()),
	}
	calls := make([]savedCall, a.count())
	for i, n := range a.sorted {
		c := a.store.call(n)
		calls[i] = a.save(c)
		s.Calls[a.id(c)] = &calls[i]
	}
	return json.Marshal(&s)
}

func (s *store) save(c *call) savedCall {
	return savedCall{
		Agent: s.name(c.agent), Tool: s.name(c.tool), Action: c.action, Target: s.name(c.target), Detail: s.name(c.detail), Begin: c.begin, End: c.end,
		BeginID: s.event(c, beginID), EndID: s.event(c, endID), How: c.how, Wrong: c.wrong, Refused: c.refused, Duration: c.duration(),
		Before: s.file(c, hashBefore), After: s.file(c, hashAfter), Command: c.command, Asked: s.askedOf(c),
	}
}

// RestoreAnalyzer is the Analyzer that MarshalJSON was called of. What it cannot have
// made is ErrState.
func RestoreAnalyzer(data []byte, l Limits) (*Analyzer, error) {
	a := NewAnalyzer(l)
	var s saved
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, errors.Join(ErrState, err)
	}
	// Agents and calls can be more than the limits allow now: no more are taken in.
	if len(s.Marks) > maxMarks || len(s.Asks) > maxAsks || len(s.Requests) > maxRequests {
		return nil, fmt.Errorf("%w: it is larger than the limits allow", ErrState)
	}
	for id, one := range s.Agents {
		if one == nil || id == "" || id == mainAgent || len(one.Stops) > maxStops {
			return nil, ErrState
		}
		a.hold(id) // whatever room there is: what it does is never another's
		one.Type, one.Link.Parent, one.Link.Call, one.Link.How = a.text(one.Type), a.text(one.Link.Parent), a.text(one.Link.Call), a.text(one.Link.How)
		a.bytes += perAgent
	}
	for i := range s.Asks {
		s.Asks[i].Agent, s.Asks[i].Tool = a.text(s.Asks[i].Agent), a.text(s.Asks[i].Tool)
		a.bytes += perAsk
	}
	a.state = state{
		First: s.First, Last: s.Last, Over: s.Over, Agents: s.Agents, Marks: s.Marks, Requests: s.Requests, Asks: s.Asks, LeftOut: s.LeftOut,
		Delegated: s.Delegated,
	}
	a.fill()
	a.bytes += perMark*len(s.Marks) + perRequest*len(s.Requests)
	for id, c := range s.Calls {
		if c == nil || c.Duration > maxDuration {
			return nil, ErrState
		}
		a.restore(id, c)
	}
	return a, nil
}

func (a *Analyzer) restore(id string, from *savedCall) {
	c := a.newCall(id)
	a.bytes += perCall + len(id)
	// Whatever room there is: without its texts it would be equal to others.
	c.agent, c.tool, c.target, c.detail = a.hold(from.Agent), a.hold(from.Tool), a.hold(from.Target), a.hold(from.Detail)
	a.bytes += a.written(c)
	c.action, c.begin, c.end, c.how = from.Action, from.Begin, from.End, from.How
	c.wrong, c.refused, c.command = from.Wrong, from.Refused, from.Command
	c.setDuration(from.Duration)
	a.setEvent(c, beginID, from.BeginID)
	a.setEvent(c, endID, from.EndID)
	a.setFile(c, hashBefore, from.Before)
	a.setFile(c, hashAfter, from.After)
	if from.Asked != nil {
		q := from.Asked
		q.Type, q.Child, q.Status = a.text(q.Type), a.text(q.Child), a.text(q.Status)
		a.more(c).asked = q
		a.bytes += perAsked + len(from.Asked.Description)
	}
	if c.ok() && (c.action == Read || c.action == Edit || c.action == Search) {
		a.met(c)
	}
}
