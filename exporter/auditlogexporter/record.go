package auditlogexporter

import (
	"encoding/hex"
	"strconv"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

// source is a log record with what it shares with others.
type source struct {
	resource pcommon.Map
	scope    pcommon.InstrumentationScope
	record   plog.LogRecord
}

// parts says which parts of a record are written.
type parts struct {
	resource, scope bool
	attributes      pcommon.Map
	// body writes the body; nil leaves it out.
	body func(s source, dst []byte) ([]byte, error)
	// reduced is the JSON that says what is missing; empty when nothing is.
	reduced []byte
}

// whole is all of a record.
func (s source) whole() parts {
	return parts{resource: true, scope: true, attributes: s.record.Attributes(), body: source.appendBody}
}

func (s source) appendBody(dst []byte) ([]byte, error) { return appendValue(dst, s.record.Body(), 1) }

// bodyKey stands before the body.
const bodyKey = `,"body":`

// appendRecord appends the chosen parts of the record in the audit log's form.
// Empty parts are left out.
func (s source) appendRecord(dst []byte, p parts) ([]byte, error) {
	dst, err := s.appendHead(dst, p)
	if err != nil {
		return dst, err
	}
	return s.appendRest(dst, p)
}

// appendHead appends all that stands before the body.
func (s source) appendHead(dst []byte, p parts) (_ []byte, err error) {
	r := s.record
	dst = append(dst, `{"kind":"`+auditlog.KindLog+`"`...)
	dst = appendTime(dst, `,"time":"`, r.Timestamp())
	dst = appendTime(dst, `,"observed_time":"`, r.ObservedTimestamp())
	dst = appendText(dst, `,"event_name":`, r.EventName())
	if n := r.SeverityNumber(); n != 0 {
		dst = strconv.AppendInt(append(dst, `,"severity_number":`...), int64(n), 10)
	}
	dst = appendText(dst, `,"severity_text":`, r.SeverityText())
	if id := r.TraceID(); !id.IsEmpty() {
		dst = append(hex.AppendEncode(append(dst, `,"trace_id":"`...), id[:]), '"')
	}
	if id := r.SpanID(); !id.IsEmpty() {
		dst = append(hex.AppendEncode(append(dst, `,"span_id":"`...), id[:]), '"')
	}
	if n := r.Flags(); n != 0 {
		dst = strconv.AppendUint(append(dst, `,"flags":`...), uint64(n), 10)
	}
	if p.resource && s.resource.Len() > 0 {
		if dst, err = appendMap(append(dst, `,"resource":`...), s.resource, 1); err != nil {
			return dst, err
		}
	}
	if p.scope {
		if dst, err = appendScope(dst, s.scope); err != nil {
			return dst, err
		}
	}
	if p.attributes.Len() > 0 {
		if dst, err = appendMap(append(dst, `,"attributes":`...), p.attributes, 1); err != nil {
			return dst, err
		}
	}
	if n := r.DroppedAttributesCount(); n != 0 {
		dst = strconv.AppendUint(append(dst, `,"dropped_attributes_count":`...), uint64(n), 10)
	}
	return dst, nil
}

// appendRest appends the body and what stands behind it.
func (s source) appendRest(dst []byte, p parts) (_ []byte, err error) {
	if p.body != nil && s.record.Body().Type() != pcommon.ValueTypeEmpty {
		if dst, err = p.body(s, append(dst, bodyKey...)); err != nil {
			return dst, err
		}
	}
	if len(p.reduced) > 0 {
		dst = append(append(dst, `,"reduced":`...), p.reduced...)
	}
	return append(dst, '}'), nil
}

func appendScope(dst []byte, scope pcommon.InstrumentationScope) (_ []byte, err error) {
	if scope.Name() == "" && scope.Version() == "" && scope.Attributes().Len() == 0 {
		return dst, nil
	}
	dst = appendString(append(dst, `,"scope":{"name":`...), scope.Name())
	dst = appendText(dst, `,"version":`, scope.Version())
	if scope.Attributes().Len() > 0 {
		if dst, err = appendMap(append(dst, `,"attributes":`...), scope.Attributes(), 1); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

func appendText(dst []byte, key, s string) []byte {
	if s == "" {
		return dst
	}
	return appendString(append(dst, key...), s)
}

// appendTime appends a time as RFC 3339 in UTC, to the nanosecond.
func appendTime(dst []byte, key string, t pcommon.Timestamp) []byte {
	if t == 0 {
		return dst
	}
	at := time.Unix(int64(t/1e9), int64(t%1e9)).UTC() //nolint:gosec // a quotient and a rest of 64 bits
	return append(at.AppendFormat(append(dst, key...), time.RFC3339Nano), '"')
}
