package lokiexporter

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configretry"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
)

// Config is the configuration of the loki exporter.
type Config struct {
	// ClientConfig is the HTTP client: endpoint (base URL of Loki, without
	// /loki/api/v1/push), timeout of one push, TLS, headers, auth.
	ClientConfig confighttp.ClientConfig `mapstructure:",squash"`
	// QueueConfig is the sending queue. One consumer by default: Loki may lose
	// entries of a stream in a crash when several senders write to it.
	QueueConfig configoptional.Optional[exporterhelper.QueueBatchConfig] `mapstructure:"sending_queue"`
	// RetryConfig is how a push is repeated; without an end by default.
	RetryConfig configretry.BackOffConfig `mapstructure:"retry_on_failure"`
	// RetryStatuses are client errors (400-499) that are retried instead of
	// dropped, for example 401 where tokens may expire.
	RetryStatuses []int `mapstructure:"retry_statuses"`
	// TenantID is sent as X-Scope-OrgID. Empty: no header.
	TenantID string `mapstructure:"tenant_id"`
	// BasicAuth adds HTTP basic authentication; other kinds through auth.
	BasicAuth configoptional.Optional[BasicAuthConfig] `mapstructure:"basic_auth"`
	// Labels make a record's stream.
	Labels []FieldConfig `mapstructure:"labels"`
	// StructuredMetadata is stored beside the line of each entry.
	StructuredMetadata []FieldConfig `mapstructure:"structured_metadata"`
	// Line is what becomes the log line.
	Line LineConfig `mapstructure:"line"`
	// Limits keep every push below what Loki accepts.
	Limits LimitsConfig `mapstructure:"limits"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// BasicAuthConfig is a user name and password.
type BasicAuthConfig struct {
	Username string              `mapstructure:"username"`
	Password configopaque.String `mapstructure:"password"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// LimitsConfig are bounds; the defaults are those of a stock Loki.
type LimitsConfig struct {
	// MaxLineBytes: longer lines are cut and stay valid JSON. Default 262144.
	MaxLineBytes int `mapstructure:"max_line_bytes"`
	// MaxStructuredMetadataEntries of one line. Default 128.
	MaxStructuredMetadataEntries int `mapstructure:"max_structured_metadata_entries"`
	// MaxStructuredMetadataBytes of one line, names and values; the largest
	// entries are left out first. Default 65536.
	MaxStructuredMetadataBytes int `mapstructure:"max_structured_metadata_bytes"`
	// MaxLabelNames of a stream. Default 15.
	MaxLabelNames int `mapstructure:"max_label_names"`
	// MaxLabelValueBytes: longer values are cut. Default 2048.
	MaxLabelValueBytes int `mapstructure:"max_label_value_bytes"`
	// MaxStreams is how many streams there may be at a time; beyond, the labels
	// of high cardinality of new streams become __overflow__. Must be well
	// below Loki's max_global_streams_per_user (5000), so that there is room
	// for the overflow streams. Default 4000.
	MaxStreams int `mapstructure:"max_streams"`
	// LabelValueIdle is how long a label value or stream that is no longer
	// seen counts against max_values and max_streams. Default 1h.
	LabelValueIdle time.Duration `mapstructure:"label_value_idle"`
	// MaxPushBytes is the size of one push before compression; it must stay below
	// Loki's grpc_server_max_recv_msg_size (4 MB) and ingestion_burst_size_mb
	// (6 MB). Default 2097152.
	MaxPushBytes int `mapstructure:"max_push_bytes"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// maxEntryOverhead is what an entry needs in a push beside line and metadata.
const maxEntryOverhead = 1024

var _ component.Config = (*Config)(nil)

func createDefaultConfig() component.Config {
	client := confighttp.NewDefaultClientConfig()
	client.Timeout = 30 * time.Second

	retry := configretry.NewDefaultBackOffConfig()
	retry.InitialInterval = 500 * time.Millisecond
	retry.MaxInterval = 10 * time.Second
	retry.MaxElapsedTime = 0 // never give up: the queue holds what Loki has not had

	return &Config{
		ClientConfig:       client,
		QueueConfig:        configoptional.Some(defaultQueue()),
		RetryConfig:        retry,
		Labels:             defaultLabels(),
		StructuredMetadata: defaultStructuredMetadata(),
		Line:               defaultLine(),
		Limits: LimitsConfig{
			MaxLineBytes:                 256 << 10,
			MaxStructuredMetadataEntries: 128,
			MaxStructuredMetadataBytes:   64 << 10,
			MaxLabelNames:                15,
			MaxLabelValueBytes:           2048,
			MaxStreams:                   4000,
			LabelValueIdle:               time.Hour,
			MaxPushBytes:                 2 << 20,
		},
	}
}

func defaultQueue() exporterhelper.QueueBatchConfig {
	queue := exporterhelper.NewDefaultQueueConfig()
	queue.NumConsumers = 1
	queue.BlockOnOverflow = true
	queue.Sizer = exporterhelper.RequestSizerTypeItems
	queue.QueueSize = 50_000
	// Items, not bytes: the byte sizer drops a record above max_size, and
	// this exporter cuts its pushes by bytes itself.
	queue.Batch = configoptional.Some(exporterhelper.BatchConfig{
		FlushTimeout: 200 * time.Millisecond,
		Sizer:        exporterhelper.RequestSizerTypeItems,
		MinSize:      1_000,
		MaxSize:      4_000,
	})
	return queue
}

// Validate reports every fault of the configuration, each with its YAML key.
func (c *Config) Validate() error {
	errs := []error{c.validateEndpoint(), c.validateAuth()}
	for _, status := range c.RetryStatuses {
		if status < 400 || status > 499 || status == http.StatusBadRequest {
			errs = append(errs, fmt.Errorf("retry_statuses: %d: must be a client error (401-499): "+
				"Loki has stored the good entries of a push it answers with 400", status))
		}
	}
	errs = append(errs,
		validateFields("labels", c.Labels),
		validateFields("structured_metadata", c.StructuredMetadata),
		c.Line.validate(),
		c.Limits.validate(),
	)
	for i, meta := range c.StructuredMetadata {
		if slices.ContainsFunc(c.Labels, func(l FieldConfig) bool { return l.Name == meta.Name }) {
			errs = append(errs, fmt.Errorf("structured_metadata[%d].name: %q is a label already", i, meta.Name))
		}
	}
	if len(c.Labels) == 0 {
		errs = append(errs, errors.New("labels: at least one label is needed: Loki refuses a stream without"))
	}
	if limit := c.Limits.MaxLabelNames; limit > 0 && len(c.Labels) > limit {
		errs = append(errs, fmt.Errorf("labels: %d labels, but limits.max_label_names is %d", len(c.Labels), limit))
	}
	if limit := c.Limits.MaxStructuredMetadataEntries; limit > 0 && len(c.StructuredMetadata) > limit {
		errs = append(errs, fmt.Errorf("structured_metadata: %d entries, but limits.max_structured_metadata_entries is %d",
			len(c.StructuredMetadata), limit))
	}
	return errors.Join(errs...)
}

func (c *Config) validateEndpoint() error {
	if c.ClientConfig.Endpoint == "" {
		return errors.New("endpoint: must be set to the base URL of Loki, for example http://127.0.0.1:3100")
	}
	u, err := url.Parse(c.ClientConfig.Endpoint)
	switch {
	// The parse error holds the whole URL, which may hold a password.
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return errors.New("endpoint: must be an http or https URL, for example http://127.0.0.1:3100")
	case u.User != nil:
		return errors.New("endpoint: must not hold a password: use basic_auth")
	case u.RawQuery != "" || u.Fragment != "":
		return errors.New("endpoint: must have no query or fragment")
	}
	return nil
}

func (c *Config) validateAuth() error {
	var errs []error
	if basic := c.BasicAuth.Get(); basic != nil {
		if basic.Username == "" {
			errs = append(errs, errors.New("basic_auth.username: must be set"))
		}
		if c.ClientConfig.Auth.HasValue() {
			errs = append(errs, errors.New("basic_auth: cannot be used together with auth"))
		}
	}
	if c.ClientConfig.Compression.IsCompressed() {
		errs = append(errs, errors.New("compression: must not be set: the push API is always snappy"))
	}
	if !validHeaderValue(c.TenantID) {
		errs = append(errs, errors.New("tenant_id: must have only printable ASCII characters"))
	}
	return errors.Join(errs...)
}

func validHeaderValue(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func (l *LimitsConfig) validate() error {
	var errs []error
	positive := func(key string, value int) {
		if value <= 0 {
			errs = append(errs, fmt.Errorf("limits.%s: must be positive, is %d", key, value))
		}
	}
	if l.MaxLineBytes < minLineBytes {
		errs = append(errs, fmt.Errorf("limits.max_line_bytes: must be at least %d, is %d", minLineBytes, l.MaxLineBytes))
	}
	positive("max_structured_metadata_entries", l.MaxStructuredMetadataEntries)
	positive("max_structured_metadata_bytes", l.MaxStructuredMetadataBytes)
	positive("max_label_names", l.MaxLabelNames)
	positive("max_streams", l.MaxStreams)
	if l.MaxLabelValueBytes < len(overflowValue) {
		errs = append(errs, fmt.Errorf("limits.max_label_value_bytes: must be at least %d, is %d", len(overflowValue), l.MaxLabelValueBytes))
	}
	if l.LabelValueIdle <= 0 {
		errs = append(errs, fmt.Errorf("limits.label_value_idle: must be positive, is %s", l.LabelValueIdle))
	}
	if least := l.MaxLineBytes + l.MaxStructuredMetadataBytes + maxEntryOverhead; l.MaxPushBytes < least {
		errs = append(errs, fmt.Errorf("limits.max_push_bytes: must hold one entry (at least %d), is %d", least, l.MaxPushBytes))
	}
	return errors.Join(errs...)
}
