package report

import (
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// maxOpen is how many calls without a result are remembered.
const maxOpen = 100_000

// calls joins announcements of tool calls with their results, in bounded memory.
type calls struct {
	open   map[uint64]*call
	order  []uint64 // the oldest first, with some that are not open any more
	files  map[uint64]left
	finish func(*call) error
}

// left is what the last modification of a file left.
type left struct {
	hash string
	at   time.Time
}

func newCalls() *calls { return &calls{open: map[uint64]*call{}, files: map[uint64]left{}} }

// add takes an event in.
func (c *calls) add(e *auditlog.Entry) error {
	hook := e.Attribute(semconv.HookEvent)
	switch hook {
	case semconv.HookPreToolUse, hookPost, hookFailed, hookDenied:
	default:
		return nil // only calls reach anything
	}
	id := uint64(0)
	if use := e.Attribute(semconv.ToolCallID); use != "" {
		id = key(e.Attribute(semconv.SessionID), use)
	}
	known := c.open[id]
	if id == 0 {
		known = nil
	}
	if hook == semconv.HookPreToolUse {
		return c.announced(e, id, known)
	}
	switch {
	case known != nil && known.ended:
		return nil // a second result
	case known != nil:
		delete(c.open, id)
	default:
		if known = newCall(e); known == nil {
			return nil
		}
		if id != 0 {
			if err := c.remember(id, &call{ended: true}); err != nil {
				return err
			}
		}
	}
	known.result(e, hook)
	return c.done(known)
}

func (c *calls) announced(e *auditlog.Entry, id uint64, known *call) error {
	if known != nil { // its result came first, or it was announced before
		if known.ended {
			delete(c.open, id)
		}
		return nil
	}
	made := newCall(e)
	switch {
	case made == nil:
		return nil
	case id == 0: // nothing will tell how it ended
		return c.done(made)
	}
	return c.remember(id, made)
}

func (c *calls) remember(id uint64, k *call) error {
	c.open[id] = k
	c.order = append(c.order, id)
	for len(c.open) > maxOpen || len(c.order) > 4*maxOpen {
		oldest := c.order[0]
		c.order = c.order[1:]
		if gone := c.open[oldest]; gone != nil {
			delete(c.open, oldest)
			if err := c.done(gone); err != nil {
				return err
			}
		}
	}
	return nil
}

// rest ends the calls that had no result.
func (c *calls) rest() error {
	for _, id := range c.order {
		if k := c.open[id]; k != nil {
			delete(c.open, id)
			if err := c.done(k); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *calls) done(k *call) error {
	if k.mod == nil && k.out == nil {
		return nil
	}
	if k.mod != nil {
		c.custody(k.mod)
	}
	return c.finish(k)
}

// custody compares what a modification found with what the one before had left.
func (c *calls) custody(m *Modification) {
	if m.File == "" {
		return
	}
	id := key(m.File)
	before, known := c.files[id]
	if known && m.Time.Before(before.at) {
		return // recorded late
	}
	m.ChangedBetween = known && before.hash != "" && m.HashBefore != "" && m.HashBefore != before.hash
	switch {
	case m.HashAfter != "":
		if known || len(c.files) < maxFiles {
			c.files[id] = left{hash: m.HashAfter, at: m.Time}
		}
	case known && (m.Outcome == OutcomeOK || m.Outcome == OutcomeUnknown):
		delete(c.files, id) // nobody knows
	}
}
