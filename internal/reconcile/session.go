package reconcile

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/jsonscan"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// ErrTooMany says that a comparison would need too much memory.
var ErrTooMany = errors.New("too many events to compare at once: give a shorter time with --since and --until, or one --session")

// Bounds of what is remembered.
const (
	maxIDBytes     = 256  // of an id or name from outside
	maxTranscripts = 2000 // of a session: one an agent
	maxPathBytes   = 4096
)

// session is what the audit log tells of one session.
type session struct {
	id, project string
	first, last time.Time
	inWindow    bool
	numbers     []number
	calls       map[string]*call
	stopped     map[string]time.Time // last SubagentStop, by agent
	ended       time.Time            // last SessionEnd
	turns       []time.Time          // ends of turns of the main agent
	transcripts map[string]bool
	native      map[string]nativeCall
	gaps        []gap // in the numbers, once they have been looked at
}

// number is one event's place in its session.
type number struct {
	at        time.Time
	seq       uint64
	restarted bool
	waiting   bool // still in the spool
}

// call is one tool call.
type call struct {
	tool, agent string
	pre, post   time.Time
	failed      bool
	denied      bool
	inWindow    bool
}

func newSession(id string) *session {
	return &session{
		id: id, calls: map[string]*call{}, stopped: map[string]time.Time{},
		transcripts: map[string]bool{}, native: map[string]nativeCall{},
	}
}

// Names of hook events, as Claude Code sends them.
const (
	preToolUse         = "PreToolUse"
	postToolUse        = "PostToolUse"
	postToolUseFailure = "PostToolUseFailure"
	permissionDenied   = "PermissionDenied"
	subagentStop       = "SubagentStop"
	sessionEnd         = "SessionEnd"
	stop               = "Stop"
	stopFailure        = "StopFailure"
	userPromptSubmit   = "UserPromptSubmit"
)

// isHook reports whether an entry is an event of a session of ours.
func isHook(e *auditlog.Entry) bool {
	s, _ := e.Resource[semconv.ServiceName].(string)
	return s == semconv.ServiceNameValue && (e.Attribute(semconv.HookEvent) != "" || integer(e.Attributes[semconv.SessionSeq]) > 0)
}

// add takes a hook event in.
func (s *session) add(e *auditlog.Entry, inWindow bool) {
	at := e.When()
	if s.first.IsZero() || at.Before(s.first) {
		s.first = at
	}
	if at.After(s.last) {
		s.last = at
	}
	s.inWindow = s.inWindow || inWindow
	if s.project == "" {
		s.project = short(e.Attribute(semconv.ProjectName))
	}
	if n := integer(e.Attributes[semconv.SessionSeq]); n > 0 {
		restarted, _ := e.Attributes[semconv.SessionSeqRestarted].(bool)
		s.numbers = append(s.numbers, number{at: at, seq: n, restarted: restarted})
	}
	agent := short(e.Attribute(semconv.AgentID))
	switch event := e.Attribute(semconv.HookEvent); event {
	case preToolUse, postToolUse, postToolUseFailure, permissionDenied:
		s.addCall(e, event, agent, at, inWindow)
	case subagentStop:
		s.stopped[agent] = later(s.stopped[agent], at)
	case sessionEnd:
		s.ended = later(s.ended, at)
	case stop, stopFailure, userPromptSubmit:
		if agent == "" {
			s.turns = append(s.turns, at)
		}
	}
	s.addTranscripts(e)
}

func (s *session) addCall(e *auditlog.Entry, event, agent string, at time.Time, inWindow bool) {
	id := short(e.Attribute(semconv.ToolCallID))
	if id == "" {
		return
	}
	c := s.calls[id]
	if c == nil {
		c = &call{tool: short(e.Attribute(semconv.ToolName)), agent: agent}
		s.calls[id] = c
	}
	c.inWindow = c.inWindow || inWindow
	switch event {
	case preToolUse:
		c.pre = at
	case permissionDenied:
		c.denied = true
	default:
		c.post, c.failed = at, event == postToolUseFailure
	}
}

// addTranscripts remembers the files that the payload names. A body that is no JSON
// names none.
func (s *session) addTranscripts(e *auditlog.Entry) {
	c := jsonscan.New(e.Body)
	_ = c.Object(0, func(key []byte) (bool, error) {
		if string(key) != semconv.BodyRawInput || c.Peek() != '{' {
			return false, nil
		}
		return true, c.Object(1, func(key []byte) (bool, error) {
			if k := string(key); k != "transcript_path" && k != "agent_transcript_path" {
				return false, nil
			}
			v, err := c.Value(2)
			if err == nil {
				s.addTranscript(v)
			}
			return true, err
		})
	})
}

// addTranscript remembers a file, given as JSON.
func (s *session) addTranscript(v []byte) {
	if len(v) <= 2 || v[0] != '"' {
		return
	}
	if inner := v[1 : len(v)-1]; s.transcripts[string(inner)] {
		return // the same as in most events
	}
	var path string
	if json.Unmarshal(v, &path) == nil && path != "" && len(path) <= maxPathBytes && len(s.transcripts) < maxTranscripts {
		s.transcripts[path] = true
	}
}

// integer reads a positive integer of decoded JSON; 0 is none.
func integer(v any) uint64 {
	n, ok := v.(json.Number)
	if !ok {
		return 0
	}
	i, err := n.Int64()
	if err != nil || i < 0 {
		return 0
	}
	return uint64(i)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// short bounds what is remembered of a text from outside.
func short(s string) string { return s[:min(len(s), maxIDBytes)] }
