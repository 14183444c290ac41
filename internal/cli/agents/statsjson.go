package agents

import (
	"io"
	"strconv"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
)

// StatsSummary is the first line of agents stats --json.
type StatsSummary struct {
	Kind    string     `json:"kind"` // summary
	Source  string     `json:"source"`
	From    *time.Time `json:"from"` // null: the beginning of what is recorded
	To      *time.Time `json:"to"`   // null: now
	By      string     `json:"by"`
	Without int        `json:"sessions_without"` // in which no agent was called
	Groups  int        `json:"groups"`           // there are, whatever the limit
	Damaged int        `json:"damaged"`
	coordination.Overview
}

// Group is a further line: what agents of a group did.
type Group struct {
	Kind string `json:"kind"` // group
	coordination.Total
}

func (s *stats) printJSON(w io.Writer) error {
	o := s.overview
	o.LeftOut, o.Recommendations = s.leftOut, len(s.advice)
	sum := StatsSummary{
		Kind: "summary", Source: s.source, From: unlessZero(s.from), To: unlessZero(s.to), By: string(s.by), Without: s.without, Groups: s.all,
		Damaged: s.damaged, Overview: o,
	}
	if err := printJSON(w, sum); err != nil {
		return err
	}
	for i := range s.totals {
		if err := printJSON(w, Group{"group", s.totals[i]}); err != nil {
			return err
		}
	}
	return printJSON(w, s.advice...)
}

func unlessZero(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	at = at.UTC()
	return &at
}

// statsTable is the columns of agents stats --csv. New ones are added at the end.
var statsTable = []tableColumn[*coordination.Total]{
	{"group", func(t *coordination.Total) string { return t.Group }, false},
	{"agent_type", func(t *coordination.Total) string { return t.AgentType }, false},
	{"session_id", func(t *coordination.Total) string { return t.Session }, false},
	count("sessions", func(t *coordination.Total) int { return t.Sessions }),
	count("delegations", func(t *coordination.Total) int { return t.Delegations }),
	count("completed", func(t *coordination.Total) int { return t.Completed }),
	count("failed", func(t *coordination.Total) int { return t.Failed }),
	count("denied", func(t *coordination.Total) int { return t.Denied }),
	count("running", func(t *coordination.Total) int { return t.Running }),
	count("background", func(t *coordination.Total) int { return t.Background }),
	count("timed", func(t *coordination.Total) int { return t.Timed }),
	amount("duration_ms", func(t *coordination.Total) int64 { return t.Duration }),
	amount("duration_p50_ms", func(t *coordination.Total) int64 { return t.DurationP50 }),
	amount("duration_p95_ms", func(t *coordination.Total) int64 { return t.DurationP95 }),
	amount("duration_max_ms", func(t *coordination.Total) int64 { return t.DurationMax }),
	amount("own_ms", func(t *coordination.Total) int64 { return t.Own }),
	{"share", func(t *coordination.Total) string { return strconv.FormatFloat(t.Share, 'f', 4, 64) }, false},
	count("tool_calls", func(t *coordination.Total) int { return t.ToolCalls }),
	count("errors", func(t *coordination.Total) int { return t.Errors }),
	amount("tokens", func(t *coordination.Total) int64 { return t.Tokens }),
	count("tokens_of", func(t *coordination.Total) int { return t.TokensOf }),
	count("files_read", func(t *coordination.Total) int { return t.FilesRead }),
	count("files_changed", func(t *coordination.Total) int { return t.FilesChanged }),
	count("conflicts", func(t *coordination.Total) int { return t.Conflicts }),
	count("repeated", func(t *coordination.Total) int { return t.Repeated }),
	amount("approval_ms", func(t *coordination.Total) int64 { return t.Approval }),
}

func count(name string, of func(*coordination.Total) int) tableColumn[*coordination.Total] {
	return tableColumn[*coordination.Total]{name, func(t *coordination.Total) string { return strconv.Itoa(of(t)) }, true}
}

// amount is empty where it is not known.
func amount(name string, of func(*coordination.Total) int64) tableColumn[*coordination.Total] {
	return tableColumn[*coordination.Total]{name, func(t *coordination.Total) string {
		n := of(t)
		if n < 0 {
			return ""
		}
		return strconv.FormatInt(n, 10)
	}, true}
}
