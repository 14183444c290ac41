package claudehookreceiver

import (
	"context"
	"fmt"
	"runtime/debug"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/internal/provenance"
)

// deliver passes records on, without those that were before, and returns nil
// only when the pipeline has them safe. A verdict.Request in ctx is answered,
// also for an event that was before.
func (r *hookReceiver) deliver(ctx context.Context, transport string, ld plog.Logs) (duplicates int, err error) {
	records := identify(ld)
	what, release, err := r.dedupe.claim(ctx, ld, records)
	if err != nil {
		return 0, fmt.Errorf("wait for another copy of the event: %w", err)
	}
	duplicates = what.duplicates
	if duplicates > 0 {
		r.counts.duplicates.Add(int64(duplicates))
		r.telemetry.ReceiverClaudeHookDuplicates.Add(ctx, int64(duplicates))
	}
	if what.conflicts > 0 {
		r.telemetry.ReceiverClaudeHookIDConflicts.Add(ctx, int64(what.conflicts))
	}
	n := ld.LogRecordCount()
	if n == 0 {
		release(true)
		r.answerCopy(ctx, records)
		return duplicates, nil
	}
	last := lastOf(ld)
	report := r.obsreport[transport]
	opCtx := report.StartLogsOp(ctx)
	err = r.consume(opCtx, ld)
	report.EndLogsOp(opCtx, format, n, err)
	r.rememberVerdict(ctx, records)
	release(err == nil)
	if err != nil {
		return duplicates, err
	}
	r.counts.accepted.Add(int64(n))
	r.counts.last.Store(last)
	return duplicates, nil
}

// consume calls the pipeline. A client that goes away must not leave the
// exporters in different states, but a pipeline that takes nothing must not hold
// the request for ever. A panic is a fault of the records at hand: it is told
// like any other, and takes down neither the collector nor what waits behind.
func (r *hookReceiver) consume(ctx context.Context, ld plog.Logs) (err error) {
	d := within(r.aborted, provenance.OfOwner(ctx), r.config.Limits.RequestTimeout)
	defer d.stop()
	defer func() {
		if p := recover(); p != nil {
			r.settings.Logger.Error("The pipeline panicked", zap.Any("panic", p), zap.ByteString("stack", debug.Stack()))
			err = consumererror.NewPermanent(fmt.Errorf("the pipeline panicked: %v", p))
		}
	}()
	return r.next.ConsumeLogs(d, ld)
}

// isPermanent reports whether no exporter would take the records if they came
// again. consumererror.IsPermanent alone is true as soon as one of several
// exporters says so, while another may only be full for the moment.
func isPermanent(err error) bool {
	switch e := err.(type) { //nolint:errorlint // walks the tree itself
	case nil:
		return false
	case interface{ Unwrap() []error }:
		for _, part := range e.Unwrap() {
			if !isPermanent(part) {
				return false
			}
		}
		return true
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil {
			if _, several := inner.(interface{ Unwrap() []error }); several {
				return isPermanent(inner)
			}
		}
	}
	return consumererror.IsPermanent(err)
}
