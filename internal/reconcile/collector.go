package reconcile

import (
	"maps"
	"slices"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Options of a comparison.
type Options struct {
	Since, Until time.Time // of the events; Since is inclusive, Until is not
	// Now is the time of the comparison; zero when it is not known.
	Now time.Time
	// MaxEvents bounds the memory: 0 means DefaultMaxEvents.
	MaxEvents int
}

// DefaultMaxEvents needs about half a gigabyte.
const DefaultMaxEvents = 4_000_000

// Collector takes the entries of the audit log in, those before and behind the
// window too: a session's numbers are looked at from its start.
type Collector struct {
	options         Options
	sessions        map[string]*session
	events          int
	records         int
	nativeWithoutID int
	started, pruned bool // the log's first record has been seen, and was not the first ever
}

// NewCollector returns an empty Collector.
func NewCollector(o Options) *Collector {
	if o.MaxEvents <= 0 {
		o.MaxEvents = DefaultMaxEvents
	}
	return &Collector{options: o, sessions: map[string]*session{}}
}

// InWindow reports whether an entry is one of those asked for.
func (c *Collector) InWindow(e *auditlog.Entry) bool {
	at := e.When()
	return !at.Before(c.options.Since) && at.Before(c.options.Until)
}

// Add takes an entry in. The error is ErrTooMany.
func (c *Collector) Add(e *auditlog.Entry) error {
	if !c.started {
		c.started, c.pruned = true, e.Seq > 0
	}
	if e.Kind != auditlog.KindLog {
		return nil
	}
	inWindow := c.InWindow(e)
	if inWindow {
		c.records++
	}
	id := short(e.Attribute(semconv.SessionID))
	native := nativeEvent(e)
	hook := isHook(e)
	if id == "" || (native == "" && !hook) {
		return nil
	}
	if c.events++; c.events > c.options.MaxEvents {
		return ErrTooMany
	}
	switch {
	case hook:
		c.session(id).add(e, inWindow)
	case inWindow:
		if !c.session(id).addNative(e, native) && native == semconv.NativeToolResult {
			c.nativeWithoutID++
		}
	}
	return nil
}

// Waiting tells of an event that still lies in the spool.
func (c *Collector) Waiting(sessionID string, seq uint64, at time.Time) {
	if s := c.sessions[short(sessionID)]; s != nil && seq > 0 {
		s.numbers = append(s.numbers, number{at: at, seq: seq, waiting: true})
	}
}

func (c *Collector) session(id string) *session {
	s := c.sessions[id]
	if s == nil {
		s = newSession(id)
		c.sessions[id] = s
	}
	return s
}

// sorted returns every session, by id.
func (c *Collector) sorted() []*session {
	list := make([]*session, 0, len(c.sessions))
	for _, id := range slices.Sorted(maps.Keys(c.sessions)) {
		list = append(list, c.sessions[id])
	}
	return list
}

// chosen returns the sessions with hook events in the window.
func (c *Collector) chosen() []*session {
	return slices.DeleteFunc(c.sorted(), func(s *session) bool { return !s.inWindow })
}

// leave forgets the sessions that are not asked for.
func (c *Collector) leave(only func(session string) bool) {
	if only == nil {
		return
	}
	maps.DeleteFunc(c.sessions, func(id string, _ *session) bool { return !only(id) })
}

// Checks says what Report compares besides the audit log with itself.
type Checks struct {
	// Only chooses sessions, by the first 256 bytes of their id; nil chooses all.
	// The records of the audit log are counted whatever it says.
	Only func(session string) bool
	// Given returns the last number that a session was given; nil or 0 when it
	// is not known.
	Given func(session string) uint64
	// Transcripts opens transcripts; nil skips them.
	Transcripts *Files
	Native      bool
	// Loki is the outcome of a Table; nil skips it.
	Loki *Loki
}

// Report compares. The collector is not to be used afterwards.
func (c *Collector) Report(checks Checks) *Report {
	r := &Report{Since: c.options.Since.UTC(), Until: c.options.Until.UTC(), NotCompared: []string{}}
	c.leave(checks.Only)
	r.Audit.Records, r.Audit.Sessions = c.records, len(c.chosen())
	given := checks.Given
	if given == nil {
		given = func(string) uint64 { return 0 }
	}
	c.sequence(&r.Sequence, given)
	c.checkCalls(&r.Calls, c.options.Until)
	r.Loki = Loki{Status: Skipped, List: []LokiEntry{}}
	if checks.Loki != nil {
		r.Loki = *checks.Loki
	}
	r.Transcripts = Transcripts{Status: Skipped, Problems: []FileProblem{}, List: []MissingCall{}}
	if checks.Transcripts != nil {
		c.compareTranscripts(&r.Transcripts, checks.Transcripts)
	}
	r.Native = Native{Status: Skipped, List: []MissingCall{}}
	if checks.Native {
		c.compareNative(&r.Native)
	}
	r.finish()
	return r
}
