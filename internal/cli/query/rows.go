package query

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// Row is one record, as --json prints it.
type Row struct {
	Time      time.Time `json:"time"`
	Event     string    `json:"event"`
	HookEvent string    `json:"hook_event"`
	Level     string    `json:"level"`
	Project   string    `json:"project"`
	SessionID string    `json:"session_id"`
	AgentID   string    `json:"agent_id"`
	Tool      string    `json:"tool"`
	ToolUseID string    `json:"tool_use_id"`
	EventID   string    `json:"event_id"`
	Outside   bool      `json:"outside_project_scope"`
	What      string    `json:"what"` // the one thing to know of it
	File      string    `json:"file"`
	Command   string    `json:"command"`
	URL       string    `json:"url"`
	Added     int64     `json:"lines_added"`
	Removed   int64     `json:"lines_removed"`
	Duration  *int64    `json:"duration_ms"` // null when it is not known
	Error     string    `json:"error"`       // its kind
	ExitCode  *int64    `json:"exit_code"`
	Severity  string    `json:"severity"` // of an alert
	Rule      string    `json:"rule"`

	Labels   map[string]string `json:"labels"`
	Metadata map[string]string `json:"metadata"`
	Parsed   map[string]string `json:"parsed"` // what stages of the query found
	Line     json.RawMessage   `json:"line"`   // an object, or a text where the line is none

	event story.Event
	text  string // the line where it is not one of ours
}

func newRow(entry lokiquery.Entry) Row {
	e := story.FromLoki(entry)
	r := Row{
		Time: e.Time, Event: e.Type, HookEvent: e.Hook, Level: e.Level, Project: e.Project, SessionID: e.Session, AgentID: e.AgentID,
		Tool: e.Tool, ToolUseID: e.ToolUseID, EventID: e.ID, Outside: e.Outside, What: e.What(), File: e.File, Command: e.Command, URL: e.URL,
		Added: e.Added, Removed: e.Removed, Error: e.Error, ExitCode: e.ExitCode,
		Labels: all(entry.Labels), Metadata: all(entry.Metadata), Parsed: all(entry.Parsed), event: e,
	}
	if e.Duration >= 0 {
		r.Duration = &r.event.Duration
	}
	if e.Alert != nil {
		r.Severity, r.Rule = e.Alert.Severity, e.Alert.Rule
	}
	if r.Project == "" {
		r.Project = entry.Labels[semconv.LabelProject]
	}
	if entry.Labels[semconv.LabelService] != semconv.ServiceNameValue {
		r.text = entry.Line
	}
	r.Line = line(entry.Line)
	return r
}

// line is a line as JSON.
func line(s string) json.RawMessage {
	if len(s) > 1 && s[0] == '{' && json.Valid([]byte(s)) {
		var b bytes.Buffer
		if json.Compact(&b, []byte(s)) == nil {
			return b.Bytes()
		}
	}
	text, err := json.Marshal(s)
	if err != nil {
		return json.RawMessage("null")
	}
	return text
}

// all is never nil: there is an object in JSON, too, when it is empty.
func all(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

// asGroups returns the samples of a vector, and the names of their labels.
func asGroups(found []sample) (groups []Group, labels []string) {
	names := map[string]bool{}
	for _, s := range found {
		groups = append(groups, Group{Labels: all(s.Metric), Values: map[string]float64{"value": s.value}})
		for name := range s.Metric {
			names[name] = true
		}
	}
	return groups, slices.Sorted(maps.Keys(names))
}
