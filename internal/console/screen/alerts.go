package screen

import (
	"cmp"
	"fmt"

	"github.com/agent-telemetry/agent-telemetry/internal/console/activity"
)

func (m *model) drawAlerts(rows int) []string {
	open := 0
	for _, n := range m.totals.Open {
		open += n
	}
	about := fmt.Sprintf("%d open", open)
	if m.open {
		about += ", only those are shown"
	}
	if !m.filter.Empty() {
		about += fmt.Sprintf(" · %d chosen by the filter", len(m.alerts))
	}
	if m.totals.LostAlerts > 0 {
		about += fmt.Sprintf(", %s older forgotten", count(m.totals.LostAlerts))
	}
	nothing := "none since " + m.sinceText()
	if !m.filter.Empty() {
		nothing = "none that the filter chooses"
	}
	return m.pane(paneAlerts, "Alerts", about, rows, m.width, nil, func(i int) row { return m.alertRow(&m.alerts[i]) }, nothing)
}

func (m *model) alertRow(a *activity.AlertState) row {
	e := a.Event
	var r row
	r.cell(e.Time.Local().Format("15:04:05"), 8, dim)
	s := m.theme.severity(e.Alert.Rank())
	mark, text := "⚠", plain
	if a.Ack != nil {
		mark, s, text = "✓", dim, dim
	}
	r.cell(mark, 1, s)
	r.cell(cmp.Or(e.Alert.Severity, "?"), 8, s)
	rule := 20
	if m.width >= wide {
		rule = 26
	}
	r.cell(e.Alert.Rule, rule, text)
	if m.width >= wide {
		r.cell(e.Project, 12, text)
		r.cell(head(e.Session, 8), 8, dim)
	}
	if a.Ack != nil {
		r.add("by "+cmp.Or(a.Ack.By, "somebody")+": ", m.theme.green)
	}
	r.add(cmp.Or(e.Alert.Command, e.Alert.File, e.Alert.URL, e.What), text)
	return r
}
