package signallogsconnector

import (
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// span appends the record of a span, at the time of its end: that is when it
// is known, and lists of records are in the order of their making.
func (cv *conversion) span(s ptrace.Span, records plog.LogRecordSlice) {
	at := s.EndTimestamp()
	if at == 0 {
		at = s.StartTimestamp()
	}
	if at == 0 {
		at = cv.observed
	}
	name := cv.name(s.Name())
	r := cv.record(records, semconv.SpanEventPrefix+name, at, s.Attributes())
	r.SetTraceID(s.TraceID())
	r.SetSpanID(s.SpanID())
	r.SetFlags(plog.LogRecordFlags(s.Flags() & traceFlags))
	r.SetDroppedAttributesCount(s.DroppedAttributesCount())
	if s.Status().Code() == ptrace.StatusCodeError {
		setSeverity(r, plog.SeverityNumberWarn) // as a failed tool call is
	}

	body := r.Body().SetEmptyMap()
	body.PutStr(semconv.SpanName, name)
	body.PutStr(semconv.SpanKind, strings.ToLower(s.Kind().String()))
	if id := s.ParentSpanID(); !id.IsEmpty() {
		body.PutStr(semconv.SpanParentID, id.String())
	}
	putText(body, semconv.SpanTraceState, s.TraceState().AsRaw())
	status := body.PutEmptyMap(semconv.SpanStatus)
	status.PutStr(semconv.SpanStatusCode, strings.ToLower(s.Status().Code().String()))
	putText(status, semconv.SpanStatusMessage, s.Status().Message())
	putTime(body, semconv.SpanStartTime, s.StartTimestamp())
	putTime(body, semconv.SpanEndTime, s.EndTimestamp())
	if start, end := s.StartTimestamp(), s.EndTimestamp(); start != 0 && end >= start {
		body.PutDouble(semconv.SpanDurationMillis, float64(end-start)/float64(time.Millisecond))
	}
	cv.spanEvents(body, s)
	cv.spanLinks(body, s)
}

// traceFlags are the bits of a span's flags that a log record has, too.
const traceFlags = 0xff

func (cv *conversion) spanEvents(body pcommon.Map, s ptrace.Span) {
	kept := min(s.Events().Len(), cv.config.MaxSpanEvents)
	if kept > 0 {
		list := body.PutEmptySlice(semconv.SpanEvents)
		list.EnsureCapacity(kept)
		for i := range kept {
			e := s.Events().At(i)
			item := list.AppendEmpty().SetEmptyMap()
			item.PutStr(semconv.SpanItemName, e.Name())
			putTime(item, semconv.SpanItemTime, e.Timestamp())
			putAttributes(item, e.Attributes())
		}
	}
	cv.rest(body, partSpanEvents, semconv.SpanEvents, s.Events().Len()-kept, s.DroppedEventsCount())
}

func (cv *conversion) spanLinks(body pcommon.Map, s ptrace.Span) {
	kept := min(s.Links().Len(), cv.config.MaxSpanLinks)
	if kept > 0 {
		list := body.PutEmptySlice(semconv.SpanLinks)
		list.EnsureCapacity(kept)
		for i := range kept {
			l := s.Links().At(i)
			item := list.AppendEmpty().SetEmptyMap()
			item.PutStr(semconv.SpanLinkTraceID, l.TraceID().String())
			item.PutStr(semconv.SpanLinkSpanID, l.SpanID().String())
			putText(item, semconv.SpanTraceState, l.TraceState().AsRaw())
			putAttributes(item, l.Attributes())
		}
	}
	cv.rest(body, partSpanLinks, semconv.SpanLinks, s.Links().Len()-kept, s.DroppedLinksCount())
}

func putAttributes(item pcommon.Map, attributes pcommon.Map) {
	if attributes.Len() > 0 {
		attributes.CopyTo(item.PutEmptyMap(semconv.SpanItemAttributes))
	}
}
