package behaviour

import "errors"

// Bounds of what goes into a state file, the latest first.
const (
	savedSessions = 1_000
	savedProjects = 500
)

// State is what a Tracker knows, for a file. Its fields are exported for encoding
// only.
type State struct {
	Sessions []NamedSession `json:"sessions,omitempty"` // the longest unused first
	Projects []NamedRing    `json:"projects,omitempty"`
}

// NamedSession is a session in a State.
type NamedSession struct {
	ID       string   `json:"id"`
	Counters *session `json:"counters"`
}

// NamedRing is a project in a State.
type NamedRing struct {
	Path    string `json:"path"`
	Entries ring   `json:"entries"`
}

// Changed reports whether something has been counted since the last time it was
// asked.
func (t *Tracker) Changed() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.changed
	t.changed = false
	return c
}

// Save calls encode with what is known, of the 1000 sessions and 500 projects used
// last. Nothing is counted meanwhile, and the State must not be kept.
func (t *Tracker) Save(encode func(State)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var st State
	for e := t.sessions.order.Back(); e != nil && len(st.Sessions) < savedSessions; e = e.Prev() {
		i := e.Value.(*item[*session])
		st.Sessions = append(st.Sessions, NamedSession{i.key, i.value})
	}
	for e := t.projects.order.Back(); e != nil && len(st.Projects) < savedProjects; e = e.Prev() {
		i := e.Value.(*item[*ring])
		st.Projects = append(st.Projects, NamedRing{i.key, *i.value})
	}
	reverse(st.Sessions)
	reverse(st.Projects)
	encode(st)
}

func reverse[T any](s []T) {
	for i, j := 0, len(s)-1; i < j; i, j = i+1, j-1 {
		s[i], s[j] = s[j], s[i]
	}
}

var errState = errors.New("the counters of sessions are out of their bounds")

// Restore takes over what was saved, before anything is counted. A State that
// cannot have been saved by Save is refused as a whole.
func (t *Tracker) Restore(st State) error {
	for _, s := range st.Sessions {
		if s.Counters == nil || !s.Counters.sane() || len(s.ID) > maxID {
			return errState
		}
	}
	for _, p := range st.Projects {
		if !p.Entries.sane(maxProjectMemories) || len(p.Path) > maxID {
			return errState
		}
	}
	if len(st.Sessions) > savedSessions || len(st.Projects) > savedProjects {
		return errState
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range st.Sessions {
		if t.sessions.get(s.ID) == nil {
			t.keep(s.ID, s.Counters)
		}
	}
	for _, p := range st.Projects {
		if t.projects.get(p.Path) == nil {
			entries := p.Entries
			t.projects.put(p.Path, &entries)
		}
	}
	return nil
}

func (s *session) sane() bool {
	if !s.Calls.sane(maxCalls) || !s.Violations.sane(maxViolations) || !s.Denied.sane(maxOthers) || !s.Failed.sane(maxOthers) ||
		!s.Outside.sane(maxOthers) || !s.Deleted.sane(maxOthers) || len(s.Secrets) > maxSecrets || len(s.Files) > maxFiles {
		return false
	}
	for _, l := range [][]trace{s.Secrets, s.Files} {
		for _, t := range l {
			if len(t.Path) > 4*maxPath { // replaced bytes take three
				return false
			}
		}
	}
	return s.Usual.Mean >= 0 && s.Usual.Mean <= mostMinute && s.Usual.Minutes >= 0
}
