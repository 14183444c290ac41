package page

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/agenttree"
	"github.com/agent-telemetry/agent-telemetry/internal/report"
	"github.com/agent-telemetry/agent-telemetry/internal/report/gantt"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// maxAgentRows is how many agents have a row of their own.
const maxAgentRows = 500

// agentsView is what is told of a session's agents.
type agentsView struct {
	Sub   bool   // there are others than the main one
	Known string // how sure the callers are
	Left  string // how many agents have no row
	Rows  []agentRow
	Gantt *ganttView
}

// agentRow is an agent, or with More several.
type agentRow struct {
	Level, More           int
	Name, Description, ID string
	Background, NoStop    bool
	Depth, Caller         string
	Link                  *linkView
	From, Duration        string
	Calls, NoResult       int
	Errors, Denied        int
	Tokens                string
	Files, Alerts         int
	Worst                 string
}

// linkView says how a caller is known.
type linkView struct {
	Text   string
	Unsure bool
}

// agents tells of a session's agents; nil when there is nothing to tell.
func agents(c *report.CaseFile) *agentsView {
	tree := c.Tree()
	rows := tree.Rows(maxAgentRows)
	v := &agentsView{Sub: len(tree.Agents) > 1, Known: known(tree.Agents[1:])}
	if v.Sub {
		for i := range rows.List {
			v.Rows = append(v.Rows, agentRowOf(&rows.List[i], c.Session.Ended))
		}
	}
	if rows.Left > 0 {
		v.Left = fmt.Sprintf("%s of %s have a row each: those with alerts, errors, or the most calls, and who called them. The other %s are summed up behind who called them, and each is in the JSON of this report.",
			number(len(tree.Agents)-rows.Left), plural(len(tree.Agents), "agent"), number(rows.Left))
	}
	if tree.Strays > 0 {
		v.Left = strings.TrimSpace(v.Left + fmt.Sprintf(" There are more agents than a report tells of, and %s of theirs only the timeline has.", plural(tree.Strays, "tool call")))
	}
	turns, more := gantt.Turns(c.Entries)
	v.Gantt = ganttOf(gantt.Build(c.Entries, turns, rows), len(turns)+more, rows, c.Session.ProjectPath)
	if !v.Sub && v.Gantt == nil {
		return nil
	}
	return v
}

// known says how sure the callers are.
func known(agents []agenttree.Agent) string {
	if len(agents) == 0 {
		return ""
	}
	guessed, none := 0, 0
	for i := range agents {
		switch agents[i].Link {
		case semconv.LinkProvisional:
			guessed++
		case "":
			none++
		}
	}
	var parts []string
	if guessed > 0 {
		parts = append(parts, fmt.Sprintf("of %s the caller is inferred from times, prompts and types", number(guessed)))
	}
	if none > 0 {
		parts = append(parts, fmt.Sprintf("of %s it is not known", number(none)))
	}
	if len(parts) == 0 {
		return fmt.Sprintf("The caller of each of %s is recorded.", plural(len(agents), "sub-agent"))
	}
	return fmt.Sprintf("Of %s, %s; the others’ is recorded.", plural(len(agents), "sub-agent"), strings.Join(parts, ", "))
}

var links = map[string]linkView{
	semconv.LinkConfirmed:   {"confirmed", false},
	semconv.LinkSpan:        {"by a span", false},
	semconv.LinkSidecar:     {"by a file", false},
	semconv.LinkProvisional: {"inferred", true},
}

func agentRowOf(a *agenttree.Row, ended bool) agentRow {
	r := agentRow{
		Level: a.Level, More: a.More, Name: rowName(a), Description: text(a.Description), Background: a.Background,
		Depth: "–", Caller: "–", From: clock(a.Start), Duration: span(time.Duration(a.Duration) * time.Millisecond),
		Calls: a.ToolCalls, NoResult: a.NoResult, Errors: a.Errors, Denied: a.Denied, Tokens: number(a.Tokens), Files: a.FilesChanged,
		Alerts: a.Alerts.Total(), Worst: a.Alerts.Worst(),
	}
	if a.Start.UTC().Format(time.DateOnly) != a.End.UTC().Format(time.DateOnly) {
		r.From = when(a.Start)
	}
	if a.More > 0 {
		r.Depth = ""
		if a.Caller != "" {
			r.Caller = text(a.Caller) + ", and those below"
		}
		return r
	}
	if a.Depth != nil {
		r.Depth = number(*a.Depth)
	}
	if a.Main() {
		r.Caller = "a person"
		return r
	}
	r.ID, r.NoStop = text(a.ID), !a.Stopped && ended
	switch l, ok := links[a.Link]; {
	case a.Caller != "":
		r.Caller = text(a.Caller)
		if ok {
			r.Link = &l
		}
	case a.Parent != "":
		r.Caller, r.Link = "agent "+text(prefix(a.Parent, 8)), &linkView{"which has no records", true}
	default:
		r.Caller, r.Link = "not known", nil
	}
	return r
}

// rowName is the type of an agent.
func rowName(a *agenttree.Row) string {
	switch {
	case a.More == 1:
		return "1 more agent"
	case a.More > 0:
		return number(a.More) + " more agents"
	case a.Main():
		return "Main agent"
	}
	return cmp.Or(text(a.Type), "without a type")
}
