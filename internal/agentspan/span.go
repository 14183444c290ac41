package agentspan

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Kind is what a span is of.
type Kind uint8

// The kinds.
const (
	KindSession Kind = iota
	KindTurn
	KindAgent
	KindCall
	kinds // how many there are
)

// String is the kind's name in metrics.
func (k Kind) String() string {
	switch k {
	case KindSession:
		return "session"
	case KindTurn:
		return "turn"
	case KindAgent:
		return "agent"
	}
	return "call"
}

// Span is a span that is finished.
type Span struct {
	Session  string   `json:"session"`
	Resource []Attr   `json:"resource,omitempty"`
	Kind     Kind     `json:"kind"`
	ID       ID       `json:"id"`
	Parent   *ID      `json:"parent,omitempty"` // nil for the root
	Name     string   `json:"name"`
	Start    int64    `json:"start"` // Unix nanoseconds
	End      int64    `json:"end"`
	Attrs    []Attr   `json:"attrs,omitempty"`
	Moments  []Moment `json:"moments,omitempty"`
	Dropped  int      `json:"dropped,omitempty"` // moments that there was no room for
	Links    []ID     `json:"links,omitempty"`   // agents of the same session that reported
	Failed   bool     `json:"failed,omitempty"`
	NoEnd    string   `json:"no_end,omitempty"` // semconv.NoEndTurn and so on; also an attribute
}

// Moment is an event of a span.
type Moment struct {
	Name  string `json:"name"`
	At    int64  `json:"at"`
	Attrs []Attr `json:"attrs,omitempty"`
}

// Put writes the span into dst.
func (s *Span) Put(dst ptrace.Span) {
	dst.SetTraceID(TraceID(s.Session))
	dst.SetSpanID(pcommon.SpanID(s.ID))
	if s.Parent != nil {
		dst.SetParentSpanID(pcommon.SpanID(*s.Parent))
	}
	dst.SetName(s.Name)
	dst.SetKind(ptrace.SpanKindInternal)
	dst.SetStartTimestamp(stamp(s.Start))
	dst.SetEndTimestamp(stamp(s.End))
	putAll(dst.Attributes(), s.Attrs)
	if s.Failed {
		dst.Status().SetCode(ptrace.StatusCodeError)
	}
	dst.Events().EnsureCapacity(len(s.Moments))
	for i := range s.Moments {
		m := &s.Moments[i]
		e := dst.Events().AppendEmpty()
		e.SetName(m.Name)
		e.SetTimestamp(stamp(m.At))
		putAll(e.Attributes(), m.Attrs)
	}
	dst.SetDroppedEventsCount(uint32(max(0, s.Dropped))) //nolint:gosec // fewer than events
	for _, id := range s.Links {
		l := dst.Links().AppendEmpty()
		l.SetTraceID(TraceID(s.Session))
		l.SetSpanID(pcommon.SpanID(id))
		l.Attributes().PutStr(semconv.SpanLink, semconv.LinkReports)
	}
}

// Traces makes a request of spans, those of a session together.
func Traces(spans []*Span, scope, version string) ptrace.Traces {
	td := ptrace.NewTraces()
	of := map[string]ptrace.SpanSlice{}
	for _, s := range spans {
		list, ok := of[s.Session]
		if !ok {
			rs := td.ResourceSpans().AppendEmpty()
			putAll(rs.Resource().Attributes(), s.Resource)
			ss := rs.ScopeSpans().AppendEmpty()
			ss.Scope().SetName(scope)
			ss.Scope().SetVersion(version)
			list = ss.Spans()
			of[s.Session] = list
		}
		s.Put(list.AppendEmpty())
	}
	return td
}

func stamp(at int64) pcommon.Timestamp { return pcommon.Timestamp(max(0, at)) } //nolint:gosec // not below 0

func putAll(m pcommon.Map, list []Attr) {
	m.EnsureCapacity(len(list))
	for i := range list {
		list[i].put(m)
	}
}
