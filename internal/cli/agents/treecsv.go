package agents

import (
	"io"
	"strconv"
)

// treeTable is the columns of agents tree --csv, behind the session's id. New ones are
// added at the end.
var treeTable = []tableColumn[*Agent]{
	{"agent_id", func(a *Agent) string { return a.ID }},
	{"agent_type", func(a *Agent) string { return a.Type }},
	{"parent_id", func(a *Agent) string { return a.Parent }},
	{"depth", func(a *Agent) string {
		if a.Depth == nil {
			return ""
		}
		return strconv.Itoa(*a.Depth)
	}},
	{"delegation_id", func(a *Agent) string { return a.DelegationID }},
	{"link", func(a *Agent) string { return a.Link }},
	{"description", func(a *Agent) string { return a.Description }},
	{"background", func(a *Agent) string { return strconv.FormatBool(a.Background) }},
	{"status", func(a *Agent) string { return a.Status }},
	{"state", func(a *Agent) string { return a.State }},
	{"start", func(a *Agent) string { return timeText(a.Start) }},
	{"end", func(a *Agent) string { return timeText(a.End) }},
	{"duration_ms", func(a *Agent) string { return orEmpty(a.Duration) }},
	{"tool_calls", func(a *Agent) string { return strconv.Itoa(a.ToolCalls) }},
	{"errors", func(a *Agent) string { return strconv.Itoa(a.Errors) }},
	{"denied", func(a *Agent) string { return strconv.Itoa(a.Denied) }},
	{"no_end", func(a *Agent) string { return strconv.Itoa(a.NoEnd) }},
	{"tokens", func(a *Agent) string { return orEmpty(a.Tokens) }},
	{"files_read", func(a *Agent) string { return strconv.Itoa(a.FilesRead) }},
	{"files_changed", func(a *Agent) string { return strconv.Itoa(a.FilesChanged) }},
	{"lines_added", func(a *Agent) string { return strconv.FormatInt(a.LinesAdded, 10) }},
	{"lines_removed", func(a *Agent) string { return strconv.FormatInt(a.LinesRemoved, 10) }},
	{"alerts_critical", func(a *Agent) string { return strconv.Itoa(a.Alerts.Critical) }},
	{"alerts_high", func(a *Agent) string { return strconv.Itoa(a.Alerts.High) }},
	{"alerts_medium", func(a *Agent) string { return strconv.Itoa(a.Alerts.Medium) }},
	{"alerts_low", func(a *Agent) string { return strconv.Itoa(a.Alerts.Low) }},
	{"alerts_suppressed", func(a *Agent) string { return strconv.Itoa(a.Alerts.Suppressed) }},
	{"children", func(a *Agent) string { return strconv.Itoa(a.Children) }},
}

func (t *agentTree) printCSV(w io.Writer, depth int) error {
	session := t.read.Session.ID
	columns := append([]tableColumn[*Agent]{{"session_id", func(*Agent) string { return session }}}, treeTable...)
	return printTable(w, columns, t.list(depth))
}
