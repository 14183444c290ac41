package page

import (
	"cmp"
	"io"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/report"
	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
)

// reportView is what the template of a report is given.
type reportView struct {
	document
	*report.Report
	Scope         string // which project
	Notices       []notice
	Figures       []figure
	Charts        []chartView
	Tools         []barRow
	Projects      []barRow
	Coverage      []coverageRow
	OpenAlerts    rowsOf[report.Alert]
	SeenAlerts    rowsOf[report.Alert]
	Violations    rowsOf[report.Violation]
	Modifications rowsOf[report.Modification]
	Sessions      rowsOf[report.Session]
	Integrity     integrityView
}

// rowsOf are rows of a table, of how many there are.
type rowsOf[T any] struct {
	Rows []T
	All  int
	// Chosen says which rows are shown when not all are.
	Chosen string
}

// LeftOut is how many rows are not shown.
func (r rowsOf[T]) LeftOut() int { return r.All - len(r.Rows) }

// WriteReport writes the report of a period.
func WriteReport(out io.Writer, r *report.Result, o Options) error {
	title := "Compliance report, " + period(r.Since, r.Until)
	d, err := newDocument(title, title+" UTC", o)
	if err != nil {
		return err
	}
	v := &reportView{
		document: d, Report: r.Report, Scope: "all projects", Notices: notices(r.Report), Figures: figures(r.Report), Charts: charts(&r.Activity),
		Tools: tools(r.Tools), Projects: projects(r.Projects), Coverage: coverage(r.Report), Integrity: integrity(&r.Integrity),
	}
	if r.Project != "" {
		v.Scope = "project " + text(r.Project)
	}
	if err := v.rows(r, o.rows()); err != nil {
		return err
	}
	return execute(out, "report.html", v)
}

// rows chooses the rows that are shown.
func (v *reportView) rows(r *report.Result, limit int) error {
	open := choice[report.Alert]{limit: limit, more: worse}
	seen := choice[report.Alert]{limit: limit, more: worse}
	err := r.Alerts(func(a *report.Alert) error {
		if a.Open() {
			return open.add(a)
		}
		return seen.add(a)
	})
	if err != nil {
		return err
	}
	violations := choice[report.Violation]{limit: limit, more: func(a, b *report.Violation) int {
		return cmp.Or(truth(a.Outcome == report.OutcomeOK, b.Outcome == report.OutcomeOK), b.Time.Compare(a.Time))
	}}
	if err := r.Violations(violations.add); err != nil {
		return err
	}
	modifications := choice[report.Modification]{limit: limit, more: func(a, b *report.Modification) int {
		return cmp.Or(truth(a.Outside, b.Outside), truth(a.ChangedBetween, b.ChangedBetween), b.Time.Compare(a.Time))
	}}
	if err := r.Modifications(modifications.add); err != nil {
		return err
	}
	sessions := choice[report.Session]{limit: limit, more: func(a, b *report.Session) int {
		return cmp.Or(cmp.Compare(b.Risk, a.Risk), cmp.Compare(b.Events, a.Events))
	}}
	if err := r.Sessions(sessions.add); err != nil {
		return err
	}
	v.OpenAlerts = rowsOf[report.Alert]{open.ordered(worse), open.all, "the most severe first, and of those the newest"}
	v.SeenAlerts = rowsOf[report.Alert]{seen.ordered(worse), seen.all, "the most severe first, and of those the newest"}
	v.Violations = rowsOf[report.Violation]{
		violations.ordered(func(a, b *report.Violation) int { return a.Time.Compare(b.Time) }), violations.all, "those that were carried out, the newest",
	}
	v.Modifications = rowsOf[report.Modification]{
		modifications.ordered(func(a, b *report.Modification) int { return a.Time.Compare(b.Time) }), modifications.all,
		"those outside of a project, then those of files that something else had changed, then the newest",
	}
	v.Sessions = rowsOf[report.Session]{
		sessions.ordered(func(a, b *report.Session) int { return a.Start.Compare(b.Start) }), sessions.all, "those of the highest risk, then those with most events",
	}
	return nil
}

// worse orders alerts: the most severe first, and of those the newest.
func worse(a, b *report.Alert) int {
	return cmp.Or(securityalert.Rank(b.Severity)-securityalert.Rank(a.Severity), b.Time.Compare(a.Time), cmp.Compare(b.Seq, a.Seq))
}

func day(t time.Time) string {
	if t.IsZero() {
		return "the beginning"
	}
	return t.UTC().Format("2006-01-02")
}

// period is a period in words: by days when it is of whole days.
func period(since, until time.Time) string {
	whole := func(t time.Time) bool { return t.IsZero() || t.Equal(t.UTC().Truncate(24*time.Hour)) }
	if whole(since) && whole(until) && !since.IsZero() {
		last := until.AddDate(0, 0, -1)
		if day(since) == day(last) {
			return day(since)
		}
		return day(since) + " to " + day(last)
	}
	from := "the beginning"
	if !since.IsZero() {
		from = since.UTC().Format("2006-01-02 15:04")
	}
	return from + " to " + until.UTC().Format("2006-01-02 15:04")
}
