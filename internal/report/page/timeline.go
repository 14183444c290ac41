package page

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/report"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// timelineRow is one thing that happened.
type timelineRow struct {
	Kind, Class string
	Day         string // when it is not that of the row before
	Clock       string
	Record      uint64
	Depth       int // 0 to 3
	Agent       string
	Tool        string
	What        string
	Code        bool // What is what a machine was told
	Sub         []string
	Tags        []tag
	Took        string
	Lines       bool
	Added       int64
	Removed     int64
	Severity    string // of an alert
}

type tag struct{ Class, Text string }

// timeline makes rows of what happened.
func timeline(c *report.CaseFile, limit int) rowsOf[timelineRow] {
	entries := c.Entries[:min(len(c.Entries), limit)]
	r := rowsOf[timelineRow]{Rows: make([]timelineRow, 0, len(entries)), All: len(c.Entries), Chosen: "the oldest"}
	day := ""
	for i := range entries {
		e := &entries[i]
		row := timelineRow{
			Kind: kindNames[e.Kind], Class: "k-" + string(e.Kind), Clock: clock(e.Time), Record: e.Record, Depth: min(max(e.Depth, 0), 3),
			Agent: agent(e.AgentID, e.AgentType), What: long(e.What(c.Session.ProjectPath)),
		}
		if d := e.Time.UTC().Format("2006-01-02"); d != day {
			row.Day, day = d, d
		}
		switch {
		case e.Kind == story.KindTool && e.Tool != nil:
			row.tool(e.Tool)
		case e.Kind == story.KindPermission && e.Tool != nil:
			row.Tool, row.Code = text(e.Tool.Name), true
			row.Tags = append(row.Tags, tag{"", "a person is asked"})
		case e.Kind == story.KindAlert && e.Alert != nil:
			row.alert(e.Alert)
		case e.Kind == story.KindGap && e.Gap != nil:
			row.What = fmt.Sprintf("%s missing: number %s", plural(e.Gap.Missing, "event"), number(e.Gap.First))
			if e.Gap.Last != e.Gap.First {
				row.What += " to " + number(e.Gap.Last)
			}
		case e.Kind == story.KindSession, e.Kind == story.KindTurn, e.Kind == story.KindAgent, e.Kind == story.KindNote:
			row.Tool = strings.ReplaceAll(text(e.Event), "_", " ")
			if e.Kind == story.KindAgent {
				row.What = cmp.Or(row.What, row.Agent)
			} else {
				row.What = long(e.Text)
			}
		case e.Kind == story.KindPrompt:
			row.Tool, row.What = "prompt", cmp.Or(long(e.Text), "of which nothing was kept")
		}
		r.Rows = append(r.Rows, row)
	}
	return r
}

var kindNames = map[story.Kind]string{
	story.KindSession: "session", story.KindPrompt: "prompts", story.KindTool: "tool calls", story.KindPermission: "permissions", story.KindAgent: "agents",
	story.KindAlert: "alerts", story.KindTurn: "turns", story.KindGap: "gaps", story.KindNote: "notes",
}

func (r *timelineRow) tool(t *story.Tool) {
	r.Tool, r.Code = text(t.Name), true
	if t.MCPServer != "" {
		r.Tool = "MCP " + text(t.MCPServer)
	}
	if t.Duration >= 0 {
		r.Took = span(time.Duration(t.Duration) * time.Millisecond)
	}
	switch t.Outcome {
	case story.OutcomeFailed, story.OutcomeInterrupted, story.OutcomeTimeout:
		word := t.Outcome
		if t.ExitCode != nil {
			word = fmt.Sprintf("exit %d", *t.ExitCode)
		}
		r.Tags = append(r.Tags, tag{"bad", word})
	case story.OutcomeDenied:
		r.Tags = append(r.Tags, tag{"ok", "denied"})
	case story.OutcomeUnknown:
		r.Tags = append(r.Tags, tag{"", "no result"})
	}
	if t.Outside {
		r.Tags = append(r.Tags, tag{"warn", "outside scope"})
	}
	if t.Redacted {
		r.Tags = append(r.Tags, tag{"", "secret redacted"})
	}
	if t.Message != "" {
		r.Sub = append(r.Sub, text(t.Message))
	}
	if t.Command != "" && t.Description != "" {
		r.Sub = append(r.Sub, "said to be for: "+text(t.Description))
	}
	r.Lines = t.Change && (t.Added != 0 || t.Removed != 0)
	r.Added, r.Removed = t.Added, t.Removed
}

func (r *timelineRow) alert(a *story.Alert) {
	r.Severity = severity(a.Severity)
	r.Class += " " + r.Severity
	r.What = text(cmp.Or(a.Title, a.Rule))
	for _, e := range a.Evidence {
		r.Sub = append(r.Sub, long(e))
	}
	switch k := a.Acknowledged; {
	case k == nil:
		r.Tags = append(r.Tags, tag{"warn", "open"})
	case k.FromAgent:
		r.Tags = append(r.Tags, tag{"bad", "acknowledged from the agent’s shell"})
	default:
		r.Tags = append(r.Tags, tag{"ok", "acknowledged by " + text(k.By)})
	}
}

// Bounds of the drawing.
const (
	maxLanes   = 10
	maxColumns = 60
)
