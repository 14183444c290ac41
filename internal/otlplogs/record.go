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
			s, ok := d.string()
			lr.SetSeverityText(s)
			return 3, ok
		case "body":
			return 4, d.body(lr.Body())
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
			s, ok := d.string()
			lr.SetEventName(s)
			return 8, ok
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
// processors add one to most, and to one of a sub-agent its place; a list that is full is
// copied.
const moreAttributes = 6

// attributes reads a list of names and values into m, which gets room for more.
func (d *decoder) attributes(m pcommon.Map, more int) bool {
	d.found, d.made = d.found[:0], 0
	n, ok := d.elements(kindMap, 0)
	return ok && d.put(m, n, more)
}

// body reads a value into v.
func (d *decoder) body(v pcommon.Value) bool {
	d.found, d.made = d.found[:0], 0
	return d.next('{') && d.value(text{}, 0) && d.set(v)
}
