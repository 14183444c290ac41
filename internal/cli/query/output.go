package query

import (
	"bufio"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/termstyle"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
	"github.com/agent-telemetry/agent-telemetry/internal/csvtext"
)

// Preset is a preset, as --list --json prints it.
type Preset struct {
	Name     string `json:"name"`
	Question string `json:"question"`
	Detail   string `json:"detail"`
	Gives    string `json:"gives"` // records or numbers
}

func (p *preset) public() Preset {
	gives := "records"
	if p.counts != nil {
		gives = "numbers"
	}
	return Preset{Name: p.name, Question: p.question, Detail: p.detail, Gives: gives}
}

// list prints the presets.
func (o *Options) list() error {
	switch {
	case o.JSON:
		all := make([]any, len(presets))
		for i := range presets {
			all[i] = presets[i].public()
		}
		return o.jsonLines(all)
	case o.CSV:
		rows := [][]string{{"name", "question", "gives", "detail"}}
		for i := range presets {
			p := presets[i].public()
			rows = append(rows, []string{p.Name, p.Question, p.Gives, p.Detail})
		}
		return o.table(rows)
	}
	style := termstyle.New(o.Factory.IO, o.Width)
	var b strings.Builder
	for i := range presets {
		p := presets[i].public()
		fmt.Fprintf(&b, "%s  %s\n", style.Paint(termstyle.Bold, fmt.Sprintf("%-18s", p.Name)), p.Question)
		for _, l := range termstyle.Wrap(p.Detail, min(style.Width, 100)-20) {
			b.WriteString(strings.Repeat(" ", 20) + style.Paint(termstyle.Dim, l) + "\n")
		}
	}
	return o.write(b.String())
}

func (o *Options) jsonLines(all []any) error {
	out := bufio.NewWriter(o.Factory.IO.Out)
	enc := termtext.JSON(out)
	for _, v := range all {
		if err := enc.Encode(v); err != nil {
			return fmt.Errorf("print: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

// table prints rows of which the first has the names of the columns.
func (o *Options) table(rows [][]string) error {
	out := bufio.NewWriter(o.Factory.IO.Out)
	for _, cells := range rows {
		harmless := make([]string, len(cells))
		for i, c := range cells {
			harmless[i] = csvtext.Harmless(c)
		}
		if err := csvtext.WriteRow(out, harmless); err != nil {
			return fmt.Errorf("print: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

func (o *Options) printRows(style termstyle.Style, rows []Row) error {
	switch {
	case o.JSON:
		all := make([]any, len(rows))
		for i := range rows {
			all[i] = &rows[i]
		}
		return o.jsonLines(all)
	case o.CSV:
		cells := [][]string{rowColumns}
		for i := range rows {
			cells = append(cells, rows[i].cells())
		}
		return o.table(cells)
	}
	if len(rows) == 0 {
		return o.write("No records.\n")
	}
	t := &text{Style: style}
	var b strings.Builder
	for i := range rows {
		b.WriteString(t.row(&rows[i]))
	}
	if len(rows) == o.Args.Limit {
		b.WriteString(style.Paint(termstyle.Dim, fmt.Sprintf("the newest %d; --limit and --until show others", len(rows))) + "\n")
	}
	return o.write(b.String())
}

// rowColumns are the columns of records. New ones are added at the end.
var rowColumns = []string{
	"time", "event", "hook_event", "level", "project", "session_id", "agent_id", "tool", "tool_use_id", "event_id", "outside_project_scope",
	"what", "file", "command", "url", "lines_added", "lines_removed", "duration_ms", "error", "exit_code", "severity", "rule", "line",
}

func (r *Row) cells() []string {
	return []string{
		r.Time.UTC().Format(time.RFC3339Nano), r.Event, r.HookEvent, r.Level, r.Project, r.SessionID, r.AgentID, r.Tool, r.ToolUseID, r.EventID,
		strconv.FormatBool(r.Outside), r.What, r.File, r.Command, r.URL, strconv.FormatInt(r.Added, 10), strconv.FormatInt(r.Removed, 10),
		known(r.Duration), r.Error, known(r.ExitCode), r.Severity, r.Rule, string(r.Line),
	}
}

func known(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

func (o *Options) printGroups(style termstyle.Style, groups []Group, labels, values []string) error {
	switch {
	case o.JSON:
		all := make([]any, len(groups))
		for i := range groups {
			all[i] = &groups[i]
		}
		return o.jsonLines(all)
	case o.CSV:
		rows := [][]string{append(append([]string{}, labels...), values...)}
		for _, g := range groups {
			rows = append(rows, g.cells(labels, values))
		}
		return o.table(rows)
	}
	if len(groups) == 0 {
		return o.write("Nothing was counted.\n")
	}
	note := ""
	if groups[0].From == fromRollups {
		note = style.Paint(termstyle.Dim, "from roll-ups: whole minutes, since there are any; --lines counts records") + "\n"
	}
	return o.write(groupTable(style, groups, labels, values) + note)
}

func (g *Group) cells(labels, values []string) []string {
	cells := make([]string, 0, len(labels)+len(values))
	for _, name := range labels {
		cells = append(cells, g.Labels[name])
	}
	for _, name := range values {
		cells = append(cells, strconv.FormatFloat(g.Values[name], 'f', -1, 64))
	}
	return cells
}
