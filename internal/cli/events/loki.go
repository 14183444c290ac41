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
	slices.SortStableFunc(rows, compare)
	return rows, err
}

// followLoki shows what comes after rows, until ctx is done. While Loki is away
// it waits.
func followLoki(ctx context.Context, c *lokiquery.Client, f filter, rows []Row, show func(Row) error, notice func(string)) error {
	shown := map[string]time.Time{}
	for i := range rows {
		shown[rows[i].key()] = rows[i].Time
	}
	key := func(e lokiquery.Entry) string { r := fromLoki(e); return r.key() }
	started := time.Now()
	return lokiquery.Follower{
		Client: c, Query: f.query(), From: f.from, Key: key, Shown: shown, Notice: notice,
		Compare: func(a, b lokiquery.Entry) int {
			if c := a.Time.Compare(b.Time); c != 0 {
				return c
			}
			return compare(fromLoki(a), fromLoki(b))
		},
		Wanted: func(e lokiquery.Entry) bool {
			r := fromLoki(e)
			// What --limit left out at the start is not news.
			leftOut := len(rows) > 0 && r.Time.Before(rows[0].Time) && r.Time.Before(started)
			return !leftOut && f.matches(&r)
		},
		Show: func(e lokiquery.Entry) error {
			if err := show(fromLoki(e)); err != nil {
				return fmt.Errorf("print: %w", err)
			}
			return nil
		},
	}.Follow(ctx)
}
