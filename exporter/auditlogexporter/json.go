package auditlogexporter

import (
	"encoding/base64"
	"errors"
	"math"
	"strconv"

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

// appendMap writes keys in order. A key that comes again, which OTLP forbids but
// cannot prevent, gets a number, so that every reader sees both values.
func appendMap(dst []byte, m pcommon.Map, depth int) (_ []byte, err error) {
	if !inOrder(m) {
		return appendUnordered(dst, m, depth)
	}
	dst = append(dst, '{')
	first := true
	for key, v := range m.All() {
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(appendString(dst, key), ':')
		if dst, err = appendValue(dst, v, depth); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

// inOrder reports whether the keys stand as they are written, each once. Those of
// the maps in a body do: it is read from JSON that was made of Go maps.
func inOrder(m pcommon.Map) bool {
	before, first := "", true
	for key := range m.All() {
		if !first && key <= before {
			return false
		}
		before, first = key, false
	}
	return true
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
