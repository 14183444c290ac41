package screen

import (
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/console/celltext"
)

// style is the parameters of an SGR sequence; "" for plain text.
type style string

// Styles that do not depend on the background. Without colours bold, faint and
// reverse remain.
const (
	plain   style = ""
	bold    style = "1"
	dim     style = "2"
	reverse style = "7"
	red     style = "31"
	redBold style = "1;31"
	onInput style = "4"
)

// theme is what does depend on it: yellow and cyan cannot be read on white.
type theme struct{ yellow, green, accent style }

var (
	darkTheme  = theme{yellow: "33", green: "32", accent: "36"}
	lightTheme = theme{yellow: "38;5;130", green: "38;5;28", accent: "38;5;25"}
)

// severity is the style of an alert's rank.
func (t theme) severity(rank int) style {
	return [...]style{dim, dim, t.yellow, red, redBold}[min(max(rank, 0), 4)]
}

func (t theme) level(level string) style {
	switch level {
	case "WARN":
		return t.yellow
	case "ERROR":
		return red
	case "FATAL":
		return redBold
	}
	return plain
}

// seg is clean text in one style.
type seg struct {
	text  string
	style style
}

func (s seg) paint() string {
	if s.style == plain || s.text == "" {
		return s.text
	}
	return "\x1b[" + string(s.style) + "m" + s.text + "\x1b[m"
}

// row is a line of the screen.
type row []seg

func (r *row) add(text string, s style) { *r = append(*r, seg{text, s}) }

// cell adds text cut or filled to a width, and a space behind it.
func (r *row) cell(text string, width int, s style) {
	r.add(celltext.Pad(text, width), s)
	r.add(" ", plain)
}

// number is cell for numbers.
func (r *row) number(text string, width int, s style) {
	r.add(celltext.PadLeft(text, width), s)
	r.add(" ", plain)
}

func (r row) width() (n int) {
	for _, s := range r {
		n += celltext.Width(s.text)
	}
	return n
}

// cut shortens the row to a width, or fills it.
func (r row) cut(width int) row {
	out := make(row, 0, len(r)+1)
	for _, s := range r {
		w := celltext.Width(s.text)
		if w > width {
			s.text = celltext.Cut(s.text, width)
			w = celltext.Width(s.text)
			out = append(out, s)
			width -= w
			break
		}
		out = append(out, s)
		width -= w
	}
	if width > 0 {
		out = append(out, seg{strings.Repeat(" ", width), plain})
	}
	return out
}

// paint is the row on exactly so many columns. A selected one is shown reversed,
// without colours of its own.
func (r row) paint(width int, selected bool) string {
	r = r.cut(width)
	var b strings.Builder
	if selected {
		for _, s := range r {
			b.WriteString(s.text)
		}
		return seg{b.String(), reverse}.paint()
	}
	for _, s := range r {
		b.WriteString(s.paint())
	}
	return b.String()
}

// between puts what stands right at the end of the row, when there is room.
func (r row) between(right row, width int) row {
	room := width - r.width() - right.width()
	if room < 1 {
		return r
	}
	return append(append(r, seg{strings.Repeat(" ", room), plain}), right...)
}

// title is the line over a pane. It is heavy when the pane has the keys.
func title(name, about string, focused bool, width int) row {
	line, s := "─", dim
	if focused {
		line, s = "━", bold
	}
	r := row{{line + line + " ", s}, {name, bold}, {" ", plain}}
	if about != "" {
		r.add("· "+about+" ", dim)
	}
	if n := width - r.width(); n > 0 {
		r.add(strings.Repeat(line, n), s)
	}
	return r
}

var bars = []rune("▁▂▃▄▅▆▇█")

// spark draws counts as bars of at most full, or of the largest when that is more.
func spark(counts []uint32, full uint32) string {
	for _, c := range counts {
		full = max(full, c)
	}
	var b strings.Builder
	for _, c := range counts {
		if c == 0 {
			b.WriteRune('·')
			continue
		}
		b.WriteRune(bars[(uint64(c)*uint64(len(bars))-1)/uint64(max(full, 1))])
	}
	return b.String()
}

// head is the start of an id, as far as it fits.
func head(id string, columns int) string {
	if celltext.Width(id) <= columns {
		return id
	}
	return strings.TrimSuffix(celltext.Cut(id, columns+1), "…")
}
