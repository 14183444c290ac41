package activity

import (
	"strings"
	"time"
)

// Bounds of an event, in characters but for the body.
const (
	maxName   = 80  // of a tool, project, id
	maxWhat   = 400 // of what was done
	maxFacts  = 80
	maxSearch = 700
	// MaxBody is the longest body that an event keeps, in bytes.
	MaxBody = 64 << 10
)

// Phase says how far an event's action is.
type Phase int

// Phases.
const (
	PhaseNone Phase = iota
	PhaseBefore
	PhaseDone
	PhaseFailed
)

// Event is one record for people. Its texts are clean (package celltext) but for
// the body, and it does not change once it is made.
type Event struct {
	Time     time.Time
	Place    uint64 // seq in the audit log; 0 from Loki
	ID, Type string
	Hook     string
	Tool     string
	Project  string // name
	Path     string // of the project
	Session  string
	Agent    string
	ToolUse  string
	Level    string // INFO, WARN, ERROR, FATAL
	Phase    Phase
	Outside  bool   // reached outside the project
	What     string // the one thing to know of it
	Facts    string // numbers: lines, duration, exit code
	Duration time.Duration
	Alert    *Alert // of an alert
	Ack      *Ack   // of an acknowledgement

	// Body is the body's JSON; nil when it is longer than MaxBody.
	Body      []byte
	BodyBytes int // length of the whole body

	search string // lower case
	serial uint64 // given by State
}

// Serial tells the event from every other of a State; later ones have more.
func (e *Event) Serial() uint64 { return e.serial }

// cost is about how much memory the event holds.
func (e *Event) cost() int { return 1024 + len(e.Body) + 2*len(e.search) }

// Alert is what an alert's event says beside the event's own fields.
type Alert struct {
	ID, Severity, Rule, Title, Category, Response string

	Evidence, Attack, Atlas []string
	Risk                    int
	EventID, EventType      string
	Command, File, URL      string
	Suppressed              int64
}

// Rank is that of the severity: 4 critical to 1 low, 0 for none of them.
func (a *Alert) Rank() int { return rankOf(a.Severity) }

// Ack says that somebody has seen an alert.
type Ack struct {
	Time      time.Time
	AlertID   string
	By        string
	Reason    string
	FromAgent bool // made in a shell of Claude Code
}

// finish makes the text that filters search.
func (e *Event) finish() *Event {
	text := strings.ToLower(strings.Join([]string{e.Type, e.Tool, e.Project, e.Session, e.Agent, e.What, e.ID}, " "))
	if len(text) > maxSearch*4 {
		text = strings.ToValidUTF8(text[:maxSearch*4], "")
	}
	e.search = text
	return e
}
