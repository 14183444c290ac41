package securityalert

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// FromJSON returns the alert that the JSON of a body tells of: the body in the
// audit log, or the line in Loki. Of what stands in attributes or a resource only
// (the ids of tool call and agent, the host) it has nothing. ok is false when body
// tells of no alert; a field of another type than it should have is left out.
func FromJSON(body []byte) (a Alert, ok bool) {
	var b struct {
		EventType   string `json:"event_type"`
		Timestamp   string `json:"timestamp"`
		SessionID   string `json:"session_id"`
		ProjectPath string `json:"project_path"`
		ProjectName string `json:"project_name"`
		ToolName    string `json:"tool_name"`
		Action      struct {
			Command  string `json:"command"`
			FilePath string `json:"file_path"`
			URL      string `json:"url"`
		} `json:"action_details"`
		Metadata struct {
			EventID string `json:"event_id"`
			UserID  string `json:"user_id"`
		} `json:"metadata"`
		Alert struct {
			ID             string   `json:"id"`
			Severity       string   `json:"severity"`
			RiskScore      int      `json:"risk_score"`
			Rule           string   `json:"rule"`
			RuleID         string   `json:"rule_id"`
			Title          string   `json:"title"`
			Category       string   `json:"category"`
			RuleVersion    string   `json:"rule_version"`
			Ruleset        string   `json:"ruleset"`
			Evidence       []string `json:"evidence"`
			Attack         []string `json:"attack"`
			Atlas          []string `json:"atlas"`
			Response       string   `json:"response"`
			EventID        string   `json:"event_id"`
			EventType      string   `json:"event_type"`
			EventSeq       int64    `json:"event_seq"`
			Suppressed     int64    `json:"suppressed"`
			SuppressionKey string   `json:"suppression_key"`
		} `json:"alert"`
	}
	var other *json.UnmarshalTypeError
	if err := json.Unmarshal(body, &b); err != nil && !errors.As(err, &other) {
		return Alert{}, false
	}
	id := first(b.Alert.ID, b.Metadata.EventID)
	if b.EventType != semconv.EventSecurityAlert || id == "" {
		return Alert{}, false
	}
	at, _ := time.Parse(time.RFC3339Nano, b.Timestamp) // without one it is the zero time
	return Alert{
		ID: id, Time: at, Severity: strings.ToLower(b.Alert.Severity), RiskScore: b.Alert.RiskScore,
		RuleID: b.Alert.RuleID, Rule: b.Alert.Rule, Title: b.Alert.Title, Category: b.Alert.Category,
		RuleVersion: b.Alert.RuleVersion, Ruleset: b.Alert.Ruleset,
		Evidence: b.Alert.Evidence, Attack: b.Alert.Attack, Atlas: b.Alert.Atlas, Response: b.Alert.Response,
		EventID: b.Alert.EventID, EventType: b.Alert.EventType, EventSeq: b.Alert.EventSeq,
		Session: b.SessionID, Project: b.ProjectPath, ProjectName: b.ProjectName, Tool: b.ToolName,
		Command: b.Action.Command, FilePath: b.Action.FilePath, URL: b.Action.URL, User: b.Metadata.UserID,
		Suppressed: max(b.Alert.Suppressed, 0), SuppressionKey: b.Alert.SuppressionKey,
	}.Bounded(), true
}
