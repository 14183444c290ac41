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
	part := func(payload any) any {
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
	if r.events != nil {
		return r.feed.TapPart(part)
	}
	return r.feed.TapParts(part, func(to, payload any) bool {
		all, ok := to.(plog.Logs)
		ld, also := payload.(plog.Logs)
		if ok = ok && also; ok {
			r.events.copyTo(all, ld, r.fields)
		}
		return ok
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
					resource = resourceIn(to, rl.Resource())
				}
				if first {
					first = false
					records = recordsIn(resource, sl.Scope())
				}
				fields.copyRecord(records.AppendEmpty(), lr)
				n++
			}
		}
	}
	return n
}

// resourceIn is where records of a resource are added: where the last ones are, if they
// are of the same, as those of hooks are. A copy of it for each would cost as much as they.
func resourceIn(to plog.Logs, of pcommon.Resource) plog.ResourceLogs {
	all := to.ResourceLogs()
	if n := all.Len(); n > 0 {
		last := all.At(n - 1).Resource()
		if last.DroppedAttributesCount() == of.DroppedAttributesCount() && same(last.Attributes(), of.Attributes()) {
			return all.At(n - 1)
		}
	}
	rl := all.AppendEmpty()
	of.CopyTo(rl.Resource())
	return rl
}

// recordsIn is the same for a scope.
func recordsIn(rl plog.ResourceLogs, of pcommon.InstrumentationScope) plog.LogRecordSlice {
	all := rl.ScopeLogs()
	if n := all.Len(); n > 0 {
		last := all.At(n - 1).Scope()
		if last.Name() == of.Name() && last.Version() == of.Version() &&
			last.DroppedAttributesCount() == of.DroppedAttributesCount() && same(last.Attributes(), of.Attributes()) {
			return all.At(n - 1).LogRecords()
		}
	}
	sl := all.AppendEmpty()
	of.CopyTo(sl.Scope())
	return sl.LogRecords()
}

// same reports whether all that one list says the other says, too. Equal looks each name
// of one up in the other: to it, one that has a name twice, as a sender can make it, may be
// the same as one that has more names.
func same(a, b pcommon.Map) bool { return a.Equal(b) && b.Equal(a) }
