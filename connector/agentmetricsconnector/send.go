package agentmetricsconnector

import (
	"context"
	"fmt"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.uber.org/zap"
)

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
