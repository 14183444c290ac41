package screen

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/console/activity"
	"github.com/agent-telemetry/agent-telemetry/internal/console/celltext"
)

// Bounds of what is shown of a body.
const (
	maxFields     = 400
	maxDepth      = 8
	maxValueLines = 200
	maxValue      = 4000 // characters
	maxName       = 80   // characters
)

// detailLines are the lines of an event's page.
func (m *model) detailLines(e *activity.Event) []row {
	var out []row
	add := func(name, value string) { out = append(out, m.field(name, value, plain)...) }
	if e.Alert != nil {
		out = m.alertLines(e)
	}
	add("time", e.Time.Local().Format("Mon 2 Jan 2006 15:04:05.000 MST"))
	if e.Alert == nil {
		out = append(out, m.field("what", e.What, bold)...)
		add("numbers", e.Facts)
	}
	add("event", strings.Join(filled(e.Type, e.Hook, e.Level), ", "))
	add("tool", e.Tool)
	if e.Outside {
		out = append(out, m.field("scope", "outside of the project", m.theme.yellow)...)
	}
	add("project", cmp.Or(e.Path, e.Project))
	add("session", e.Session)
	add("agent", e.Agent)
	add("tool call", e.ToolUse)
	add("event id", e.ID)
	if e.Place > 0 {
		add("audit log", fmt.Sprintf("seq %d", e.Place))
	}
	out = append(out, row{}, title("Record", fmt.Sprintf("%s bytes", count(e.BodyBytes)), false, m.width))
	return append(out, m.bodyLines(e)...)
}

func filled(texts ...string) (out []string) {
	for _, t := range texts {
		if t != "" {
			out = append(out, t)
		}
	}
	return out
}

// alertLines are what to know of an alert first.
func (m *model) alertLines(e *activity.Event) []row {
	a := e.Alert
	s := m.theme.severity(a.Rank())
	out := []row{{{"  ⚠ " + strings.ToUpper(a.Severity) + "  ", s}, {a.Title, bold}}, {}}
	add := func(name, value string) { out = append(out, m.field(name, value, plain)...) }
	add("what", cmp.Or(a.Command, a.File, a.URL))
	for _, evidence := range a.Evidence {
		add("evidence", evidence)
	}
	add("risk", fmt.Sprintf("%d of 100", a.Risk))
	if a.Suppressed > 0 {
		add("like it", fmt.Sprintf("%d more, which were not told", a.Suppressed))
	}
	add("rule", strings.Join(filled(a.Rule, a.Category), ", "))
	add("ATT&CK", strings.Join(a.Attack, ", "))
	add("ATLAS", strings.Join(a.Atlas, ", "))
	add("what to do", a.Response)
	if k := m.detail.ack; k != nil {
		by := k.Time.Local().Format(time.DateTime) + " by " + cmp.Or(k.By, "nobody who gave a name")
		if k.FromAgent {
			by += ", from a shell of Claude Code"
		}
		out = append(out, m.field("acknowledged", by, m.theme.green)...)
		add("", k.Reason)
	} else {
		add("acknowledged", "no: agent-telemetry alerts ack "+shortID(a.ID)+" --reason …")
	}
	return append(out, row{})
}

// shortID is the start of an id that is one; others may hold what a shell obeys.
func shortID(id string) string {
	if id == "" || strings.Trim(id, "0123456789abcdefABCDEF-") != "" {
		return "ID"
	}
	return id[:min(len(id), 8)]
}

// bodyLines are the fields of an event's body.
func (m *model) bodyLines(e *activity.Event) []row {
	if e.Body == nil {
		return m.field("", fmt.Sprintf("It has %s bytes, more than is kept here: agent-telemetry events --session … --json shows it.", count(e.BodyBytes)), dim)
	}
	var body any
	d := json.NewDecoder(bytes.NewReader(e.Body))
	d.UseNumber()
	if d.Decode(&body) != nil {
		return m.field("text", celltext.Clean(string(e.Body), maxValue), plain)
	}
	f := flat{}
	f.walk("", body, 0)
	indent := fieldName
	for _, x := range f.fields {
		indent = max(indent, celltext.Width(celltext.Clean(x.name, maxName)))
	}
	indent = min(indent, m.width/3)
	var out []row
	for _, x := range f.fields {
		lines := strings.Split(x.value, "\n")
		name := celltext.Clean(x.name, maxName)
		for i, l := range lines {
			if i == maxValueLines {
				out = append(out, m.field("", fmt.Sprintf("… and %d lines more", len(lines)-i), dim)...)
				break
			}
			// An empty line of a value is one on the screen.
			out = append(out, m.fieldOf(name, cmp.Or(celltext.Clean(l, maxValue), " "), indent, plain)...)
			name = ""
		}
	}
	if f.more > 0 {
		out = append(out, m.field("", fmt.Sprintf("… and %d fields more", f.more), dim)...)
	}
	return out
}

// flat collects the leaves of a JSON value.
type flat struct {
	fields []struct{ name, value string }
	more   int
}

func (f *flat) walk(name string, v any, depth int) {
	var text string
	switch v := v.(type) {
	case map[string]any:
		if depth < maxDepth {
			for _, k := range slices.Sorted(maps.Keys(v)) {
				f.walk(strings.TrimPrefix(name+"."+k, "."), v[k], depth+1)
			}
			return
		}
		text = fmt.Sprintf("(%d fields)", len(v))
	case []any:
		if depth < maxDepth {
			for i, x := range v {
				f.walk(fmt.Sprintf("%s[%d]", name, i), x, depth+1)
			}
			return
		}
		text = fmt.Sprintf("(%d values)", len(v))
	case nil:
		return
	case string:
		text = v
	case json.Number:
		text = v.String()
	default:
		text = fmt.Sprint(v)
	}
	if text == "" {
		return
	}
	if len(f.fields) >= maxFields {
		f.more++
		return
	}
	f.fields = append(f.fields, struct{ name, value string }{name, text})
}
