package behaviour

import (
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/detection"
	"github.com/agent-telemetry/agent-telemetry/internal/detection/facts"
)

// Bounds over all sessions.
const (
	MaxSessions        = 10_000
	maxMemory          = 64 << 20 // bytes of all sessions, about
	maxProjects        = 2_000
	maxProjectMemories = 256
	maxID              = 256             // bytes of a session's id or project's path as a key
	maxAhead           = 2 * time.Minute // a clock may be fast; further ahead is taken for now
)

// Tracker counts. It is safe for concurrent use.
type Tracker struct {
	max int
	now func() time.Time

	mu       sync.Mutex
	sessions lru[*session]
	memory   int // of the sessions, in bytes
	budget   int // of it
	projects lru[*ring]
	changed  bool
	dropped  int64
}

// NewTracker returns a Tracker of at most max sessions, MaxSessions when it is 0 or
// more than that; the one that was silent longest is forgotten for a new one.
func NewTracker(limit int) *Tracker {
	if limit <= 0 || limit > MaxSessions {
		limit = MaxSessions
	}
	return &Tracker{max: limit, budget: maxMemory, now: time.Now, sessions: newLRU[*session](), projects: newLRU[*ring]()}
}

// Observe counts an event and returns the counters of its session at the event's
// time, the event counted, and in which of them it is.
func (t *Tracker) Observe(f *facts.Facts) (detection.Session, Counted) {
	e := &f.Event
	if e.Session == "" {
		return detection.Session{}, Counted{}
	}
	id, at := callID(e), t.time(e)
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.session(e.Session)
	t.changed = true
	deleted := deletions(f)
	counted := Counted{Call: isCall(e), Denied: e.Denied, Failed: e.Failed, Outside: e.OutsideProject && e.Command == "", Deleted: deleted > 0}
	if counted.Call && s.Calls.add(entry{At: at, ID: id}, maxCalls, recent) {
		s.Usual.call(at)
	}
	if e.Denied {
		s.Denied.add(entry{At: at, ID: id}, maxOthers, recent)
		s.undo(id)
	}
	if e.Failed {
		s.Failed.add(entry{At: at, ID: id}, maxOthers, recent)
	}
	if counted.Outside {
		s.Outside.add(entry{At: at, ID: id}, maxOthers, recent)
	}
	if counted.Deleted {
		s.Deleted.add(entry{At: at, ID: id, Tag: deleted}, maxOthers, recent)
	}
	out := s.counters(f, at, id)
	if p := t.projects.get(short(e.Project)); p != nil {
		_, out.ProjectViolations1h = p.distinct(at, project)
	}
	if !e.Denied {
		s.learn(f, at, id)
	}
	t.weigh(s)
	return out, counted
}

// Violation notes that rules found something in an event, by their ids, and
// returns the counters with it. Call it once Observe has been called for the event.
func (t *Tracker) Violation(f *facts.Facts, before detection.Session, rules []string) detection.Session {
	e := &f.Event
	if e.Session == "" || len(rules) == 0 {
		return before
	}
	id, at := callID(e), t.time(e)
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.session(e.Session)
	for _, r := range rules {
		s.Violations.add(entry{At: at, ID: id, Tag: hash("", r)}, maxViolations, recent)
	}
	t.weigh(s)
	before.DistinctRules10m, before.Violations10m = s.Violations.distinct(at, recent)
	if p := t.project(e.Project); p != nil {
		p.add(entry{At: at, ID: id}, maxProjectMemories, project)
		_, before.ProjectViolations1h = p.distinct(at, project)
	}
	return before
}

// Counts are of the tracker as a whole.
func (t *Tracker) Counts() (sessions, projects int, dropped int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.sessions.len(), t.projects.len(), t.dropped
}

func (t *Tracker) session(id string) *session {
	id = short(id)
	s := t.sessions.get(id)
	if s == nil {
		s = &session{}
		t.keep(id, s)
	}
	return s
}

// keep begins to follow a session.
func (t *Tracker) keep(id string, s *session) {
	for t.sessions.len() >= t.max {
		t.drop()
	}
	t.sessions.put(id, s)
	t.weigh(s)
}

// drop forgets the session that was silent longest.
func (t *Tracker) drop() {
	t.memory -= t.sessions.dropOldest().weight
	t.dropped++
}

// weigh brings the memory up to date after a change of a session, which was used
// just now. Those that were silent longest make room.
func (t *Tracker) weigh(s *session) {
	w := s.bytes()
	t.memory += w - s.weight
	s.weight = w
	for t.memory > t.budget && t.sessions.len() > 1 {
		t.drop()
	}
}

func (t *Tracker) project(path string) *ring {
	if path == "" {
		return nil
	}
	path = short(path)
	p := t.projects.get(path)
	if p == nil {
		p = &ring{}
		for t.projects.len() >= maxProjects {
			t.projects.dropOldest()
		}
		t.projects.put(path, p)
	}
	return p
}

// time is when an event happened. What claims to be of the future is of now: a
// forged time must not push everything else out of the spans.
func (t *Tracker) time(e *facts.Event) int64 {
	now := t.now().UnixNano()
	if e.UnixNano <= 0 || e.UnixNano > now+int64(maxAhead) {
		return now
	}
	return e.UnixNano
}

func (s *session) counters(f *facts.Facts, at int64, id uint64) detection.Session {
	out := detection.Session{
		Calls60s:    s.Calls.within(at, minute),
		Baseline60s: s.Usual.baseline(),
		Denied10m:   s.Denied.within(at, recent),
		Failed10m:   s.Failed.within(at, recent),
		Outside10m:  s.Outside.within(at, recent),
		Deleted10m:  s.Deleted.sum(at, recent),
	}
	out.DistinctRules10m, out.Violations10m = s.Violations.distinct(at, recent)
	for i := range s.Secrets {
		if t := &s.Secrets[i]; t.earlier(at, id) {
			out.SecretReadRecently, out.SecretRead = true, t.Path
		}
	}
	for i := range f.Paths {
		p := &f.Paths[i]
		if p.Access != facts.AccessExecute && p.Access != facts.AccessMode {
			continue
		}
		for j := range s.Files {
			t := &s.Files[j]
			if t.Path != p.Path || !t.earlier(at, id) {
				continue
			}
			out.ExecutedFile = p.Path
			out.DownloadRecently = out.DownloadRecently || t.What&downloaded != 0
			if p.Access == facts.AccessExecute {
				out.WrittenRecently = out.WrittenRecently || t.What&written != 0
				out.ChmodRecently = out.ChmodRecently || t.What&executable != 0
			}
		}
	}
	return out
}

// undo forgets the steps of a call that was not made.
func (s *session) undo(id uint64) {
	drop := func(l []trace) []trace {
		kept := l[:0]
		for _, t := range l {
			if t.ID != id {
				kept = append(kept, t)
			}
		}
		return kept
	}
	s.Secrets, s.Files = drop(s.Secrets), drop(s.Files)
	s.Deleted.remove(id)
}

func short(id string) string {
	if len(id) <= maxID {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return string(sum[:])
}

// callID tells calls apart: the events of one call have the same. What is no call
// has the id of its event.
func callID(e *facts.Event) uint64 {
	if e.ToolCallID != "" {
		return hash("call\x00", e.ToolCallID)
	}
	return hash("event\x00", e.ID)
}

// hash is one that the agent cannot aim at cheaply: two calls with the same hash
// would count as one.
func hash(kind, name string) uint64 {
	var room [maxID + 8]byte // most names fit, and need no memory
	sum := sha256.Sum256(append(append(room[:0], kind...), name...))
	return binary.BigEndian.Uint64(sum[:8])
}

func isCall(e *facts.Event) bool {
	switch e.HookEvent {
	case "PreToolUse", "PostToolUse", "PostToolUseFailure":
		return true
	}
	return e.HookEvent == "" && e.Tool != "" // native telemetry
}

func deletions(f *facts.Facts) (n uint64) {
	for i := range f.Paths {
		if f.Paths[i].Access == facts.AccessDelete {
			n++
		}
	}
	return n
}
