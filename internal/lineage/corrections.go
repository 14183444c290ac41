package lineage

import (
	"slices"
	"strings"
	"time"
)

// Correction says that an agent is tied otherwise than its records say. It holds for
// the agents below it, too, as far as their root and depth are concerned.
type Correction struct {
	Session string
	Project string    // the name of the session's project
	At      time.Time // when it became known
	Agent   Place     // as it is known now
	Before  Link      // as it was told
	Number  int       // of the agent's corrections, from 1
}

// Corrections returns at most most corrections of what was told, which have stood for
// the given time: what changes every moment, while events come in any order, is told
// when it has settled. Each is returned until it is Told.
func (t *Tracker) Corrections(settled time.Duration, most int) (out []Correction) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now().UnixNano()
	t.settleAll(now)
	before := now - int64(settled)
	for id, s := range t.waiting {
		left := false
		for _, a := range s.Agents {
			switch {
			case a.Changed == 0:
			case a.Changed > before || len(out) >= most:
				left = true
			default:
				left = true
				out = append(out, Correction{Session: id, Project: s.Project, At: time.Unix(0, a.Changed), Agent: s.place(a), Before: a.Told, Number: a.Corrected + 1})
			}
		}
		if !left {
			delete(t.waiting, id)
		}
		if len(out) >= most {
			break
		}
	}
	slices.SortFunc(out, func(a, b Correction) int {
		return strings.Compare(a.Session+"\x00"+a.Agent.ID, b.Session+"\x00"+b.Agent.ID)
	})
	return out
}

// Told notes that a correction is safe.
func (t *Tracker) Told(c Correction) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.sessions[c.Session]
	if e == nil {
		return
	}
	s := e.Value.(*named)
	a := s.Agents[c.Agent.ID]
	if a == nil {
		return
	}
	t.changed = true
	a.Told = Link{Parent: c.Agent.Parent, Call: c.Agent.Call, How: c.Agent.Link}
	a.Corrected++
	if a.Link.same(a.Told) || a.Corrected >= maxCorrections {
		a.Changed = 0
		return
	}
	a.Changed = t.now().UnixNano()
	t.waiting[c.Session] = s.session
}
