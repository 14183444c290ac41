package page

import (
	"fmt"
	"html/template"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/report"
	"github.com/agent-telemetry/agent-telemetry/internal/report/chart"
)

// chartView is a drawing with its axes and legend.
type chartView struct {
	Title    string
	SVG      template.HTML
	Legend   []legend
	Top, Mid string
	X        []string
}

type legend struct{ Class, Name string }

// charts draws the period.
func charts(a *report.Activity) []chartView {
	n := len(a.Buckets)
	if n == 0 {
		return nil
	}
	step := time.Duration(a.StepSeconds) * time.Second
	events := make([]float64, n)
	mods := make([]float64, n)
	outside := make([]float64, n)
	alerts := map[string][]float64{}
	for _, s := range []string{"critical", "high", "medium", "low"} {
		alerts[s] = make([]float64, n)
	}
	tips := make([]string, n)
	alertTips := make([]string, n)
	any := false
	for i, b := range a.Buckets {
		mods[i], outside[i] = float64(b.Modifications), float64(b.Outside)
		events[i] = max(float64(b.Events-b.Modifications-b.Outside), 0)
		alerts["critical"][i], alerts["high"][i], alerts["medium"][i], alerts["low"][i] = float64(b.Critical), float64(b.High), float64(b.Medium), float64(b.Low)
		at := bucketName(b.Start, step)
		tips[i] = fmt.Sprintf("%s: %s, %s, %d outside scope", at, plural(b.Events, "event"), plural(b.Modifications, "file modification"), b.Outside)
		alertTips[i] = fmt.Sprintf("%s: %d critical, %d high, %d medium, %d low", at, b.Critical, b.High, b.Medium, b.Low)
		any = any || b.Critical+b.High+b.Medium+b.Low > 0
	}
	every := "each column is " + span(step)
	list := []chartView{columns("Events, "+every, "Events over time", a, step, tips, []chart.Series{
		{Name: "events", Class: "f-second", Values: events}, {Name: "file modifications", Class: "f-main", Values: mods}, {Name: "outside scope", Class: "f-third", Values: outside},
	})}
	if any {
		list = append(list, columns("Alerts, "+every, "Alerts over time by severity", a, step, alertTips, []chart.Series{
			{Name: "critical", Class: "f-critical", Values: alerts["critical"]},
			{Name: "high", Class: "f-high", Values: alerts["high"]},
			{Name: "medium", Class: "f-medium", Values: alerts["medium"]},
			{Name: "low", Class: "f-low", Values: alerts["low"]},
		}))
	}
	return list
}

func columns(caption, title string, a *report.Activity, step time.Duration, tips []string, series []chart.Series) chartView {
	top := chart.Nice(chart.Highest(series...))
	v := chartView{Title: caption, SVG: chart.Columns(title, tips, series...), Top: number(top), Mid: number(top / 2)}
	for _, s := range series {
		v.Legend = append(v.Legend, legend{s.Class, s.Name})
	}
	first, last := a.Buckets[0].Start, a.Buckets[len(a.Buckets)-1].Start
	v.X = []string{bucketName(first, step), bucketName(first.Add(last.Sub(first)/2).Truncate(step), step), bucketName(last, step)}
	if len(a.Buckets) < 3 {
		v.X = v.X[:1]
	}
	return v
}

func bucketName(t time.Time, step time.Duration) string {
	if step >= 24*time.Hour {
		return t.UTC().Format("2006-01-02")
	}
	return t.UTC().Format("2 Jan 15:04")
}
