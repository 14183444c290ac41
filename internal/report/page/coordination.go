package page

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
	"github.com/agent-telemetry/agent-telemetry/internal/report"
	"github.com/agent-telemetry/agent-telemetry/internal/report/chart"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Bounds of what is shown of how agents worked together.
const (
	maxTypes     = 20
	maxTogether  = 30 // conflicts, and repeats
	maxAdvice    = 10
	maxAdviceFor = 5 // pieces of evidence
)

// coordinationView is how the agents of a session worked together.
type coordinationView struct {
	Figures   []figure
	Types     rowsOf[barRow]
	Advice    rowsOf[adviceRow]
	Conflicts rowsOf[togetherRow]
	Repeats   rowsOf[togetherRow]
	LeftOut   int
}

// adviceRow is something worth looking at.
type adviceRow struct {
	Title    string
	Numbers  []string
	Evidence []string
	More     int // pieces of evidence that are not shown
	Unknown  []string
}

// togetherRow is a conflict, or a repetition.
type togetherRow struct {
	Time          time.Time
	What, Detail  string
	First, Second string
	Note          string
}

// together tells how the agents worked together; nil when there is nothing to tell.
func together(c *report.CaseFile) *coordinationView {
	s := c.Coordination
	if s == nil || len(s.Delegations) == 0 {
		return nil
	}
	v := &coordinationView{Figures: togetherFigures(s), LeftOut: s.LeftOut}
	v.Types = rowsOf[barRow]{typeRows(s.Types), len(s.Types), "those with the largest share of the work"}
	v.Advice = rowsOf[adviceRow]{All: len(s.Recommendations), Chosen: "the first"}
	project := c.Session.ProjectPath
	for i := range s.Recommendations[:min(len(s.Recommendations), maxAdvice)] {
		v.Advice.Rows = append(v.Advice.Rows, advice(&s.Recommendations[i], project))
	}
	v.Conflicts = rowsOf[togetherRow]{All: s.ConflictCount, Chosen: "the first"}
	for i := range s.Conflicts[:min(len(s.Conflicts), maxTogether)] {
		x := &s.Conflicts[i]
		v.Conflicts.Rows = append(v.Conflicts.Rows, togetherRow{
			Time: x.Second.Time, What: file(x.File, project), First: who(&x.First), Second: who(&x.Second),
			Note: cmp.Or(conflictKinds[x.Kind], "not known") + ", " + ms(x.Gap) + " apart; " + cmp.Or(bases[x.Base], bases[coordination.BaseUnknown]),
		})
	}
	v.Repeats = rowsOf[togetherRow]{All: s.RepeatCount, Chosen: "the first"}
	for i := range s.Repeated[:min(len(s.Repeated), maxTogether)] {
		x := &s.Repeated[i]
		note := "read"
		if x.Kind == coordination.RepeatSearch {
			note = "searched"
		}
		v.Repeats.Rows = append(v.Repeats.Rows, togetherRow{
			Time: x.Second.Time, What: place(x.Target, project), Detail: text(x.Detail), First: who(&x.First), Second: who(&x.Second),
			Note: fmt.Sprintf("%s %s", note, plural(x.Times, "time")),
		})
	}
	return v
}

var (
	conflictKinds = map[string]string{coordination.ConflictConcurrent: "both at work", coordination.ConflictConsecutive: "one after the other"}
	bases         = map[string]string{
		coordination.BaseFirst: "the second changed what the first had left", coordination.BaseOther: "the second found another content",
		coordination.BaseUnknown: "no hash tells what the second found",
	}
)

func togetherFigures(s *coordination.Session) []figure {
	e, p := &s.Efficiency, &s.CriticalPath
	done, failed, running := 0, 0, 0
	for i := range s.Delegations {
		switch s.Delegations[i].Outcome {
		case coordination.OutcomeFailed, coordination.OutcomeDenied:
			failed++
		case coordination.OutcomeRunning:
			running++
		default:
			done++
		}
	}
	note := number(done) + " completed, " + number(failed) + " failed or denied"
	if running > 0 {
		note += ", " + number(running) + " without an end"
	}
	conflicts := figure{"", "Conflicting changes", number(s.ConflictCount), "of one file by two agents"}
	if s.ConflictCount > 0 {
		conflicts.Class = "warn"
	}
	return []figure{
		{"", "Delegations", number(len(s.Delegations)), note},
		{"", "Parallel efficiency", percent(e.Efficiency), "of " + number(e.Peak) + " at once, the most there were"},
		{"", "At work on average", decimal(e.Parallelism), "agents in " + ms(e.Active)},
		{"", "Delegated work", percent(e.Delegated), "of " + ms(e.Work)},
		{"", "Critical path", ms(p.Length), ms(p.Delegated) + " of it delegated"},
		conflicts,
		{"", "Repeated work", number(s.RepeatCount), "reads and searches"},
		{"", "Worth a look", number(len(s.Recommendations)), "below, with evidence"},
	}
}

// typeRows tell what agents of each type did.
func typeRows(all []coordination.TypeShare) []barRow {
	list := []barRow{}
	for i := range all[:min(len(all), maxTypes)] {
		t := &all[i]
		name := cmp.Or(text(t.Type), "without a type")
		numbers := []string{number(t.Delegations), number(t.Failed + t.Denied), ms(t.DurationP50), ms(t.Own), percent(t.Share), number(t.ToolCalls), number(t.Errors), number(t.Tokens)}
		if t.Type == semconv.AgentMain {
			name, numbers[0], numbers[1], numbers[2], numbers[7] = "Main agent", "", "", "", ""
		}
		list = append(list, barRow{Name: name, Numbers: numbers, Bar: chart.Bar(1, chart.Series{Class: "f-main", Values: []float64{t.Share}})})
	}
	return list
}

func advice(r *coordination.Recommendation, project string) adviceRow {
	row := adviceRow{Title: text(r.Title), More: max(r.EvidenceAll, len(r.Evidence)) - min(len(r.Evidence), maxAdviceFor)}
	for _, n := range r.Numbers {
		row.Numbers = append(row.Numbers, strings.ReplaceAll(text(n.Name), "_", " ")+" "+quantity(n))
	}
	for _, e := range r.Evidence[:min(len(r.Evidence), maxAdviceFor)] {
		s := ""
		if !e.Time.IsZero() {
			s = clock(e.Time) + " "
		}
		if e.AgentType != "" || e.AgentID != "" {
			s += whoIs(e.AgentID, e.AgentType) + ": "
		}
		s += text(e.Text)
		if e.File != "" {
			s += ", " + place(e.File, project)
		}
		row.Evidence = append(row.Evidence, s)
	}
	for _, u := range r.Unknown {
		row.Unknown = append(row.Unknown, long(u))
	}
	return row
}

// quantity is a number with its unit.
func quantity(n coordination.Number) string {
	switch n.Unit {
	case "ms":
		return ms(int64(math.Min(math.Max(n.Value, -1), 1e15)))
	case n.Name:
		return decimal(n.Value)
	case "":
		return strconv.FormatFloat(n.Value, 'g', 3, 64)
	}
	return decimal(n.Value) + " " + text(n.Unit)
}

// place is a file, or where was searched.
func place(name, project string) string {
	if s := file(name, project); s != "." {
		return s
	}
	return "the project"
}

func who(t *coordination.Touch) string { return whoIs(t.AgentID, t.AgentType) }

func whoIs(id, kind string) string {
	if id == "" || id == semconv.AgentMain {
		return "main agent"
	}
	if kind == "" {
		return agent(id, "")
	}
	return text(kind) + " " + text(prefix(id, 8))
}

// maxMillis is the longest time that can be told.
const maxMillis = math.MaxInt64 / int64(time.Millisecond)

// ms is a length of time in milliseconds.
func ms(n int64) string { return span(time.Duration(min(n, maxMillis)) * time.Millisecond) }

func percent(share float64) string {
	if math.IsNaN(share) {
		return "–"
	}
	return strconv.FormatFloat(100*share, 'f', 0, 64) + " %"
}

func decimal(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return number(int64(v))
	}
	return strconv.FormatFloat(v, 'f', 1, 64)
}
