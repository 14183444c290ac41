package notifyexporter

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
)

// shutdownGrace is how long a try on its way may hold a shutdown up.
const shutdownGrace = 3 * time.Second

// intake stands in front of the queue: it lets alerts through that are to be told,
// and keeps what becomes of them from the pipeline.
type intake struct {
	exporter.Logs
	exporter *notifyExporter
	queued   bool
	once     sync.Once
	err      error
}

// ConsumeLogs takes the alerts among the records. With a queue it returns no error:
// a channel that takes nothing must not have the pipeline send everything again to
// all others. What the queue does not take is counted. Without a queue errors go
// back, and whoever sends has to send again.
func (i *intake) ConsumeLogs(ctx context.Context, ld plog.Logs) error {
	chosen, n := choose(ld, securityalert.Rank(i.exporter.config.MinSeverity))
	if n == 0 {
		return nil
	}
	err := i.Logs.ConsumeLogs(ctx, chosen)
	if err == nil || !i.queued {
		return err
	}
	i.exporter.drop(ctx, n, reasonQueueFull)
	what := "Alerts are not told: the queue of the channel does not take them"
	if errors.Is(err, exporterhelper.ErrQueueIsFull) {
		what = "Alerts are not told: the queue of the channel is full"
	}
	i.exporter.warn(what, zap.Int("alerts", n), zap.Error(err))
	return nil
}

// Shutdown stops the exporter at its first call; the retry of exporterhelper answers
// a second one with a panic. A try on its way is given up after a while; what it was
// to tell stays in a queue that has storage.
func (i *intake) Shutdown(ctx context.Context) error {
	i.once.Do(func() {
		timer := time.AfterFunc(shutdownGrace, i.exporter.abort)
		defer timer.Stop()
		i.err = i.Logs.Shutdown(ctx)
	})
	return i.err
}
