package notifyexporter

import (
	"context"
	"time"

	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/internal/notify"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/pending"
)

const (
	// lookEvery is how often it is looked whether a summary is to be told.
	lookEvery = time.Second
	// summaryRetry is how long a summary waits that was not told.
	summaryRetry = 30 * time.Second
)

// tellSummaries tells digests, and what was held back, until ctx ends. It also makes
// durable what was told.
func (e *notifyExporter) tellSummaries(ctx context.Context) {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	var not time.Time // before that
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-look.C:
			if err := e.syncRecord(); err != nil {
				e.warn("What the channel was told cannot be made durable", zap.Error(err))
			}
			if now.Before(not) {
				continue
			}
			if !e.tellDue(ctx, now) {
				not = now.Add(summaryRetry)
			}
		}
	}
}

func (e *notifyExporter) syncRecord() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.had.Sync()
}

// tellDue tells the summaries that are due, and reports whether that went well.
func (e *notifyExporter) tellDue(ctx context.Context, now time.Time) bool {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(e.aborted, cancel)()
	well := true
	for _, kind := range pending.Kinds {
		every := e.config.Digest.Every
		if kind == notify.KindHeldBack {
			every = e.config.RateLimit.Per
		}
		well = e.tellSummary(ctx, kind, every, now) && well
	}
	return well
}

func (e *notifyExporter) tellSummary(ctx context.Context, kind string, every time.Duration, now time.Time) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	s := e.store.Due(kind, every, now)
	if s == nil {
		return true
	}
	// Sealed on disk first: the summary has the same id then, whatever comes.
	if err := e.store.Save(); err != nil {
		e.warn("What waits for a summary cannot be kept; it is tried again", zap.Error(err))
		return false
	}
	n := notify.OfSummary(kind, s)
	if !e.had.Has(n.ID) {
		if err := e.tell(ctx, []*notify.Notification{n}); err != nil {
			return false
		}
	}
	e.store.Told(kind)
	e.countWaiting()
	if err := e.store.Save(); err != nil {
		e.warn("What waits for a summary cannot be kept; it is tried again", zap.Error(err))
		return false
	}
	return true
}
