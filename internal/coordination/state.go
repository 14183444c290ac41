package coordination

import (
	"encoding/json"
	"errors"
	"fmt"
)

// ErrState says that a state cannot be one of an Analyzer.
var ErrState = errors.New("no state of how agents worked together")

// MarshalJSON is what is known, for RestoreAnalyzer.
func (a *Analyzer) MarshalJSON() ([]byte, error) { return json.Marshal(&a.state) }

// RestoreAnalyzer is the Analyzer that MarshalJSON was called of. What it cannot have
// made is ErrState.
func RestoreAnalyzer(data []byte, l Limits) (*Analyzer, error) {
	a := NewAnalyzer(l)
	var s state
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
		a.texts[id] = id // whatever room there is: what it does is never another's
		one.Type, one.Link.Parent, one.Link.Call, one.Link.How = a.text(one.Type), a.text(one.Link.Parent), a.text(one.Link.Call), a.text(one.Link.How)
		a.bytes += perCall + len(id)
	}
	for i := range s.Asks {
		s.Asks[i].Agent, s.Asks[i].Tool = a.text(s.Asks[i].Agent), a.text(s.Asks[i].Tool)
		a.bytes += perDeed
	}
	a.state = s
	a.fill()
	for id, c := range a.Calls {
		if c == nil || c.Duration > maxDuration {
			return nil, ErrState
		}
		c.id = id
		a.list = append(a.list, c)
		c.Agent, c.Tool, c.Target, c.Detail = a.text(c.Agent), a.text(c.Tool), a.text(c.Target), a.text(c.Detail)
		a.bytes += perCall + len(id) + len(c.BeginID) + len(c.EndID) + len(c.Before) + len(c.After)
		if c.ok() && (c.Action == Read || c.Action == Edit || c.Action == Search) {
			a.met(c)
		}
	}
	return a, nil
}
