package otlplogs

import (
	"encoding/hex"
	"strconv"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

func (d *decoder) record(lr plog.LogRecord) bool {
	return d.fields(func(name []byte) (uint, bool) {
		switch string(name) {
		case "timeUnixNano":
			t, ok := d.time()
			lr.SetTimestamp(t)
			return 0, ok
		case "observedTimeUnixNano":
			t, ok := d.time()
			lr.SetObservedTimestamp(t)
			return 1, ok
		case "severityNumber":
			if d.token() == '"' {
				return 2, false // pdata takes a text for the name of one
			}
			n, ok := d.integer()
			lr.SetSeverityNumber(plog.SeverityNumber(n)) //nolint:gosec // bounded in the next line
			return 2, ok && n >= 0 && n <= int64(plog.SeverityNumberFatal4)
		case "severityText":
			return 3, d.text(lr.SetSeverityText)
		case "body":
			return 4, d.value(lr.Body())
		case "attributes":
			return 5, d.attributes(lr.Attributes(), moreAttributes)
		case "traceId":
			var id pcommon.TraceID
			ok := d.id(id[:])
			lr.SetTraceID(id)
			return 6, ok
		case "spanId":
			var id pcommon.SpanID
			ok := d.id(id[:])
			lr.SetSpanID(id)
			return 7, ok
		case "eventName":
			return 8, d.text(lr.SetEventName)
		}
		return 0, false
	})
}

// time reads nanoseconds since 1970, as a string or a number.
func (d *decoder) time() (pcommon.Timestamp, bool) {
	text, ok := d.number()
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseUint(string(text), 10, 64)
	return pcommon.Timestamp(n), err == nil
}

// id reads the hexadecimal text of an id, or none.
func (d *decoder) id(id []byte) bool {
	text, ok := d.plain()
	if !ok || len(text) != 0 && len(text) != hex.EncodedLen(len(id)) {
		return false
	}
	_, err := hex.Decode(id, text)
	return err == nil
}

// moreAttributes is for how many the attributes of a record have room in addition: the
// processors add some, and a list that is full is copied.
const moreAttributes = 12

// maxAttributes is the longest list of attributes that is for us: each name is compared to
// all before it, which takes a square of the time.
const maxAttributes = 128

// attributes reads a list of names and values into m, which gets room for more. A name that
// comes twice is not for us: pdata keeps both. Nor is a value that comes before its name.
func (d *decoder) attributes(m pcommon.Map, more int) bool {
	return d.length() <= maxAttributes && d.list(func(n int) { m.EnsureCapacity(n + more) }, func() bool {
		if !d.next('{') || !d.field("key") {
			return false
		}
		name, ok := d.plain()
		if !ok {
			return false
		}
		before := m.Len()
		value := m.PutEmpty(d.names.of(name))
		return m.Len() > before && d.next(',') && d.field("value") && d.value(value) && d.next('}')
	})
}

// value reads an AnyValue: an object with one field or none.
func (d *decoder) value(v pcommon.Value) bool {
	return d.fields(func(name []byte) (uint, bool) {
		switch string(name) {
		case "stringValue":
			return 0, d.text(v.SetStr)
		case "intValue":
			n, ok := d.integer()
			v.SetInt(n)
			return 0, ok
		case "boolValue":
			b, ok := d.boolean()
			v.SetBool(b)
			return 0, ok
		case "doubleValue":
			f, ok := d.float()
			v.SetDouble(f)
			return 0, ok
		case "kvlistValue":
			m := v.SetEmptyMap()
			return 0, d.values(func() bool { return d.attributes(m, 0) })
		case "arrayValue":
			s := v.SetEmptySlice()
			return 0, d.values(func() bool {
				return d.list(s.EnsureCapacity, func() bool { return d.value(s.AppendEmpty()) })
			})
		}
		return 0, false
	})
}

// values reads an object that has nothing but values, or nothing.
func (d *decoder) values(read func() bool) bool {
	return d.fields(func(name []byte) (uint, bool) {
		return 0, string(name) == "values" && read()
	})
}
