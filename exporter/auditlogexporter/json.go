package auditlogexporter

import (
	"encoding/base64"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// maxDepth bounds how deep values may be nested; JSON readers have such bounds, too.
const maxDepth = 256

var errTooDeep = errors.New("values are nested too deep")

// appendValue appends v as JSON: integers as numbers, bytes as base64, maps with
// sorted keys. Numbers that JSON lacks (NaN, infinities) become strings.
func appendValue(dst []byte, v pcommon.Value, depth int) ([]byte, error) {
	if depth > maxDepth {
		return dst, errTooDeep
	}
	switch v.Type() {
	case pcommon.ValueTypeStr:
		return appendString(dst, v.Str()), nil
	case pcommon.ValueTypeInt:
		return strconv.AppendInt(dst, v.Int(), 10), nil
	case pcommon.ValueTypeDouble:
		return appendDouble(dst, v.Double()), nil
	case pcommon.ValueTypeBool:
		return strconv.AppendBool(dst, v.Bool()), nil
	case pcommon.ValueTypeMap:
		return appendMap(dst, v.Map(), depth+1)
	case pcommon.ValueTypeSlice:
		return appendSlice(dst, v.Slice(), depth+1)
	case pcommon.ValueTypeBytes:
		dst = append(dst, '"')
		dst = base64.StdEncoding.AppendEncode(dst, v.Bytes().AsRaw())
		return append(dst, '"'), nil
	default:
		return append(dst, "null"...), nil
	}
}

func appendSlice(dst []byte, s pcommon.Slice, depth int) (_ []byte, err error) {
	dst = append(dst, '[')
	for i := range s.Len() {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = appendValue(dst, s.At(i), depth); err != nil {
			return dst, err
		}
	}
	return append(dst, ']'), nil
}

type member struct {
	key   string
	value pcommon.Value
}

// appendMap writes keys in order. A key that comes again, which OTLP forbids but
// cannot prevent, gets a number, so that every reader sees both values.
func appendMap(dst []byte, m pcommon.Map, depth int) (_ []byte, err error) {
	var few [32]member
	members := few[:0]
	sorted := true
	for k, v := range m.All() {
		if n := len(members); n > 0 && members[n-1].key > k {
			sorted = false
		}
		members = append(members, member{k, v})
	}
	if !sorted {
		slices.SortStableFunc(members, func(a, b member) int { return strings.Compare(a.key, b.key) })
	}
	dst = append(dst, '{')
	again := 1
	for i, e := range members {
		key := e.key
		if i > 0 {
			dst = append(dst, ',')
			if again++; members[i-1].key == key {
				key += "#" + strconv.Itoa(again)
			} else {
				again = 1
			}
		}
		dst = appendString(dst, key)
		dst = append(dst, ':')
		if dst, err = appendValue(dst, e.value, depth); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

func appendDouble(dst []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, `"NaN"`...)
	case math.IsInf(f, 1):
		return append(dst, `"Infinity"`...)
	case math.IsInf(f, -1):
		return append(dst, `"-Infinity"`...)
	}
	format := byte('f')
	if abs := math.Abs(f); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(dst, f, format, -1, 64)
}

const hexDigits = "0123456789abcdef"

// appendString appends s as a JSON string. Only what JSON demands is escaped,
// and U+2028 and U+2029, which end a line in JavaScript. Bytes that are not
// UTF-8 become U+FFFD.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' {
				i++
				continue
			}
			dst = append(dst, s[start:i]...)
			dst = appendEscape(dst, c)
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			dst = append(append(dst, s[start:i]...), "\ufffd"...)
		case r == '\u2028' || r == '\u2029':
			dst = append(append(dst, s[start:i]...), `\u202`...)
			dst = append(dst, hexDigits[r&0xf])
		default:
			i += size
			continue
		}
		i += size
		start = i
	}
	return append(append(dst, s[start:]...), '"')
}

func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
}
