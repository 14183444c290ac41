package auditlogreceiver

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// events are the event types that are delivered; nil: all.
type events map[string]bool

func newEvents(types []string) events {
	if len(types) == 0 {
		return nil
	}
	e := events{}
	for _, t := range types {
		e[strings.TrimPrefix(t, semconv.EventNamePrefix)] = true
	}
	return e
}

// match reports whether an entry is delivered.
func (e events) match(entry auditlog.Entry) bool {
	return e == nil || e[entry.Attribute(semconv.EventType)]
}

// part is the part of what is written that is delivered, as the log asks for it:
// nil when all is.
func (r *auditReceiver) part() func(payload any) any {
	if r.events == nil && r.fields == nil {
		return nil
	}
	return func(payload any) any {
		ld, ok := payload.(plog.Logs)
		if !ok {
			return payload
		}
		mine := plog.NewLogs()
		if r.events.copyTo(mine, ld, r.fields) == 0 {
			return nil
		}
		return mine
	}
}

// copyTo copies the records that are delivered, and returns how many they are. What
// is in memory may belong to other receivers, too.
func (e events) copyTo(to, from plog.Logs, fields bodyFields) int {
	n := 0
	for _, rl := range from.ResourceLogs().All() {
		var resource plog.ResourceLogs
		found := false
		for _, sl := range rl.ScopeLogs().All() {
			var records plog.LogRecordSlice
			first := true
			for _, lr := range sl.LogRecords().All() {
				if e != nil {
					v, ok := lr.Attributes().Get(semconv.EventType)
					if !ok || v.Type() != pcommon.ValueTypeStr || !e[v.Str()] {
						continue
					}
				}
				if !found {
					found = true
					resource = to.ResourceLogs().AppendEmpty()
					rl.Resource().CopyTo(resource.Resource())
				}
				if first {
					first = false
					scope := resource.ScopeLogs().AppendEmpty()
					sl.Scope().CopyTo(scope.Scope())
					records = scope.LogRecords()
				}
				fields.copyRecord(records.AppendEmpty(), lr)
				n++
			}
		}
	}
	return n
}
