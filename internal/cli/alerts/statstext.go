package alerts

import (
	"fmt"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/termstyle"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
)

// Widths and heights of the tables.
const (
	nameColumn = 34
	barColumn  = 40
	topNames   = 20
)

// stats shows numbers to people.
func (t *text) stats(s *Stats, by []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s from %s to %s: %s; %d not acknowledged", t.Paint(termstyle.Bold, plural(s.Alerts, "alert")), s.From.Format("2 January"), s.To.Format("2 January 2006"),
		compared(s.Alerts, s.Before, s.Days), s.Unacknowledged)
	if s.Suppressed > 0 {
		fmt.Fprintf(&b, "; %d more like them, which were not told", s.Suppressed)
	}
	b.WriteString("\n\n")
	most := 1
	for _, d := range s.PerDay {
		most = max(most, d.Alerts)
	}
	for _, d := range s.PerDay {
		date, err := time.Parse(time.DateOnly, d.Date)
		if err != nil {
			continue
		}
		fmt.Fprintf(&b, "  %s  %s %d\n", date.Format("Mon 02 Jan"), strings.Repeat("█", (d.Alerts*barColumn+most-1)/most), d.Alerts)
	}
	for _, what := range by {
		t.table(&b, what, s.By[what])
	}
	return b.String()
}

func (t *text) table(b *strings.Builder, what string, counts []Count) {
	if len(counts) == 0 {
		return
	}
	b.WriteString("\n" + t.Paint(termstyle.Dim, fmt.Sprintf("%s %7s %7s %7s %7s", termtext.Pad(what, nameColumn), "alerts", "before", "change", "open")) + "\n")
	for _, n := range counts[:min(len(counts), topNames)] {
		name := termtext.Pad(or(termtext.Clean(n.Name), "(none)"), nameColumn)
		color := termstyle.Severity(n.Severity)
		if what == bySeverity {
			color = termstyle.Severity(n.Name)
		}
		fmt.Fprintf(b, "%s %7d %7d %7s %7d  %s\n", t.Paint(color, name), n.Alerts, n.Before, change(n.Alerts, n.Before), n.Unacknowledged, spark(n.PerDay))
	}
	if more := len(counts) - topNames; more > 0 {
		fmt.Fprintf(b, "%s\n", t.Paint(termstyle.Dim, fmt.Sprintf("and %d more: --json has them all", more)))
	}
}

// spark is a day's alerts as a block, the highest the most.
func spark(days []int) string {
	blocks := []rune("▁▂▃▄▅▆▇█")
	most := 0
	for _, n := range days {
		most = max(most, n)
	}
	out := make([]rune, len(days))
	for i, n := range days {
		out[i] = '·'
		if n > 0 {
			out[i] = blocks[(n*len(blocks)-1)/most]
		}
	}
	return string(out)
}

// change is how much more there is than before.
func change(now, before int) string {
	switch before {
	case now:
		return ""
	case 0:
		return "new"
	}
	return fmt.Sprintf("%+d%%", (now-before)*100/before)
}

func compared(now, before, days int) string {
	text := fmt.Sprintf("%d in the %s before", before, plural(days, "day"))
	if before > 0 && now != before {
		text += fmt.Sprintf(" (%+d %%)", (now-before)*100/before)
	}
	return text
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
