package reconcile

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/lokimatch"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Table compares what Loki should have with what it has. An entry needs about
// 130 bytes.
type Table struct {
	rows       []row
	max        int
	selectors  map[lokimatch.Selector]bool
	extra      map[lokimatch.Key]LokiEntry
	extraCount int
	result     Loki
}

type row struct {
	key     lokimatch.Key
	id      string // event id
	sum     uint64
	seq     uint64
	at      int64
	partial bool // the audit log has not all that Loki's line was made of
	seen    bool
}

// NewTable returns an empty table for at most so many entries; 0 means
// DefaultMaxEvents.
func NewTable(maxEntries int) *Table {
	if maxEntries <= 0 {
		maxEntries = DefaultMaxEvents
	}
	return &Table{max: maxEntries, selectors: map[lokimatch.Selector]bool{}, extra: map[lokimatch.Key]LokiEntry{}, result: Loki{List: []LokiEntry{}}}
}

// Expect adds an entry. partial says that its line cannot be compared. The
// error is ErrTooMany.
func (t *Table) Expect(seq uint64, eventID string, at time.Time, line string, selector lokimatch.Selector, partial bool) error {
	if len(t.rows) >= t.max {
		return ErrTooMany
	}
	t.rows = append(t.rows, row{key: lokimatch.KeyOf(eventID, at, line), id: short(eventID), sum: lokimatch.Sum(at, line), seq: seq, at: at.UnixNano(), partial: partial})
	t.selectors[selector] = true
	return nil
}

// walkStep is the longest time that is asked for at once, well below the
// longest query that a Loki takes.
const walkStep = 7 * 24 * time.Hour

// maxExtra bounds the entries of Loki that are remembered as unknown.
const maxExtra = 100_000

// Compare looks at what Loki has between since and until; since may be zero.
// narrow may restrict the queries; nil does not. The client must not use Loki's
// caches.
func (t *Table) Compare(ctx context.Context, c *lokiquery.Client, since, until time.Time, narrow func(lokiquery.Query) lokiquery.Query) error {
	t.sort()
	if since.IsZero() {
		since = t.first(until)
	}
	t.selectors[lokimatch.Selector{Name: semconv.LabelService, Value: semconv.ServiceNameValue}] = true
	for selector := range t.selectors {
		q := selector.Query()
		if narrow != nil {
			q = narrow(q)
		}
		for from := since; from.Before(until); from = from.Add(walkStep) {
			to := from.Add(walkStep)
			if to.After(until) {
				to = until
			}
			err := c.Walk(ctx, q, from, to, false, func(e lokiquery.Entry) bool { t.look(&e); return true })
			if err != nil {
				return fmt.Errorf("compare with Loki: %w", err)
			}
		}
	}
	return nil
}

// sort brings the rows into the order in which they are looked up.
func (t *Table) sort() {
	slices.SortFunc(t.rows, func(a, b row) int { return cmp.Or(bytes.Compare(a.key[:], b.key[:]), cmp.Compare(a.seq, b.seq)) })
}

// first is the time of the oldest entry, at most until.
func (t *Table) first(until time.Time) time.Time {
	for i := range t.rows {
		if at := time.Unix(0, t.rows[i].at); at.Before(until) {
			until = at
		}
	}
	return until
}

// look takes an entry of Loki in.
func (t *Table) look(e *lokiquery.Entry) {
	key := lokimatch.KeyOfEntry(e)
	id := e.Metadata[semconv.MetadataEventID]
	i, found := slices.BinarySearchFunc(t.rows, key, func(r row, k lokimatch.Key) int { return bytes.Compare(r.key[:], k[:]) })
	if !found {
		if t.extraCount++; len(t.extra) < maxExtra {
			t.extra[key] = LokiEntry{Problem: "extra", EventID: short(id), Time: e.Time.UTC()}
		}
		return
	}
	r := &t.rows[i]
	switch {
	case r.seen && id != "":
		t.result.Doubled++
		t.list("doubled", r, id)
	case r.seen: // an entry without an id that another stream has, too
		return
	case r.partial:
		t.result.Unchecked++
	case r.sum != lokimatch.Sum(e.Time, e.Line):
		t.result.Different++
		t.list("different", r, id)
	}
	// Records that are alike share what Loki stores once.
	for ; i < len(t.rows) && t.rows[i].key == key; i++ {
		t.rows[i].seen = true
	}
}

// Late tells of an entry that came to the audit log while Loki was looked at.
func (t *Table) Late(eventID string, at time.Time, line string) {
	if key := lokimatch.KeyOf(eventID, at, line); t.extra[key].Problem != "" {
		delete(t.extra, key)
		t.extraCount--
	}
}

// Result is the outcome.
func (t *Table) Result() *Loki {
	r := &t.result
	r.Expected, r.Extra = len(t.rows), t.extraCount
	slices.SortFunc(t.rows, func(a, b row) int { return cmp.Compare(a.seq, b.seq) })
	for i := range t.rows {
		if t.rows[i].seen {
			r.Found++
			continue
		}
		r.Missing++
		t.list("missing", &t.rows[i], t.rows[i].id)
	}
	for _, e := range t.extra {
		if len(r.List) < maxListed {
			r.List = append(r.List, e)
		}
	}
	slices.SortStableFunc(r.List, func(a, b LokiEntry) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.EventID, b.EventID))
	})
	r.Status = statusOf(r.Missing+r.Different+r.Extra+r.Doubled > 0)
	return r
}

func (t *Table) list(problem string, r *row, eventID string) {
	if len(t.result.List) < maxListed {
		seq := r.seq
		t.result.List = append(t.result.List, LokiEntry{Problem: problem, Seq: &seq, EventID: short(eventID), Time: time.Unix(0, r.at).UTC()})
	}
}
