// Package hookevent turns a Claude Code hook payload of any version into one
// OpenTelemetry log record. It is the one place that maps fields.
package hookevent

import (
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/log"
)

// Event is one log record before it is encoded.
type Event struct {
	// Time is when the hook was called.
	Time time.Time
	// ID is the event's id, a UUIDv7; it equals the attribute claude_code.event.id.
	ID string
	// Name is the record's EventName: claude_code.<event_type>.
	Name string
	// Severity is INFO for routine events and WARN for failed, denied or
	// out-of-project ones.
	Severity log.Severity
	// TraceID is derived from the session id; zero when there is none.
	TraceID [16]byte
	// SpanID is derived from the tool_use_id; zero when there is none.
	SpanID [8]byte
	// Attributes are the record's attributes.
	Attributes []attribute.KeyValue
	// Body is the structured body, a map with sorted keys.
	Body attribute.Value
}
