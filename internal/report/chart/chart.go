// Package chart draws the charts of a report as SVG: bars and columns without
// text. Names and numbers stand beside them in HTML, where they keep their size
// on a phone and on paper, and where those who do not see the drawing read them. Only
// an Axis has text, which is as large at every width.
//
// Colours are CSS classes. Every text that goes into a drawing is escaped.
package chart

import (
	"html/template"
	"math"
	"strconv"
	"strings"
)

// Series is one kind of thing that is drawn.
type Series struct {
	Name   string
	Class  string // CSS class of its marks; letters, digits and hyphens
	Values []float64
}

// Bounds of the marks of one drawing.
const (
	maxMarks   = 4000
	maxStripes = 10_000
)

// Columns draws stacked columns: one for each label, of one value of each series.
// Tips, when there are as many as labels, are shown for a column that is pointed at.
func Columns(title string, tips []string, series ...Series) template.HTML {
	n := 0
	for _, s := range series {
		n = max(n, len(s.Values))
	}
	n = min(n, maxMarks/max(len(series), 1))
	top := Nice(Highest(series...))
	var b builder
	b.open("cols", 10*n, 100, title)
	for _, y := range []float64{0, 50} { // the base line is the figure's own border
		b.raw(`<line class="grid" x1="0" x2="`).number(float64(10 * n)).raw(`" y1="`).number(y).raw(`" y2="`).number(y).raw(`"/>`)
	}
	for i := range n {
		y := 100.0
		b.raw(`<g>`)
		for _, s := range series {
			if i >= len(s.Values) || !(s.Values[i] > 0) || top <= 0 {
				continue
			}
			h := math.Max(100*s.Values[i]/top, 0.6) // something is seen
			y = math.Max(y-h, 0)
			b.rect(s.Class, float64(10*i)+1, y, 8, h)
		}
		if i < len(tips) {
			b.raw(`<rect class="hit" x="`).number(float64(10 * i)).raw(`" y="0" width="10" height="100"><title>`).text(tips[i]).raw(`</title></rect>`)
		}
		b.raw(`</g>`)
	}
	return b.close()
}

// Bar draws one horizontal bar of parts that stand side by side, as long as their sum
// of most. Who reads it has the numbers beside it.
func Bar(most float64, parts ...Series) template.HTML {
	var b builder
	b.raw(`<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">`)
	x := 0.0
	for _, p := range parts {
		if len(p.Values) == 0 || !(p.Values[0] > 0) || !(most > 0) {
			continue
		}
		w := math.Min(math.Max(100*p.Values[0]/most, 0.5), 100-x)
		b.rect(p.Class, x, 0, w, 10)
		x += w
	}
	return b.close()
}

// Mark is a stretch of a lane, in shares of its length, from 0 to 1.
type Mark struct {
	From, To float64
	Class    string
	Tip      string // shown when it is pointed at
}

// Lane draws marks on a line of time. Of more than some thousand those that come
// first are drawn, and ok is false.
func Lane(title string, marks []Mark) (svg template.HTML, ok bool) {
	var b builder
	b.open("lane", 1000, 10, title)
	ok = len(marks) <= maxMarks
	for _, m := range marks[:min(len(marks), maxMarks)] {
		if !(m.From >= 0 && m.From <= 1 && m.To >= m.From) {
			continue
		}
		x := 1000 * m.From
		w := math.Min(math.Max(1000*(m.To-m.From), 1.6), 1000)
		x = math.Min(x, 1000-w)
		b.raw(`<rect class="`).raw(class(m.Class)).raw(`" x="`).number(x).raw(`" y="0" width="`).number(w).raw(`" height="10">`)
		if m.Tip != "" {
			b.raw(`<title>`).text(m.Tip).raw(`</title>`)
		}
		b.raw(`</rect>`)
	}
	return b.close(), ok
}

// Tick is a name at a place of an axis, from 0 to 1.
type Tick struct {
	At    float64
	Label string
	Minor bool // left out where there is little room
}

// Axis writes names over marks of an axis. They keep their size at every width, and
// those at the ends stay inside.
func Axis(ticks []Tick) template.HTML {
	var b builder
	b.raw(`<svg class="axis" aria-hidden="true" focusable="false">`)
	for _, t := range ticks[:min(len(ticks), maxMarks)] {
		if !(t.At >= 0 && t.At <= 1) {
			continue
		}
		name := "tick"
		if t.Minor {
			name = "tick minor"
		}
		anchor := "middle"
		switch {
		case t.At < 0.06:
			anchor = "start"
		case t.At > 0.94:
			anchor = "end"
		}
		b.raw(`<g class="`).raw(name).raw(`"><line x1="`).number(100 * t.At).raw(`%" x2="`).number(100 * t.At).raw(`%" y1="14" y2="20"/><text x="`).
			number(100 * t.At).raw(`%" y="11" text-anchor="`).raw(anchor).raw(`">`).text(t.Label).raw(`</text></g>`)
	}
	return b.close()
}

// Stripe is a mark of a track that leaves some of its height free: it goes from Top to
// Bottom, from 0 to 1.
type Stripe struct {
	Mark
	Top, Bottom float64
}

// Track draws stripes on a line of time with lines across at some places, from 0 to 1.
// Of more than some thousand stripes those that come first are drawn.
func Track(title string, lines []float64, stripes []Stripe) template.HTML {
	var b builder
	b.open("track", 1000, 10, title)
	if len(lines) > 0 {
		b.raw(`<path class="grid" d="`)
		for _, x := range lines[:min(len(lines), maxMarks)] {
			if x >= 0 && x <= 1 {
				b.raw(`M`).number(1000 * x).raw(` 0v10`)
			}
		}
		b.raw(`"/>`)
	}
	for _, m := range stripes[:min(len(stripes), maxStripes)] {
		if !(m.From >= 0 && m.From <= 1 && m.To >= m.From && m.Top >= 0 && m.Bottom >= m.Top && m.Bottom <= 1) {
			continue
		}
		w := math.Min(math.Max(1000*(m.To-m.From), 1.6), 1000)
		x := math.Min(1000*m.From, 1000-w)
		b.raw(`<rect class="`).raw(class(m.Class)).raw(`" x="`).number(x).raw(`" y="`).number(10 * m.Top).raw(`" width="`).number(w).raw(`" height="`).number(10 * (m.Bottom - m.Top))
		if m.Tip == "" {
			b.raw(`"/>`)
			continue
		}
		b.raw(`"><title>`).text(m.Tip).raw(`</title></rect>`)
	}
	return b.close()
}

// Highest is the height of the highest column.
func Highest(series ...Series) float64 {
	highest := 0.0
	for i := 0; ; i++ {
		sum, any := 0.0, false
		for _, s := range series {
			if i < len(s.Values) {
				any = true
				if s.Values[i] > 0 { // not NaN, either
					sum += s.Values[i]
				}
			}
		}
		if !any {
			return highest
		}
		highest = math.Max(highest, sum)
	}
}

// Nice returns the next number from v up that an axis can end with: 1, 2, 4, 5 or
// 10 times a power of ten, and at least 2.
func Nice(v float64) float64 {
	if !(v > 2) || math.IsInf(v, 0) {
		return 2
	}
	p := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 4, 5, 10} {
		if v <= m*p {
			return m * p
		}
	}
	return 10 * p
}

// builder writes SVG.
type builder struct{ strings.Builder }

func (b *builder) raw(s string) *builder { b.WriteString(s); return b }

func (b *builder) number(v float64) *builder {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		v = 0
	}
	b.WriteString(strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64))
	return b
}

// text escapes for the inside of an element.
func (b *builder) text(s string) *builder { b.WriteString(template.HTMLEscapeString(s)); return b }

func (b *builder) open(name string, w, h int, title string) {
	b.raw(`<svg class="`).raw(name).raw(`" viewBox="0 0 `).number(float64(max(w, 1))).raw(` `).number(float64(h)).
		raw(`" preserveAspectRatio="none" role="img" focusable="false" aria-label="`).text(title).raw(`">`)
}

func (b *builder) rect(name string, x, y, w, h float64) {
	b.raw(`<rect class="`).raw(class(name)).raw(`" x="`).number(x).raw(`" y="`).number(y).raw(`" width="`).number(w).raw(`" height="`).number(h).raw(`"/>`)
}

func (b *builder) close() template.HTML {
	b.raw(`</svg>`)
	return template.HTML(b.String()) //nolint:gosec // made here: texts are escaped, and the rest are numbers and fixed names
}

// class keeps what can be a name of a class.
func class(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, s)
}
