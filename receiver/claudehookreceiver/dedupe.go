package claudehookreceiver

import (
	"context"
	"crypto/sha256"
	"sync"

	"github.com/google/uuid"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// eventID identifies a record: the bytes of its UUID, or a hash of an id of
// another form.
type eventID [16]byte

func eventIDOf(lr plog.LogRecord) (eventID, bool) {
	v, ok := lr.Attributes().Get(semconv.EventID)
	if !ok || v.Str() == "" {
		return eventID{}, false
	}
	if id, err := uuid.Parse(v.Str()); err == nil {
		return eventID(id), true
	}
	sum := sha256.Sum256([]byte(v.Str()))
	return eventID(sum[:16]), true
}

// dedupe remembers the events that were acknowledged, and holds a second copy
// back while the first is on its way: of a hook that gave up waiting and its
// spooled copy, only one may go through, and the second may be acknowledged only
// when the first was.
//
// A record under a known id that tells something else is no copy: whoever forges
// a record under the id of an event must not make that event vanish. It goes on
// under an id of its own and names the one that it came with.
type dedupe struct {
	mu      sync.Mutex
	seen    map[eventID]contentHash
	order   []eventID // ring of what is in seen
	next    int
	pending map[eventID]claimed
}

// claimed is an event on its way.
type claimed struct {
	content contentHash
	by      *claim
}

// claim is what one request has on its way.
type claim struct {
	of      *dedupe
	records []identified
	done    chan struct{} // closed when the outcome is known; nil as long as nobody waits
}

// found are the records of a request that came under a known id.
type found struct {
	duplicates int // the same again
	conflicts  int // something else
}

func newDedupe(limit int) *dedupe {
	return &dedupe{seen: make(map[eventID]contentHash), order: make([]eventID, 0, limit), pending: map[eventID]claimed{}}
}

// identified is a record that has an event id.
type identified struct {
	lr      plog.LogRecord
	id      eventID
	content contentHash
	as      eventID // under which it goes on; like again, of a record that was claimed
	again   bool    // it was before: it does not go on
}

// identify returns the records of ld that have an event id, in their order.
func identify(ld plog.Logs) []identified {
	out := make([]identified, 0, ld.LogRecordCount())
	for _, rl := range ld.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				if id, ok := eventIDOf(lr); ok {
					out = append(out, identified{lr: lr, id: id, content: contentOf(rl.Resource(), lr, id)})
				}
			}
		}
	}
	return out
}

// claim removes the duplicates from ld, whose records are identified, gives conflicting records an id of their
// own, and claims what is left until the returned function is called with the
// outcome. It waits for other claims on the same events, holding none itself, so
// that requests cannot block each other in a circle.
func (d *dedupe) claim(ctx context.Context, ld plog.Logs, records []identified) (what found, release func(ok bool), err error) {
	for {
		d.mu.Lock()
		wait := d.blocked(records)
		if wait == nil {
			break
		}
		d.mu.Unlock()
		select {
		case <-wait:
		case <-ctx.Done():
			return found{}, nil, context.Cause(ctx)
		}
	}
	defer d.mu.Unlock()
	mine := &claim{of: d, records: records}
	for i := range records {
		record := &records[i]
		if record.as, record.again = d.resolve(*record); record.again {
			what.duplicates++
			continue
		}
		if record.as != record.id {
			what.conflicts++
			markConflict(record.lr, record.as)
		}
		d.pending[record.as] = claimed{record.content, mine}
	}
	if what.duplicates > 0 || hasEmpty(ld) {
		remove(ld, records)
	}
	return what, mine.release, nil
}

// remove takes the records that were before out of ld, and lists without any.
func remove(ld plog.Logs, records []identified) {
	ld.ResourceLogs().RemoveIf(func(rl plog.ResourceLogs) bool {
		rl.ScopeLogs().RemoveIf(func(sl plog.ScopeLogs) bool {
			sl.LogRecords().RemoveIf(func(lr plog.LogRecord) bool {
				if len(records) == 0 || records[0].lr != lr {
					return false
				}
				again := records[0].again
				records = records[1:]
				return again
			})
			return sl.LogRecords().Len() == 0
		})
		return rl.ScopeLogs().Len() == 0
	})
}

// hasEmpty reports whether ld has a list without a record.
func hasEmpty(ld plog.Logs) bool {
	for _, rl := range ld.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			if sl.LogRecords().Len() == 0 {
				return true
			}
		}
		if rl.ScopeLogs().Len() == 0 {
			return true
		}
	}
	return false
}

// resolve returns the id under which a record goes on, and whether it did
// before. Of the same conflicting record it is always the same id, so that it is
// recognised when it comes again. Somebody who forges those ids as well gives a
// record only further ids: each depends on what the record tells.
func (d *dedupe) resolve(r identified) (id eventID, again bool) {
	for id = r.id; ; id = conflictID(id, r.content) {
		content, known := d.seen[id]
		if !known {
			var on claimed
			on, known = d.pending[id]
			content = on.content
		}
		if !known || content == r.content {
			return id, known
		}
	}
}

// blocked returns what to wait for when another request has claimed an event.
func (d *dedupe) blocked(records []identified) chan struct{} {
	for _, r := range records {
		if on, busy := d.pending[r.id]; busy {
			return on.by.outcome()
		}
		id, _ := d.resolve(r)
		if on, busy := d.pending[id]; busy {
			return on.by.outcome()
		}
	}
	return nil
}

// conflictID is the id of a record whose own is taken by another.
func conflictID(id eventID, content contentHash) eventID {
	return eventID(uuid.NewHash(sha256.New(), uuid.UUID(id), content[:], 8))
}

// markConflict gives a record its new id and says which one it came with.
func markConflict(lr plog.LogRecord, id eventID) {
	was, _ := lr.Attributes().Get(semconv.EventID)
	original := was.Str()
	lr.Attributes().PutStr(semconv.EventConflictsWith, original)
	lr.Attributes().PutBool(semconv.EventIDConflict, true)
	lr.Attributes().PutStr(semconv.EventID, uuid.UUID(id).String())
}

// outcome is closed when the outcome is known. It is called with the lock.
func (c *claim) outcome() chan struct{} {
	if c.done == nil {
		c.done = make(chan struct{})
	}
	return c.done
}

func (c *claim) release(ok bool) {
	d := c.of
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := range c.records {
		r := &c.records[i]
		if r.again {
			continue
		}
		delete(d.pending, r.as)
		if ok {
			d.remember(r.as, r.content)
		}
	}
	if c.done != nil {
		close(c.done)
	}
}

// remember is called with the lock.
func (d *dedupe) remember(id eventID, content contentHash) {
	if len(d.order) < cap(d.order) {
		d.order = append(d.order, id)
	} else {
		delete(d.seen, d.order[d.next])
		d.order[d.next] = id
		d.next = (d.next + 1) % len(d.order)
	}
	d.seen[id] = content
}
