package feed

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/console/activity"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// How Loki is followed: the last seconds are asked for again and again, since an
// entry can come later than its time, and now and then the last minutes, for what
// was spooled.
const (
	lokiEvery   = time.Second
	lokiOverlap = 10 * time.Second
	lokiFar     = 3 * time.Minute
	lokiFarEach = 30 // looks
	ahead       = time.Minute
)

// Loki follows a Loki.
type Loki struct {
	Client *lokiquery.Client
	Since  time.Time // nothing older is shown
	Hub    *activity.Hub
	Now    func() time.Time

	seen   map[string]time.Time // what was shown, by key
	newest time.Time            // up to when was asked
	away   bool
	full   bool // the last answer had as many as were asked for
}

// Run follows until ctx ends; then it returns nil. While Loki is away it waits.
func (l *Loki) Run(ctx context.Context) error {
	l.seen = map[string]time.Time{}
	tick := time.NewTicker(lokiEvery)
	defer tick.Stop()
	for n := 0; ; n++ {
		err := l.look(ctx, n)
		switch {
		case ctx.Err() != nil:
			return nil
		case lokiquery.IsAway(err) || errors.Is(err, context.DeadlineExceeded):
			l.away = true
			l.Hub.Notice("Loki does not answer; waiting for it. Without --source loki the audit log of this machine is shown.")
		case lokiquery.IsMomentary(err):
			l.away = true
			l.Hub.Notice("Waiting for Loki. " + err.Error())
		case err != nil:
			return fmt.Errorf("follow Loki: %w", err)
		case l.away:
			l.away = false
			l.Hub.Notice("")
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// look shows what is new.
func (l *Loki) look(ctx context.Context, n int) error {
	now := l.Now()
	from := l.Since
	switch {
	case l.newest.IsZero():
	case n%lokiFarEach == 0 || l.away:
		from = l.newest.Add(-lokiFar)
	default:
		from = l.newest.Add(-lokiOverlap)
	}
	if from.Before(l.Since) {
		from = l.Since
	}
	q := lokiquery.Query{}.Label(semconv.LabelService, semconv.ServiceNameValue)
	found, full, err := l.Client.Newest(ctx, q, from, now.Add(ahead), lokiquery.MaxPage)
	if err != nil {
		return err
	}
	slices.Reverse(found)
	for _, e := range found {
		ev := activity.FromLoki(e)
		key := ev.ID
		if key == "" {
			key = e.Time.String() + e.Line[:min(len(e.Line), 200)]
		}
		if _, old := l.seen[key]; !old {
			l.seen[key] = e.Time
			l.Hub.Apply(ev)
		}
	}
	switch {
	case full && l.newest.IsZero():
		l.Hub.Since(found[0].Time)
	case full:
		l.Hub.Notice(fmt.Sprintf("More than %d events came in %s: only the newest of them are shown.", len(found), now.Sub(from).Round(time.Second)))
	case l.full:
		l.Hub.Notice("")
	}
	l.full = full && !l.newest.IsZero()
	l.newest = now
	for key, at := range l.seen {
		if at.Before(now.Add(-lokiFar - time.Minute)) {
			delete(l.seen, key)
		}
	}
	return nil
}
