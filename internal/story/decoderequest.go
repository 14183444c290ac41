package story

import (
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Event names of the records that tell of a request to the model: that of a native span
// has its record's EventName.
const (
	requestSpan  = semconv.SpanEventPrefix + semconv.EventNamePrefix + "llm_request"
	requestEvent = semconv.NativeAPIRequest
)

// maxTokens is more than a request can have.
const maxTokens = 1 << 40

// request reads the attributes of a record of Claude Code's own telemetry. The event
// is of type ModelRequest when they tell of a request of an agent.
func (d *decoder) request(c *cursor, e *Event) error {
	eventName, native := e.Type, ""
	e.Type = ""
	err := c.object(func(key []byte) (err error) {
		switch string(key) {
		case semconv.EventID:
			e.ID, err = c.text(maxName)
		case semconv.SessionID:
			_, err = c.name(d, &e.Session)
		case semconv.NativeAgentID:
			_, err = c.name(d, &e.AgentID)
		case semconv.NativeEventName:
			_, err = c.name(d, &native)
		case semconv.NativeTokensIn, semconv.NativeTokensOut, semconv.NativeTokensRead, semconv.NativeTokensWritten:
			var n int64
			err = c.putNumber(&n)
			e.Tokens += min(max(n, 0), maxTokens)
		}
		return err
	})
	e.Span = eventName == requestSpan
	if e.AgentID != "" && (e.Span || strings.TrimPrefix(native, semconv.EventNamePrefix) == requestEvent) {
		e.Type = ModelRequest
	}
	return err
}

// lokiRequest makes an event of an entry of Claude Code's own telemetry; its type is
// ModelRequest when it tells of a request of an agent.
func (d *decoder) lokiRequest(entry lokiquery.Entry) Event {
	name := func(s string) string { return bounded([]byte(s), maxName) }
	e := Event{
		Time: entry.Time.UTC(), ID: name(entry.Metadata[semconv.MetadataEventID]), Session: name(entry.Metadata[semconv.MetadataSessionID]),
		Type: name(entry.Labels[semconv.LabelEvent]), Duration: -1,
	}
	c := cursor{b: []byte(entry.Line)}
	_ = d.request(&c, &e) // a line that was cut has told what it could
	if agent := entry.Metadata[semconv.MetadataAgentID]; e.AgentID == "" && agent != "" {
		e.AgentID = name(agent)
	}
	return e
}
