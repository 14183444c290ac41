package auditlogreceiver

import (
	"context"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditchunk"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

const (
	// maxWindowBytes bounds a batch of a window, in bytes of lines, newlines included.
	maxWindowBytes = 4 << 20
	// lookEvery is how often the receiver looks for the end of a window.
	lookEvery = time.Second
)

// window cuts the log into batches at places that depend on the log alone: behind
// each record of its own, of which a heartbeat is written every minute, and between
// them behind every so many records or bytes, counted from the first one.
type window struct {
	maxRecords uint64
	log        string
	first      uint64 // record of the batch; 0 while it has none
	begun      bool
	bytes      int64
	over       bool // a record of the log's own was met
}

// full reports whether the batch ends in front of the record next.
func (w *window) full(next uint64) bool {
	return w.over || w.begun && (next-w.first >= w.maxRecords || w.bytes >= maxWindowBytes)
}

// fits reports whether the batch does not end within what was written at once.
func (w *window) fits(written auditlog.Written) bool {
	first := w.first
	if !w.begun {
		first = written.FirstSeq
	}
	return written.End()-first <= w.maxRecords && w.bytes+sizeOf(written) < maxWindowBytes
}

func sizeOf(w auditlog.Written) int64 { return w.After().Offset - w.Place.Offset }

// add counts a record, or several.
func (w *window) add(first uint64, bytes int64) {
	if !w.begun {
		w.first, w.begun = first, true
	}
	w.bytes += bytes
}

// own ends the batch at a record of the log's own, unless it has not begun.
func (w *window) own() { w.over = w.begun }

// gatherWindow is gather for a window. While a window lasts, what there is is taken in
// now and then, so that the log need not keep it.
func (r *auditReceiver) gatherWindow(ctx context.Context, b *batch) error {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for b.window.begun && !b.window.full(r.at()) {
		r.took()
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
	return auditchunk.With(ctx, auditchunk.Chunk{Log: b.window.log, FirstSeq: b.window.first})
}
