package main

import (
	"bytes"
	"fmt"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// template is a request cut at what differs from one event to the next.
type template struct {
	parts  [][]byte // a text, a field, a text, …
	fields []field
	bytes  int
}

type field int

const (
	fieldID field = iota
	fieldSession
	fieldSeq
	fieldTime
	fieldCall
	fieldTrace // of the session
	fieldSpan  // of the call
	fieldPrompt
)

// mark is where a field stands: text, without the first keep bytes of it.
type mark struct {
	field field
	text  []byte
	keep  int
}

// cut finds the fields of a request.
func cut(request []byte) (template, error) {
	t := template{bytes: len(request)}
	number, inBody := `"`+semconv.SessionSeq+`","value":{"intValue":"`, `"seq","value":{"intValue":"`
	id := between(request, `"`+semconv.EventID+`","value":{"stringValue":"`)
	nanos := between(request, `"timeUnixNano":"`)
	seq := between(request, number)
	if len(id) == 0 || len(nanos) == 0 || len(seq) == 0 {
		return t, fmt.Errorf("no event id, time or number in %s", request)
	}
	marks := []mark{
		{fieldID, id, 0},
		{fieldTime, nanos, 0},
		{fieldSession, []byte(templateSession), 0},
		{fieldSeq, append([]byte(number), seq...), len(number)},
		{fieldSeq, append([]byte(inBody), seq...), len(inBody)},
	}
	if prompt := between(request, `"`+semconv.PromptID+`","value":{"stringValue":"`); len(prompt) > 0 {
		marks = append(marks, mark{fieldPrompt, prompt, 0})
	}
	if call := between(request, `"`+semconv.ToolCallID+`","value":{"stringValue":"`); len(call) > 0 {
		marks = append(marks, mark{fieldCall, call, 0})
	}
	for f, key := range map[field]string{fieldTrace: `"traceId":"`, fieldSpan: `"spanId":"`} {
		if id := between(request, key); len(id) > 0 {
			marks = append(marks, mark{f, id, 0})
		}
	}
	for rest := request; ; {
		first, at := -1, len(rest)
		for i, m := range marks {
			if found := bytes.Index(rest, m.text); found >= 0 && found < at {
				first, at = i, found
			}
		}
		if first < 0 {
			t.parts = append(t.parts, rest)
			return t, nil
		}
		m := marks[first]
		t.parts, t.fields = append(t.parts, rest[:at+m.keep]), append(t.fields, m.field)
		rest = rest[at+len(m.text):]
	}
}

// between is the text behind before, up to the next quote.
func between(request []byte, before string) []byte {
	_, text, _ := bytes.Cut(request, []byte(before))
	text, _, _ = bytes.Cut(text, []byte(`"`))
	return text
}
