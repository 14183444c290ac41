package notifyexporter

import (
	"context"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/internal/notify"
	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
)

const maxAdmitted = 20_000

// push tells of the alerts of a batch from the queue. An error carries the part of
// it that is to be sent again.
func (e *notifyExporter) push(ctx context.Context, ld plog.Logs) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(e.aborted, cancel)()

	if len(e.admitted) > maxAdmitted { // those of batches that were given up
		clear(e.admitted)
	}
	list, aside := e.sort(ctx, ld, time.Now())
	if err := e.store.Save(); err != nil {
		e.warn("What waits for a summary cannot be kept; it is tried again", zap.Error(err))
		return err // nothing is told before what was put aside is kept
	}
	e.remember(aside)
	e.countWaiting()
	for len(list) > 0 {
		n := min(len(list), e.notifier.Batch())
		if err := e.tell(ctx, list[:n]); err != nil {
			return e.remaining(ld, err)
		}
		list = list[n:]
	}
	return nil
}

// sort returns the alerts that are to be told now, and those that were put aside.
func (e *notifyExporter) sort(ctx context.Context, ld plog.Logs, now time.Time) (list, aside []*notify.Notification) {
	seen := map[string]bool{}
	each(ld, func(_ plog.ResourceLogs, _ plog.ScopeLogs, _ plog.LogRecord, a *securityalert.Alert) {
		n := notify.Of(a)
		twice := seen[n.ID] || e.had.Has(n.ID)
		seen[n.ID] = true
		switch {
		case twice:
			e.suppress(ctx, reasonDuplicate)
		case e.store.Has(n.ID): // it was put aside when something came in between
			aside = append(aside, n)
		case e.digested[n.Severity]:
			e.store.Add(notify.KindDigest, n.Alert, now)
			e.suppress(ctx, reasonDigest)
			aside = append(aside, n)
		case !e.admitted[n.ID] && !e.limiter.Allow(n.Severity, now):
			e.store.Add(notify.KindHeldBack, n.Alert, now)
			e.suppress(ctx, reasonRateLimit)
			aside = append(aside, n)
		default:
			e.admitted[n.ID] = true // it is not charged again when it is tried again
			list = append(list, n)
		}
	})
	return list, aside
}

// tell tells of some notifications, and remembers those that were told or were
// refused for good.
func (e *notifyExporter) tell(ctx context.Context, list []*notify.Notification) error {
	for len(list) > 0 {
		told, retry, err := e.try(ctx, list)
		for _, n := range list[:told] {
			e.sent(ctx, n)
		}
		e.remember(list[:told])
		list = list[told:]
		switch {
		case err == nil || len(list) == 0:
		case !retry:
			e.warn("The channel refused an alert for good; it is in the audit log", zap.String("alert", list[0].ID), zap.Error(err))
			e.drop(ctx, 1, reasonRefused)
			e.remember(list[:1])
			list = list[1:]
		default:
			e.warn("The channel was not told of alerts; it is tried again", zap.Error(err))
			if wait := notify.RetryAfter(err); wait > 0 {
				return exporterhelper.NewThrottleRetry(err, wait)
			}
			return err
		}
	}
	return nil
}

// try is one try.
func (e *notifyExporter) try(ctx context.Context, list []*notify.Notification) (told int, retry bool, err error) {
	try, cancel := context.WithTimeout(ctx, e.config.Timeout)
	defer cancel()
	defer func(start time.Time) {
		if p := recover(); p != nil { // a fault of the alert at hand
			told, retry, err = 0, false, fmt.Errorf("the channel panicked: %v", p)
		}
		if err == nil && told < len(list) {
			retry, err = true, fmt.Errorf("the channel took %d of %d alerts", told, len(list))
		}
		e.tried(ctx, time.Since(start), err)
	}(time.Now())
	return e.notifier.Notify(try, list...)
}

// remember has alerts not told again.
func (e *notifyExporter) remember(list []*notify.Notification) {
	if len(list) == 0 {
		return
	}
	ids := make([]string, len(list))
	for i, n := range list {
		ids[i] = n.ID
		delete(e.admitted, n.ID)
	}
	if err := e.had.Add(ids...); err != nil {
		e.warn("What the channel was told cannot be recorded; after a restart it may be told again", zap.Error(err))
	}
}

// remaining makes err carry the records of the alerts that are not done.
func (e *notifyExporter) remaining(ld plog.Logs, err error) error {
	rest := plog.NewLogs()
	ld.CopyTo(rest)
	rest.ResourceLogs().RemoveIf(func(rl plog.ResourceLogs) bool {
		rl.ScopeLogs().RemoveIf(func(sl plog.ScopeLogs) bool {
			sl.LogRecords().RemoveIf(func(lr plog.LogRecord) bool {
				a, ok := securityalert.FromRecord(rl.Resource(), lr)
				return !ok || e.had.Has(notify.Of(&a).ID)
			})
			return sl.LogRecords().Len() == 0
		})
		return rl.ScopeLogs().Len() == 0
	})
	return consumererror.NewLogs(err, rest)
}
