package notify

import (
	"encoding/json"
	"time"
)

// Message is a notification as programs read it: what webhook and file write.
type Message struct {
	Version  int       `json:"version"` // MessageVersion
	Kind     string    `json:"kind"`    // KindAlert and so on
	ID       string    `json:"id"`
	Time     time.Time `json:"time"`
	Severity string    `json:"severity"`
	Headline string    `json:"headline"`

	RiskScore   int      `json:"risk_score,omitempty"`
	Rule        string   `json:"rule,omitempty"`
	RuleID      string   `json:"rule_id,omitempty"`
	RuleVersion string   `json:"rule_version,omitempty"`
	Ruleset     string   `json:"ruleset,omitempty"`
	Title       string   `json:"title,omitempty"`
	Category    string   `json:"category,omitempty"`
	Evidence    []string `json:"evidence,omitempty"`
	Attack      []string `json:"attack,omitempty"`
	Atlas       []string `json:"atlas,omitempty"`
	Response    string   `json:"response,omitempty"`
	EventID     string   `json:"event_id,omitempty"`
	EventType   string   `json:"event_type,omitempty"`
	EventSeq    int64    `json:"event_seq,omitempty"`
	Session     string   `json:"session,omitempty"`
	Project     string   `json:"project,omitempty"`
	ProjectName string   `json:"project_name,omitempty"`
	Tool        string   `json:"tool,omitempty"`
	ToolCallID  string   `json:"tool_call_id,omitempty"`
	AgentID     string   `json:"agent_id,omitempty"`
	AgentType   string   `json:"agent_type,omitempty"`
	Command     string   `json:"command,omitempty"`
	FilePath    string   `json:"file_path,omitempty"`
	URL         string   `json:"url,omitempty"`
	Host        string   `json:"host,omitempty"`
	User        string   `json:"user,omitempty"`
	Suppressed  int64    `json:"suppressed,omitempty"`

	Summary *Summary `json:"summary,omitempty"`
}

// MessageVersion is the version of the form of Message.
const MessageVersion = 1

// Message returns the form for programs.
func (n *Notification) Message() Message {
	m := Message{
		Version: MessageVersion, Kind: n.Kind, ID: n.ID, Time: n.Time.UTC(), Severity: n.Severity,
		Headline: n.Headline(), Summary: n.Summary,
	}
	if a := n.Alert; a != nil {
		m.RiskScore, m.Rule, m.RuleID, m.RuleVersion, m.Ruleset = a.RiskScore, a.Rule, a.RuleID, a.RuleVersion, a.Ruleset
		m.Title, m.Category, m.Evidence, m.Attack, m.Atlas, m.Response = a.Title, a.Category, a.Evidence, a.Attack, a.Atlas, a.Response
		m.EventID, m.EventType, m.EventSeq = a.EventID, a.EventType, a.EventSeq
		m.Session, m.Project, m.ProjectName, m.Tool, m.ToolCallID = a.Session, a.Project, a.ProjectName, a.Tool, a.ToolCallID
		m.AgentID, m.AgentType, m.Command, m.FilePath, m.URL = a.AgentID, a.AgentType, a.Command, a.FilePath, a.URL
		m.Host, m.User, m.Suppressed = a.Host, a.User, a.Suppressed
	}
	return m
}

// JSON is Message in one line.
func (n *Notification) JSON() ([]byte, error) { return json.Marshal(n.Message()) }
