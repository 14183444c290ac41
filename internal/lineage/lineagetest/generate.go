// Package lineagetest makes sessions of many agents, with the truth about who called
// whom, to measure by it what is found out.
package lineagetest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/lineage"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Shape says what a session is like.
type Shape struct {
	Agents     int // about
	Depth      int // of agents: 1 calls none
	Concurrent int // at most
	Types      int // of agents
	Background int // of 100 calls
	Denied     int // of 100 calls: not allowed, or given up without a word
	Unanswered int // of 100 calls: Claude Code was interrupted
}

// Large is a session as large as the ones that are measured.
func Large() Shape {
	return Shape{Agents: 500, Depth: 3, Concurrent: 20, Types: 5, Background: 20, Denied: 3, Unanswered: 3}
}

// Link is the truth about an agent.
type Link struct{ Parent, Call string }

// Session is what happened, in order, and who called whom.
type Session struct {
	ID     string
	Events []lineage.Event
	Truth  map[string]Link // by agent
	Depth  map[string]int
}

type generator struct {
	Session
	shape  Shape
	rnd    *rand.Rand
	prompt string
	calls  int
}

// Generate makes a session. The same seed gives the same one.
func Generate(seed uint64, shape Shape) Session {
	g := &generator{shape: shape, rnd: rand.New(rand.NewPCG(seed, 7))} //nolint:gosec // the same every time
	g.ID = fmt.Sprintf("session-%d", seed)
	g.Truth, g.Depth = map[string]Link{}, map[string]int{}
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).UnixNano()
	for n := 1; len(g.Truth) < shape.Agents; n++ {
		g.prompt = fmt.Sprintf("prompt-%d-%d", seed, n)
		at = g.run("", "", 0, at, shape.Concurrent)
		at += g.between(time.Second, time.Minute)
	}
	slices.SortStableFunc(g.Events, func(a, b lineage.Event) int { return cmp.Compare(a.At, b.At) })
	return g.Session
}

func (g *generator) between(least, most time.Duration) int64 {
	return int64(least) + g.rnd.Int64N(int64(most-least))
}

func (g *generator) emit(e lineage.Event) {
	e.Session, e.Prompt = g.ID, g.prompt
	g.Events = append(g.Events, e)
}

func (g *generator) percent(n int) bool { return g.rnd.IntN(100) < n }

// run makes the events of an agent, and of those it calls, of which room run at a
// time. It returns when it has done.
func (g *generator) run(id, kind string, depth int, at int64, room int) int64 {
	own := func(k lineage.Kind, call string) {
		g.emit(lineage.Event{Agent: id, Type: kind, Kind: k, At: at, Call: call})
	}
	for range 1 + g.rnd.IntN(4) {
		at += g.between(50*time.Millisecond, 4*time.Second)
		own(lineage.Other, g.call())
		at += g.between(5*time.Millisecond, 2*time.Second)
		own(lineage.Other, "")
		if depth >= g.shape.Depth || room < 1 || len(g.Truth) >= g.shape.Agents || depth > 0 && g.percent(60) {
			continue
		}
		n := 1 + g.rnd.IntN(min(room, 6))
		done := at
		for range n {
			at += g.between(time.Millisecond, 40*time.Millisecond)
			ends, background := g.delegate(id, kind, depth, at, (room-n)/n)
			if background {
				room -= 1 + (room-n)/n
				continue
			}
			done = max(done, ends)
		}
		at = max(at, done)
	}
	at += g.between(100*time.Millisecond, 3*time.Second)
	return at
}

func (g *generator) call() string {
	g.calls++
	return fmt.Sprintf("toolu_%s_%05d", g.ID, g.calls)
}

// delegate makes one call of an agent, and the life of whom it calls.
func (g *generator) delegate(id, kind string, depth int, at int64, room int) (ends int64, background bool) {
	call, asked := g.call(), fmt.Sprintf("type-%d", g.rnd.IntN(g.shape.Types))
	by := func(k lineage.Kind, at int64, child string) {
		g.emit(lineage.Event{Agent: id, Type: kind, Kind: k, At: at, Call: call, Asked: asked, Child: child})
	}
	by(lineage.Call, at, "")
	if g.percent(g.shape.Denied) {
		if g.percent(50) {
			by(lineage.Denied, at+g.between(time.Millisecond, 5*time.Second), "")
		}
		return at, false
	}
	child := fmt.Sprintf("a%016x", g.rnd.Uint64())
	g.Truth[child] = Link{Parent: cmp.Or(id, semconv.AgentMain), Call: call}
	g.Depth[child] = depth + 1
	begins := at + g.between(2*time.Millisecond, 60*time.Millisecond)
	g.emit(lineage.Event{Agent: child, Type: asked, Kind: lineage.Start, At: begins})
	background = g.percent(g.shape.Background)
	if background {
		by(lineage.Answer, begins+g.between(time.Millisecond, 20*time.Millisecond), child)
	}
	ends = g.run(child, asked, depth+1, begins, room)
	for range 1 + g.rnd.IntN(2) {
		g.emit(lineage.Event{Agent: child, Type: asked, Kind: lineage.Stop, At: ends})
		ends += g.between(time.Millisecond, 10*time.Millisecond)
	}
	switch {
	case background:
		if depth == 0 {
			g.emit(lineage.Event{Kind: lineage.Notification, At: ends, Call: call, Child: child})
		}
	case g.percent(g.shape.Unanswered):
		if g.percent(50) {
			by(lineage.Failed, ends, "")
		}
	default:
		by(lineage.Answer, ends, child)
	}
	return ends, background
}
