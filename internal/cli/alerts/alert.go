package alerts

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Alert is one alert, as --json prints it.
type Alert struct {
	Time        time.Time        `json:"time"`
	ID          string           `json:"id"`
	Severity    string           `json:"severity"`
	RiskScore   int              `json:"risk_score"`
	Rule        string           `json:"rule"` // the slug
	RuleID      string           `json:"rule_id"`
	Title       string           `json:"title"`
	Category    string           `json:"category"`
	RuleVersion string           `json:"rule_version"`
	Ruleset     string           `json:"ruleset"`
	Evidence    []string         `json:"evidence"`
	Attack      []string         `json:"attack"`
	Atlas       []string         `json:"atlas"`
	Response    string           `json:"response"`
	EventID     string           `json:"event_id"` // of the event that the rule found something in
	EventType   string           `json:"event_type"`
	EventSeq    int64            `json:"event_seq"`
	SessionID   string           `json:"session_id"`
	Project     string           `json:"project"`
	ProjectPath string           `json:"project_path"`
	Tool        string           `json:"tool"`
	ToolUseID   string           `json:"tool_use_id"`
	AgentID     string           `json:"agent_id"`
	Command     string           `json:"command"`
	FilePath    string           `json:"file_path"`
	URL         string           `json:"url"`
	Suppressed  int64            `json:"suppressed"` // like it, and not told since the last one
	Ack         *Acknowledgement `json:"acknowledged"`
	Source      string           `json:"source"` // loki or audit

	// recordID is the event id of the alert's own record. It equals ID, but of a
	// record that somebody forged under the id of another.
	recordID string
}

// open reports whether no person has seen the alert. What the watched agent says of
// it does not count.
func (a *Alert) open() bool { return a.Ack == nil || a.Ack.FromAgent }

// Acknowledgement says who has seen an alert.
type Acknowledgement struct {
	Time      time.Time `json:"time"`
	ID        string    `json:"id"`
	By        string    `json:"by"`
	Reason    string    `json:"reason"`
	FromAgent bool      `json:"from_agent"` // made in a shell of Claude Code

	alertID string
}

// before reports whether of two acknowledgements of an alert a is the one that
// counts: a person's, and then the first.
func (a *Acknowledgement) before(b *Acknowledgement) bool {
	if a.FromAgent != b.FromAgent {
		return b.FromAgent
	}
	return a.Time.Before(b.Time)
}

// record is what an alert or an acknowledgement is read from, wherever it stands.
type record struct {
	at              time.Time
	body            []byte
	id, event       string
	session, source string
	toolUse, agent  string
}

func lokiRecord(e lokiquery.Entry) record {
	m := e.Metadata
	return record{
		at: e.Time.UTC(), body: []byte(e.Line), source: sourceLoki,
		id: m[semconv.MetadataEventID], event: e.Labels[semconv.LabelEvent], session: m[semconv.MetadataSessionID],
		toolUse: m[semconv.MetadataToolUseID], agent: m[semconv.MetadataAgentID],
	}
}

// auditRecord returns false for a record that is not of our service.
func auditRecord(e auditlog.Entry) (record, bool) {
	if s, _ := e.Resource[semconv.ServiceName].(string); s != semconv.ServiceNameValue {
		return record{}, false
	}
	a := e.Attribute
	return record{
		at: e.When().UTC(), body: e.Body, source: sourceAudit,
		id: a(semconv.EventID), event: a(semconv.EventType), session: a(semconv.SessionID),
		toolUse: a(semconv.ToolCallID), agent: a(semconv.AgentID),
	}, true
}

// alert returns the alert that a record is; ok is false when it is none.
func (r record) alert() (a Alert, ok bool) {
	t, ok := securityalert.FromJSON(r.body)
	if !ok || r.event != "" && r.event != semconv.EventSecurityAlert {
		return Alert{}, false
	}
	return Alert{
		Time: r.at, Source: r.source, recordID: r.id, ID: t.ID, Severity: strings.ToLower(t.Severity), RiskScore: t.RiskScore,
		Rule: t.Rule, RuleID: t.RuleID, Title: t.Title, Category: t.Category, RuleVersion: t.RuleVersion, Ruleset: t.Ruleset,
		Evidence: list(t.Evidence), Attack: list(t.Attack), Atlas: list(t.Atlas), Response: t.Response,
		EventID: t.EventID, EventType: t.EventType, EventSeq: t.EventSeq,
		SessionID: or(r.session, t.Session), Project: t.ProjectName, ProjectPath: t.Project,
		Tool: t.Tool, ToolUseID: r.toolUse, AgentID: r.agent,
		Command: t.Command, FilePath: t.FilePath, URL: t.URL, Suppressed: t.Suppressed,
	}, true
}

// acknowledgement does the same for one. A field of a kind that it should not
// have must not hide the others.
func (r record) acknowledgement() (a Acknowledgement, ok bool) {
	var c struct {
		EventType string `json:"event_type"`
		Metadata  struct {
			EventID string `json:"event_id"`
		} `json:"metadata"`
		Ack struct {
			AlertID   string `json:"alert_id"`
			By        string `json:"by"`
			Reason    string `json:"reason"`
			FromAgent bool   `json:"from_agent"`
		} `json:"acknowledgement"`
	}
	var kind *json.UnmarshalTypeError
	if err := json.Unmarshal(r.body, &c); err != nil && !errors.As(err, &kind) {
		return Acknowledgement{}, false
	}
	if or(r.event, c.EventType) != semconv.EventAlertAcknowledged || c.Ack.AlertID == "" {
		return Acknowledgement{}, false
	}
	return Acknowledgement{
		Time: r.at, ID: or(r.id, c.Metadata.EventID), By: c.Ack.By, Reason: c.Ack.Reason, FromAgent: c.Ack.FromAgent, alertID: c.Ack.AlertID,
	}, true
}

// what is the one thing to know of what the agent did.
func (a *Alert) what() string {
	evidence := ""
	if len(a.Evidence) > 0 {
		evidence = a.Evidence[0]
	}
	return or(a.Command, a.FilePath, a.URL, evidence)
}

// list is l, and never null in JSON.
func list(l []string) []string {
	if l == nil {
		return []string{}
	}
	return l
}

// or returns the first text that is not empty.
func or(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
