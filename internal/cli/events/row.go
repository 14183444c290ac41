package events

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Row is one event, as --json prints it.
type Row struct {
	Time      time.Time       `json:"time"`
	EventID   string          `json:"event_id"`
	Seq       json.Number     `json:"seq"`
	Event     string          `json:"event"`
	HookEvent string          `json:"hook_event"`
	Tool      string          `json:"tool"`
	Project   string          `json:"project"`
	SessionID string          `json:"session_id"`
	Level     string          `json:"level"`
	AgentID   string          `json:"agent_id"`
	ToolUseID string          `json:"tool_use_id"`
	Outside   bool            `json:"outside_project_scope"`
	Source    string          `json:"source"`
	Line      json.RawMessage `json:"line"`
	body      map[string]any
}

// key tells a row from every other: by its event id, or all of it.
func (r *Row) key() string {
	if r.EventID != "" {
		return r.EventID
	}
	return r.Time.String() + string(r.Line)
}

// compare orders rows by time, and those of the same time as they came about: an
// alert has the time of its event and stands behind it, and the events of a session
// have numbers. Loki gives what has the same time in no order.
func compare(a, b Row) int {
	return cmp.Or(a.Time.Compare(b.Time), a.after()-b.after(), cmp.Compare(a.number(), b.number()), cmp.Compare(a.EventID, b.EventID))
}

func (r *Row) after() int {
	switch r.Event {
	case semconv.EventSecurityAlert:
		return 1
	case semconv.EventAlertAcknowledged:
		return 2
	}
	return 0
}

func (r *Row) number() int64 {
	n, err := r.Seq.Int64()
	if err != nil {
		return 0 // it has none
	}
	return n
}

func fromLoki(e lokiquery.Entry) Row {
	r := newRow([]byte(e.Line))
	r.Time, r.Source = e.Time.UTC(), "loki"
	m, l := e.Metadata, e.Labels
	r.fill(m[semconv.MetadataEventID], l[semconv.LabelEvent], l[semconv.LabelTool], m[semconv.MetadataSessionID],
		l[semconv.LabelLevel], m[semconv.MetadataAgentID], m[semconv.MetadataToolUseID])
	return r
}

func fromAudit(e auditlog.Entry) Row {
	r := newRow(e.Body)
	r.Time, r.Source = e.When().UTC(), "audit"
	a := e.Attribute
	r.fill(a(semconv.EventID), a(semconv.EventType), a(semconv.ToolName), a(semconv.SessionID), e.SeverityText, a(semconv.AgentID), a(semconv.ToolCallID))
	return r
}

func newRow(line []byte) Row {
	var r Row
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	if d.Decode(&r.body) != nil {
		r.body = map[string]any{semconv.LineBody: string(line)}
	}
	delete(r.body, semconv.BodyRawInput)
	prune(r.body)
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(r.body) == nil {
		r.Line = bytes.TrimSpace(b.Bytes())
	}
	r.HookEvent, r.Project = r.text("", semconv.BodyHookEvent), r.text("", semconv.BodyProjectName)
	if n, ok := r.field(semconv.BodyMetadata, semconv.MetaSeq).(json.Number); ok {
		r.Seq = n
	} else {
		r.Seq = "0"
	}
	r.Outside, _ = r.field(semconv.BodyActionDetails, semconv.ActionOutsideScope).(bool)
	return r
}

func (r *Row) fill(id, event, tool, session, level, agent, use string) {
	r.EventID, r.Event = or(id, r.text(semconv.BodyMetadata, semconv.MetaEventID)), or(event, r.text("", semconv.BodyEventType))
	r.Tool, r.SessionID = or(r.text("", semconv.BodyToolName), tool), or(session, r.text("", semconv.BodySessionID))
	r.Level, r.AgentID, r.ToolUseID = strings.ToUpper(level), agent, use
}

// prune takes out what a line in Loki does not have: empty fields.
func prune(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case bool:
		return !v
	case []any:
		return len(v) == 0
	case map[string]any:
		for k, x := range v {
			if prune(x) {
				delete(v, k)
			}
		}
		return len(v) == 0
	}
	return false
}

func (r *Row) field(group, key string) any {
	m := r.body
	if group != "" {
		m, _ = m[group].(map[string]any)
	}
	return m[key]
}

func (r *Row) text(group, key string) string { s, _ := r.field(group, key).(string); return s }

// what is the one thing to know of the event.
func (r *Row) what() string {
	if s := r.alert(); s != "" {
		return s
	}
	for _, k := range []string{semconv.ActionCommand, semconv.ActionFilePath, semconv.ActionSearchPattern, semconv.ActionURL} {
		if s := r.text(semconv.BodyActionDetails, k); s != "" {
			return strings.TrimPrefix(s, strings.TrimRight(r.text("", semconv.BodyProjectPath), "/")+"/")
		}
	}
	if s := r.text(semconv.BodyMetadata, semconv.MetaPromptPreview); s != "" {
		return s
	}
	context, _ := r.field(semconv.BodyActionDetails, semconv.ActionToolContext).(map[string]any)
	for _, k := range []string{"description", "skill", "mcp_tool", "subject", "source", "reason", "message", "trigger", "notification_type"} {
		if s, _ := context[k].(string); s != "" {
			return s
		}
	}
	return ""
}

// alert tells of an alert what was found, and of an acknowledgement which it is of.
func (r *Row) alert() string {
	switch r.Event {
	case semconv.EventSecurityAlert:
		found := or(r.text(semconv.BodyAlert, semconv.AlertBodyTitle), r.text(semconv.BodyAlert, semconv.AlertBodyRule))
		if list, _ := r.field(semconv.BodyAlert, semconv.AlertBodyEvidence).([]any); len(list) > 0 {
			if s, _ := list[0].(string); s != "" {
				found += ": " + s
			}
		}
		return r.text(semconv.BodyAlert, semconv.AlertBodySeverity) + ": " + found
	case semconv.EventAlertAcknowledged:
		return r.text(semconv.BodyAck, semconv.AckBodyRule) + " by " + or(r.text(semconv.BodyAck, semconv.AckBodyBy), "somebody") +
			": " + r.text(semconv.BodyAck, semconv.AckBodyReason)
	}
	return ""
}
