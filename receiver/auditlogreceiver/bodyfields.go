package auditlogreceiver

import (
	"encoding/json"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

// bodyFields are the fields of the body that are delivered; nil: the whole body.
type bodyFields map[string]bool

func newBodyFields(names []string) bodyFields {
	if len(names) == 0 {
		return nil
	}
	f := bodyFields{}
	for _, n := range names {
		f[n] = true
	}
	return f
}

// copyRecord copies a record without the fields that are not delivered. A body that
// is no map is not.
func (f bodyFields) copyRecord(to, from plog.LogRecord) {
	if f == nil {
		from.CopyTo(to)
		return
	}
	to.SetTimestamp(from.Timestamp())
	to.SetObservedTimestamp(from.ObservedTimestamp())
	to.SetEventName(from.EventName())
	to.SetSeverityNumber(from.SeverityNumber())
	to.SetSeverityText(from.SeverityText())
	to.SetTraceID(from.TraceID())
	to.SetSpanID(from.SpanID())
	to.SetFlags(from.Flags())
	to.SetDroppedAttributesCount(from.DroppedAttributesCount())
	from.Attributes().CopyTo(to.Attributes())
	if from.Body().Type() != pcommon.ValueTypeMap {
		return
	}
	body := to.Body().SetEmptyMap()
	body.EnsureCapacity(min(len(f), from.Body().Map().Len()))
	for k, v := range from.Body().Map().All() {
		if f[k] {
			v.CopyTo(body.PutEmpty(k))
		}
	}
}

// cut returns a body as it stands in the log, without the fields that are not
// delivered.
func (f bodyFields) cut(body json.RawMessage) json.RawMessage {
	if f == nil || len(body) == 0 {
		return body
	}
	var all map[string]json.RawMessage
	if json.Unmarshal(body, &all) != nil || all == nil {
		return nil // no map
	}
	for k := range all {
		if !f[k] {
			delete(all, k)
		}
	}
	kept, err := json.Marshal(all)
	if err != nil {
		return nil // it was JSON a moment ago
	}
	return kept
}
