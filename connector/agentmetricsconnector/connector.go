package agentmetricsconnector

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/connector"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/otel/attribute"
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
	for outcome, n := range map[string]int64{"counted": t.counted, "doubled": t.doubled, "unrelated": t.unrelated} {
		if n > 0 {
			c.telemetry.ConnectorAgentMetricsRecords.Add(ctx, n, option("outcome", outcome))
		}
	}
	return nil
}

// send gives what was counted to the next component. What it does not take is in the
// next cumulative metrics; those of delta temporality are kept.
func (c *agentMetrics) send(ctx context.Context) {
	c.sending.Lock()
	defer c.sending.Unlock()
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	md, err := c.collect(ctx)
	if err != nil {
		c.logger.Error("Metrics could not be collected, and are not sent. This is a fault of the program.", zap.Error(err))
		c.telemetry.ConnectorAgentMetricsSendFailures.Add(ctx, 1)
		return
	}
	c.report(ctx)
	if md.DataPointCount() > 0 {
		c.waiting = append(c.waiting, md)
	}
	for len(c.waiting) > 0 && c.handOn(ctx, c.waiting[0]) {
		c.waiting = c.waiting[1:]
	}
	c.makeRoom(ctx)
}

// handOn gives metrics to the next component. It is false when they should be sent again;
// what is refused for good would only hold up what comes behind it.
func (c *agentMetrics) handOn(ctx context.Context, md pmetric.Metrics) bool {
	points := int64(md.DataPointCount()) // the next component may change it
	err := c.next.ConsumeMetrics(ctx, c.ready(md))
	if err == nil {
		return true
	}
	c.telemetry.ConnectorAgentMetricsSendFailures.Add(ctx, 1)
	if consumererror.IsPermanent(err) && c.config.Temporality != temporalCumulative {
		c.logger.Warn("Metrics were refused by the next component for good: what was counted since the last is lost to metrics.", zap.Error(err))
		c.telemetry.ConnectorAgentMetricsDroppedPoints.Add(ctx, points)
		return true
	}
	c.logger.Warn("Metrics were not taken by the next component: what was counted is sent the next time.", zap.Error(err))
	return false
}

// ready is for the next component, which may change what it gets, and fail all the same.
func (c *agentMetrics) ready(md pmetric.Metrics) pmetric.Metrics {
	if c.config.Temporality == temporalCumulative {
		return md // it is not sent again
	}
	to := pmetric.NewMetrics()
	md.CopyTo(to)
	return to
}

// makeRoom gives up what was not taken for too long, or need not be kept.
func (c *agentMetrics) makeRoom(ctx context.Context) {
	if c.config.Temporality == temporalCumulative {
		c.waiting = nil
		return
	}
	for len(c.waiting) > maxWaiting {
		c.telemetry.ConnectorAgentMetricsDroppedPoints.Add(ctx, int64(c.waiting[0].DataPointCount()))
		c.waiting = c.waiting[1:]
	}
}

// collect returns the metrics of now.
func (c *agentMetrics) collect(ctx context.Context) (pmetric.Metrics, error) {
	ctx = context.WithoutCancel(ctx) // a shutdown that has no time left still has its counts
	c.mu.Lock()
	c.counting.m.settle(ctx)
	c.mu.Unlock()
	if err := c.counting.m.reader.Collect(ctx, &c.collected); err != nil {
		return pmetric.Metrics{}, fmt.Errorf("collect: %w", err)
	}
	return convert(&c.collected, c.resource)
}

// report brings own metrics up to date.
func (c *agentMetrics) report(ctx context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.counting.m.all {
		c.telemetry.ConnectorAgentMetricsSeries.Record(ctx, int64(len(s.known)), option("metric", s.name))
		if more := s.over - c.told.over[s.name]; more > 0 {
			c.telemetry.ConnectorAgentMetricsOverflow.Add(ctx, more, option("metric", s.name))
			c.told.over[s.name] = s.over
		}
	}
	a := c.counting.activity
	if more := a.forgottenSessions - c.told.sessions; more > 0 {
		c.telemetry.ConnectorAgentMetricsForgotten.Add(ctx, more, option("what", "session"))
	}
	if more := a.forgottenAgents - c.told.agents; more > 0 {
		c.telemetry.ConnectorAgentMetricsForgotten.Add(ctx, more, option("what", "agent"))
	}
	c.told.sessions, c.told.agents = a.forgottenSessions, a.forgottenAgents
}

func option(key, value string) metric.MeasurementOption {
	return metric.WithAttributeSet(attribute.NewSet(attribute.String(key, value)))
}
