package lineage

import (
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Bounds of looking for files.
const (
	maxLooks   = 2_000 // that wait
	looksEach  = 3     // of one agent
	lookDelay  = 2 * time.Second
	maxFileLen = 64 << 10 // bytes of a file that is read
)

// Look is an agent that nothing has proven the parent of yet: perhaps a file does.
type Look struct {
	Session, Agent string
	Transcript     string // the path of one of the session's transcripts, or ""
}

// looks are in the order in which they are due.
type looks []lookAt

type lookAt struct {
	Look
	at int64
}

// look asks for the file of an agent that begins or stops without proof. It is looked
// for a little later: mostly the proof comes by itself, or the file is just written.
func (t *Tracker) look(s *named, a *agent, e *Event, now int64) {
	if !a.isLoose() || a.looked >= looksEach || len(t.looks) >= maxLooks || !a.fresh && e.Kind != Start && e.Kind != Stop {
		return
	}
	a.looked++
	t.looks = append(t.looks, lookAt{Look{Session: s.id, Agent: a.ID}, now + int64(lookDelay)})
}

// Looks returns the agents whose files are to be looked for now, at most most.
func (t *Tracker) Looks(most int) (out []Look) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now, done := t.now().UnixNano(), 0
	for _, l := range t.looks {
		if l.at > now || len(out) >= most {
			break
		}
		done++
		if e := t.sessions[l.Session]; e != nil {
			s := e.Value.(*named)
			if a := s.Agents[l.Agent]; a != nil && a.isLoose() && s.Transcript != "" {
				l.Transcript = s.Transcript
				out = append(out, l.Look)
			}
		}
	}
	t.looks = append(t.looks[:0], t.looks[done:]...)
	return out
}

// Found takes what an agent's file says.
func (t *Tracker) Found(l Look, f Sidecar) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.sessions[l.Session]
	if e == nil {
		return
	}
	s := e.Value.(*named)
	a := s.Agents[l.Agent]
	if a == nil {
		return
	}
	parent := f.Parent
	if parent == "" {
		switch c := s.Calls[f.Call]; {
		case c != nil && c.Made:
			parent = c.Parent
		case f.Depth != 0 && f.Depth != 1:
			return // it has one, or may have, which the file does not name
		default:
			parent = semconv.AgentMain
		}
	}
	link := Link{Parent: parent, How: semconv.LinkSidecar}
	if sane(f.Call) {
		link.Call = f.Call
	}
	if link.Parent != semconv.AgentMain && !sane(link.Parent) || !s.prove(a, link, 0) {
		return
	}
	t.changed = true
	t.dirty[s.id] = s
}
