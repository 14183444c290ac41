package lineage

import "time"

// idleAfter is how long an agent that has not stopped is silent before it is idle.
const idleAfter = 2 * time.Minute

// State is where an agent is in its life. One that was forgotten has none.
type State uint8

// The states, in the order of a life. An agent that goes on after it stopped is active
// again: its last stop counts.
const (
	Spawned  State = iota // begun, and has done nothing yet
	Active                // something came from it lately
	Waiting               // silent for two minutes, or a teammate that said that it waits
	Complete              // stopped
	States                // how many there are
)

// String is the state's name in metrics.
func (s State) String() string {
	return [...]string{"spawned", "active", "idle", "complete", ""}[min(s, States)]
}

// Counts are of a moment.
type Counts struct {
	Totals
	Sessions int
	Agents   [States]int // by State
	Orphans  int         // agents whose parent is not known
	Loose    int         // agents whose parent is known provisionally
}

// state tells where an agent is at a time.
func (a *agent) state(now int64) State {
	switch {
	case a.Stopped != 0 && a.Stopped >= a.Last:
		return Complete
	case a.Idle != 0 && a.Idle >= a.Last, now-max(a.Last, a.First) >= int64(idleAfter):
		return Waiting
	case a.Active:
		return Active
	}
	return Spawned
}

func (t *Tracker) count(now int64) Counts {
	c := Counts{Totals: t.counts, Sessions: t.order.Len()}
	for e := t.order.Front(); e != nil; e = e.Next() {
		for _, a := range e.Value.(*named).Agents {
			c.Agents[a.state(now)]++
			switch {
			case a.Link.How == "":
				c.Orphans++
			case a.isLoose():
				c.Loose++
			}
		}
	}
	return c
}

// Agent tells where an agent stands now, and in which state it is; false when it is
// not known.
func (t *Tracker) Agent(session, id string) (Place, State, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e := t.sessions[session]; e != nil {
		s := e.Value.(*named)
		if a := s.Agents[id]; a != nil {
			now := t.now().UnixNano()
			t.settle(s, now)
			return s.place(a), a.state(now), true
		}
	}
	return Place{}, 0, false
}
