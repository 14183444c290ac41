package query

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
)

// sample is one element of a vector.
type sample struct {
	Metric map[string]string
	value  float64
}

// instant evaluates a query that answers with numbers.
func instant(ctx context.Context, client *lokiquery.Client, q string, at time.Time) ([]sample, error) {
	raw, err := client.Query(ctx, q, at)
	if err != nil {
		return nil, err
	}
	var data struct {
		ResultType string
		Result     json.RawMessage
	}
	if err := json.Unmarshal(raw, &data); err != nil {
		return nil, fmt.Errorf("read Loki's answer: %w", err)
	}
	if data.ResultType == "scalar" {
		var value [2]json.RawMessage
		if err := json.Unmarshal(data.Result, &value); err != nil {
			return nil, fmt.Errorf("read Loki's answer: %w", err)
		}
		n, err := number(value[1])
		return []sample{{value: n}}, err
	}
	var result []struct {
		Metric map[string]string
		Value  [2]json.RawMessage
	}
	if err := json.Unmarshal(data.Result, &result); err != nil {
		return nil, fmt.Errorf("read Loki's answer (%s): %w", data.ResultType, err)
	}
	all := make([]sample, 0, len(result))
	for _, r := range result {
		n, err := number(r.Value[1])
		if err != nil {
			return nil, err
		}
		all = append(all, sample{Metric: r.Metric, value: n})
	}
	return all, nil
}

// number reads a value, which is a string. What JSON has no number for becomes 0.
func number(raw json.RawMessage) (float64, error) {
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return 0, fmt.Errorf("read Loki's answer: %w", err)
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, fmt.Errorf("read Loki's answer: %w", err)
	}
	if math.IsNaN(n) || math.IsInf(n, 0) {
		n = 0
	}
	return n, nil
}
