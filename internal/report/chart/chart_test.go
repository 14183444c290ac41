package chart

import (
	"encoding/xml"
	"errors"
	"html/template"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// elements reads a drawing, and returns how many elements of each name it has.
func elements(t *testing.T, svg template.HTML) map[string]int {
	t.Helper()
	n := map[string]int{}
	d := xml.NewDecoder(strings.NewReader(string(svg)))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return n
		}
		require.NoError(t, err, svg)
		if e, ok := token.(xml.StartElement); ok {
			n[e.Name.Local]++
			for _, a := range e.Attr {
				require.NotContains(t, a.Name.Local, "on", "an attribute %s", a.Name.Local)
				require.NotContains(t, []string{"NaN", "+Inf", "-Inf"}, a.Value)
			}
		}
	}
}

func TestColumns(t *testing.T) {
	svg := Columns(`a "title" & <b>`, []string{"<script>", "two", "three"},
		Series{"one", "f-main", []float64{1, 0, 3}}, Series{"two", `f-bad" onload="x`, []float64{1, math.NaN()}})
	n := elements(t, svg)
	require.Equal(t, map[string]int{"svg": 1, "line": 2, "g": 3, "rect": 6, "title": 3}, n, "three marks, and three places to point at")
	require.Contains(t, svg, `height="75"`, "3 of 4")
	require.Contains(t, svg, `class="f-bad onloadx"`)
	require.Equal(t, 1, elements(t, Columns("none", nil))["svg"])
	require.Less(t, len(Columns("many", nil, Series{Values: make([]float64, 1_000_000)})), 1_000_000)
}

func TestBarsAndLanes(t *testing.T) {
	n := elements(t, Bar(10, Series{Class: "a", Values: []float64{5}}, Series{Class: "b", Values: []float64{100}}, Series{Class: "c"}, Series{Class: "d", Values: []float64{math.Inf(1)}}))
	require.Equal(t, 3, n["rect"])
	require.Zero(t, elements(t, Bar(math.NaN(), Series{Values: []float64{1}}))["rect"])
	svg, ok := Lane("calls", []Mark{{0, 0.5, "f-main", "<b>"}, {1, 1, "f-bad", ""}, {-1, 0, "x", ""}, {math.NaN(), 1, "x", ""}, {0.5, 0.1, "x", ""}})
	require.True(t, ok)
	require.Equal(t, map[string]int{"svg": 1, "rect": 2, "title": 1}, elements(t, svg))
	_, ok = Lane("many", make([]Mark, maxMarks+1))
	require.False(t, ok)
}

func TestAxisAndTracks(t *testing.T) {
	svg := Axis([]Tick{{0, "09:00", false}, {0.5, "<b>&", true}, {1, "10:00", false}, {-1, "x", false}, {math.NaN(), "x", false}})
	require.Equal(t, map[string]int{"svg": 1, "g": 3, "line": 3, "text": 3}, elements(t, svg))
	require.Contains(t, svg, `class="tick minor"`)
	for _, anchor := range []string{`x="0%" y="11" text-anchor="start"`, `x="50%" y="11" text-anchor="middle"`, `x="100%" y="11" text-anchor="end"`} {
		require.Contains(t, svg, anchor)
	}
	require.Less(t, len(Axis(make([]Tick, 100_000))), 1_000_000)

	svg = Track(`a "lane"`, []float64{0, 0.25, 2, math.NaN()}, []Stripe{
		{Mark{0, 0.5, "g-read", "<b>"}, 0, 1},
		{Mark{1, 1, `f-bad" onload="x`, ""}, 0.25, 0.75},
		{Mark{-1, 0, "x", ""}, 0, 1},
		{Mark{math.NaN(), 1, "x", ""}, 0, 1},
		{Mark{0.5, 0.1, "x", ""}, 0, 1},
		{Mark{0, 1, "x", ""}, 0.5, 0.1},
		{Mark{0, 1, "x", ""}, -1, 1},
		{Mark{0, 1, "x", ""}, 0, math.NaN()},
	})
	require.Equal(t, map[string]int{"svg": 1, "path": 1, "rect": 2, "title": 1}, elements(t, svg))
	require.Contains(t, svg, `d="M0 0v10M250 0v10"`)
	require.Contains(t, svg, `class="f-bad onloadx" x="998.4" y="2.5" width="1.6" height="5"`)
	require.Equal(t, maxStripes, elements(t, Track("many", nil, make([]Stripe, maxStripes+1)))["rect"])
}

func TestNice(t *testing.T) {
	for v, want := range map[float64]float64{0: 2, 1: 2, 2: 2, 2.5: 4, 4.1: 5, 6: 10, 10: 10, 11: 20, 30: 40, 99: 100, 101: 200, 45000: 50000, math.Inf(1): 2} {
		require.InDelta(t, want, Nice(v), 1e-9, "%v", v)
	}
	require.InDelta(t, 2, Nice(math.NaN()), 0)
}
