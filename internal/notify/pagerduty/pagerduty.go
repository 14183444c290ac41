// Package pagerduty triggers incidents through PagerDuty's Events API v2. The
// dedup_key is the alert's id: an alert that is sent again is no new incident.
package pagerduty

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/notify"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/httpsend"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

const (
	path       = "/v2/enqueue"
	maxSummary = 1000 // bytes; PagerDuty takes 1024 characters
)

type event struct {
	RoutingKey string  `json:"routing_key"`
	Action     string  `json:"event_action"`
	DedupKey   string  `json:"dedup_key"`
	Client     string  `json:"client"`
	Payload    payload `json:"payload"`
}

type payload struct {
	Summary   string         `json:"summary"`
	Source    string         `json:"source"`
	Severity  string         `json:"severity"` // critical, error, warning, info
	Timestamp string         `json:"timestamp"`
	Component string         `json:"component,omitempty"`
	Group     string         `json:"group,omitempty"`
	Class     string         `json:"class,omitempty"`
	Details   notify.Message `json:"custom_details"`
}

type notifier struct {
	config *Config
	url    string
	client *http.Client
}

// New returns a notifier that posts with the client.
func New(config *Config, client *http.Client) notify.Notifier {
	url := strings.TrimSuffix(strings.TrimSuffix(config.ClientConfig.Endpoint, "/"), path) + path
	return &notifier{config: config, url: url, client: httpsend.Prepare(client)}
}

func (p *notifier) Batch() int { return 1 }

func (p *notifier) Notify(ctx context.Context, list ...*notify.Notification) (told int, retry bool, err error) {
	for i, n := range list {
		if _, retry, err := httpsend.Do(ctx, p.client, httpsend.Request{URL: p.url, Body: p.convert(n)}); err != nil {
			return i, retry, fmt.Errorf("trigger in PagerDuty: %w", err)
		}
	}
	return len(list), false, nil
}

func (p *notifier) convert(n *notify.Notification) event {
	e := event{
		RoutingKey: string(p.config.RoutingKey), Action: "trigger", DedupKey: n.ID, Client: "agent-telemetry",
		Payload: payload{
			Summary: notify.Line(n.Headline(), maxSummary), Source: "agent-telemetry", Severity: severity(n.Severity),
			Timestamp: n.Time.UTC().Format(time.RFC3339Nano), Details: n.Message(),
		},
	}
	if a := n.Alert; a != nil {
		e.Payload.Component, e.Payload.Group, e.Payload.Class = a.Tool, a.ProjectName, a.Category
		if a.Host != "" {
			e.Payload.Source = a.Host
		}
	}
	return e
}

func severity(s string) string {
	switch s {
	case semconv.SeverityCritical:
		return "critical"
	case semconv.SeverityHigh:
		return "error"
	case semconv.SeverityMedium:
		return "warning"
	}
	return "info"
}

func (p *notifier) Close() error {
	p.client.CloseIdleConnections()
	return nil
}
