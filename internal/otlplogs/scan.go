package otlplogs

import (
	"encoding/binary"
	"math/bits"
)

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
		i += plainBytes(raw[i:])
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

// Eight bytes at a time.
const (
	ones   = 0x0101010101010101
	highs  = 0x8080808080808080
	quotes = ones * '"'
	slants = ones * '\\'
	spaces = ones * ' '
)

// plainBytes returns how many bytes of text come before a quote, a backslash or a control
// character.
func plainBytes(text []byte) int {
	n := 0
	for ; len(text)-n >= 8; n += 8 {
		w := binary.LittleEndian.Uint64(text[n:])
		// A byte's high bit is set where w^quotes or w^slants has a zero byte, or w a byte
		// below the space; borrows only reach bytes above the first that is found.
		found := ((w ^ quotes) - ones) & ^(w ^ quotes)
		found |= ((w ^ slants) - ones) & ^(w ^ slants)
		found |= (w - spaces) & ^w
		if found &= highs; found != 0 {
			return n + bits.TrailingZeros64(found)/8
		}
	}
	for ; n < len(text); n++ {
		if c := text[n]; c == '"' || c == '\\' || c < ' ' {
			break
		}
	}
	return n
}
