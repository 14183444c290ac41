// Package eventlogs makes the collector's form of an event's record: the same that
// claude-hook's request would decode to.
package eventlogs

import (
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/otel/attribute"

	"github.com/agent-telemetry/agent-telemetry/internal/hookevent"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/version"
)

// Of returns the request of one event, with the resource's attributes.
func Of(resource []attribute.KeyValue, e hookevent.Event) plog.Logs {
	ld := plog.NewLogs()
	Put(Append(ld, resource).AppendEmpty(), e)
	return ld
}

// Append adds a resource and the scope of hook events to ld, and returns the list
// for their records.
func Append(ld plog.Logs, resource []attribute.KeyValue) plog.LogRecordSlice {
	rl := ld.ResourceLogs().AppendEmpty()
	putAll(rl.Resource().Attributes(), resource)
	sl := rl.ScopeLogs().AppendEmpty()
	sl.Scope().SetName(semconv.ScopeName)
	sl.Scope().SetVersion(version.Version)
	return sl.LogRecords()
}

// Put makes lr the record of an event.
func Put(lr plog.LogRecord, e hookevent.Event) {
	lr.SetTimestamp(timestamp(e.Time))
	lr.SetObservedTimestamp(timestamp(e.Time))
	lr.SetEventName(e.Name)
	lr.SetSeverityNumber(plog.SeverityNumber(e.Severity)) //nolint:gosec // 0 to 24
	lr.SetSeverityText(e.Severity.String())
	lr.SetTraceID(pcommon.TraceID(e.TraceID))
	lr.SetSpanID(pcommon.SpanID(e.SpanID))
	putAll(lr.Attributes(), e.Attributes)
	put(lr.Body(), e.Body)
}

func timestamp(t time.Time) pcommon.Timestamp { return pcommon.NewTimestampFromTime(t) }

func putAll(m pcommon.Map, attrs []attribute.KeyValue) {
	m.EnsureCapacity(len(attrs))
	for _, kv := range attrs {
		put(m.PutEmpty(string(kv.Key)), kv.Value)
	}
}

func put(dst pcommon.Value, v attribute.Value) {
	switch v.Type() {
	case attribute.EMPTY:
	case attribute.STRING:
		dst.SetStr(v.AsString())
	case attribute.BOOL:
		dst.SetBool(v.AsBool())
	case attribute.INT64:
		dst.SetInt(v.AsInt64())
	case attribute.FLOAT64:
		dst.SetDouble(v.AsFloat64())
	case attribute.BYTESLICE:
		dst.SetEmptyBytes().FromRaw(v.AsByteSlice())
	case attribute.MAP:
		putAll(dst.SetEmptyMap(), v.AsMap())
	case attribute.SLICE:
		putSlice(dst, v.AsSlice(), put)
	case attribute.STRINGSLICE:
		putSlice(dst, v.AsStringSlice(), pcommon.Value.SetStr)
	case attribute.BOOLSLICE:
		putSlice(dst, v.AsBoolSlice(), pcommon.Value.SetBool)
	case attribute.INT64SLICE:
		putSlice(dst, v.AsInt64Slice(), pcommon.Value.SetInt)
	case attribute.FLOAT64SLICE:
		putSlice(dst, v.AsFloat64Slice(), pcommon.Value.SetDouble)
	default:
		dst.SetStr(v.String())
	}
}

func putSlice[T any](dst pcommon.Value, values []T, set func(pcommon.Value, T)) {
	s := dst.SetEmptySlice()
	s.EnsureCapacity(len(values))
	for _, v := range values {
		set(s.AppendEmpty(), v)
	}
}
