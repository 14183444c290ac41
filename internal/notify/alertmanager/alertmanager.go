// Package alertmanager hands alerts to a Prometheus Alertmanager (API v2).
//
// An alert's labels have its id, so that two alerts are never taken for one, and an
// alert that is sent again is the same one: group_by [alertname, session] makes one
// message of those that belong together.
package alertmanager

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/notify"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/httpsend"
)

const (
	batch = 64
	path  = "/api/v2/alerts"
)

type alert struct {
	StartsAt    time.Time         `json:"startsAt"`
	EndsAt      time.Time         `json:"endsAt"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

type notifier struct {
	config *Config
	url    string
	client *http.Client
	now    func() time.Time
}

// New returns a notifier that posts with the client.
func New(config *Config, client *http.Client) notify.Notifier {
	url := strings.TrimSuffix(strings.TrimSuffix(config.ClientConfig.Endpoint, "/"), path) + path
	return &notifier{config: config, url: url, client: httpsend.Prepare(client), now: time.Now}
}

func (m *notifier) Batch() int { return batch }

func (m *notifier) Notify(ctx context.Context, list ...*notify.Notification) (told int, retry bool, err error) {
	retry, err = m.post(ctx, list)
	if err == nil {
		return len(list), false, nil
	}
	if retry || len(list) == 1 {
		return 0, retry, err
	}
	// One of them is refused for good, and the answer does not say which.
	for i := range list {
		if retry, err := m.post(ctx, list[i:i+1]); err != nil {
			return i, retry, err
		}
	}
	return len(list), false, nil
}

func (m *notifier) post(ctx context.Context, list []*notify.Notification) (retry bool, err error) {
	alerts := make([]alert, 0, len(list))
	for _, n := range list {
		alerts = append(alerts, m.convert(n))
	}
	if _, retry, err := httpsend.Do(ctx, m.client, httpsend.Request{URL: m.url, Body: alerts}); err != nil {
		return retry, fmt.Errorf("post to the Alertmanager: %w", err)
	}
	return false, nil
}

func (m *notifier) Close() error {
	m.client.CloseIdleConnections()
	return nil
}

func (m *notifier) convert(n *notify.Notification) alert {
	// An alert that waited in a queue is news when it arrives: one that had ended
	// already would be told to nobody.
	ends := n.Time.Add(m.config.ResolveAfter)
	if least := m.now().Add(m.config.ResolveAfter); ends.Before(least) {
		ends = least
	}
	a := alert{StartsAt: n.Time.UTC(), EndsAt: ends.UTC(), Labels: map[string]string{}, Annotations: map[string]string{}}
	for name, value := range m.config.Labels {
		a.Labels[name] = value
	}
	put := func(to map[string]string, name, value string) {
		if value != "" {
			to[name] = value
		}
	}
	put(a.Labels, "alertname", "agent-telemetry-"+n.Kind)
	put(a.Labels, "severity", n.Severity)
	put(a.Labels, "alert_id", n.ID)
	put(a.Labels, "source", "agent-telemetry")
	put(a.Annotations, "summary", n.Headline())
	put(a.Annotations, "description", strings.TrimSpace(n.Text()))
	if x := n.Alert; x != nil {
		put(a.Labels, "alertname", x.Rule)
		put(a.Labels, "rule", x.Rule)
		put(a.Labels, "category", x.Category)
		put(a.Labels, "session", x.Session)
		put(a.Labels, "project", x.ProjectName)
		put(a.Labels, "tool", x.Tool)
		put(a.Labels, "host", x.Host)
		put(a.Annotations, "command", x.Command)
		put(a.Annotations, "file", x.FilePath)
		put(a.Annotations, "url", x.URL)
		put(a.Annotations, "evidence", strings.Join(x.Evidence, "\n"))
		put(a.Annotations, "attack", strings.Join(x.Attack, ", "))
		put(a.Annotations, "atlas", strings.Join(x.Atlas, ", "))
		put(a.Annotations, "response", x.Response)
		put(a.Annotations, "event_id", x.EventID)
	}
	return a
}
