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
type dedupe struct {
	mu      sync.Mutex
	seen    map[eventID]struct{}
	order   []eventID // ring of what is in seen
	next    int
	pending map[eventID]chan struct{} // closed when the outcome is known
}

func newDedupe(limit int) *dedupe {
	return &dedupe{seen: make(map[eventID]struct{}), order: make([]eventID, 0, limit), pending: map[eventID]chan struct{}{}}
}

// claim removes the duplicates from ld and claims what is left until the
// returned function is called with the outcome. It waits for other claims on
// the same events, holding none itself, so that requests cannot block each other
// in a circle.
func (d *dedupe) claim(ctx context.Context, ld plog.Logs) (duplicates int, release func(ok bool), err error) {
	for {
		d.mu.Lock()
		wait := d.blocked(ld)
		if wait == nil {
			break
		}
		d.mu.Unlock()
		select {
		case <-wait:
		case <-ctx.Done():
			return 0, nil, context.Cause(ctx)
		}
	}
	defer d.mu.Unlock()
	done := make(chan struct{})
	var claimed []eventID
	ld.ResourceLogs().RemoveIf(func(rl plog.ResourceLogs) bool {
		rl.ScopeLogs().RemoveIf(func(sl plog.ScopeLogs) bool {
			sl.LogRecords().RemoveIf(func(lr plog.LogRecord) bool {
				id, ok := eventIDOf(lr)
				if !ok {
					return false
				}
				_, acknowledged := d.seen[id]
				if _, twice := d.pending[id]; acknowledged || twice {
					duplicates++
					return true
				}
				d.pending[id] = done
				claimed = append(claimed, id)
				return false
			})
			return sl.LogRecords().Len() == 0
		})
		return rl.ScopeLogs().Len() == 0
	})
	return duplicates, func(ok bool) { d.release(claimed, done, ok) }, nil
}

// blocked returns what to wait for when another request has claimed an event.
func (d *dedupe) blocked(ld plog.Logs) chan struct{} {
	for _, rl := range ld.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				if id, ok := eventIDOf(lr); ok {
					if wait, busy := d.pending[id]; busy {
						return wait
					}
				}
			}
		}
	}
	return nil
}

func (d *dedupe) release(claimed []eventID, done chan struct{}, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, id := range claimed {
		delete(d.pending, id)
		if !ok {
			continue
		}
		if len(d.order) < cap(d.order) {
			d.order = append(d.order, id)
		} else {
			delete(d.seen, d.order[d.next])
			d.order[d.next] = id
			d.next = (d.next + 1) % len(d.order)
		}
		d.seen[id] = struct{}{}
	}
	close(done)
}
