package agents

import (
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/termstyle"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
)

// column is a column of a table for a person.
type column struct {
	name  string
	width int
	right bool // numbers stand at the right
}

// cell is a text for a column, and its colour.
type cell struct{ text, color string }

// tableLine is a line of a table whose first column is as wide as is left. Texts are
// cleaned here.
func tableLine(s termstyle.Style, name cell, width int, columns []column, cells []cell) string {
	var b strings.Builder
	text := termtext.Cut(termtext.Clean(name.text), width)
	b.WriteString(s.Paint(name.color, text) + strings.Repeat(" ", max(0, width-termtext.Width(text))))
	for i, c := range columns {
		text := termtext.Cut(termtext.Clean(cells[i].text), c.width)
		pad := strings.Repeat(" ", max(0, c.width-termtext.Width(text)))
		b.WriteString(strings.Repeat(" ", columnGap))
		if c.right {
			b.WriteString(pad + s.Paint(cells[i].color, text))
		} else {
			b.WriteString(s.Paint(cells[i].color, text) + pad)
		}
	}
	return strings.TrimRight(b.String(), " ") + "\n"
}

// nameWidth is what columns leave of a line for the first one.
func nameWidth(line int, columns []column) int {
	for _, c := range columns {
		line -= c.width + columnGap
	}
	return max(line, leastName)
}
