package auditlog

import (
	"bytes"
	"path/filepath"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Filter chooses entries; a field that is empty chooses all. Names are compared
// whole.
type Filter struct {
	Since     time.Time // inclusive, by the record's time
	Until     time.Time // exclusive
	SessionID string
	Project   string // name or path
	Tool      string // of a hook record or of Claude Code's native telemetry
	EventType string // with or without the prefix of an EventName
	EventID   string
	Kind      string // KindLog, …
	FromSeq   uint64 // inclusive
}

// Match reports whether the filter chooses e.
func (f Filter) Match(e Entry) bool {
	at := e.When()
	switch {
	case e.Seq < f.FromSeq,
		!f.Since.IsZero() && at.Before(f.Since),
		!f.Until.IsZero() && !at.Before(f.Until),
		f.Kind != "" && e.Kind != f.Kind,
		f.SessionID != "" && e.Attribute(semconv.SessionID) != f.SessionID,
		f.EventID != "" && e.Attribute(semconv.EventID) != f.EventID,
		f.Project != "" && !f.matchProject(e),
		f.Tool != "" && e.Attribute(semconv.ToolName) != f.Tool && e.Attribute(semconv.NativeToolName) != f.Tool,
		f.EventType != "" && !f.matchType(e):
		return false
	}
	return true
}

func (f Filter) matchProject(e Entry) bool {
	return e.Attribute(semconv.ProjectName) == f.Project ||
		e.Attribute(semconv.ProjectPath) == filepath.Clean(f.Project)
}

func (f Filter) matchType(e Entry) bool {
	want := strings.TrimPrefix(f.EventType, semconv.EventNamePrefix)
	for _, have := range []string{e.Attribute(semconv.EventType), e.Attribute(semconv.NativeEventName), e.EventName} {
		if have != "" && strings.TrimPrefix(have, semconv.EventNamePrefix) == want {
			return true
		}
	}
	return false
}

// mayMatch rules out lines without parsing them: a value that is asked for has
// to stand in the line as it is written in JSON.
func (f Filter) mayMatch(line []byte) bool {
	for _, want := range []string{f.SessionID, f.EventID, f.Tool, strings.TrimPrefix(f.EventType, semconv.EventNamePrefix)} {
		if want != "" && plain(want) && !bytes.Contains(line, []byte(want)) {
			return false
		}
	}
	return true
}

// before rules out lines in front of FromSeq without parsing their records.
func (f Filter) before(line []byte) bool {
	if f.FromSeq == 0 {
		return false
	}
	l, ok := cutLine(line)
	return ok && l.Seq < f.FromSeq
}

// plain reports whether JSON writes s as it is, whoever encodes it.
func plain(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c >= 0x7f || c == '"' || c == '\\' || c == '/' || c == '<' || c == '>' || c == '&' {
			return false
		}
	}
	return true
}
