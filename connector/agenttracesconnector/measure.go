package agenttracesconnector

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/agent-telemetry/agent-telemetry/internal/agentspan"
)

// kinds of spans, as metrics say them: made once, not for each batch.
var kinds = [...]metric.MeasurementOption{
	agentspan.KindSession: option("kind", agentspan.KindSession.String()),
	agentspan.KindTurn:    option("kind", agentspan.KindTurn.String()),
	agentspan.KindAgent:   option("kind", agentspan.KindAgent.String()),
	agentspan.KindCall:    option("kind", agentspan.KindCall.String()),
}

// count tells the metrics of spans that were taken.
func (c *agentTraces) count(ctx context.Context, spans []*agentspan.Span) {
	var of [len(kinds)]int64
	var reasons map[string]int64
	for _, s := range spans {
		of[s.Kind]++
		if s.NoEnd != "" {
			if reasons == nil {
				reasons = map[string]int64{}
			}
			reasons[s.NoEnd]++
		}
	}
	for k, n := range of {
		if n > 0 {
			c.telemetry.ConnectorAgentTracesSpans.Add(ctx, n, kinds[k])
		}
	}
	for reason, n := range reasons {
		c.telemetry.ConnectorAgentTracesIncomplete.Add(ctx, n, option("reason", reason))
	}
}

func option(key, value string) metric.MeasurementOption {
	return metric.WithAttributeSet(attribute.NewSet(attribute.String(key, value)))
}

// measure tells the metrics what is kept.
func (c *agentTraces) measure(ctx context.Context) {
	now := c.tracker.Counts()
	c.telemetry.ConnectorAgentTracesBytes.Record(ctx, int64(now.Bytes))
	c.telemetry.ConnectorAgentTracesOpen.Record(ctx, int64(now.Open))
	c.telemetry.ConnectorAgentTracesPending.Record(ctx, int64(now.Pending))
	c.telemetry.ConnectorAgentTracesSessions.Record(ctx, int64(now.Sessions))
	c.telemetry.ConnectorAgentTracesLate.Add(ctx, now.Late-c.told.Late)
	c.telemetry.ConnectorAgentTracesIgnored.Add(ctx, now.Ignored-c.told.Ignored)
	c.told = now
}
