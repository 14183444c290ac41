package notifyexporter

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/agent-telemetry/agent-telemetry/internal/notify"
)

// Reasons in the metrics.
const (
	reasonQueueFull = "queue_full"
	reasonRefused   = "refused"
	reasonDuplicate = "duplicate"
	reasonRateLimit = "rate_limit"
	reasonDigest    = "digest"
)

func (e *notifyExporter) attributes(further ...attribute.KeyValue) metric.MeasurementOption {
	return metric.WithAttributeSet(attribute.NewSet(append(further, attribute.String("channel", e.name))...))
}

func (e *notifyExporter) drop(ctx context.Context, n int, reason string) {
	e.telemetry.ExporterNotifyDropped.Add(ctx, int64(n), e.attributes(attribute.String("reason", reason)))
}

func (e *notifyExporter) suppress(ctx context.Context, reason string) {
	e.telemetry.ExporterNotifySuppressed.Add(ctx, 1, e.attributes(attribute.String("reason", reason)))
}

func (e *notifyExporter) sent(ctx context.Context, n *notify.Notification) {
	e.telemetry.ExporterNotifySent.Add(ctx, 1, e.attributes())
	if n.Alert != nil {
		e.telemetry.ExporterNotifyLatency.Record(ctx, max(0, time.Since(n.Time).Seconds()), e.attributes())
	}
}

func (e *notifyExporter) tried(ctx context.Context, took time.Duration, err error) {
	e.telemetry.ExporterNotifySendDuration.Record(ctx, took.Seconds(), e.attributes())
	if err != nil {
		e.telemetry.ExporterNotifyFailed.Add(ctx, 1, e.attributes())
		e.lastFailure.Store(time.Now().UnixNano())
		return
	}
	e.lastSuccess.Store(time.Now().UnixNano())
}

// countWaiting lets the metrics know what is put aside.
func (e *notifyExporter) countWaiting() {
	e.waiting.Store(e.store.Count(notify.KindDigest) + e.store.Count(notify.KindHeldBack))
}

func (e *notifyExporter) observe() error {
	// Counters exist from the start, so that 0 can be told from a channel that is not.
	ctx := context.Background()
	e.telemetry.ExporterNotifySent.Add(ctx, 0, e.attributes())
	e.telemetry.ExporterNotifyFailed.Add(ctx, 0, e.attributes())
	for _, reason := range []string{reasonQueueFull, reasonRefused} {
		e.drop(ctx, 0, reason)
	}
	seconds := func(at int64) float64 { return float64(at) / float64(time.Second) }
	return errors.Join(
		e.telemetry.RegisterExporterNotifyLastSuccessCallback(func(_ context.Context, o metric.Float64Observer) error {
			o.Observe(seconds(e.lastSuccess.Load()), e.attributes())
			return nil
		}),
		e.telemetry.RegisterExporterNotifyLastFailureCallback(func(_ context.Context, o metric.Float64Observer) error {
			o.Observe(seconds(e.lastFailure.Load()), e.attributes())
			return nil
		}),
		e.telemetry.RegisterExporterNotifyPendingCallback(func(_ context.Context, o metric.Int64Observer) error {
			o.Observe(e.waiting.Load(), e.attributes())
			return nil
		}),
	)
}
