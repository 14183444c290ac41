package notifyexporter

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/agent-telemetry/agent-telemetry/internal/notify"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/alertmanager"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/console"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/email"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/file"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/grafana"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/pagerduty"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/shoutrrr"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/slack"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/webhook"
)

// open makes the configured channel ready. Nothing is sent yet.
func (c *Config) open(ctx context.Context, host component.Host, settings component.TelemetrySettings) (notify.Notifier, error) {
	// The spans of an HTTP client hold the URL, which is a secret of some channels.
	settings.TracerProvider = noop.NewTracerProvider()
	over := func(cc *confighttp.ClientConfig, open func(*http.Client) notify.Notifier) (notify.Notifier, error) {
		client, err := cc.ToClient(ctx, host.GetExtensions(), settings)
		if err != nil {
			return nil, fmt.Errorf("make the HTTP client: %w", err)
		}
		return open(client), nil
	}
	switch c.Channel {
	case channelConsole:
		return console.New(os.Stderr), nil
	case channelFile:
		return file.New(c.file()), nil
	case channelEmail:
		return email.New(c.Email.Get()), nil
	case channelWebhook:
		w := c.Webhook.Get()
		return over(&w.ClientConfig, func(h *http.Client) notify.Notifier { return webhook.New(w, h) })
	case channelGrafana:
		g := c.Grafana.Get()
		return over(&g.ClientConfig, func(h *http.Client) notify.Notifier { return grafana.New(g, h) })
	case channelAlertmanager:
		a := c.Alertmanager.Get()
		return over(&a.ClientConfig, func(h *http.Client) notify.Notifier { return alertmanager.New(a, h) })
	case channelPagerDuty:
		p := c.PagerDuty.Get()
		return over(&p.ClientConfig, func(h *http.Client) notify.Notifier { return pagerduty.New(p, h) })
	case channelSlack:
		s := c.Slack.Get()
		return over(&s.ClientConfig, func(h *http.Client) notify.Notifier { return slack.New(s, h) })
	case channelShoutrrr:
		return shoutrrr.New(c.Shoutrrr.Get())
	}
	return nil, fmt.Errorf("channel: there is none of that name: %q", c.Channel)
}
