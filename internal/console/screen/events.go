package screen

import (
	"cmp"
	"fmt"

	"github.com/agent-telemetry/agent-telemetry/internal/console/activity"
	"github.com/agent-telemetry/agent-telemetry/internal/console/celltext"
)

func (m *model) drawEvents(rows int) []string {
	about := "following"
	if m.frozen != nil {
		about = fmt.Sprintf("paused, %s new: space goes on", count(m.totals.Events-m.frozenTotal))
	}
	if !m.filter.Empty() {
		about += fmt.Sprintf(" · %s chosen by %s", count(len(m.events)), m.filter.Text)
	}
	about += " · from " + m.o.Source
	nothing := "none yet: start Claude Code in a watched project, or run `agent-telemetry send-test`"
	if !m.filter.Empty() {
		nothing = "none that the filter chooses; x clears it"
	}
	return m.pane(paneEvents, "Events", about, rows, m.width, nil, func(i int) row { return m.eventRow(m.events[i]) }, nothing)
}

// label names what an event is about: the tool, else the event.
func label(e *activity.Event) string {
	if e.Alert != nil {
		return cmp.Or(e.Alert.Severity, "?") + " alert"
	}
	if e.Ack != nil {
		return "acknowledged"
	}
	return cmp.Or(e.Tool, e.Type)
}

// phase is the mark of what became of an event's action.
func (m *model) phase(e *activity.Event) seg {
	if e.Alert != nil {
		return seg{"⚠", m.theme.severity(e.Alert.Rank())}
	}
	switch e.Phase {
	case activity.PhaseBefore:
		return seg{"▸", dim}
	case activity.PhaseDone:
		return seg{"✓", m.theme.green}
	case activity.PhaseFailed:
		return seg{"✗", red}
	case activity.PhaseNone:
	}
	return seg{" ", plain}
}

func (m *model) eventRow(e *activity.Event) row {
	var r row
	r.cell(e.Time.Local().Format("15:04:05"), 8, dim)
	r = append(r, m.phase(e), seg{" ", plain})
	s := m.theme.level(e.Level)
	if e.Alert != nil {
		s = m.theme.severity(e.Alert.Rank())
	}
	r.cell(label(e), 14, s)
	if m.width >= wide {
		r.cell(e.Project, 12, plain)
		r.cell(head(e.Session, 8), 8, dim)
	}
	behind := row{}
	if e.Facts != "" {
		behind.add(" "+e.Facts, dim)
	}
	if e.Outside {
		behind.add(" outside", m.theme.yellow)
	}
	room := m.width - 2 - r.width() - behind.width()
	r.add(celltext.Cut(e.What, max(room, 12)), plain)
	return append(r, behind...)
}
