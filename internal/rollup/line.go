package rollup

import (
	"strconv"
	"unicode/utf8"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Line makes a roll-up's line: logfmt.
type Line struct{ buf []byte }

// Text adds a text, unless it is empty.
func (l *Line) Text(name, value string) {
	if value == "" {
		return
	}
	l.key(name)
	l.buf = appendText(l.buf, value)
}

// Number adds a number, unless it is 0.
func (l *Line) Number(name string, n int64) {
	if n != 0 {
		l.State(name, n)
	}
}

// State adds a number, 0 too: a state that is not told is another thing than one of 0.
func (l *Line) State(name string, n int64) {
	l.key(name)
	l.buf = strconv.AppendInt(l.buf, n, 10)
}

// nanos adds a number that is counted in billionths.
func (l *Line) nanos(name string, n int64) {
	if n == 0 {
		return
	}
	l.key(name)
	l.buf = strconv.AppendInt(l.buf, n/nano, 10)
	rest := strconv.FormatInt(nano+n%nano, 10)[1:]
	end := len(rest)
	for end > 0 && rest[end-1] == '0' {
		end--
	}
	if end > 0 {
		l.buf = append(append(l.buf, '.'), rest[:end]...)
	}
}

func (l *Line) key(name string) {
	if len(l.buf) > 0 {
		l.buf = append(l.buf, ' ')
	}
	l.buf = append(append(l.buf, name...), '=')
}

// String returns the line.
func (l *Line) String() string { return string(l.buf) }

// appendText quotes what logfmt would not read as one value.
func appendText(dst []byte, s string) []byte {
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		c := s[i]
		plain = c > ' ' && c < 0x7f && c != '"' && c != '=' && c != '\\'
	}
	if plain {
		return append(dst, s...)
	}
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for _, r := range s { // what is no UTF-8 is U+FFFD
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r < ' ' || r == 0x7f:
			dst = append(dst, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return append(dst, '"')
}

// line is the group's.
func (g *group) line(chunk string) string {
	var l Line
	for i, name := range g.kind.texts {
		l.Text(name, g.key.texts[i])
	}
	for i, name := range g.kind.numbers {
		if name == semconv.RollupCost {
			l.nanos(name, g.numbers[i])
		} else {
			l.Number(name, g.numbers[i])
		}
	}
	l.Text(semconv.RollupFieldChunk, chunk)
	return l.String()
}
