// Package spantest reads spans as a trace store does, with OTLP's own types and nothing
// of what makes them, and looks for faults in them.
package spantest

import (
	"encoding/hex"
	"errors"
	"fmt"
	"sync"

	common "go.opentelemetry.io/proto/otlp/common/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// Span is a span with its attributes as a map.
type Span struct {
	*trace.Span
	Attr     map[string]any
	Resource map[string]any
	Scope    string
}

// ID is the span's id, in hex.
func (s *Span) ID() string { return hex.EncodeToString(s.SpanId) }

// Parent is the id of the span above it, in hex; "" for a root.
func (s *Span) Parent() string { return hex.EncodeToString(s.ParentSpanId) }

// Millis is how long it took.
func (s *Span) Millis() int64 { return int64(s.EndTimeUnixNano-s.StartTimeUnixNano) / 1_000_000 } //nolint:gosec // a test's own

// Text is an attribute that is a text, or "".
func (s *Span) Text(key string) string {
	t, _ := s.Attr[key].(string)
	return t
}

// Failed reports whether its status is an error.
func (s *Span) Failed() bool { return s.Status.GetCode() == trace.Status_STATUS_CODE_ERROR }

// Store holds spans. It is safe for concurrent use.
type Store struct {
	mu    sync.Mutex
	spans []*Span
}

// Add takes a request of OTLP in protobuf.
func (s *Store) Add(request []byte) error {
	var r trace.TracesData // on the wire the same as a request
	if err := proto.Unmarshal(request, &r); err != nil {
		return fmt.Errorf("read spans: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, rs := range r.ResourceSpans {
		resource := values(rs.Resource.GetAttributes())
		for _, ss := range rs.ScopeSpans {
			for _, sp := range ss.Spans {
				s.spans = append(s.spans, &Span{Span: sp, Attr: values(sp.Attributes), Resource: resource, Scope: ss.Scope.GetName()})
			}
		}
	}
	return nil
}

// All are the spans, as they came.
func (s *Store) All() []*Span {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*Span(nil), s.spans...)
}

// Named are the spans of a name.
func (s *Store) Named(name string) (list []*Span) {
	for _, sp := range s.All() {
		if sp.Name == name {
			list = append(list, sp)
		}
	}
	return list
}

// ByID are the spans by their ids, in hex; of one that came twice, the last.
func (s *Store) ByID() map[string]*Span {
	all := map[string]*Span{}
	for _, sp := range s.All() {
		all[sp.ID()] = sp
	}
	return all
}

func values(list []*common.KeyValue) map[string]any {
	m := make(map[string]any, len(list))
	for _, kv := range list {
		m[kv.Key] = Value(kv.Value)
	}
	return m
}

// Value is a value as Go has it.
func Value(v *common.AnyValue) any {
	switch x := v.GetValue().(type) {
	case *common.AnyValue_StringValue:
		return x.StringValue
	case *common.AnyValue_IntValue:
		return x.IntValue
	case *common.AnyValue_BoolValue:
		return x.BoolValue
	case *common.AnyValue_ArrayValue:
		var list []any
		for _, item := range x.ArrayValue.Values {
			list = append(list, Value(item))
		}
		return list
	}
	return fmt.Sprint(v)
}

// required are the attributes that the GenAI conventions require of an operation, and
// those that they require when they are available, which they always are.
var required = map[string][]string{
	"invoke_agent": {"gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.conversation.id"},
	"execute_tool": {"gen_ai.operation.name", "gen_ai.tool.name", "gen_ai.tool.call.id", "gen_ai.tool.type"},
}

// Check looks for faults: of each span, and of each trace, in which there is one root and
// every parent is there. Spans that came twice are a fault.
func (s *Store) Check() error {
	var faults []error
	fault := func(sp *Span, format string, args ...any) {
		faults = append(faults, fmt.Errorf("%s (%s): %w", sp.Name, sp.ID(), fmt.Errorf(format, args...)))
	}
	all := s.All()
	known, roots := map[string]bool{}, map[string]int{}
	for _, sp := range all {
		id := hex.EncodeToString(sp.TraceId) + sp.ID()
		if known[id] {
			fault(sp, "it came twice")
		}
		known[id] = true
	}
	for _, sp := range all {
		of := hex.EncodeToString(sp.TraceId)
		if len(sp.TraceId) != 16 || len(sp.SpanId) != 8 {
			fault(sp, "ids of %d and %d bytes", len(sp.TraceId), len(sp.SpanId))
		}
		if sp.StartTimeUnixNano == 0 || sp.EndTimeUnixNano < sp.StartTimeUnixNano {
			fault(sp, "from %d to %d", sp.StartTimeUnixNano, sp.EndTimeUnixNano)
		}
		if sp.Kind != trace.Span_SPAN_KIND_INTERNAL {
			fault(sp, "is of kind %s", sp.Kind)
		}
		if sp.Failed() != (sp.Text("error.type") != "") {
			fault(sp, "status %s and error.type %q", sp.Status.GetCode(), sp.Text("error.type"))
		}
		if d, ok := sp.Attr["claude_code.tool.duration_ms"].(int64); ok && d != sp.Millis() {
			fault(sp, "takes %d ms, the payload says %d", sp.Millis(), d)
		}
		for _, l := range sp.Links {
			if !known[hex.EncodeToString(l.TraceId)+hex.EncodeToString(l.SpanId)] {
				fault(sp, "a link to nothing")
			}
		}
		s.checkNames(sp, fault)
		switch {
		case sp.Parent() == "":
			roots[of]++
		case !known[of+sp.Parent()]:
			fault(sp, "its parent %s is not there", sp.Parent())
		case sp.Parent() == sp.ID():
			fault(sp, "is its own parent")
		}
	}
	for of, n := range roots {
		if n != 1 {
			faults = append(faults, fmt.Errorf("trace %s has %d roots", of, n))
		}
	}
	for _, sp := range all {
		if roots[hex.EncodeToString(sp.TraceId)] == 0 {
			fault(sp, "its trace has no root")
		}
	}
	return errors.Join(append(faults, s.circles())...)
}

func (s *Store) checkNames(sp *Span, fault func(*Span, string, ...any)) {
	operation := sp.Text("gen_ai.operation.name")
	for _, key := range required[operation] {
		if sp.Attr[key] == nil {
			fault(sp, "lacks %s", key)
		}
	}
	want := "session"
	switch operation {
	case "invoke_agent":
		want = join(operation, sp.Text("gen_ai.agent.name"))
	case "execute_tool":
		want = join(operation, sp.Text("gen_ai.tool.name"))
	}
	if sp.Name != want {
		fault(sp, "should be named %q", want)
	}
	if sp.Attr["session.id"] == nil || sp.Resource["service.name"] == nil {
		fault(sp, "lacks its session or service")
	}
}

// circles looks for spans that are below themselves.
func (s *Store) circles() error {
	all := s.ByID()
	for _, sp := range all {
		at := sp
		for n := 0; at != nil; n++ {
			if n > len(all) {
				return fmt.Errorf("%s (%s) is below itself", sp.Name, sp.ID())
			}
			at = all[at.Parent()]
		}
	}
	return nil
}

func join(operation, name string) string {
	if name == "" {
		return operation
	}
	return operation + " " + name
}
