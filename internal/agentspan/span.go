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
	Session  string `json:"session"`
	Resource []Attr `json:"resource,omitempty"`
	Kind     Kind   `json:"kind"`
	identity
	ID      ID       `json:"id"`
	Above   ID       `json:"above,omitzero"` // the span above it; none for the root
	Start   int64    `json:"start"`          // Unix nanoseconds
	End     int64    `json:"end"`
	NoStart bool     `json:"no_start,omitempty"` // nothing tells when it began
	NoEnd   string   `json:"no_end,omitempty"`   // semconv.NoEndTurn and so on; "" when its end is known
	Wait    int64    `json:"wait,omitempty"`     // ms that a call waited before it ran
	Error   string   `json:"error,omitempty"`    // error.type; "" when it has not failed
	Attrs   []Attr   `json:"attrs,omitempty"`    // further attributes
	Moments []Moment `json:"moments,omitempty"`
	Dropped int      `json:"dropped,omitempty"` // moments that there was no room for
	Links   []ID     `json:"links,omitempty"`   // agents of the same session that reported
}

// Moment is an event of a span.
type Moment struct {
	Name  string `json:"name"`
	At    int64  `json:"at"`
	Attrs []Attr `json:"attrs,omitempty"`
}

// size is about what it takes.
func (s *Span) size() int {
	size := 512 + len(s.Session) + sizeOf(s.Resource) + sizeOf(s.Attrs)
	for i := range s.Moments {
		size += 64 + sizeOf(s.Moments[i].Attrs)
	}
	return size
}

// put writes the span into dst, which is empty. trace is that of its session.
func (s *Span) put(dst ptrace.Span, trace pcommon.TraceID) {
	dst.SetTraceID(trace)
	dst.SetSpanID(pcommon.SpanID(s.ID))
	dst.SetParentSpanID(pcommon.SpanID(s.Above))
	dst.SetName(s.title(s.Kind))
	dst.SetKind(ptrace.SpanKindInternal)
	dst.SetStartTimestamp(stamp(s.Start))
	dst.SetEndTimestamp(stamp(s.End))
	if s.Error != "" {
		dst.Status().SetCode(ptrace.StatusCodeError)
	}
	s.describe(dst.Attributes())
	dst.Events().EnsureCapacity(len(s.Moments))
	for i := range s.Moments {
		m := &s.Moments[i]
		e := dst.Events().AppendEmpty()
		e.SetName(m.Name)
		e.SetTimestamp(stamp(m.At))
		e.Attributes().EnsureCapacity(len(m.Attrs))
		putAll(e.Attributes(), m.Attrs)
	}
	dst.SetDroppedEventsCount(uint32(max(0, s.Dropped))) //nolint:gosec // fewer than events
	for _, id := range s.Links {
		l := dst.Links().AppendEmpty()
		l.SetTraceID(trace)
		l.SetSpanID(pcommon.SpanID(id))
		l.Attributes().PutStr(semconv.SpanLink, semconv.LinkReports)
	}
}

// fixedAttrs is about how many attributes a span has beside the further ones.
const fixedAttrs = 11

// describe writes the attributes.
func (s *Span) describe(m pcommon.Map) {
	m.EnsureCapacity(len(s.Attrs) + fixedAttrs)
	putAll(m, s.Attrs)
	m.PutStr(semconv.ProviderName, semconv.ProviderAnthropic)
	m.PutStr(semconv.SessionID, s.Session)
	m.PutStr(semconv.ConversationID, s.Session)
	s.identify(m, s.Kind)
	putText(m, semconv.ErrorType, s.Error)
	putText(m, semconv.SpanNoEnd, s.NoEnd)
	if s.NoStart {
		m.PutBool(semconv.SpanNoStart, true)
	}
	if s.Wait > 0 {
		m.PutInt(semconv.ToolWaitMillis, s.Wait)
	}
}

// Traces makes a request of spans, those of a session together.
func Traces(spans []*Span, scope, version string) ptrace.Traces {
	td := ptrace.NewTraces()
	type place struct {
		spans ptrace.SpanSlice
		trace pcommon.TraceID
	}
	of := map[string]place{}
	for _, s := range spans {
		at, ok := of[s.Session]
		if !ok {
			rs := td.ResourceSpans().AppendEmpty()
			rs.Resource().Attributes().EnsureCapacity(len(s.Resource))
			putAll(rs.Resource().Attributes(), s.Resource)
			ss := rs.ScopeSpans().AppendEmpty()
			ss.Scope().SetName(scope)
			ss.Scope().SetVersion(version)
			at = place{ss.Spans(), TraceID(s.Session)}
			of[s.Session] = at
		}
		s.put(at.spans.AppendEmpty(), at.trace)
	}
	return td
}

func stamp(at int64) pcommon.Timestamp { return pcommon.Timestamp(max(0, at)) }

func putAll(m pcommon.Map, list []Attr) {
	for i := range list {
		list[i].put(m)
	}
}
