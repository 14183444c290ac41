package otlplogs

import (
	"math"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// found is a value that was read. Those in a list or map come right behind it.
//
// Values are read in one go over the request, and made in another over what was found: then
// it is known for how many a list or map needs memory.
type found struct {
	name, text text
	number     uint64 // its bits, or how many values are in a list or map
	kind       kind
}

type kind uint8

const (
	kindNone kind = iota
	kindText
	kindInt
	kindBool
	kindDouble
	kindList
	kindMap
)

const (
	// maxAttributes is the longest map that is for us: each name is compared to all before
	// it, which takes a square of the time.
	maxAttributes = 128
	// maxFound bounds the values of one record's attributes or body: lists of nothing would
	// take ten times their size.
	maxFound = 16 << 10
	// maxDepth bounds how many lists and maps may be around a value. The decoder calls
	// itself for each.
	maxDepth = 30
)

// elements reads the elements of a list or map, and tells how many there are.
func (d *decoder) elements(in kind, depth int) (int, bool) {
	if !d.next('[') {
		return 0, false
	}
	if d.next(']') {
		return 0, true
	}
	for n := 1; len(d.found) < maxFound; n++ {
		var ok bool
		if in == kindMap {
			ok = n <= maxAttributes && d.attribute(depth)
		} else {
			ok = d.next('{') && d.value(text{}, depth)
		}
		if !ok {
			return 0, false
		}
		if d.next(']') {
			return n, true
		}
		if !d.next(',') {
			return 0, false
		}
	}
	return 0, false
}

// attribute reads a name and its value. A value that comes before its name is not for us.
func (d *decoder) attribute(depth int) bool {
	// What programs write without white space is compared at once.
	if ok := d.literal(`{"key":"`) || d.next('{') && d.field("key") && d.next('"'); !ok {
		return false
	}
	name, ok := d.rest()
	if !ok || name.escaped {
		return false
	}
	if ok = d.literal(`,"value":{`) || d.next(',') && d.field("value") && d.next('{'); !ok {
		return false
	}
	return d.value(name, depth) && d.next('}')
}

// value reads an AnyValue behind its brace: one field, or none.
func (d *decoder) value(name text, depth int) bool {
	if d.literal(`"stringValue":"`) {
		t, ok := d.rest()
		d.found = append(d.found, found{name: name, kind: kindText, text: t})
		return ok && d.next('}')
	}
	if d.next('}') {
		d.found = append(d.found, found{name: name})
		return true
	}
	field, ok := d.plain()
	if !ok || !d.next(':') {
		return false
	}
	f := found{name: name}
	switch string(field) {
	case "stringValue":
		f.kind = kindText
		f.text, ok = d.text()
	case "intValue":
		var n int64
		n, ok = d.integer()
		f.kind, f.number = kindInt, uint64(n) //nolint:gosec // its bits
	case "boolValue":
		var b bool
		if b, ok = d.boolean(); b {
			f.number = 1
		}
		f.kind = kindBool
	case "doubleValue":
		var n float64
		n, ok = d.float()
		f.kind, f.number = kindDouble, math.Float64bits(n)
	case "kvlistValue":
		return d.values(name, kindMap, depth) && d.next('}')
	case "arrayValue":
		return d.values(name, kindList, depth) && d.next('}')
	default:
		return false
	}
	d.found = append(d.found, f)
	return ok && d.next('}')
}

// values reads a list or map: an object that has its values, or nothing.
func (d *decoder) values(name text, k kind, depth int) bool {
	if depth == maxDepth || !d.next('{') {
		return false
	}
	at := len(d.found)
	d.found = append(d.found, found{name: name, kind: k})
	if d.next('}') {
		return true
	}
	if !d.field("values") {
		return false
	}
	n, ok := d.elements(k, depth+1)
	d.found[at].number = uint64(n) //nolint:gosec // at most maxFound
	return ok && d.next('}')
}

// put makes the next n values that were found in m, which is empty and gets room for more.
// It is false when a name comes twice: pdata keeps both.
func (d *decoder) put(m pcommon.Map, n, more int) bool {
	if n == 0 {
		return true
	}
	m.EnsureCapacity(n + more)
	for range n {
		f := &d.found[d.made]
		name := d.known.of(d.raw[f.name.from:f.name.to])
		if f.kind != kindText {
			if !d.set(m.PutEmpty(name)) {
				return false
			}
			continue
		}
		// Most are texts, for which one call is half as much.
		d.made++
		s, ok := d.said(f.text)
		if !ok {
			return false
		}
		m.PutStr(name, s)
	}
	return m.Len() == n
}

// set makes the next value that was found.
func (d *decoder) set(v pcommon.Value) bool {
	f := &d.found[d.made]
	d.made++
	switch f.kind {
	case kindNone:
	case kindText:
		s, ok := d.said(f.text)
		v.SetStr(s)
		return ok
	case kindInt:
		v.SetInt(int64(f.number)) //nolint:gosec // its bits
	case kindBool:
		v.SetBool(f.number != 0)
	case kindDouble:
		v.SetDouble(math.Float64frombits(f.number))
	case kindMap:
		return d.put(v.SetEmptyMap(), int(f.number), 0) //nolint:gosec // at most maxAttributes
	case kindList:
		list := v.SetEmptySlice()
		list.EnsureCapacity(int(f.number)) //nolint:gosec // at most maxFound
		for range f.number {
			if !d.set(list.AppendEmpty()) {
				return false
			}
		}
	}
	return true
}
