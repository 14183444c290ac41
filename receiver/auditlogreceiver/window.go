package auditlogreceiver

import (
	"context"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditchunk"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

// lookEvery is how often the receiver looks for the end of a window.
const lookEvery = time.Second

// window is where a batch of a window is.
type window struct {
	auditchunk.Cutter
	log string
}

// fits reports whether the batch does not end within what was written at once.
func (w *window) fits(written auditlog.Written) bool {
	return w.Fits(written.FirstSeq, written.End(), sizeOf(written))
}

func sizeOf(w auditlog.Written) int64 { return w.After().Offset - w.Place.Offset }

func (w *window) begun() bool {
	_, ok := w.First()
	return ok
}

// gatherWindow is gather for a window. While a window lasts, what there is is taken in
// now and then, so that the log need not keep it.
func (r *auditReceiver) gatherWindow(ctx context.Context, b *batch) error {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for b.window.begun() && !b.window.Ended(r.at()) {
		r.took()
		if first, ok := b.window.First(); ok {
			r.tap.Edge(first + b.window.MaxRecords)
		}
		r.tap.Want(auditlog.TapRecords / 2)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-look.C:
		case <-r.tap.Wake():
		}
		if err := r.fill(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

// took notes that what there is has been taken in, and waits for the end of its window.
func (r *auditReceiver) took() {
	r.cursor.Taken = r.at()
	now := time.Now()
	if _, next := r.feed.Written(); r.cursor.Taken >= next {
		r.cursor.CaughtUp = now
	}
	r.tell()
	if now.Sub(r.saved) >= saveEvery {
		r.save()
	}
}

// within says in the context which part of the log the batch is.
func (b *batch) within(ctx context.Context) context.Context {
	if b.window == nil {
		return ctx
	}
	first, _ := b.window.First()
	return auditchunk.With(ctx, auditchunk.Chunk{Log: b.window.log, FirstSeq: first})
}
