package agents

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/termstyle"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// treeColumn is one column of the table.
type treeColumn struct {
	column
	cell func(t *treeText, n *Agent) cell
}

// Widths.
const (
	wideTree    = 118 // from where on there is room for all columns
	narrowWidth = 80  // and for all but the ids
	leastName   = 20
	columnGap   = 1
)

var (
	stateColumn  = treeColumn{column{"STATE", 9, false}, func(_ *treeText, n *Agent) cell { return cell{stateText(n.State), stateColor(n.State)} }}
	beganColumn  = treeColumn{column{"BEGAN", 8, false}, func(t *treeText, n *Agent) cell { return cell{t.clock(n.Start), termstyle.Dim} }}
	tookColumn   = treeColumn{column{"TOOK", 7, true}, func(_ *treeText, n *Agent) cell { return cell{span(n.Duration), ""} }}
	callsColumn  = treeColumn{column{"CALLS", 5, true}, func(_ *treeText, n *Agent) cell { return cell{number(n.ToolCalls), ""} }}
	errorColumn  = treeColumn{column{"ERR", 4, true}, func(_ *treeText, n *Agent) cell { return cell{number(n.Errors), when(n.Errors > 0, termstyle.Red)} }}
	tokensColumn = treeColumn{column{"TOKENS", 6, true}, func(_ *treeText, n *Agent) cell { return cell{tokens(n.Tokens), ""} }}
	filesColumn  = treeColumn{column{"FILES", 5, true}, func(_ *treeText, n *Agent) cell { return cell{number(n.FilesChanged), ""} }}
	alertsColumn = treeColumn{column{"ALERTS", 8, false}, func(_ *treeText, n *Agent) cell {
		return cell{alerts(n.Alerts, 8), termstyle.Severity(n.Alerts.Worst())}
	}}
	linkColumn = treeColumn{column{"LINK", 11, false}, func(_ *treeText, n *Agent) cell {
		return cell{n.Link, when(n.Link == semconv.LinkProvisional, termstyle.Yellow)}
	}}
	idColumn = treeColumn{column{"ID", 17, false}, func(_ *treeText, n *Agent) cell { return cell{n.id(), termstyle.Dim} }}

	treeColumns = []treeColumn{stateColumn, beganColumn, tookColumn, callsColumn, errorColumn, tokensColumn, filesColumn, alertsColumn, linkColumn, idColumn}
	smallTree   = narrow(stateColumn, tookColumn, callsColumn, errorColumn, tokensColumn, alertsColumn)
	narrowTree  = narrow(stateColumn, beganColumn, tookColumn, callsColumn, errorColumn, tokensColumn, filesColumn, alertsColumn, linkColumn)
)

// narrow is columns for a terminal of 80.
func narrow(columns ...treeColumn) []treeColumn {
	for i := range columns {
		c := &columns[i]
		switch c.name {
		case "STATE":
			c.width = 8
		case "ALERTS":
			c.name, c.width, c.cell = "ALRT", 4, func(_ *treeText, n *Agent) cell {
				return cell{alerts(n.Alerts, 4), termstyle.Severity(n.Alerts.Worst())}
			}
		case "LINK":
			c.width, c.cell = 4, func(_ *treeText, n *Agent) cell {
				return cell{shortLinks[n.Link], when(n.Link == semconv.LinkProvisional, termstyle.Yellow)}
			}
		}
	}
	return columns
}

var shortLinks = map[string]string{
	semconv.LinkConfirmed: "conf", semconv.LinkSpan: "span", semconv.LinkSidecar: "side", semconv.LinkProvisional: "prov",
}

// id is empty of the main agent.
func (n *Agent) id() string {
	if n.ID == semconv.AgentMain {
		return ""
	}
	return n.ID
}

func stateText(state string) string {
	switch state {
	case stateNoEnd:
		return "no end"
	case stateUnrecorded:
		return "no record"
	}
	return state
}

func stateColor(state string) string {
	switch state {
	case stateActive:
		return termstyle.Cyan
	case stateNoEnd, stateUnrecorded:
		return termstyle.Yellow
	}
	return termstyle.Dim
}

func when(yes bool, color string) string {
	if yes {
		return color
	}
	return ""
}

// alerts are counted by severity, in at most width columns.
func alerts(a story.AlertCounts, width int) string {
	var all []string
	for _, c := range []struct {
		n    int
		sign string
	}{{a.Critical, "c"}, {a.High, "h"}, {a.Medium, "m"}, {a.Low, "l"}} {
		if c.n > 0 {
			all = append(all, strconv.Itoa(c.n)+c.sign)
		}
	}
	for _, between := range []string{" ", ""} {
		if s := strings.Join(all, between); len(s) <= width {
			return cmp.Or(s, "·")
		}
	}
	return all[0] + "+"
}
