package agentmetricsconnector

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// maxAhead is how far in the future an event may be; later ones are now.
const maxAhead = int64(2 * time.Minute)

// session is a session that is followed, and its main agent.
type session struct {
	project     string
	last, ended int64 // of its events, and of its end
	called      int   // sub-agents that the main agent called in this turn
}

// agentKey is an agent of a session.
type agentKey struct{ session, id string }

// agent is a sub-agent that is followed.
type agent struct {
	project, name string
	last, stopped int64
	// began is when it started, or went on after it had stopped; 0 when it is not known.
	began  int64
	calls  int  // that it made since
	called int  // sub-agents that it called since
	deep   bool // its depth was counted
	worked bool // since it stopped
}

func (g *agent) named() string { return cmp.Or(g.name, semconv.UnknownAgentType) }

// activity follows sessions and agents: what is active, and what an agent did until
// it stopped. What happens is ordered by the events' own times, so it matters little
// in which order they come.
type activity struct {
	m        *instruments
	window   int64
	now      func() time.Time
	sessions *simplelru.LRU[string, *session]
	agents   *simplelru.LRU[agentKey, *agent]
	// forgotten are sessions and agents for which there was no room.
	forgottenSessions, forgottenAgents int64
}

func newActivity(cfg *Config, m *instruments) (*activity, error) {
	a := &activity{m: m, window: int64(cfg.ActiveWindow), now: time.Now}
	var err error
	if a.sessions, err = simplelru.NewLRU(cfg.MaxSessions, func(_ string, s *session) {
		a.forgottenSessions++
		a.turnOver(context.Background(), s)
	}); err != nil {
		return nil, err
	}
	a.agents, err = simplelru.NewLRU(cfg.MaxAgents, func(agentKey, *agent) { a.forgottenAgents++ })
	return a, err
}

// observe takes an event of a hook, or a record about an agent.
func (a *activity) observe(ctx context.Context, r *record) {
	if r.session == "" {
		return
	}
	if r.hook == "" { // a record of ours: nothing was done
		if g, ok := a.agents.Peek(agentKey{r.session, r.agentID}); ok {
			a.deepen(ctx, r, g)
		}
		return
	}
	now := a.now().UnixNano()
	at := r.at
	if at <= 0 || at > now+maxAhead {
		at = now
	}
	s, ok := a.sessions.Get(r.session)
	if !ok {
		s = &session{}
		a.sessions.Add(strings.Clone(r.session), s)
	}
	if s.project == "" {
		s.project = strings.Clone(label(r.project, maxAttributeBytes))
	}
	s.last = max(s.last, at)
	switch {
	case r.typ == semconv.EventSessionEnd:
		s.ended = max(s.ended, at)
		a.turnOver(ctx, s)
	case r.agentID != "":
		a.agent(ctx, r, s, at)
	case r.called() && r.failure() == "":
		s.called++
	case r.typ == semconv.EventTurnEnd, r.typ == semconv.EventTurnFailure:
		a.turnOver(ctx, s)
	}
}

// turnOver counts whom the main agent called in its turn.
func (a *activity) turnOver(ctx context.Context, s *session) {
	if s.called > 0 {
		counted := a.m.project // may be another session's
		a.m.project = s.project
		a.m.fanOut.record(ctx, float64(s.called), labels{semconv.AgentMain})
		a.m.project, s.called = counted, 0
	}
}

func (a *activity) agent(ctx context.Context, r *record, s *session, at int64) {
	key := agentKey{r.session, r.agentID}
	g, ok := a.agents.Get(key)
	if !ok {
		g = &agent{project: s.project}
		a.agents.Add(agentKey{strings.Clone(r.session), strings.Clone(r.agentID)}, g)
	}
	if g.name == "" && r.agentName != "" {
		g.name = strings.Clone(r.agentName[:min(len(r.agentName), maxAttributeBytes)])
	}
	a.deepen(ctx, r, g)
	switch {
	case r.typ == semconv.EventSubagentStop:
		g.last = max(g.last, at)
		a.stopped(ctx, g, at)
		return
	case at <= g.stopped:
		return // it is late: the agent had stopped since
	case r.typ == semconv.EventSubagentStart:
		if g.worked = true; g.began == 0 || at < g.began {
			g.began = at
		}
	case g.stopped != 0 && !g.worked:
		g.began, g.worked = at, true // it goes on
	}
	g.last = max(g.last, at)
	if r.ended() {
		g.calls++
		if r.called() && r.failure() == "" {
			g.called++
		}
	}
}

// deepen counts how deep an agent is, as soon as it is known.
func (a *activity) deepen(ctx context.Context, r *record, g *agent) {
	if r.depth > 0 && !g.deep {
		g.deep = true
		a.m.depth.record(ctx, float64(r.depth), labels{g.named()})
	}
}

// stopped counts what an agent did since it started, or since it stopped last.
func (a *activity) stopped(ctx context.Context, g *agent, at int64) {
	if at < g.began {
		return // it is late: the agent has gone on since
	}
	who := labels{g.named()}
	if g.began != 0 {
		a.m.agentTime.record(ctx, time.Duration(at-g.began).Seconds(), who)
		a.m.agentCalls.record(ctx, float64(g.calls), who)
	}
	if g.called > 0 {
		a.m.fanOut.record(ctx, float64(g.called), who)
	}
	g.stopped, g.began, g.calls, g.called, g.worked = max(g.stopped, at), 0, 0, 0, false
}

// group is what active agents are counted by.
type group struct{ project, name string }

// activeAgents are how many sub-agents of which type are active. Those types are told,
// too, of which none is.
func (a *activity) activeAgents() map[group]int64 {
	since := a.now().UnixNano() - a.window
	n := map[group]int64{}
	for _, key := range a.agents.Keys() {
		g, _ := a.agents.Peek(key)
		n[group{g.project, g.named()}] += 0
		if g.last < since || g.last <= g.stopped {
			continue
		}
		if s, ok := a.sessions.Peek(key.session); !ok || g.last > s.ended {
			n[group{g.project, g.named()}]++
		}
	}
	return n
}

// activeSessions are how many sessions of which project are active, likewise.
func (a *activity) activeSessions() map[string]int64 {
	since := a.now().UnixNano() - a.window
	n := map[string]int64{}
	for _, s := range a.sessions.Values() {
		n[s.project] += 0
		if s.last >= since && s.last > s.ended {
			n[s.project]++
		}
	}
	return n
}
