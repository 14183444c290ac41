package agenttree

import (
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// Agent is an agent with what it did. Its JSON is a part of the session's report.
type Agent struct {
	ID   string `json:"agent_id"` // main is the main agent
	Type string `json:"agent_type"`
	// Parent is who called it; "" when that is not known, and of the main agent.
	Parent string `json:"parent_id"`
	// Depth is how far below the main agent it is; null when it is not known to be below it.
	Depth        *int   `json:"depth"`
	DelegationID string `json:"delegation_id"` // tool_use_id of the call that made it; "" when not known
	Link         string `json:"link"`          // how the parent is known, as semconv.LinkConfirmed and so on
	Description  string `json:"description"`
	Background   bool   `json:"background"` // its caller did not wait for it

	Start    time.Time `json:"start"` // of its first record
	End      time.Time `json:"end"`   // of its last one
	Duration int64     `json:"duration_ms"`
	Stopped  bool      `json:"stopped"` // its stop was recorded; of the main agent: the session's end

	ToolCalls    int               `json:"tool_calls"`
	Errors       int               `json:"errors"`    // calls that failed
	Denied       int               `json:"denied"`    // calls that were not allowed
	NoResult     int               `json:"no_result"` // calls of which no end was recorded
	Tokens       *int64            `json:"tokens"`    // null when nothing tells
	FilesChanged int               `json:"files_changed"`
	Alerts       story.AlertCounts `json:"alerts"`

	Children int `json:"children"` // agents that it called
	Below    int `json:"below"`    // they, those that they called, and so on

	// What the report does not tell.
	FilesRead    int       `json:"-"` // different ones
	LinesAdded   int64     `json:"-"`
	LinesRemoved int64     `json:"-"`
	LastStop     time.Time `json:"-"` // zero when none was recorded
	// Unrecorded says that others name it as who called them, and that nothing was
	// recorded of itself: its times are zero.
	Unrecorded bool `json:"-"`
}

// Main reports whether it is the main agent.
func (a *Agent) Main() bool { return a.ID == semconv.AgentMain }

// maxTokens is the most that is believed of one agent.
const maxTokens = 1 << 40

func (a *Agent) spans(start, end time.Time) {
	a.Start, a.End = start, end
	a.Duration = max(end.Sub(start).Milliseconds(), 0)
}

func (a *Agent) alert(one *story.Alert) {
	a.Alerts.Suppressed += int(min(max(one.Suppressed, 0), 1<<31))
	switch one.Severity {
	case semconv.SeverityCritical:
		a.Alerts.Critical++
	case semconv.SeverityHigh:
		a.Alerts.High++
	case semconv.SeverityMedium:
		a.Alerts.Medium++
	default:
		a.Alerts.Low++
	}
}

// call counts a tool call. It reports whether the call went well.
func (a *Agent) call(t *story.Tool) (ok bool) {
	a.ToolCalls++
	switch t.Outcome {
	case story.OutcomeFailed, story.OutcomeInterrupted, story.OutcomeTimeout:
		a.Errors++
	case story.OutcomeDenied:
		a.Denied++
	case story.OutcomeUnknown:
		a.NoResult++
	case story.OutcomeOK:
		return true
	}
	return false
}

// add sums another agent up in one that stands for several. A file that several changed
// counts for each of them.
func (a *Agent) add(o *Agent) {
	if a.Start.IsZero() || o.Start.Before(a.Start) {
		a.Start = o.Start
	}
	if o.End.After(a.End) {
		a.End = o.End
	}
	a.Duration = max(a.End.Sub(a.Start).Milliseconds(), 0)
	a.ToolCalls += o.ToolCalls
	a.Errors += o.Errors
	a.Denied += o.Denied
	a.NoResult += o.NoResult
	a.FilesChanged += o.FilesChanged
	a.Alerts.Critical += o.Alerts.Critical
	a.Alerts.High += o.Alerts.High
	a.Alerts.Medium += o.Alerts.Medium
	a.Alerts.Low += o.Alerts.Low
	a.Alerts.Suppressed += o.Alerts.Suppressed
	if o.Tokens != nil {
		n := *o.Tokens
		if a.Tokens != nil {
			n += *a.Tokens
		}
		a.Tokens = &n
	}
}
