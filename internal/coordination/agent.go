package coordination

import (
	"cmp"
	"slices"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// agent is what is known of a sub-agent.
type agent struct {
	Type       string  `json:"t,omitempty"`
	TypeAt     int64   `json:"ta,omitempty"` // of the event that says so
	Link       link    `json:"l,omitzero"`
	Start      int64   `json:"s,omitempty"` // the first AgentStart
	Stops      []int64 `json:"e,omitempty"` // each once, sorted
	First      int64   `json:"f,omitempty"` // of its events
	Last       int64   `json:"z,omitempty"`
	Tokens     int64   `json:"n,omitempty"`
	SpanTokens int64   `json:"p,omitempty"`
}

// link is how an agent is tied to the one that called it, and what says so.
type link struct {
	Parent string `json:"p,omitempty"` // an agent's id, or main
	Call   string `json:"c,omitempty"`
	How    string `json:"h,omitempty"`
	Rank   int    `json:"r,omitempty"`
	At     int64  `json:"t,omitempty"`
	ID     string `json:"i,omitempty"`
}

// Ranks of what says who called an agent. The answer of the call is above all.
var ranks = map[string]int{semconv.LinkProvisional: 1, semconv.LinkSidecar: 2, semconv.LinkSpan: 3, semconv.LinkConfirmed: 4}

const (
	rankCorrection = 5
	rankAnswer     = 6
)

// better reports whether l is to be believed rather than o. Of two that are as sure,
// the later one is.
func (l link) better(o link) bool {
	return cmp.Or(cmp.Compare(l.Rank, o.Rank), cmp.Compare(l.At, o.At), cmp.Compare(l.ID, o.ID)) > 0
}

// agent returns the agent of an id, a new one when it was not known; nil when there is
// no room for it.
func (a *Analyzer) agent(id string) *agent {
	if id == "" || id == mainAgent {
		return nil
	}
	one := a.Agents[id]
	if one == nil {
		if len(a.Agents) >= a.limits.Agents || a.full() {
			return nil
		}
		one = &agent{}
		a.Agents[a.text(id)] = one
		a.bytes += perAgent
	}
	return one
}

// acting takes what an event says of the agent that acts in it; nil for the main one.
func (a *Analyzer) acting(e *Event) *agent {
	one := a.agent(e.Agent)
	if one == nil {
		return nil
	}
	if e.AgentType != "" && (one.Type == "" || e.At < one.TypeAt || e.At == one.TypeAt && e.AgentType < one.Type) {
		one.Type, one.TypeAt = a.text(e.AgentType), e.At
	}
	// A correction without a parent says that nobody is known any more.
	if e.Parent != "" && e.Parent != e.Agent || e.Kind == Link && e.Parent == "" {
		l := link{Parent: e.Parent, Call: e.MadeBy, How: e.Link, Rank: ranks[e.Link], At: e.At, ID: e.ID}
		if e.Kind == Link {
			l.Rank = rankCorrection
		}
		if l.better(one.Link) {
			l.Parent, l.Call, l.How = a.text(l.Parent), a.madeBy(l.Call), a.text(l.How)
			one.Link = l
		}
	}
	if e.Kind == Link || e.Kind == Request {
		return one
	}
	if one.First == 0 || e.At < one.First {
		one.First = e.At
	}
	one.Last = max(one.Last, e.At)
	switch e.Kind {
	case AgentStart:
		if one.Start == 0 || e.At < one.Start {
			one.Start = e.At
		}
	case AgentStop:
		if i, known := slices.BinarySearch(one.Stops, e.At); !known {
			one.Stops = slices.Insert(one.Stops, i, e.At)
			if len(one.Stops) > maxStops {
				one.Stops = one.Stops[1:] // the last ones count
			}
		}
	}
	return one
}

// madeBy holds the id of a call: once, when the call is known.
func (a *Analyzer) madeBy(id string) string {
	if n := a.ids.find(id); n != 0 {
		return a.ids.text(n)
	}
	return a.text(id)
}
