package otlplogs

import "github.com/agent-telemetry/agent-telemetry/internal/jsonscan"

// layout is what one pass over a request finds: where each text ends, and how long each
// list is, both in the order in which they begin.
type layout struct {
	ends  []uint32 // of the texts: where the closing quote is, and escaped
	lists []uint32 // elements of the lists
}

// escaped marks the end of a text that has a backslash in it.
const escaped = 1 << 31

// inObject stands for an object among the lists that are open.
const inObject = -1

// scan fills the layout. It is false for what is nested too deeply, has a control character
// in a text, or does not close what it opens; that everything else is JSON is seen when it
// is read.
func (l *layout) scan(raw []byte) bool {
	if len(raw) >= escaped {
		return false
	}
	l.ends, l.lists = l.ends[:0], l.lists[:0]
	var open [maxDepth]int32 // the lists and objects around
	depth, inside := 0, int32(inObject)
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '"':
			end := textEnd(raw, i+1)
			if end == 0 {
				return false
			}
			l.ends = append(l.ends, end)
			i = int(end &^ escaped)
		case ',':
			if inside != inObject {
				l.lists[inside]++
			}
		case '{', '[':
			if depth == maxDepth {
				return false
			}
			open[depth] = inside
			depth++
			inside = inObject
			if raw[i] == '[' {
				inside = int32(len(l.lists)) //nolint:gosec // len(raw) fits
				l.lists = append(l.lists, 1)
			}
		case '}', ']':
			if depth == 0 {
				return false
			}
			depth--
			inside = open[depth] //nolint:gosec // below maxDepth
		}
	}
	return depth == 0
}

// textEnd returns where the text that begins at i has its closing quote, with the mark
// escaped; 0 when it has none or has a control character.
func textEnd(raw []byte, i int) uint32 {
	mark := uint32(0)
	for {
		i += jsonscan.Plain(raw[i:])
		switch {
		case i >= len(raw) || raw[i] < ' ':
			return 0
		case raw[i] == '"':
			return uint32(i) | mark //nolint:gosec // len(raw) fits
		}
		mark = escaped
		i += 2 // a backslash, and what it escapes
		if i > len(raw) {
			return 0
		}
	}
}
