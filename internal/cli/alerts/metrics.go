package alerts

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/health"
)

// Metrics of the collector.
const (
	channelMetrics = "otelcol_exporter_notify_"
	rulesMetrics   = "otelcol_processor_security_alert_"
	queueMetrics   = "otelcol_exporter_queue_size"
)

// Status is what alerts status prints with --json.
type Status struct {
	OK       bool        `json:"ok"`
	Problems []string    `json:"problems"`
	Rules    RulesStatus `json:"rules"`
	Channels []Channel   `json:"channels"`
}

// RulesStatus is how the rules are. Numbers count from the collector's start.
type RulesStatus struct {
	Running       bool       `json:"running"` // the collector has the processor
	Rules         float64    `json:"rules"`   // in use
	Loaded        *time.Time `json:"loaded"`  // when they were
	LoadFailures  float64    `json:"load_failures"`
	LoadFailed    bool       `json:"load_failed"` // the files as they are cannot be used
	Judged        float64    `json:"judged"`
	JudgeFailures float64    `json:"judge_failures"`
	Unjudged      float64    `json:"unjudged"` // too many were put off
	Alerts        float64    `json:"alerts"`
	LostAlerts    float64    `json:"lost_alerts"`
	Suppressed    float64    `json:"suppressed"`
	Sessions      float64    `json:"sessions"`
	P50           *float64   `json:"p50_s"` // upper bounds, seconds; -1: above all buckets
	P99           *float64   `json:"p99_s"`
	// Metrics are all of the processor's, summed up, by the rest of their names.
	Metrics map[string]float64 `json:"metrics"`
}

// Channel is how a channel is.
type Channel struct {
	Name        string     `json:"name"` // of the exporter
	State       string     `json:"state"`
	Sent        float64    `json:"sent"`
	Failed      float64    `json:"failed"` // tries; most are repeated
	Dropped     float64    `json:"dropped"`
	Suppressed  float64    `json:"suppressed"`
	Pending     float64    `json:"pending"` // for the next digest or summary
	Waiting     float64    `json:"waiting"` // in the queue
	LastSuccess *time.Time `json:"last_success"`
	LastFailure *time.Time `json:"last_failure"`
	P50         *float64   `json:"p50_s"` // from alert to answer: upper bounds, seconds; -1: above all buckets
	P99         *float64   `json:"p99_s"`
}

// States of a channel.
const (
	channelOK      = "ok"
	channelFailing = "failing" // the last try failed
	channelUnused  = "unused"  // there was nothing to tell
)

func statusOf(samples []health.Sample) *Status {
	s := &Status{OK: true, Problems: []string{}, Channels: channelsOf(samples), Rules: rulesOf(samples)}
	problem := func(format string, args ...any) {
		s.OK = false
		s.Problems = append(s.Problems, fmt.Sprintf(format, args...))
	}
	for _, c := range s.Channels {
		if c.State == channelFailing {
			problem("%s fails: see the collector's log", c.Name)
		}
		if c.Dropped > 0 {
			problem("%s was not told of %.0f alerts, which are in the audit log", c.Name, c.Dropped)
		}
	}
	if s.Rules.LoadFailed {
		problem("the rules could not be loaded, those before are in use: `agent-telemetry alerts validate` says why")
	}
	if n := s.Rules.JudgeFailures + s.Rules.Unjudged; n > 0 {
		problem("%.0f events were not judged: alerts tell of them, and the collector's log says why", n)
	}
	if s.Rules.LostAlerts > 0 {
		problem("%.0f alerts were lost before they were recorded: see the collector's log", s.Rules.LostAlerts)
	}
	return s
}

func channelsOf(samples []health.Sample) []Channel {
	channels := map[string]*Channel{}
	buckets := map[string][]health.Sample{}
	for _, x := range samples {
		name, ours := strings.CutPrefix(x.Name, channelMetrics)
		if !ours {
			continue
		}
		id := x.Labels["channel"]
		c := channels[id]
		if c == nil {
			c = &Channel{Name: id}
			channels[id] = c
		}
		switch name {
		case "sent":
			c.Sent += x.Value
		case "failed":
			c.Failed += x.Value
		case "dropped":
			c.Dropped += x.Value
		case "suppressed":
			c.Suppressed += x.Value
		case "pending":
			c.Pending += x.Value
		case "last_success":
			c.LastSuccess = unix(x.Value)
		case "last_failure":
			c.LastFailure = unix(x.Value)
		case "latency_bucket":
			buckets[id] = append(buckets[id], x)
		}
	}
	all := make([]Channel, 0, len(channels))
	for id, c := range channels {
		for _, x := range samples {
			if x.Name == queueMetrics && x.Labels["exporter"] == id {
				c.Waiting += x.Value
			}
		}
		c.P50, c.P99 = bound(health.Quantile(0.5, buckets[id])), bound(health.Quantile(0.99, buckets[id]))
		switch {
		case c.LastFailure != nil && (c.LastSuccess == nil || c.LastFailure.After(*c.LastSuccess)):
			c.State = channelFailing
		case c.LastSuccess != nil:
			c.State = channelOK
		default:
			c.State = channelUnused
		}
		all = append(all, *c)
	}
	slices.SortFunc(all, func(a, b Channel) int { return strings.Compare(a.Name, b.Name) })
	return all
}

func rulesOf(samples []health.Sample) RulesStatus {
	r := RulesStatus{Metrics: map[string]float64{}}
	var buckets []health.Sample
	for _, x := range samples {
		name, ours := strings.CutPrefix(x.Name, rulesMetrics)
		switch {
		case !ours:
			continue
		case strings.HasSuffix(name, "_bucket"):
			if strings.HasPrefix(name, "judge_duration") {
				buckets = append(buckets, x)
			}
			continue
		}
		r.Running = true
		if !math.IsNaN(x.Value) && !math.IsInf(x.Value, 0) { // JSON has neither
			r.Metrics[name] += x.Value
		}
	}
	m := r.Metrics
	r.Judged, r.Alerts, r.Suppressed = m["judged"], m["alerts"], m["suppressed"]
	r.JudgeFailures, r.LoadFailures, r.LoadFailed = m["judge_failures"], m["rule_load_failures"], m["rules_bad"] > 0
	r.Rules, r.Loaded, r.Sessions = m["rules"], unix(m["rules_loaded"]), m["sessions"]
	r.Unjudged, r.LostAlerts = m["unjudged"], m["lost_alerts"]
	r.P50, r.P99 = bound(health.Quantile(0.5, buckets)), bound(health.Quantile(0.99, buckets))
	return r
}

// unix is a time from a metric; 0 is none.
func unix(s float64) *time.Time {
	if !(s > 0 && s < 1e11) {
		return nil
	}
	t := time.UnixMicro(int64(s * 1e6)).UTC()
	return &t
}

// bound is what JSON can tell of a quantile.
func bound(s float64) *float64 {
	switch {
	case math.IsNaN(s):
		return nil
	case math.IsInf(s, 1):
		s = -1
	}
	return &s
}
