package stackcmd

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
)

// alertTimeout bounds the question: status is to be quick.
const alertTimeout = 2 * time.Second

var severities = []string{semconv.SeverityCritical, semconv.SeverityHigh, semconv.SeverityMedium, semconv.SeverityLow}

// alertCounts asks Loki how many alerts of each severity there were in 24 hours;
// nil when it does not tell.
func alertCounts(ctx context.Context, c *stack.Config) map[string]int {
	client, err := lokiquery.FromEnv(c.LokiAddress())
	if err != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, alertTimeout)
	defer cancel()
	q := lokiquery.Query{}.Label(semconv.LabelService, semconv.ServiceNameValue).Label(semconv.LabelEvent, semconv.EventSecurityAlert)
	data, err := client.Query(ctx, fmt.Sprintf("sum by (%s) (count_over_time(%s [24h]))", semconv.MetadataSeverity, q), time.Now())
	if err != nil {
		return nil
	}
	return countsOf(data)
}

// countsOf reads the result of an instant query. Severities that are none of ours
// are left out.
func countsOf(data json.RawMessage) map[string]int {
	var v struct {
		Result []struct {
			Metric map[string]string
			Value  []json.RawMessage
		}
	}
	if json.Unmarshal(data, &v) != nil {
		return nil
	}
	counts := make(map[string]int, len(severities))
	for _, s := range severities {
		counts[s] = 0
	}
	for _, r := range v.Result {
		var text string
		name := r.Metric[semconv.MetadataSeverity]
		if _, ours := counts[name]; !ours || len(r.Value) != 2 || json.Unmarshal(r.Value[1], &text) != nil {
			continue
		}
		if n, err := strconv.Atoi(text); err == nil && n >= 0 {
			counts[name] = n
		}
	}
	return counts
}

func alertsText(counts map[string]int) string {
	var parts []string
	for _, s := range severities {
		if counts[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[s], s))
		}
	}
	if len(parts) == 0 {
		return "none in 24 hours"
	}
	return strings.Join(parts, ", ") + " in 24 hours: see `agent-telemetry alerts show`"
}
