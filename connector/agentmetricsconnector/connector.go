package agentmetricsconnector

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/connector/agentmetricsconnector/internal/metadata"
	"github.com/agent-telemetry/agent-telemetry/internal/hostinfo"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

const (
	// sendTimeout bounds one sending, so that one that hangs does not end the others.
	sendTimeout = 30 * time.Second
	// maxWaiting is how many times delta metrics are kept that nobody took.
	maxWaiting = 16
)

// agentMetrics counts what comes, and sends metrics from time to time. What it is
// given is taken at once: nothing in front of it waits for a backend of metrics.
type agentMetrics struct {
	config    *Config
	next      consumer.Metrics
	logger    *zap.Logger
	telemetry *metadata.TelemetryBuilder
	resource  pcommon.Resource

	mu       sync.Mutex // guards counting
	counting *counting

	sending   sync.Mutex // guards what follows
	collected metricdata.ResourceMetrics
	waiting   []pmetric.Metrics // of delta temporality, the oldest first
	told      reported

	stop context.CancelFunc
	work sync.WaitGroup
}

// reported is what own metrics have been told of what only grows.
type reported struct {
	over             map[string]int64
	sessions, agents int64
}

func newConnector(cfg *Config, set connector.Settings, next consumer.Metrics) (*agentMetrics, error) {
	counting, err := newCounting(cfg)
	if err != nil {
		return nil, fmt.Errorf("make metrics: %w", err)
	}
	telemetry, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	if err != nil {
		return nil, fmt.Errorf("make own metrics: %w", err)
	}
	c := &agentMetrics{
		config: cfg, next: next, logger: set.Logger, telemetry: telemetry, resource: resourceOf(cfg),
		counting: counting, told: reported{over: map[string]int64{}},
	}
	return c, counting.m.levels(func(o metric.Observer) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.counting.levels(o)
	})
}

// resourceOf is what the metrics are of: this host.
func resourceOf(cfg *Config) pcommon.Resource {
	r := pcommon.NewResource()
	for _, kv := range hostinfo.Resource() {
		switch key := string(kv.Key); key {
		case semconv.HostName:
			r.Attributes().PutStr(semconv.ServiceInstanceID, kv.Value.AsString())
			r.Attributes().PutStr(key, kv.Value.AsString())
		case semconv.ServiceName, semconv.ServiceVersion, semconv.OSType:
			r.Attributes().PutStr(key, kv.Value.AsString())
		}
	}
	for key, value := range cfg.ResourceAttributes {
		r.Attributes().PutStr(key, value)
	}
	return r
}

// Capabilities says that what comes in stays as it is: it may be shared.
func (*agentMetrics) Capabilities() consumer.Capabilities {
	return consumer.Capabilities{MutatesData: false}
}

// Start implements component.Component.
func (c *agentMetrics) Start(ctx context.Context, _ component.Host) error {
	if c.stop != nil {
		return nil
	}
	ctx, c.stop = context.WithCancel(context.WithoutCancel(ctx))
	c.work.Go(func() {
		ticker := time.NewTicker(c.config.Interval)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				c.send(ctx)
			}
		}
	})
	return nil
}

// Shutdown sends a last time what was counted.
func (c *agentMetrics) Shutdown(ctx context.Context) error {
	if c.stop != nil {
		c.stop()
		c.work.Wait()
		c.stop = nil
		c.send(ctx)
	}
	c.telemetry.Shutdown()
	return nil
}

// ConsumeLogs counts the records of ld.
func (c *agentMetrics) ConsumeLogs(ctx context.Context, ld plog.Logs) error {
	start := time.Now()
	c.mu.Lock()
	t := c.counting.addAll(ld)
	c.mu.Unlock()
	c.telemetry.ConnectorAgentMetricsDuration.Record(ctx, time.Since(start).Seconds())
	c.outcome(ctx, t.counted, counted)
	c.outcome(ctx, t.doubled, doubled)
	c.outcome(ctx, t.unrelated, unrelated)
	return nil
}
