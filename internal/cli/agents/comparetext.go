package agents

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/termstyle"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
)

// compareText prints two sides for a person. What comes from records is cleaned here.
type compareText struct{ termstyle.Style }

func (t *compareText) print(c *comparison) string {
	var b strings.Builder
	columns := []column{{"A", 16, true}, {"B", 16, true}, {"DIFFERENCE", 18, true}, {"", 3, false}}
	if t.Width < narrowWidth {
		columns = []column{{"A", 10, true}, {"B", 10, true}, {"DIFFERENCE", 10, true}, {"", 3, false}}
	}
	for _, side := range []struct{ name, label string }{{"A", c.A.Label}, {"B", c.B.Label}} {
		b.WriteString(t.Paint(termstyle.Bold, side.name) + " " + termtext.Cut(termtext.Clean(side.label), t.Width-2) + "\n")
	}
	b.WriteString("\n")
	width := min(nameWidth(t.Width, columns), 26)
	head := make([]cell, len(columns))
	for i := range columns {
		head[i] = cell{columns[i].name, termstyle.Dim}
	}
	b.WriteString(tableLine(t.Style, cell{"", ""}, width, columns, head))
	few := false
	for i := range c.Figures {
		f := &c.Figures[i]
		note, color := cell{}, ""
		if f.Few {
			note, color, few = cell{"few", termstyle.Yellow}, termstyle.Dim, true
		}
		b.WriteString(tableLine(t.Style, cell{f.title, ""}, width, columns, []cell{{f.text(f.A, f.AOf), ""}, {f.text(f.B, f.BOf), ""}, {f.difference(), color}, note}))
	}
	notes := []string{"Differences are B less A. Why there are some is not in the numbers."}
	if few {
		notes = append(notes, "few: a side has too few of it for the difference to say something.")
	}
	b.WriteString("\n")
	for _, n := range notes {
		for _, line := range termstyle.Wrap(n, t.Width) {
			b.WriteString(t.Paint(termstyle.Dim, line) + "\n")
		}
	}
	return b.String()
}

// text is the figure of a side.
func (f *Figure) text(v *float64, of *int) string {
	if v == nil {
		return "–"
	}
	switch f.Unit {
	case unitTime:
		return milliseconds(int64(*v))
	case unitShare:
		s := percent(*v)
		if of != nil {
			s = short(int64(math.Round(*v*float64(*of)))) + "/" + short(int64(*of)) + " " + s
		}
		return s
	}
	return decimal(*v)
}

func decimal(v float64) string {
	if v == math.Trunc(v) || math.Abs(v) >= 1000 {
		return short(int64(v))
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

// difference is B less A, and how much of A that is.
func (f *Figure) difference() string {
	if f.Difference == nil {
		return ""
	}
	d := *f.Difference
	sign := "+"
	switch {
	case d == 0:
		return "="
	case d < 0:
		sign = "−"
	}
	d = math.Abs(d)
	var s string
	switch f.Unit {
	case unitTime:
		s = milliseconds(int64(d))
	case unitShare:
		return sign + strconv.FormatFloat(100*d, 'f', 1, 64) + " points"
	default:
		s = decimal(d)
	}
	if f.Change != nil {
		s += fmt.Sprintf(" %s%.0f %%", sign, math.Min(math.Abs(100**f.Change), 1e6))
	}
	return sign + s
}
