package feed

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/console/activity"
)

// How the audit log is followed. A look that finds nothing new costs the listing
// of a directory.
const (
	auditEvery  = 150 * time.Millisecond
	maxLagBytes = 96 << 20
)

// limits are how many records are read at most.
type limits struct {
	history uint64 // of the past
	lag     uint64 // behind the newest; beyond it, or maxLagBytes, all but the newest are passed over
	keep    uint64 // of those, how many are read
}

var defaultLimits = limits{history: 40_000, lag: 50_000, keep: 2_000}

// Audit follows the audit log in a directory.
type Audit struct {
	Dir   string
	Since time.Time // nothing older is shown
	Hub   *activity.Hub

	limits    limits
	reader    *auditlog.Reader
	seen      place // where the log ended at the last look
	from      uint64
	cut       bool   // the past is longer than what is read of it
	unread    uint64 // records that could not be read
	announced bool
}

// place is an end of the log.
type place struct {
	segment uint64
	size    int64
}

// Run follows the log until ctx ends; then it returns nil. A log that is not there
// yet is waited for.
func (a *Audit) Run(ctx context.Context) error {
	tick := time.NewTicker(auditEvery)
	defer tick.Stop()
	for {
		if err := a.look(ctx); err != nil && ctx.Err() == nil {
			return fmt.Errorf("follow the audit log in %s: %w", a.Dir, err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// look shows what was written since the last look.
func (a *Audit) look(ctx context.Context) error {
	segments, err := auditlog.Segments(a.Dir)
	if err != nil {
		return err
	}
	if len(segments) == 0 {
		a.announce("There is no audit log yet: `agent-telemetry up` starts the collector that writes it.")
		return nil
	}
	last := segments[len(segments)-1]
	if end := (place{last.Index, last.Size}); end == a.seen {
		return nil
	} else { //nolint:revive // end belongs to the comparison
		a.seen = end
	}
	newest, err := auditlog.Last(ctx, a.Dir, 1, auditlog.Filter{})
	if len(newest) == 0 {
		if errors.Is(err, auditlog.ErrCorrupt) {
			a.announce("The audit log cannot be read: see `agent-telemetry verify`.")
			return nil
		}
		return err
	}
	if a.announced {
		a.Hub.Notice("")
		a.announced = false
	}
	limit := newest[0].Seq + 1
	if a.limits == (limits{}) {
		a.limits = defaultLimits
	}
	if a.reader == nil {
		a.begin(segments, limit)
	}
	a.keepUp(segments, limit)
	return a.reader.Read(ctx, limit, func(e auditlog.Entry) error {
		a.show(e)
		return nil
	})
}

// begin chooses where to start.
func (a *Audit) begin(segments []auditlog.Segment, limit uint64) {
	next, at, cut := startOf(segments, a.Since)
	if limit > next+a.limits.history {
		next, at, cut = limit-a.limits.history, auditlog.Place{}, true
	}
	a.reader, a.from, a.cut = auditlog.NewReader(a.Dir, next, at), next, cut
}

// keepUp passes over what is too much, and notices another log.
func (a *Audit) keepUp(segments []auditlog.Segment, limit uint64) {
	next, at := a.reader.Next()
	if limit < next { // this is another log
		a.reader.Jump(0, auditlog.Place{})
		a.from, next, at = 0, 0, auditlog.Place{}
	}
	if lag := limit - next; lag > a.limits.lag || (lag > a.limits.keep && at != (auditlog.Place{}) && behind(segments, at) > maxLagBytes) {
		a.Hub.Skip(lag - a.limits.keep)
		a.from = limit - a.limits.keep
		a.reader.Jump(a.from, auditlog.Place{})
	}
}

// behind is how many bytes stand behind a place.
func behind(segments []auditlog.Segment, at auditlog.Place) (n int64) {
	for _, s := range segments {
		switch {
		case s.Index == at.Segment:
			n += max(0, s.Size-at.Offset)
		case s.Index > at.Segment:
			n += s.Size
		}
	}
	return n
}

// show hands an entry on.
func (a *Audit) show(e auditlog.Entry) {
	if e.Seq > a.from { // from the place on, every number should come
		a.unread += e.Seq - a.from
		a.announced = false
		a.Hub.Notice(fmt.Sprintf("%d records of the audit log are gone or cannot be read: see `agent-telemetry verify`.", a.unread))
	}
	a.from = e.Seq + 1
	if a.cut && e.Kind == auditlog.KindLog {
		a.cut = false
		if e.When().After(a.Since) {
			a.Hub.Since(e.When())
		}
	}
	if e.When().Before(a.Since) {
		return
	}
	if ev, ok := activity.FromAudit(e); ok {
		a.Hub.Apply(ev)
	}
}

func (a *Audit) announce(text string) {
	if !a.announced {
		a.Hub.Notice(text)
		a.announced = true
	}
}
