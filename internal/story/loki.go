package story

import (
	"context"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

type loki struct {
	client *lokiquery.Client
	now    func() time.Time
}

// Loki is a Grafana Loki as a source. Without Query.From it is asked for the last
// 30 days.
func Loki(client *lokiquery.Client) Source { return loki{client: client, now: time.Now} }

// Name implements Source.
func (loki) Name() string { return "loki" }

const (
	// window is how long a time Loki is asked about at once: its limit is 30 days
	// and an hour unless it is configured.
	window = 28 * 24 * time.Hour
	// firstWindow is what it is asked about first. For every page Loki opens all
	// streams of the time, so a window of about a page is the fastest.
	firstWindow = time.Hour
	lookBack    = 30 * 24 * time.Hour
)

func (l loki) span(q Query) (from, to time.Time) {
	from, to = q.From, q.To
	now := l.now()
	if from.IsZero() {
		from = now.Add(-lookBack)
	}
	if to.IsZero() {
		to = now.Add(time.Minute)
	}
	return from, to
}

// walk goes over the entries of a query, page by page, in the order of time or
// against it, until fn returns false.
func (l loki) walk(ctx context.Context, lq lokiquery.Query, q Query, backward bool, page int, fn func(*Event) bool) error {
	from, to := l.span(q)
	d := &decoder{}
	return l.pages(ctx, lq, from, to, firstWindow, backward, page, func(entry lokiquery.Entry) bool {
		e := d.loki(entry)
		return !q.matches(&e) || fn(&e)
	})
}

// pages is walk for entries as they are, from a time to another. size is how long a
// time is asked about first.
func (l loki) pages(ctx context.Context, lq lokiquery.Query, from, to time.Time, size time.Duration, backward bool, page int, fn func(lokiquery.Entry) bool) error {
	more := true
	found := 0
	one := func(from, to time.Time) error {
		found = 0
		return l.client.WalkPages(ctx, lq, from, to, backward, page, func(entry lokiquery.Entry) bool {
			found++
			more = fn(entry)
			return more
		})
	}
	for more && from.Before(to) {
		var err error
		if backward {
			start := later(from, to.Add(-size))
			err = one(start, to)
			to = start
		} else {
			end := to
			if e := from.Add(size); e.Before(to) {
				end = e
			}
			err = one(from, end)
			from = end
		}
		if err != nil {
			return err
		}
		switch {
		case found < lokiquery.MaxPage/5:
			size = min(4*size, window)
		case found > lokiquery.MaxPage:
			size = max(size/2, time.Minute)
		}
	}
	return nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// query is q as Loki sees it. A label may be missing, since a configuration
// chooses them; matches decides.
func (q *Query) query() lokiquery.Query {
	lq := lokiquery.Query{}.Label(semconv.LabelService, semconv.ServiceNameValue)
	if q.Session != "" {
		lq = lq.LabelOrNone(semconv.LabelSession, q.Session).Metadata(semconv.MetadataSessionID, q.Session)
	}
	if q.Project != "" {
		lq = lq.LabelOrNone(semconv.LabelProject, q.Project[strings.LastIndexByte(q.Project, '/')+1:])
	}
	return lq
}

// Events implements Source. Records come in the order of time.
func (l loki) Events(ctx context.Context, q Query, fn func(*Event) error) error {
	var failed error
	err := l.walk(ctx, q.query(), q, false, lokiquery.MaxPage, func(e *Event) bool {
		failed = fn(e)
		return failed == nil
	})
	if err == nil && failed == nil && q.Requests {
		err = l.requests(ctx, q, func(e *Event) bool {
			failed = fn(e)
			return failed == nil
		})
	}
	if failed != nil {
		return failed
	}
	return err
}

// requests goes over the requests to the model that Claude Code's own telemetry tells
// of, whatever name its service has.
func (l loki) requests(ctx context.Context, q Query, fn func(*Event) bool) error {
	lq := lokiquery.Query{}.LabelAmong(semconv.LabelEvent, requestEvent, semconv.EventNamePrefix+requestEvent, requestSpan)
	if q.Session != "" {
		lq = lq.LabelOrNone(semconv.LabelSession, q.Session).Metadata(semconv.MetadataSessionID, q.Session)
	}
	from, to := l.span(q)
	d := &decoder{}
	return l.pages(ctx, lq, from, to, firstWindow, false, lokiquery.MaxPage, func(entry lokiquery.Entry) bool {
		e := d.lokiRequest(entry)
		return e.Type != ModelRequest || !q.matches(&e) || fn(&e)
	})
}

// last implements Source.
func (l loki) last(ctx context.Context, q Query) (id string, err error) {
	err = l.walk(ctx, q.query(), q, true, 100, func(e *Event) bool {
		if e.counted() {
			id = e.Session
		}
		return id == ""
	})
	return id, err
}

// starting implements Source.
func (l loki) starting(ctx context.Context, q Query, prefix string) ([]string, error) {
	whole := q
	whole.Session = prefix
	ids := map[string]struct{}{}
	if err := l.walk(ctx, whole.query(), whole, true, 10, func(e *Event) bool {
		ids[e.Session] = struct{}{}
		return false
	}); err != nil || len(ids) > 0 {
		return with(nil, ids, prefix), err
	}
	// Mostly the sessions are labels, which Loki lists at once. Only in streams that do not
	// tell theirs it has to look at every record.
	lq := q.query()
	if !strings.Contains(q.Project, "/") {
		from, to := l.span(q)
		labels, err := l.sessionLabels(ctx, lq, q, from, to)
		if err != nil {
			return nil, err
		}
		for _, id := range labels {
			if strings.HasPrefix(id, prefix) {
				ids[id] = struct{}{}
			}
		}
		lq = lq.LabelAmong(semconv.LabelSession, semconv.LabelOverflow, "")
	}
	err := l.walk(ctx, lq.MetadataPrefix(semconv.MetadataSessionID, prefix), q, true, 1000, func(e *Event) bool {
		if strings.HasPrefix(e.Session, prefix) {
			ids[e.Session] = struct{}{}
		}
		return len(ids) < 2
	})
	return with(nil, ids, prefix), err
}
