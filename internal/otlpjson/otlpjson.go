// Package otlpjson encodes log records as an OTLP/HTTP JSON request
// (ExportLogsServiceRequest in the JSON mapping of the OTLP specification) with
// nothing but the standard library, so that a process which lives for
// milliseconds needs neither protobuf nor reflection.
package otlpjson

import (
	"encoding/base64"
	"encoding/hex"
	"math"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/log"
)

// Record is a log record to encode.
type Record struct {
	Time         time.Time
	ObservedTime time.Time
	EventName    string
	Severity     log.Severity
	SeverityText string   // "" means the severity's own name
	TraceID      [16]byte // all zero when there is none
	SpanID       [8]byte
	Flags        byte
	Attributes   []attribute.KeyValue
	Body         attribute.Value
}

// Scope is the instrumentation scope of the records.
type Scope struct {
	Name    string
	Version string
}

// AppendRequest appends the request of records that share a resource and a
// scope to dst.
func AppendRequest(dst []byte, resource []attribute.KeyValue, scope Scope, records ...Record) []byte {
	dst = append(dst, `{"resourceLogs":[{"resource":{"attributes":`...)
	dst = appendAttributes(dst, resource)
	dst = append(dst, `},"scopeLogs":[{"scope":{"name":`...)
	dst = AppendString(dst, scope.Name)
	dst = append(dst, `,"version":`...)
	dst = AppendString(dst, scope.Version)
	dst = append(dst, `},"logRecords":[`...)
	for i := range records {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendRecord(dst, &records[i])
	}
	return append(dst, `]}]}]}`...)
}

func appendRecord(dst []byte, r *Record) []byte {
	dst = append(dst, '{')
	if !r.Time.IsZero() {
		dst = append(dst, `"timeUnixNano":"`...)
		dst = strconv.AppendInt(dst, r.Time.UnixNano(), 10)
		dst = append(dst, `",`...)
	}
	observed := r.ObservedTime
	if observed.IsZero() {
		observed = r.Time
	}
	if !observed.IsZero() {
		dst = append(dst, `"observedTimeUnixNano":"`...)
		dst = strconv.AppendInt(dst, observed.UnixNano(), 10)
		dst = append(dst, `",`...)
	}
	if r.Severity != log.SeverityUndefined {
		dst = append(dst, `"severityNumber":`...)
		dst = strconv.AppendInt(dst, int64(r.Severity), 10)
		dst = append(dst, `,"severityText":`...)
		text := r.SeverityText
		if text == "" {
			text = r.Severity.String()
		}
		dst = AppendString(dst, text)
		dst = append(dst, ',')
	}
	if r.EventName != "" {
		dst = append(dst, `"eventName":`...)
		dst = AppendString(dst, r.EventName)
		dst = append(dst, ',')
	}
	if r.TraceID != [16]byte{} {
		dst = append(dst, `"traceId":"`...)
		dst = hex.AppendEncode(dst, r.TraceID[:])
		dst = append(dst, `",`...)
	}
	if r.SpanID != [8]byte{} {
		dst = append(dst, `"spanId":"`...)
		dst = hex.AppendEncode(dst, r.SpanID[:])
		dst = append(dst, `",`...)
	}
	if r.Flags != 0 {
		dst = append(dst, `"flags":`...)
		dst = strconv.AppendUint(dst, uint64(r.Flags), 10)
		dst = append(dst, ',')
	}
	if r.Body.Type() != attribute.EMPTY {
		dst = append(dst, `"body":`...)
		dst = appendValue(dst, r.Body)
		dst = append(dst, ',')
	}
	dst = append(dst, `"attributes":`...)
	dst = appendAttributes(dst, r.Attributes)
	return append(dst, '}')
}

func appendAttributes(dst []byte, attrs []attribute.KeyValue) []byte {
	dst = append(dst, '[')
	for i, kv := range attrs {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"key":`...)
		dst = AppendString(dst, string(kv.Key))
		dst = append(dst, `,"value":`...)
		dst = appendValue(dst, kv.Value)
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

func appendValue(dst []byte, v attribute.Value) []byte {
	switch v.Type() {
	case attribute.EMPTY:
		return append(dst, `{}`...)
	case attribute.STRING:
		return appendStringValue(dst, v.AsString())
	case attribute.BOOL:
		return appendBool(dst, v.AsBool())
	case attribute.INT64:
		return appendInt(dst, v.AsInt64())
	case attribute.FLOAT64:
		return appendFloat(dst, v.AsFloat64())
	case attribute.BYTESLICE:
		dst = append(dst, `{"bytesValue":"`...)
		dst = base64.StdEncoding.AppendEncode(dst, v.AsByteSlice())
		return append(dst, `"}`...)
	case attribute.MAP:
		dst = append(dst, `{"kvlistValue":{"values":`...)
		dst = appendAttributes(dst, v.AsMap())
		return append(dst, `}}`...)
	case attribute.SLICE:
		return appendArray(dst, v.AsSlice(), appendValue)
	case attribute.STRINGSLICE:
		return appendArray(dst, v.AsStringSlice(), appendStringValue)
	case attribute.BOOLSLICE:
		return appendArray(dst, v.AsBoolSlice(), appendBool)
	case attribute.INT64SLICE:
		return appendArray(dst, v.AsInt64Slice(), appendInt)
	case attribute.FLOAT64SLICE:
		return appendArray(dst, v.AsFloat64Slice(), appendFloat)
	}
	return appendStringValue(dst, v.String())
}

func appendArray[T any](dst []byte, values []T, element func([]byte, T) []byte) []byte {
	dst = append(dst, `{"arrayValue":{"values":[`...)
	for i, v := range values {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = element(dst, v)
	}
	return append(dst, `]}}`...)
}

func appendStringValue(dst []byte, s string) []byte {
	dst = append(dst, `{"stringValue":`...)
	dst = AppendString(dst, s)
	return append(dst, '}')
}

func appendBool(dst []byte, b bool) []byte {
	dst = append(dst, `{"boolValue":`...)
	dst = strconv.AppendBool(dst, b)
	return append(dst, '}')
}

func appendInt(dst []byte, i int64) []byte {
	dst = append(dst, `{"intValue":"`...)
	dst = strconv.AppendInt(dst, i, 10)
	return append(dst, `"}`...)
}

func appendFloat(dst []byte, f float64) []byte {
	dst = append(dst, `{"doubleValue":`...)
	switch {
	case math.IsNaN(f):
		dst = append(dst, `"NaN"`...)
	case math.IsInf(f, 1):
		dst = append(dst, `"Infinity"`...)
	case math.IsInf(f, -1):
		dst = append(dst, `"-Infinity"`...)
	default:
		dst = strconv.AppendFloat(dst, f, 'g', -1, 64)
	}
	return append(dst, '}')
}
