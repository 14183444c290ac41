package story

import (
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Session is what is known of a session as a whole.
type Session struct {
	ID          string `json:"session_id"`
	Project     string `json:"project"` // its name
	ProjectPath string `json:"project_path"`
	Host        string `json:"host"` // "" from Loki, which does not have it
	User        string `json:"user"`
	Claude      string `json:"claude_version"` // of Claude Code; "" where it is not known

	Start    time.Time `json:"start"`       // of the first record
	End      time.Time `json:"end"`         // of the last record so far
	Duration int64     `json:"duration_ms"` // between the two
	Ended    bool      `json:"ended"`       // a session_end was recorded after everything else

	Counts

	Alerts AlertCounts `json:"alerts"`
	// Risk is from 0 to 100; see Risk.
	Risk int `json:"risk"`
	// Tools counts the calls of each tool, of at most 256 tools.
	Tools map[string]int `json:"tools"`
}

// Counts are the totals of a session.
type Counts struct {
	Events       int `json:"events"` // records, alerts and gaps not among them
	Prompts      int `json:"prompts"`
	ToolCalls    int `json:"tool_calls"`
	Errors       int `json:"errors"`        // tool calls that failed, and turns
	Denied       int `json:"denied"`        // tool calls that a person, a mode or a rule denied
	Outside      int `json:"outside_scope"` // tool calls that reached outside the project
	FilesRead    int `json:"files_read"`    // different files, at most 4096
	FilesEdited  int `json:"files_edited"`  // different files, at most 4096
	LinesAdded   int `json:"lines_added"`
	LinesRemoved int `json:"lines_removed"`
	Commands     int `json:"commands"` // tool calls that run one
	Web          int `json:"web"`      // fetches and searches
	MCP          int `json:"mcp"`      // calls of MCP servers
	Agents       int `json:"agents"`   // sub-agents started
	Redacted     int `json:"secrets_redacted"`
}

// AlertCounts are alerts by severity.
type AlertCounts struct {
	Critical   int `json:"critical"`
	High       int `json:"high"`
	Medium     int `json:"medium"`
	Low        int `json:"low"`
	Suppressed int `json:"suppressed"` // like one of these, and only counted
}

// Total is the number of alerts that were raised.
func (a AlertCounts) Total() int { return a.Critical + a.High + a.Medium + a.Low }

func (a *AlertCounts) add(severity string, suppressed int64) {
	switch severity {
	case semconv.SeverityCritical:
		a.Critical++
	case semconv.SeverityHigh:
		a.High++
	case semconv.SeverityMedium:
		a.Medium++
	default:
		a.Low++
	}
	a.Suppressed += int(min(max(suppressed, 0), 1<<31))
}

// Worst is the highest severity, "" without alerts.
func (a AlertCounts) Worst() string {
	switch {
	case a.Critical > 0:
		return semconv.SeverityCritical
	case a.High > 0:
		return semconv.SeverityHigh
	case a.Medium > 0:
		return semconv.SeverityMedium
	case a.Low > 0:
		return semconv.SeverityLow
	}
	return ""
}

// Bounds of the parts of a risk.
const (
	riskEachAlert   = 2
	riskAlerts      = 20
	riskEachOutside = 1
	riskOutside     = 10
	riskMax         = 100
)

// Risk is how much a session deserves to be looked at, from 0 to 100: the highest
// risk score of its alerts, 2 more for each further alert of medium severity or
// above (at most 20), and 1 more for each tool call that reached outside the
// project (at most 10).
func Risk(highestScore int, alerts AlertCounts, outside int) int {
	risk := min(max(highestScore, 0), riskMax)
	further := alerts.Critical + alerts.High + alerts.Medium - 1
	risk += min(max(further, 0)*riskEachAlert, riskAlerts)
	risk += min(outside*riskEachOutside, riskOutside)
	return min(risk, riskMax)
}
