// Package grafana writes notifications as annotations, which Grafana shows in
// graphs.
//
// An annotation has the alert's id among its tags. Grafana does not recognise one
// that it has, so it is asked for that tag first.
package grafana

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/notify"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/httpsend"
)

const (
	path   = "/api/annotations"
	maxTag = 100 // bytes: Grafana's own bound
)

type annotation struct {
	DashboardUID string   `json:"dashboardUID,omitempty"`
	PanelID      int64    `json:"panelId,omitempty"`
	Time         int64    `json:"time"` // Unix milliseconds
	Tags         []string `json:"tags"`
	Text         string   `json:"text"` // shown as HTML, which Grafana cleans
}

type notifier struct {
	config *Config
	url    string
	client *http.Client
}

// New returns a notifier that posts with the client.
func New(config *Config, client *http.Client) notify.Notifier {
	return &notifier{config: config, url: strings.TrimSuffix(config.ClientConfig.Endpoint, "/") + path, client: httpsend.Prepare(client)}
}

func (g *notifier) Batch() int { return 1 }

func (g *notifier) Notify(ctx context.Context, list ...*notify.Notification) (told int, retry bool, err error) {
	for i, n := range list {
		has, retry, err := g.has(ctx, n)
		if err == nil && !has {
			_, retry, err = httpsend.Do(ctx, g.client, httpsend.Request{URL: g.url, Header: g.header(), Body: g.convert(n)})
		}
		if err != nil {
			return i, retry, fmt.Errorf("annotate in Grafana: %w", err)
		}
	}
	return len(list), false, nil
}

// has asks whether there is an annotation of the notification.
func (g *notifier) has(ctx context.Context, n *notify.Notification) (has, retry bool, err error) {
	const around = 60_000 // milliseconds
	at := n.Time.UnixMilli()
	query := url.Values{
		"tags": {tagOf(n)}, "limit": {"1"}, "type": {"annotation"},
		"from": {strconv.FormatInt(max(0, at-around), 10)}, "to": {strconv.FormatInt(at+around, 10)},
	}
	answer, retry, err := httpsend.Do(ctx, g.client, httpsend.Request{Method: http.MethodGet, URL: g.url + "?" + query.Encode(), Header: g.header()})
	if err != nil {
		return false, retry, err
	}
	var found []json.RawMessage
	if err := json.Unmarshal(answer, &found); err != nil {
		return false, true, fmt.Errorf("the answer is no list of annotations: %w", err)
	}
	return len(found) > 0, false, nil
}

func (g *notifier) header() map[string]string {
	if g.config.Token == "" {
		return nil
	}
	return map[string]string{"Authorization": "Bearer " + string(g.config.Token)}
}

func tagOf(n *notify.Notification) string { return "alert:" + n.ID }

func (g *notifier) convert(n *notify.Notification) annotation {
	tags := append([]string{"agent-telemetry", "severity:" + n.Severity, tagOf(n)}, g.config.Tags...)
	if a := n.Alert; a != nil {
		for name, value := range map[string]string{"rule": a.Rule, "project": a.ProjectName} {
			if value != "" {
				tags = append(tags, cut(name+":"+value))
			}
		}
	}
	var text strings.Builder
	text.WriteString("<b>" + html.EscapeString(n.Headline()) + "</b>")
	for _, f := range n.Fields() {
		text.WriteString("<br>" + html.EscapeString(f.Name+": "+notify.Defang(f.Value)))
	}
	return annotation{
		DashboardUID: g.config.DashboardUID, PanelID: g.config.PanelID, Time: n.Time.UnixMilli(), Tags: tags, Text: text.String(),
	}
}

func cut(tag string) string {
	if len(tag) <= maxTag {
		return tag
	}
	return strings.ToValidUTF8(tag[:maxTag], "")
}

func (g *notifier) Close() error {
	g.client.CloseIdleConnections()
	return nil
}
