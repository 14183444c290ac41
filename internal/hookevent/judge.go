package hookevent

import (
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// BeforeTool reports whether the event may be a tool call that is about to be
// made. One that could not be read may be.
func (e Event) BeforeTool() bool {
	name := e.text(semconv.HookEvent)
	return name == semconv.HookPreToolUse || name == "" && e.text(semconv.DecodeError) != ""
}

// Unjudgeable says why the event does not tell all that a judgement needs, as a
// reason of semconv; "" when it does.
func (e Event) Unjudgeable() string {
	switch {
	case e.text(semconv.DecodeError) != "":
		return semconv.ReasonUndecodable
	case strings.HasSuffix(e.text(semconv.CommandLine), CutMark):
		return semconv.ReasonCut
	}
	return ""
}

// text is a text among the attributes, "" without it.
func (e Event) text(key string) string {
	for _, kv := range e.Attributes {
		if string(kv.Key) == key {
			return kv.Value.AsString()
		}
	}
	return ""
}
