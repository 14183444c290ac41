// Package termstyle has what commands share that print for a person: the width of
// the terminal, colours that can be read on a light and on a dark one, lines that
// are broken at spaces, and numbers as people write them.
package termstyle

import (
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Colours, as SGR parameters. Others are hard to read on one of the backgrounds.
const (
	Bold   = "1"
	Dim    = "2"
	Red    = "31"
	Green  = "32"
	Yellow = "33"
	Cyan   = "36"
)

// DefaultWidth is that of lines which go to no terminal.
const DefaultWidth = 120

// Style says how text is printed.
type Style struct {
	Color bool
	Width int // columns
}

// New returns the style of a command's output. width is what the user asks for; 0
// is the terminal's width.
func New(io *cliio.IO, width int) Style {
	s := Style{Color: io.Color, Width: width}
	if s.Width > 0 {
		return s
	}
	s.Width = DefaultWidth
	if f, ok := io.Out.(*os.File); ok && io.OutTTY {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			s.Width = w
		}
	}
	return s
}

// Paint returns clean text in a colour.
func (s Style) Paint(sgr, text string) string {
	if !s.Color || sgr == "" || text == "" {
		return text
	}
	return "\x1b[" + sgr + "m" + text + "\x1b[0m"
}

// Severity is the colour of an alert's severity; none of what is no severity.
func Severity(severity string) string {
	switch severity {
	case semconv.SeverityCritical:
		return "1;" + Red
	case semconv.SeverityHigh:
		return Red
	case semconv.SeverityMedium:
		return Yellow
	case semconv.SeverityLow:
		return Dim
	}
	return ""
}

// Duration is a number of milliseconds as people write it; below 0 it is "".
func Duration(milliseconds int64) string {
	d := time.Duration(min(milliseconds, 1<<42)) * time.Millisecond
	switch {
	case milliseconds < 0:
		return ""
	case d < time.Second:
		return strconv.FormatInt(milliseconds, 10) + " ms"
	case d < time.Minute:
		return strconv.FormatFloat(float64(milliseconds/100)/10, 'f', 1, 64) + " s"
	case d < time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + " min " + strconv.Itoa(int(d/time.Second)%60) + " s"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d/time.Hour)) + " h " + strconv.Itoa(int(d/time.Minute)%60) + " min"
	}
	return strconv.Itoa(int(d/(24*time.Hour))) + " d " + strconv.Itoa(int(d/time.Hour)%24) + " h"
}

// Count is a number with its noun, in the plural where it needs one.
func Count(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + several
}

// Wrap breaks clean text into lines of at most width columns, at spaces where there
// are some.
func Wrap(s string, width int) []string {
	width = max(width, 2)
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(s) {
		for termtext.Width(word) > width {
			if line != "" {
				lines, line = append(lines, line), ""
			}
			head := head(word, width)
			lines, word = append(lines, head), word[len(head):]
		}
		switch {
		case line == "":
			line = word
		case termtext.Width(line)+1+termtext.Width(word) <= width:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// head is what of clean text fits, at least a character.
func head(s string, width int) string {
	n := 0
	for i, c := range s {
		if n += termtext.Width(string(c)); n > width && i > 0 {
			return s[:i]
		}
	}
	return s
}
