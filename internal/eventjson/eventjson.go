// Package eventjson encodes an event as the OTLP/HTTP JSON request that
// claude-hook sends and the spool holds.
package eventjson

import (
	"github.com/agent-telemetry/agent-telemetry/internal/hookevent"
	"github.com/agent-telemetry/agent-telemetry/internal/hostinfo"
	"github.com/agent-telemetry/agent-telemetry/internal/otlpjson"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/version"
)

// typicalSize is what most requests need.
const typicalSize = 8 << 10

// Request returns the request that holds the one event.
func Request(e hookevent.Event) []byte {
	return otlpjson.AppendRequest(make([]byte, 0, typicalSize), hostinfo.Resource(),
		otlpjson.Scope{Name: semconv.ScopeName, Version: version.Version},
		otlpjson.Record{
			Time:       e.Time,
			EventName:  e.Name,
			Severity:   e.Severity,
			TraceID:    e.TraceID,
			SpanID:     e.SpanID,
			Attributes: e.Attributes,
			Body:       e.Body,
		})
}
