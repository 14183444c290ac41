package lokiexporter

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/pdata/plog"
)

// delivery is the state of one batch on its way.
type delivery struct {
	logs   plog.Logs
	done   []bool  // by the index of the record: stored, or refused for good
	errors []error // of what was refused for good
}

// pushLogs sends a batch. An error says that all of it, or the part of it that
// it carries, is to be sent again; a permanent one that something is lost.
func (e *lokiExporter) pushLogs(ctx context.Context, ld plog.Logs) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(e.aborted, cancel)()
	now := time.Now()
	e.mu.Lock()
	b := e.converter.convert(ctx, ld, now)
	pushes := plan(b.streams, e.pushBytes, now)
	e.mu.Unlock()
	defer func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.converter.release(b)
	}()

	d := &delivery{logs: ld, done: make([]bool, b.records)}
	overflowing, err := e.pushAll(ctx, d, pushes)
	if err != nil {
		return d.remaining(err)
	}
	if len(overflowing) > 0 {
		if err := e.pushOverflowing(ctx, d, overflowing); err != nil {
			return d.remaining(err)
		}
	}
	if len(d.errors) > 0 {
		return consumererror.NewPermanent(errors.Join(d.errors...))
	}
	return nil
}

// pushOverflowing sends what the stream limit refused to the overflow streams,
// once. What is refused there is lost to Loki: waiting for a place could block
// the queue for hours.
func (e *lokiExporter) pushOverflowing(ctx context.Context, d *delivery, parts []part) error {
	now := time.Now()
	e.mu.Lock()
	b, hopeless := e.converter.reroute(ctx, parts, now)
	pushes := plan(b.streams, e.pushBytes, now)
	e.mu.Unlock()
	again, err := e.pushAll(ctx, d, pushes)
	lost := 0
	for _, p := range append(hopeless, again...) {
		d.finish(p)
		lost += len(p.entries)
	}
	if lost > 0 {
		refusals := []refusal{{reasonStreamLimit, lost}}
		e.count(ctx, refusals)
		limitErr := errors.New("push to Loki: the limit of active streams is reached: " +
			"raise limits_config.max_global_streams_per_user, or leave labels with many values out")
		e.warn(limitErr, refusals)
		d.errors = append(d.errors, limitErr)
	}
	return err
}

// pushAll sends pushes one after the other and returns what the stream limit
// refused. It stops at the first error that a retry may cure.
func (e *lokiExporter) pushAll(ctx context.Context, d *delivery, pushes []*plannedPush) (overflowing []part, err error) {
	for len(pushes) > 0 {
		p := pushes[0]
		pushes = pushes[1:]
		a := e.push(ctx, p)
		switch a.verdict {
		case tooLarge:
			if p.entryCount() > 1 {
				pushes = append(p.halves(), pushes...)
				continue
			}
			a.refusals = []refusal{{reasonTooLarge, 1}}
			e.refuse(ctx, d, p, a)
		case unreadable:
			if len(p.parts) > 1 {
				pushes = append(p.halves(), pushes...)
				continue
			}
			e.refuse(ctx, d, p, a)
		case accepted, refusedPartly:
			e.count(ctx, a.refusals)
			e.warn(a.err, a.refusals)
			e.remember(p)
			d.finishAll(p)
		case refused:
			e.refuse(ctx, d, p, a)
		case refusedStream:
			if !p.watched {
				e.forget(p) // one of them is gone from Loki; next time each is watched
				return overflowing, a.err
			}
			overflowing = append(overflowing, p.last())
			p.parts = p.parts[:len(p.parts)-1]
			e.remember(p)
			d.finishAll(p)
		case retry:
			if a.slower {
				e.slowDown()
			}
			if a.retryAfter > 0 {
				return overflowing, exporterhelper.NewThrottleRetry(a.err, a.retryAfter)
			}
			return overflowing, a.err
		}
	}
	return overflowing, nil
}

// refuse gives a push up.
func (e *lokiExporter) refuse(ctx context.Context, d *delivery, p *plannedPush, a answer) {
	e.count(ctx, a.refusals)
	e.warn(a.err, a.refusals)
	d.finishAll(p)
	d.errors = append(d.errors, a.err)
}

func (d *delivery) finish(p part) {
	for i := range p.entries {
		d.done[p.entries[i].record] = true
	}
}

func (d *delivery) finishAll(p *plannedPush) {
	for _, q := range p.parts {
		d.finish(q)
	}
}

// remaining makes err carry the records that are not done. A mixture of lost
// and remaining records is retried: what is lost is counted already.
func (d *delivery) remaining(err error) error {
	left := 0
	for _, done := range d.done {
		if !done {
			left++
		}
	}
	if left == len(d.done) {
		return err
	}
	rest := plog.NewLogs()
	d.logs.CopyTo(rest)
	record := -1
	rest.ResourceLogs().RemoveIf(func(rl plog.ResourceLogs) bool {
		rl.ScopeLogs().RemoveIf(func(sl plog.ScopeLogs) bool {
			sl.LogRecords().RemoveIf(func(plog.LogRecord) bool {
				record++
				return d.done[record]
			})
			return sl.LogRecords().Len() == 0
		})
		return rl.ScopeLogs().Len() == 0
	})
	return consumererror.NewLogs(err, rest)
}
