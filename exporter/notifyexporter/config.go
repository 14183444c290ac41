package notifyexporter

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configretry"
	"go.opentelemetry.io/collector/exporter/exporterhelper"

	"github.com/agent-telemetry/agent-telemetry/internal/notify"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/alertmanager"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/email"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/file"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/grafana"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/pagerduty"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/shoutrrr"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/slack"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/webhook"
	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// Channels.
const (
	channelConsole      = "console"
	channelFile         = "file"
	channelEmail        = "email"
	channelWebhook      = "webhook"
	channelGrafana      = "grafana"
	channelAlertmanager = "alertmanager"
	channelPagerDuty    = "pagerduty"
	channelSlack        = "slack"
	channelShoutrrr     = "shoutrrr"
)

// Bounds of the configuration.
const (
	maxTimeout = 5 * time.Minute
	maxEvery   = 7 * 24 * time.Hour
	maxBurst   = 100_000
)

// Config of the notify exporter: one channel.
type Config struct {
	// Channel is the kind of channel. Required, and so is the block of that name, but
	// for console and file.
	Channel string `mapstructure:"channel"`
	// MinSeverity is the least severity that is told: low, medium (the default), high
	// or critical.
	MinSeverity string `mapstructure:"min_severity"`
	// StateDirectory holds what the channel was told and what waits for a digest. An
	// absolute path, or one that is relative to the collector's working directory.
	// Default: alerts/notify in the state directory.
	StateDirectory string `mapstructure:"state_directory"`
	// Timeout of one try. Default 10s.
	Timeout time.Duration `mapstructure:"timeout"`
	// RateLimit bounds how much is told. What is more is summed up.
	RateLimit RateLimitConfig `mapstructure:"rate_limit"`
	// Digest has alerts of some severities told together.
	Digest DigestConfig `mapstructure:"digest"`
	// QueueConfig is the queue in front of the channel. Give it storage, or what is in
	// it does not survive a crash. One consumer: alerts keep their order.
	QueueConfig configoptional.Optional[exporterhelper.QueueBatchConfig] `mapstructure:"sending_queue"`
	// RetryConfig says how a failed try is repeated; without an end by default.
	RetryConfig configretry.BackOffConfig `mapstructure:"retry_on_failure"`

	File         configoptional.Optional[file.Config]         `mapstructure:"file"`
	Email        configoptional.Optional[email.Config]        `mapstructure:"email"`
	Webhook      configoptional.Optional[webhook.Config]      `mapstructure:"webhook"`
	Grafana      configoptional.Optional[grafana.Config]      `mapstructure:"grafana"`
	Alertmanager configoptional.Optional[alertmanager.Config] `mapstructure:"alertmanager"`
	PagerDuty    configoptional.Optional[pagerduty.Config]    `mapstructure:"pagerduty"`
	Slack        configoptional.Optional[slack.Config]        `mapstructure:"slack"`
	Shoutrrr     configoptional.Optional[shoutrrr.Config]     `mapstructure:"shoutrrr"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// RateLimitConfig bounds how much is told of each severity.
type RateLimitConfig struct {
	// Burst is how many alerts may be told at once; 0: there is no limit. Unless it is
	// set: 30 for email, pagerduty, slack and shoutrrr, no limit for the others.
	Burst configoptional.Optional[int] `mapstructure:"burst"`
	// Per is the time in which as many may be told again. 1s to 24h, default 1m. The
	// summary of what was held back comes once in it.
	Per time.Duration `mapstructure:"per"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// DigestConfig has alerts told together.
type DigestConfig struct {
	// Severities that are told only so. Default: none.
	Severities []string `mapstructure:"severities"`
	// Every is how long the first of a digest waits. 1s to 168h, default 15m.
	Every time.Duration `mapstructure:"every"`

	// prevent unkeyed literal initialization
	_ struct{}
}

func createDefaultConfig() component.Config {
	retry := configretry.NewDefaultBackOffConfig()
	retry.InitialInterval = 500 * time.Millisecond
	retry.MaxInterval = 30 * time.Second
	retry.MaxElapsedTime = 0 // never give up: the queue is bounded

	queue := exporterhelper.NewDefaultQueueConfig()
	queue.NumConsumers = 1
	queue.Sizer = exporterhelper.RequestSizerTypeItems
	queue.QueueSize = 10_000
	queue.BlockOnOverflow = false

	c := &Config{
		MinSeverity:  semconv.SeverityMedium,
		Timeout:      10 * time.Second,
		RateLimit:    RateLimitConfig{Burst: configoptional.Default(0), Per: time.Minute},
		Digest:       DigestConfig{Every: 15 * time.Minute},
		QueueConfig:  configoptional.Some(queue),
		RetryConfig:  retry,
		Email:        configoptional.Default(email.DefaultConfig()),
		Webhook:      configoptional.Default(webhook.DefaultConfig()),
		Grafana:      configoptional.Default(grafana.DefaultConfig()),
		Alertmanager: configoptional.Default(alertmanager.DefaultConfig()),
		PagerDuty:    configoptional.Default(pagerduty.DefaultConfig()),
		Slack:        configoptional.Default(slack.DefaultConfig()),
		Shoutrrr:     configoptional.Default(shoutrrr.DefaultConfig()),
	}
	log := file.DefaultConfig()
	if home, err := statedir.Default(); err == nil { // else both are required
		c.StateDirectory = filepath.Join(home.Alerts(), "notify")
		log.Path = filepath.Join(home.Alerts(), "security-alerts.log")
	}
	c.File = configoptional.Default(log)
	return c
}

// blocks are the channels that have settings, and whether these are given.
func (c *Config) blocks() map[string]bool {
	return map[string]bool{
		channelFile: c.File.HasValue(), channelEmail: c.Email.HasValue(), channelWebhook: c.Webhook.HasValue(),
		channelGrafana: c.Grafana.HasValue(), channelAlertmanager: c.Alertmanager.HasValue(), channelPagerDuty: c.PagerDuty.HasValue(),
		channelSlack: c.Slack.HasValue(), channelShoutrrr: c.Shoutrrr.HasValue(),
	}
}

var channels = []string{
	channelConsole, channelFile, channelEmail, channelWebhook, channelGrafana, channelAlertmanager, channelPagerDuty, channelSlack,
	channelShoutrrr,
}

// Validate reports all faults, each with its key. Those in the channel's block
// come from its own Validate.
func (c *Config) Validate() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	given := c.blocks()
	if !slices.Contains(channels, c.Channel) {
		fault("channel: %q is none of %s", notify.Line(c.Channel, 64), strings.Join(channels, ", "))
	} else if has, needed := given[c.Channel]; needed && !has && c.Channel != channelFile {
		fault("%s: must be set for channel: %s", c.Channel, c.Channel)
	}
	for _, name := range channels {
		if given[name] && name != c.Channel {
			fault("%s: is of another channel than %q", name, notify.Line(c.Channel, 64))
		}
	}
	if c.Channel == channelFile && !c.File.HasValue() {
		if err := c.file().Validate(); err != nil {
			fault("file: %w", err)
		}
	}
	if securityalert.Rank(c.MinSeverity) == 0 {
		fault("min_severity: %q is none of low, medium, high and critical", notify.Line(c.MinSeverity, 64))
	}
	if c.StateDirectory == "" {
		fault("state_directory: must be set")
	}
	if c.Timeout <= 0 || c.Timeout > maxTimeout {
		fault("timeout: %s is not between 0 and %s", c.Timeout, maxTimeout)
	}
	return errors.Join(append(faults, c.RateLimit.validate(), c.Digest.validate(), c.validateQueue())...)
}

func (c *Config) validateQueue() error {
	if q := c.QueueConfig.Get(); q != nil && q.NumConsumers != 1 {
		return fmt.Errorf("sending_queue.num_consumers: must be 1: alerts are told in their order, and each once; is %d", q.NumConsumers)
	}
	return nil
}

func (r *RateLimitConfig) validate() error {
	var faults []error
	if b := r.Burst.Get(); b != nil && (*b < 0 || *b > maxBurst) {
		faults = append(faults, fmt.Errorf("rate_limit.burst: %d is not between 0 and %d", *b, maxBurst))
	}
	if r.Per < time.Second || r.Per > 24*time.Hour {
		faults = append(faults, fmt.Errorf("rate_limit.per: %s is not between 1s and 24h", r.Per))
	}
	return errors.Join(faults...)
}

func (d *DigestConfig) validate() error {
	var faults []error
	for i, s := range d.Severities {
		if securityalert.Rank(s) == 0 {
			faults = append(faults, fmt.Errorf("digest.severities[%d]: %q is none of low, medium, high and critical", i, notify.Line(s, 64)))
		}
	}
	if d.Every < time.Second || d.Every > maxEvery {
		faults = append(faults, fmt.Errorf("digest.every: %s is not between 1s and %s", d.Every, maxEvery))
	}
	return errors.Join(faults...)
}

// file returns the settings of the channel of that name, given or not.
func (c *Config) file() *file.Config { return c.File.GetOrInsertDefault() }

// burst is the rate limit's, 0 for none.
func (c *Config) burst() int {
	if b := c.RateLimit.Burst.Get(); b != nil {
		return *b
	}
	switch c.Channel {
	case channelEmail, channelPagerDuty, channelSlack, channelShoutrrr:
		return 30 // people read it
	}
	return 0
}
