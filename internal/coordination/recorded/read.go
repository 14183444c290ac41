package recorded

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
)

// Of says of which session an event is.
type Of struct {
	Session string
	Project string // its name
}

// FromRecord makes e of a record of the collector; false when it tells nothing that
// counts.
func FromRecord(_ pcommon.Map, _ plog.LogRecord, _ *coordination.Event) (of Of, ok bool) {
	return Of{}, false
}

// FromAudit makes an event of an entry of the audit log.
func FromAudit(_ auditlog.Entry) (e coordination.Event, of Of, ok bool) { return e, of, false }

// FromLoki makes an event of an entry in Loki, of {service="claude-telemetry"}.
func FromLoki(_ lokiquery.Entry) (e coordination.Event, of Of, ok bool) { return e, of, false }
