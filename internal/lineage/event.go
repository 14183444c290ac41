package lineage

import (
	"strings"
	"unicode/utf8"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Kind is what an event means to the lineage of agents.
type Kind uint8

// The kinds. Of an event that is none of the others only its agent counts.
const (
	Other        Kind = iota
	Start             // an agent begins
	Stop              // an agent stops; it may go on, and stop again
	Call              // Agent or Task is about to be called
	Answer            // Agent or Task has answered
	Denied            // the call was not allowed: it makes nobody
	Failed            // the call ended without naming an agent
	Notification      // a background task reports to who called it
	Idle              // a teammate waits
	End               // the session ends
	Span              // one of Claude Code's own spans: Parent is who called Agent
)

// MaxID is the longest id that is followed, in bytes: Claude Code's have 17.
const MaxID = 256

// defaultType is whom a call that names no type makes.
const defaultType = "general-purpose"

// Event is what lineage needs of an event. All texts come from outside.
type Event struct {
	Session string
	Prompt  string // id of the prompt that led to it
	Agent   string // who acts; "" is the main agent
	Type    string // of the agent that acts
	Kind    Kind
	At      int64  // when it happened, Unix nanoseconds
	Call    string // tool_use_id, of a call, its answer or a notification
	Asked   string // of a call: the type of agent that is asked for
	Child   string // of an answer, a notification or Idle: the agent that it names
	Parent  string // of a span: who called Agent
	// Project is the name of the session's project, for corrections.
	Project string
	// Transcript is the path of the session's transcript, or of an agent's: what is
	// found beside it, see ReadSidecar.
	Transcript string
}

// sane reports whether an id can be followed.
func sane(id string) bool {
	if id == "" || len(id) > MaxID || id == semconv.AgentMain || !utf8.ValidString(id) {
		return false
	}
	for _, r := range id {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return false
		}
	}
	return true
}

// bounded is a text for comparing only. It does not keep a longer one in memory.
func bounded(s string) string {
	if len(s) <= MaxID {
		return s
	}
	return strings.Clone(s[:MaxID])
}

// Place is where an agent stands.
type Place struct {
	ID     string // "" is the main agent
	Type   string
	Parent string // an agent's id, semconv.AgentMain, or "" when it is not known
	Root   string // the ancestor that the main agent called; "" when it is not known
	Depth  int    // 0 is the main agent, -1 not known
	Call   string // tool_use_id of the call that made it; "" when it is not known
	Link   string // semconv.LinkConfirmed and so on; "" when nothing is known
}

// Known reports whether the parent is known, however.
func (p Place) Known() bool { return p.Link != "" }

// Link is how an agent is tied to the one that called it.
type Link struct {
	Parent string `json:"p,omitempty"` // an agent's id, semconv.AgentMain, or "" when it is not known
	Call   string `json:"c,omitempty"`
	How    string `json:"h,omitempty"`
}

// same reports whether two links tie an agent to the same call. One that is better
// known is still the same.
func (l Link) same(o Link) bool { return l.Parent == o.Parent && l.Call == o.Call }
