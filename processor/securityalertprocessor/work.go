package securityalertprocessor

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/internal/provenance"
	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
)

// Of the work beside the pipeline.
const (
	lookEvery   = 500 * time.Millisecond
	sendTimeout = 30 * time.Second
	sendAtOnce  = 100 // alerts in one request
	maxOutbox   = 2_000
	// tellUnjudged is how often records that were not judged are told of.
	tellUnjudged = time.Minute
	// sayAgain is how often the log says that alerts wait.
	sayAgain = time.Minute
)

// outbox holds alerts that no event carries. Only the working goroutine, or
// Shutdown after it, uses it.
type outbox struct {
	alerts   []told
	unjudged int64
	toldAt   time.Time
	saidAt   time.Time // that alerts wait
}

// work does what is due until ctx ends.
func (p *alertProcessor) work(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			p.judgeLate(ctx)
			p.flush(ctx)
			if err := p.save(ctx, false); err != nil {
				p.logger.Warn("The state of security alerts could not be written; it is tried again.", zap.Error(err))
			}
			p.measure(ctx)
		}
	}
}

func (p *alertProcessor) measure(ctx context.Context) {
	sessions, _, dropped := p.tracker.Counts()
	p.telemetry.ProcessorSecurityAlertSessions.Record(ctx, int64(sessions))
	if n := dropped - p.dropped.Swap(dropped); n > 0 {
		p.telemetry.ProcessorSecurityAlertForgottenSessions.Add(ctx, n)
	}
}

// judgeLate judges what was put off. Its records are on their way, so that only
// alerts can say what is found.
func (p *alertProcessor) judgeLate(ctx context.Context) {
	records, lost := p.late.take()
	p.outbox.unjudged += lost
	for i := range records {
		var r raised
		of := ctx
		if records[i].owner {
			of = provenance.OfOwner(ctx)
		}
		p.record(of, records[i].resource, records[i].record, &r, p.now())
		p.memory.settle(&r, true) // the outbox keeps them
		p.post(ctx, r.alerts...)
	}
}

// post puts alerts into the outbox; the oldest go when it is full.
func (p *alertProcessor) post(ctx context.Context, alerts ...told) {
	p.outbox.alerts = append(p.outbox.alerts, alerts...)
	if n := len(p.outbox.alerts) - maxOutbox; n > 0 {
		p.telemetry.ProcessorSecurityAlertLostAlerts.Add(ctx, int64(n))
		p.outbox.alerts = append([]told(nil), p.outbox.alerts[n:]...)
	}
}

// flush tells of windows that have ended and of what was not judged, and sends
// what is in the outbox. What is not taken stays.
func (p *alertProcessor) flush(ctx context.Context) {
	now := p.now()
	for _, w := range p.memory.due(now) {
		p.post(ctx, summary(w, now))
	}
	for _, c := range p.changes.take() {
		p.post(ctx, tampered(c, now))
	}
	if p.outbox.unjudged > 0 && now.Sub(p.outbox.toldAt) >= tellUnjudged {
		p.post(ctx, unjudged(p.outbox.unjudged, now))
		p.outbox.unjudged, p.outbox.toldAt = 0, now
	}
	for len(p.outbox.alerts) > 0 {
		batch := p.outbox.alerts[:min(len(p.outbox.alerts), sendAtOnce)]
		err := p.send(ctx, batch, now)
		switch {
		case err == nil:
			p.count(ctx, batch)
		case consumererror.IsPermanent(err): // what is behind them is not to wait for ever
			p.telemetry.ProcessorSecurityAlertLostAlerts.Add(ctx, int64(len(batch)))
			p.logger.Error("Alerts are lost: they were refused for good.", zap.Int("alerts", len(batch)), zap.Error(err))
		default:
			if now.Sub(p.outbox.saidAt) >= sayAgain {
				p.outbox.saidAt = now
				p.logger.Warn("Alerts were not taken; they are sent again.", zap.Int("alerts", len(p.outbox.alerts)), zap.Error(err))
			}
			return
		}
		p.outbox.alerts = p.outbox.alerts[len(batch):]
	}
	p.outbox.alerts, p.outbox.saidAt = nil, time.Time{}
}

func (p *alertProcessor) send(ctx context.Context, alerts []told, now time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	ld := plog.NewLogs()
	for i := range alerts {
		securityalert.Append(ld, alerts[i].alert, alerts[i].origin, now)
	}
	return p.next.ConsumeLogs(ctx, ld)
}
