package notifyexporter

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"
)

// load reads one exporter of testdata/config.yaml.
func load(t *testing.T, name string) *Config {
	t.Helper()
	t.Setenv("AGENT_TELEMETRY_HOME", "/state")
	conf, err := confmaptest.LoadConf(filepath.Join("testdata", "config.yaml"))
	require.NoError(t, err)
	sub, err := conf.Sub(name)
	require.NoError(t, err)
	c := createDefaultConfig().(*Config)
	require.NoError(t, sub.Unmarshal(c))
	return c
}

// validate does what the collector does: it has every part that is given validated.
func validate(c *Config) error {
	faults := []error{c.Validate()}
	add := func(given bool, v func() error) {
		if given {
			faults = append(faults, v())
		}
	}
	add(c.File.HasValue(), func() error { return c.File.Get().Validate() })
	add(c.Email.HasValue(), func() error { return c.Email.Get().Validate() })
	add(c.Webhook.HasValue(), func() error { return c.Webhook.Get().Validate() })
	add(c.Grafana.HasValue(), func() error { return c.Grafana.Get().Validate() })
	add(c.Alertmanager.HasValue(), func() error { return c.Alertmanager.Get().Validate() })
	add(c.PagerDuty.HasValue(), func() error { return c.PagerDuty.Get().Validate() })
	add(c.Slack.HasValue(), func() error { return c.Slack.Get().Validate() })
	add(c.Shoutrrr.HasValue(), func() error { return c.Shoutrrr.Get().Validate() })
	return errors.Join(faults...)
}

func TestDefaults(t *testing.T) {
	c := load(t, "notify/console")
	require.NoError(t, validate(c))
	require.Equal(t, "medium", c.MinSeverity)
	require.Equal(t, "/state/alerts/notify", c.StateDirectory)
	require.Equal(t, 10*time.Second, c.Timeout)
	require.Equal(t, 15*time.Minute, c.Digest.Every)
	require.Zero(t, c.RetryConfig.MaxElapsedTime)
	q := c.QueueConfig.Get()
	require.EqualValues(t, 10_000, q.QueueSize)
	require.False(t, q.BlockOnOverflow)
	require.Zero(t, c.burst())

	c = load(t, "notify/file")
	require.NoError(t, validate(c))
	require.Equal(t, "/state/alerts/security-alerts.log", c.file().Path)
}

func TestEveryChannel(t *testing.T) {
	for _, channel := range channels {
		t.Run(channel, func(t *testing.T) {
			c := load(t, "notify/"+channel)
			require.Equal(t, channel, c.Channel)
			require.NoError(t, validate(c))
			shown := confmap.New()
			require.NoError(t, shown.Marshal(c))
			require.False(t, strings.Contains(fmt.Sprint(shown.ToStringMap()), "SECRET"), "a secret is shown")
		})
	}
	c := load(t, "notify/email")
	require.Equal(t, "smtp.example.com", c.Email.Get().Host)
	require.Equal(t, "starttls", c.Email.Get().Security)
	require.Equal(t, "/etc/ssl/mail-ca.pem", c.Email.Get().TLS.CAFile)
	require.Equal(t, 10, c.burst())
	require.Equal(t, []string{"low"}, c.Digest.Severities)
	require.Equal(t, component.MustNewID("queue_storage"), *c.QueueConfig.Get().StorageID)
	require.Equal(t, "https://events.eu.pagerduty.com", load(t, "notify/pagerduty").PagerDuty.Get().ClientConfig.Endpoint)
	require.Equal(t, 30, load(t, "notify/pagerduty").burst())
	require.Equal(t, 2*time.Hour, load(t, "notify/alertmanager").Alertmanager.Get().ResolveAfter)
	require.Equal(t, "http://proxy.example:3128", load(t, "notify/webhook").Webhook.Get().ClientConfig.ProxyURL)
}

func TestFaultsAreNamed(t *testing.T) {
	err := validate(load(t, "notify/faults"))
	for _, key := range []string{
		`channel: "pigeon"`, "slack: is of another channel", "min_severity:", "timeout:", "rate_limit.burst:", "rate_limit.per:",
		"digest.severities[1]:", "digest.every:", "sending_queue.num_consumers:",
	} {
		require.ErrorContains(t, err, key)
	}
	err = validate(load(t, "notify/empty"))
	require.ErrorContains(t, err, "webhook: must be set for channel: webhook")
	err = validate(load(t, "notify/blockfaults"))
	for _, key := range []string{"host:", "from:", "to:"} {
		require.ErrorContains(t, err, key)
	}
}
