package auditlogexporter

import (
	"bytes"
	"errors"

	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

// keepBytes is the largest buffer that is kept for the next batch.
const keepBytes = 1 << 20

// batch is the encoded form of one plog.Logs. Its memory is used again.
type batch struct {
	buf  []byte
	ends []int // where each record ends in buf
	ids  []string
	sums []uint64 // of what each record says; 0 when it was reduced
	out  []auditlog.Pending
}

// recycle empties the batch and reports whether it is worth keeping.
func (b *batch) recycle() bool {
	clear(b.ids)
	clear(b.out)
	b.buf, b.ends, b.ids, b.sums, b.out = b.buf[:0], b.ends[:0], b.ids[:0], b.sums[:0], b.out[:0]
	return cap(b.buf) <= keepBytes && cap(b.ends) <= keepBytes/64
}

// encode encodes every record in at most limit bytes each, and returns how many
// had to be reduced, and why.
func (b *batch) encode(ld plog.Logs, limit int) map[reason]int64 {
	var reduced map[reason]int64
	for _, rl := range ld.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			for _, r := range sl.LogRecords().All() {
				s := source{rl.Resource().Attributes(), sl.Scope(), r}
				if why, ok := b.add(s, limit); !ok {
					if reduced == nil {
						reduced = make(map[reason]int64)
					}
					reduced[why]++
				}
			}
		}
	}
	return reduced
}

// add encodes one record. ok is false when it had to be reduced.
func (b *batch) add(s source, limit int) (why reason, ok bool) {
	start := len(b.buf)
	id, sum := eventID(s.record), uint64(0)
	all := s.whole()
	var err error
	b.buf, err = s.appendHead(b.buf, all)
	head := len(b.buf)
	if err == nil {
		b.buf, err = s.appendRest(b.buf, all)
	}
	switch full := b.buf[start:]; {
	case errors.Is(err, errTooDeep):
		b.buf = append(b.buf[:start], s.reduce(full, unencodable, limit)...)
		why = unencodable
	case len(full) > limit:
		b.buf = append(b.buf[:start], s.reduce(full, tooLarge, limit)...)
		why = tooLarge
	default:
		ok = true
		if id != "" {
			body, _ := bytes.CutPrefix(b.buf[head:len(b.buf)-len("}")], []byte(bodyKey))
			sum = auditlog.ContentHash(s.record.EventName(), body, s.attribute)
		}
	}
	b.ends = append(b.ends, len(b.buf))
	b.ids = append(b.ids, id)
	b.sums = append(b.sums, sum)
	return why, ok
}

// attribute returns an attribute as text, "" when the record has none.
func (s source) attribute(key string) string {
	if v, ok := s.record.Attributes().Get(key); ok {
		return v.AsString()
	}
	return ""
}

// pending returns the records in the form that the log takes. It is valid until recycle.
func (b *batch) pending() []auditlog.Pending {
	start := 0
	for i, end := range b.ends {
		b.out = append(b.out, auditlog.Pending{JSON: b.buf[start:end:end], EventID: b.ids[i], Content: b.sums[i]})
		start = end
	}
	return b.out
}
