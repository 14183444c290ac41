package auditlogreceiver

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/internal/auditcursor"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

const (
	// saveEvery is how often the cursor is saved, and so how much is delivered
	// again after a crash.
	saveEvery = time.Second
	warnEvery = time.Minute

	firstRetry = 500 * time.Millisecond
	lastRetry  = 30 * time.Second
)

// run delivers the log until ctx ends.
func (r *auditReceiver) run(ctx context.Context) {
	wait := firstRetry
	for {
		b, err := r.gather(ctx)
		if err == nil {
			err = r.deliver(ctx, b)
		}
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			wait = firstRetry
			continue
		}
		r.telemetry.ReceiverAuditLogFailures.Add(ctx, 1)
		r.warn("The audit log is not delivered; it is tried again", err)
		r.cursor.Taken = 0
		r.tell()
		r.reader.Jump(r.cursor.NextSeq, r.cursor.Place())
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		wait = min(2*wait, lastRetry)
	}
}

// deliver hands a batch to the pipeline. When it returns nil the cursor is
// behind the batch, and when not, where it was.
func (r *auditReceiver) deliver(ctx context.Context, b *batch) error {
	if n := b.records(); n > 0 {
		opCtx := r.obsreport.StartLogsOp(ctx)
		err := r.consume(opCtx, b)
		r.obsreport.EndLogsOp(opCtx, "audit_log", n, err)
		switch {
		case err == nil:
			b.count(ctx, r.telemetry)
		case !consumererror.IsPermanent(err):
			return fmt.Errorf("deliver %d records of the audit log: %w", n, err)
		default:
			r.telemetry.ReceiverAuditLogRefused.Add(ctx, int64(n))
			r.cursor.Refused += uint64(n)
			r.warn("Records of the audit log were refused for good; they stay in the log", err)
		}
	}
	if b.skipped > 0 {
		r.telemetry.ReceiverAuditLogSkipped.Add(ctx, int64(b.skipped)) //nolint:gosec // no log has so many
		r.cursor.Skipped += b.skipped
		r.warn("Records were gone from the audit log, or could not be read, before they were delivered", fmt.Errorf("%d of them", b.skipped))
	}
	r.advance(b)
	return nil
}

func (r *auditReceiver) consume(ctx context.Context, b *batch) (err error) {
	defer func() {
		if p := recover(); p != nil { // a fault of the records at hand
			err = consumererror.NewPermanent(fmt.Errorf("the pipeline panicked: %v", p))
		}
	}()
	return r.next.ConsumeLogs(b.within(ctx), b.logs)
}

// advance moves the cursor behind a batch, and saves it now and then.
func (r *auditReceiver) advance(b *batch) {
	now := time.Now()
	r.cursor.NextSeq, r.cursor.Segment, r.cursor.Offset, r.cursor.Taken = b.next, b.place.Segment, b.place.Offset, 0
	_, next := r.feed.Written()
	caughtUp := b.next >= next
	if caughtUp {
		r.cursor.CaughtUp = now
	}
	r.tell()
	r.unsaved = true
	if now.Sub(r.saved) >= saveEvery {
		r.save()
	}
}

func (r *auditReceiver) save() {
	r.saved, r.unsaved = time.Now(), false
	if err := auditcursor.Write(r.file, r.cursor); err != nil {
		r.warn("The cursor cannot be saved; after a restart records are delivered again", err)
	}
}

// begin makes the cursor one of the log that is open.
func (r *auditReceiver) begin(log string, next uint64) {
	switch {
	case r.cursor.Log == log && r.cursor.NextSeq <= next:
	case r.cursor.Log == "" && r.config.StartAt == startEnd:
		if log == r.startLog {
			next = r.startNext
		}
		r.cursor = auditcursor.Cursor{Log: log, NextSeq: next}
		r.save() // after a crash the end would be another one
	case r.cursor.Log == log:
		r.logger.Warn("The cursor lies behind the end of the audit log; the log is delivered from its beginning", zap.Uint64("cursor", r.cursor.NextSeq), zap.Uint64("log", next))
		fallthrough
	default:
		r.cursor = auditcursor.Cursor{Log: log, Skipped: r.cursor.Skipped, Refused: r.cursor.Refused}
	}
	r.reader = auditlog.NewReader(r.config.Directory, r.cursor.NextSeq, r.cursor.Place())
	r.tell()
}

// warn writes a log line, but not one after the other.
func (r *auditReceiver) warn(what string, err error) {
	if now := time.Now(); now.Sub(r.warned) >= warnEvery && !errors.Is(err, context.Canceled) {
		r.warned = now
		r.logger.Warn(what, zap.Error(err))
	}
}
