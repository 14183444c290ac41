package events

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
)

// newest returns the newest rows that match, in the order of time.
func newest(ctx context.Context, c *lokiquery.Client, f filter, limit int) ([]Row, error) {
	var rows []Row
	err := c.WalkPages(ctx, f.query(), f.from, f.to, true, min(limit, lokiquery.MaxPage), func(e lokiquery.Entry) bool {
		if r := fromLoki(e); f.matches(&r) {
			rows = append(rows, r)
		}
		return len(rows) < limit
	})
	slices.Reverse(rows)
	return rows, err
}

// How the following of Loki works: the last minute is asked for again and again,
// because an event can come later than its time (a batch, a spool), and what was
// shown is remembered by its id.
const (
	pollInterval = 400 * time.Millisecond
	pollOverlap  = time.Minute
	maxShown     = 50_000
)

// followLoki shows what comes after rows, until ctx is done. While Loki is away
// it waits.
func followLoki(ctx context.Context, c *lokiquery.Client, f filter, rows []Row, show func(Row) error, notice func(string)) error {
	shown := map[string]time.Time{}
	for i := range rows {
		shown[rows[i].key()] = rows[i].Time
	}
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	started, away := time.Now(), false
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
		f.from, f.to = later(f.from, time.Now().Add(-pollOverlap)), time.Now().Add(pollOverlap)
		var fresh []Row
		err := c.WalkPages(ctx, f.query(), f.from, f.to, false, lokiquery.MaxPage, func(e lokiquery.Entry) bool {
			r := fromLoki(e)
			// What --limit left out at the start is not news.
			leftOut := len(rows) > 0 && r.Time.Before(rows[0].Time) && r.Time.Before(started)
			if _, old := shown[r.key()]; !old && !leftOut && f.matches(&r) {
				fresh = append(fresh, r)
			}
			return len(fresh) < maxShown
		})
		switch {
		case isAway(err):
			if !away {
				notice("Loki does not answer; waiting for it.")
			}
			away = true
			continue
		case err != nil:
			return err
		}
		away = false
		for _, r := range fresh {
			if err := show(r); err != nil {
				return fmt.Errorf("print: %w", err)
			}
			shown[r.key()] = r.Time
		}
		forget(shown, f.from)
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// forget drops what is older than any question still to come.
func forget(shown map[string]time.Time, before time.Time) {
	for key, at := range shown {
		if at.Before(before) {
			delete(shown, key)
		}
	}
}
