package agentmetricsconnector

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// What became of records, as own metrics say it: made once, not for each batch.
var (
	counted   = option("outcome", "counted")
	doubled   = option("outcome", "doubled")
	unrelated = option("outcome", "unrelated")
)

func (c *agentMetrics) outcome(ctx context.Context, n int64, what metric.MeasurementOption) {
	if n > 0 {
		c.telemetry.ConnectorAgentMetricsRecords.Add(ctx, n, what)
	}
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
