package story

import (
	"hash/maphash"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Bounds of a Tally.
const (
	maxFiles = 4096 // different files that are told apart
	maxOpen  = 1024 // tool calls of which one half was seen
	maxTools = 256  // different tools that are counted by name
	maxLines = 1e9  // that one call is believed to have added or removed
)

// seed of the hashes by which files and calls are told apart.
var seed = maphash.MakeSeed()

// Tally counts the records of one session, in any order. The zero value is ready.
type Tally struct {
	session Session
	highest int // risk score of an alert
	ended   time.Time
	read    map[uint64]struct{}
	edited  map[uint64]struct{}
	// open are the calls of which only the beginning or only the end was seen.
	open    map[uint64]half
	spanned bool // Start and End are those of events
	// room is how many more files and calls may be held by all tallies that share
	// it; nil is no bound but this one's own.
	room *int
}

// Add counts one record.
func (t *Tally) Add(e *Event) {
	s := &t.session
	fill(&s.ID, e.Session)
	fill(&s.Project, e.Project)
	fill(&s.ProjectPath, e.ProjectPath)
	fill(&s.Host, e.Host)
	fill(&s.User, e.User)
	fill(&s.Claude, e.Claude)
	if e.Alert != nil {
		s.Alerts.add(e.Alert.Severity, e.Alert.Suppressed)
		t.highest = max(t.highest, e.Alert.Risk)
	}
	if !e.counted() {
		t.span(e.Time, e.Time, false)
		return
	}
	s.Events++
	t.span(e.Time, e.Time, true)
	switch e.Type {
	case semconv.EventUserPrompt:
		s.Prompts++
	case semconv.EventSubagentStart:
		s.Agents++
	case semconv.EventSessionEnd:
		if e.Time.After(t.ended) {
			t.ended = e.Time
		}
	}
	if e.Failed() {
		s.Errors++
	}
	if !e.IsCall() {
		if e.Redacted {
			s.Redacted++
		}
		return
	}
	h := half{begins: e.begins(), outside: e.Outside, redacted: e.Redacted, denied: e.Denied(), typ: e.Type, tool: e.Tool}
	t.count(h, 1)
	t.take(maphash.String(seed, e.call()), h)
	if e.Hook == hookPost {
		t.result(e)
	}
}

func fill(to *string, s string) {
	if *to == "" {
		*to = s
	}
}

// span takes in a time at which something happened; at is false for that of a
// record about an event, which only serves while nothing better is known.
func (t *Tally) span(from, to time.Time, at bool) {
	s := &t.session
	switch {
	case s.Start.IsZero(), at && !t.spanned:
		s.Start, s.End = from, to
	case at:
		if from.Before(s.Start) {
			s.Start = from
		}
		if to.After(s.End) {
			s.End = to
		}
	}
	t.spanned = t.spanned || at
}

// result counts what a call that succeeded has done.
func (t *Tally) result(e *Event) {
	switch {
	case e.Changes():
		t.session.LinesAdded += int(min(max(e.Added, 0), maxLines))
		t.session.LinesRemoved += int(min(max(e.Removed, 0), maxLines))
		t.remember(&t.edited, e.File)
	case e.Type == semconv.EventFileRead:
		t.remember(&t.read, e.File)
	}
}

func (t *Tally) remember(files *map[uint64]struct{}, file string) {
	if file != "" {
		t.hold(files, maphash.String(seed, file))
	}
}

// hold adds a file while there is room.
func (t *Tally) hold(files *map[uint64]struct{}, file uint64) {
	if _, known := (*files)[file]; known || len(*files) >= maxFiles || !t.hasRoom() {
		return
	}
	if *files == nil {
		*files = map[uint64]struct{}{}
	}
	(*files)[file] = struct{}{}
	t.gave(-1)
}

func (t *Tally) hasRoom() bool { return t.room == nil || *t.room > 0 }

func (t *Tally) gave(n int) {
	if t.room != nil {
		*t.room += n
	}
}

// held is how much of the room it takes.
func (t *Tally) held() int { return len(t.read) + len(t.edited) + len(t.open) }

// Merge adds what another tally of the same session has counted. The other one
// must not be used any more.
func (t *Tally) Merge(o *Tally) {
	s, c := &t.session, &o.session
	for _, f := range []struct {
		to   *string
		from string
	}{{&s.ID, c.ID}, {&s.Project, c.Project}, {&s.ProjectPath, c.ProjectPath}, {&s.Host, c.Host}, {&s.User, c.User}, {&s.Claude, c.Claude}} {
		fill(f.to, f.from)
	}
	if !c.Start.IsZero() {
		t.span(c.Start, c.End, o.spanned)
	}
	if o.ended.After(t.ended) {
		t.ended = o.ended
	}
	t.highest = max(t.highest, o.highest)
	s.add(&c.Counts)
	s.Alerts.Critical += c.Alerts.Critical
	s.Alerts.High += c.Alerts.High
	s.Alerts.Medium += c.Alerts.Medium
	s.Alerts.Low += c.Alerts.Low
	s.Alerts.Suppressed += c.Alerts.Suppressed
	for name, n := range c.Tools {
		t.tool(name, n)
	}
	for file := range o.read {
		t.hold(&t.read, file)
	}
	for file := range o.edited {
		t.hold(&t.edited, file)
	}
	t.join(o)
}

// join finds the calls of which both tallies have seen a half, and counted it.
func (t *Tally) join(o *Tally) {
	for call, h := range o.open {
		t.take(call, h)
	}
}

func (c *Counts) add(o *Counts) {
	c.Events += o.Events
	c.Prompts += o.Prompts
	c.ToolCalls += o.ToolCalls
	c.Errors += o.Errors
	c.Denied += o.Denied
	c.Outside += o.Outside
	c.LinesAdded += o.LinesAdded
	c.LinesRemoved += o.LinesRemoved
	c.Commands += o.Commands
	c.Web += o.Web
	c.MCP += o.MCP
	c.Agents += o.Agents
	c.Redacted += o.Redacted
}

// Session returns the totals so far.
func (t *Tally) Session() Session {
	s := t.session
	s.FilesRead, s.FilesEdited = len(t.read), len(t.edited)
	s.Duration = s.End.Sub(s.Start).Milliseconds()
	s.Ended = !t.ended.IsZero() && !t.ended.Before(s.End)
	s.Risk = Risk(t.highest, s.Alerts, s.Outside)
	s.Tools = make(map[string]int, len(t.session.Tools))
	for name, n := range t.session.Tools {
		s.Tools[name] = n
	}
	return s
}
