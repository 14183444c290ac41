package lokiexporter

import (
	"encoding/base64"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// maxDepth is how deep a body may nest; what is deeper becomes deepMark.
const (
	maxDepth = 64
	deepMark = "[nested too deep]"
)

// jsonWriter appends the JSON of pdata values to a buffer. The same value
// always gives the same bytes: map keys are sorted. Nothing is HTML-escaped,
// invalid UTF-8 becomes U+FFFD.
type jsonWriter struct {
	buf       []byte
	pairs     []pair   // of the maps that are being written and are not in order
	omitEmpty bool     // leave out null, "", [], {} and false in maps
	drop      []string // fields of the outermost map that are left out
	reserved  []string // fields of the outermost map that are renamed to attributes.…
	maxString int      // longer strings are cut; 0: none is
}

// pair is a field of a map.
type pair struct {
	key   string
	value pcommon.Value
}

// value appends v and reports whether it counts as empty.
func (w *jsonWriter) value(v pcommon.Value, depth int) (empty bool) {
	if depth > maxDepth {
		w.string(deepMark)
		return false
	}
	switch v.Type() {
	case pcommon.ValueTypeStr:
		s := v.Str()
		w.string(s)
		return s == ""
	case pcommon.ValueTypeInt:
		w.buf = strconv.AppendInt(w.buf, v.Int(), 10)
		return false
	case pcommon.ValueTypeDouble:
		w.double(v.Double())
		return false
	case pcommon.ValueTypeBool:
		w.buf = strconv.AppendBool(w.buf, v.Bool())
		return !v.Bool()
	case pcommon.ValueTypeMap:
		return w.object(v.Map(), depth)
	case pcommon.ValueTypeSlice:
		return w.array(v.Slice(), depth)
	case pcommon.ValueTypeBytes:
		raw := v.Bytes().AsRaw()
		if w.maxString > 0 && len(raw) > w.maxString {
			w.string(base64.StdEncoding.EncodeToString(raw[:w.maxString]) + cutMark(len(raw)-w.maxString))
			return false
		}
		w.buf = append(w.buf, '"')
		w.buf = base64.StdEncoding.AppendEncode(w.buf, raw)
		w.buf = append(w.buf, '"')
		return len(raw) == 0
	default: // ValueTypeEmpty
		w.buf = append(w.buf, "null"...)
		return true
	}
}

func (w *jsonWriter) object(m pcommon.Map, depth int) (empty bool) {
	w.buf = append(w.buf, '{')
	start := len(w.buf)
	w.fields(m, depth, start)
	empty = len(w.buf) == start
	w.buf = append(w.buf, '}')
	return empty
}

// fields appends the fields of m in the order of their keys, without braces.
// start is where the surrounding object's first field stands.
func (w *jsonWriter) fields(m pcommon.Map, depth, start int) {
	if sorted(m) {
		for key, v := range m.All() {
			w.field(key, v, depth, start)
		}
		return
	}
	first := len(w.pairs)
	for key, v := range m.All() {
		w.pairs = append(w.pairs, pair{key, v})
	}
	pairs := w.pairs[first:] // maps within this one write behind it
	slices.SortStableFunc(pairs, func(a, b pair) int { return strings.Compare(a.key, b.key) })
	for i, p := range pairs {
		if i > 0 && pairs[i-1].key == p.key {
			continue // the first of several is what a lookup finds
		}
		w.field(p.key, p.value, depth, start)
	}
	clear(w.pairs[first:]) // it may be another array by now
	w.pairs = w.pairs[:first]
}

func (w *jsonWriter) field(key string, v pcommon.Value, depth, start int) {
	if depth == 0 {
		if slices.Contains(w.drop, key) {
			return
		}
		if slices.Contains(w.reserved, key) {
			key = "attributes." + key
		}
	}
	before := len(w.buf)
	w.key(key, start)
	if w.value(v, depth+1) && w.omitEmpty {
		w.buf = w.buf[:before]
	}
}

// key appends a key and its colon, after a comma unless it is the object's first.
func (w *jsonWriter) key(key string, start int) {
	if len(w.buf) > start {
		w.buf = append(w.buf, ',')
	}
	w.buf = appendQuoted(w.buf, key)
	w.buf = append(w.buf, ':')
}

func (w *jsonWriter) array(s pcommon.Slice, depth int) (empty bool) {
	w.buf = append(w.buf, '[')
	for i := range s.Len() {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		// Empty elements stay: their position may mean something.
		w.value(s.At(i), depth+1)
	}
	w.buf = append(w.buf, ']')
	return s.Len() == 0
}

// double follows encoding/json, but writes what JSON cannot hold as a string.
func (w *jsonWriter) double(f float64) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		w.buf = append(w.buf, '"')
		w.buf = strconv.AppendFloat(w.buf, f, 'g', -1, 64)
		w.buf = append(w.buf, '"')
		return
	}
	format := byte('f')
	if abs := math.Abs(f); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	w.buf = strconv.AppendFloat(w.buf, f, format, -1, 64)
}

func (w *jsonWriter) string(s string) {
	if w.maxString > 0 && len(s) > w.maxString {
		s = cutString(s, w.maxString)
	}
	w.buf = appendQuoted(w.buf, s)
}

// sorted reports whether the keys of m are in order and differ.
func sorted(m pcommon.Map) bool {
	previous, first := "", true
	for key := range m.All() {
		if !first && key <= previous {
			return false
		}
		previous, first = key, false
	}
	return true
}

const hexDigits = "0123456789abcdef"

// appendQuoted appends s as a JSON string.
func appendQuoted(dst []byte, s string) []byte {
	dst = append(dst, '"')
	done := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' {
				i++
				continue
			}
			dst = append(dst, s[done:i]...)
			switch c {
			case '"', '\\':
				dst = append(dst, '\\', c)
			case '\n':
				dst = append(dst, '\\', 'n')
			case '\r':
				dst = append(dst, '\\', 'r')
			case '\t':
				dst = append(dst, '\\', 't')
			default:
				dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
			}
			i++
			done = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			dst = append(dst, s[done:i]...)
			dst = append(dst, "\uFFFD"...)
			i++
			done = i
			continue
		}
		i += size
	}
	dst = append(dst, s[done:]...)
	return append(dst, '"')
}

// cutString returns at most limit bytes of s, ending between two characters,
// and says behind them how much was cut.
func cutString(s string, limit int) string {
	kept := s[:boundary(s, limit)]
	return kept + cutMark(len(s)-len(kept))
}

func cutMark(n int) string {
	return "…(+" + strconv.Itoa(n) + " bytes)"
}

// boundary is the largest index up to limit at which no character of s is split.
func boundary[T string | []byte](s T, limit int) int {
	if limit >= len(s) {
		return len(s)
	}
	for i := limit; i > 0 && i > limit-utf8.UTFMax; i-- {
		if utf8.RuneStart(s[i]) {
			return i
		}
	}
	return limit // no UTF-8 here; made valid where it is used
}
