package agents

import (
	"io"
	"strconv"
)

// treeTable is the columns of agents tree --csv, behind the session's id. New ones are
// added at the end.
var treeTable = []tableColumn[*Agent]{
	{"agent_id", func(a *Agent) string { return a.ID }, false},
	{"agent_type", func(a *Agent) string { return a.Type }, false},
	{"parent_id", func(a *Agent) string { return a.Parent }, false},
	{"depth", func(a *Agent) string {
		if a.Depth == nil {
			return ""
		}
		return strconv.Itoa(*a.Depth)
	}, false},
	{"delegation_id", func(a *Agent) string { return a.DelegationID }, false},
	{"link", func(a *Agent) string { return a.Link }, false},
	{"description", func(a *Agent) string { return a.Description }, false},
	{"background", func(a *Agent) string { return strconv.FormatBool(a.Background) }, false},
	{"status", func(a *Agent) string { return a.Status }, false},
	{"state", func(a *Agent) string { return a.State }, false},
	{"start", func(a *Agent) string { return timeText(a.Start) }, false},
	{"end", func(a *Agent) string { return timeText(a.End) }, false},
	{"duration_ms", func(a *Agent) string { return orEmpty(a.Duration) }, false},
	{"tool_calls", func(a *Agent) string { return strconv.Itoa(a.ToolCalls) }, false},
	{"errors", func(a *Agent) string { return strconv.Itoa(a.Errors) }, false},
	{"denied", func(a *Agent) string { return strconv.Itoa(a.Denied) }, false},
	{"no_end", func(a *Agent) string { return strconv.Itoa(a.NoEnd) }, false},
	{"tokens", func(a *Agent) string { return orEmpty(a.Tokens) }, false},
	{"files_read", func(a *Agent) string { return strconv.Itoa(a.FilesRead) }, false},
	{"files_changed", func(a *Agent) string { return strconv.Itoa(a.FilesChanged) }, false},
	{"lines_added", func(a *Agent) string { return strconv.FormatInt(a.LinesAdded, 10) }, false},
	{"lines_removed", func(a *Agent) string { return strconv.FormatInt(a.LinesRemoved, 10) }, false},
	{"alerts_critical", func(a *Agent) string { return strconv.Itoa(a.Alerts.Critical) }, false},
	{"alerts_high", func(a *Agent) string { return strconv.Itoa(a.Alerts.High) }, false},
	{"alerts_medium", func(a *Agent) string { return strconv.Itoa(a.Alerts.Medium) }, false},
	{"alerts_low", func(a *Agent) string { return strconv.Itoa(a.Alerts.Low) }, false},
	{"alerts_suppressed", func(a *Agent) string { return strconv.Itoa(a.Alerts.Suppressed) }, false},
	{"children", func(a *Agent) string { return strconv.Itoa(a.Children) }, false},
	{"tokens_from", func(a *Agent) string { return a.TokensFrom }, false},
}

func (t *agentTree) printCSV(w io.Writer, depth int) error {
	session := t.read.Session.ID
	columns := append([]tableColumn[*Agent]{{"session_id", func(*Agent) string { return session }, false}}, treeTable...)
	return printTable(w, columns, t.list(depth))
}
