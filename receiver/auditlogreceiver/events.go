package auditlogreceiver

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/xpdata/pref"

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

// listen begins to be told of what is written. Who needs all of it shares it with
// others; who needs a part, or cuts batches where the log says, has copies.
func (r *auditReceiver) listen() *auditlog.Tap {
	if r.events == nil && r.fields == nil && r.config.Batch.Window == "" {
		return r.feed.TapJoined(auditlog.Joiner{Join: join, Share: share, Most: min(r.config.Batch.MaxRecords, auditlog.TapRecords/2)})
	}
	return r.feed.TapPart(func(payload any) any {
		ld, ok := payload.(plog.Logs)
		if !ok {
			return payload
		}
		mine := plog.NewLogs()
		if r.events.copyTo(mine, ld, r.fields) == 0 {
			return nil
		}
		return mine
	})
}

// join adds records to others without a copy.
func join(to, more any) bool {
	all, ok := to.(plog.Logs)
	ld, also := more.(plog.Logs)
	if ok = ok && also && !all.IsReadOnly() && !ld.IsReadOnly(); ok {
		ld.ResourceLogs().MoveAndAppendTo(all.ResourceLogs())
	}
	return ok
}

// share says of records that several pipelines get them. Each of those would note in them
// that it has them, at the same time as the others: so it is noted before.
func share(payload any) {
	if ld, ok := payload.(plog.Logs); ok {
		pref.MarkPipelineOwnedLogs(ld)
		ld.MarkReadOnly()
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
