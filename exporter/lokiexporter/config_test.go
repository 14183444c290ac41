package lokiexporter

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"

	"github.com/agent-telemetry/agent-telemetry/exporter/lokiexporter/internal/metadata"
)

// loadConfig decodes one exporter section of a file of testdata.
func loadConfig(t *testing.T, file, id string) *Config {
	t.Helper()
	conf, err := confmaptest.LoadConf(filepath.Join("testdata", file))
	require.NoError(t, err)
	sub, err := conf.Sub("exporters::" + id)
	require.NoError(t, err)
	cfg := NewFactory().CreateDefaultConfig().(*Config)
	require.NoError(t, sub.Unmarshal(cfg))
	return cfg
}

func TestDefaultConfig(t *testing.T) {
	cfg := createDefaultConfig().(*Config)
	require.ErrorContains(t, cfg.Validate(), "endpoint: must be set")
	cfg.ClientConfig.Endpoint = "http://127.0.0.1:3100"
	require.NoError(t, cfg.Validate())
}

func TestConfigFile(t *testing.T) {
	cfg := loadConfig(t, "config.yaml", "loki/full")
	require.NoError(t, cfg.Validate())
	require.Equal(t, "https://loki.example.com", cfg.ClientConfig.Endpoint)
	require.Equal(t, 5*time.Second, cfg.ClientConfig.Timeout)
	require.Equal(t, "team-a", cfg.TenantID)
	require.Equal(t, "[REDACTED]", cfg.BasicAuth.Get().Password.String())
	storage := component.MustNewIDWithName("file_storage", "queue")
	require.Equal(t, &storage, cfg.QueueConfig.Get().StorageID)
	require.Equal(t, 1, cfg.QueueConfig.Get().NumConsumers, "defaults stay")
	require.Equal(t, []int{401, 403}, cfg.RetryStatuses)
	require.Equal(t, []FieldConfig{
		{Name: "app", SourceConfig: SourceConfig{From: SourceResource, Key: "service.name"}, Default: "none"},
		{
			Name: "session", SourceConfig: SourceConfig{From: SourceAttribute, Key: "session.id"},
			Fallback:  []SourceConfig{{From: SourceAttribute, Key: "gen_ai.conversation.id"}, {From: SourceTraceID}},
			MaxValues: 100, HighCardinality: true,
		},
	}, cfg.Labels, "a list replaces the default")
	require.Empty(t, cfg.StructuredMetadata)
	require.Equal(t, LineConfig{OmitEmpty: false, DropFields: []string{}, AttributesInLine: AttributesNever}, cfg.Line)
	require.Equal(t, 1024, cfg.Limits.MaxLineBytes)
	require.Equal(t, 4000, cfg.Limits.MaxStreams)
}

func TestFaultyConfigs(t *testing.T) {
	tests := map[string][]string{
		"loki/endpoint":        {`endpoint: must be an http or https URL`},
		"loki/password_in_url": {"endpoint: must not hold a password"},
		"loki/auth": {
			"basic_auth.username: must be set", "basic_auth: cannot be used together with auth",
			"compression: must not be set", "tenant_id: must have only printable",
		},
		"loki/labels": {
			`labels[0].name: "a-b"`, `labels[1].name: "__x"`, "labels[1].key: must be set", `labels[2].from: "body"`,
			`labels[3].name: "ok" is there twice`, "labels[3].key: has no meaning", "labels[3].fallback[0].key: must be set",
			"labels[3].max_values: must be 0 to", `structured_metadata[0].name: "ok" is a label already`, "structured_metadata[0]: max_values and high_cardinality are for labels only",
			"labels: 4 labels, but limits.max_label_names is 3",
		},
		"loki/no_labels": {"labels: at least one"},
		"loki/limits": {
			"limits.max_line_bytes: must be at least 256", "limits.max_structured_metadata_entries: must be positive",
			"limits.max_structured_metadata_bytes: must be positive", "limits.max_label_names: must be positive",
			"limits.max_label_value_bytes: must be at least", "limits.max_streams: must be positive",
			"limits.label_value_idle: must be positive",
		},
		"loki/push_bytes":     {"limits.max_push_bytes: must hold one entry"},
		"loki/line":           {"line.attributes_in_line:", "line.drop_fields[1]: must not be empty"},
		"loki/retry_statuses": {"retry_statuses: 400:", "retry_statuses: 500:"},
	}
	for id, faults := range tests {
		t.Run(id, func(t *testing.T) {
			err := loadConfig(t, "config.yaml", id).Validate()
			for _, fault := range faults {
				require.ErrorContains(t, err, fault)
			}
			require.NotContains(t, err.Error(), "hunter2")
		})
	}
}

// The example configurations must be what this version reads.
func TestFleetExample(t *testing.T) {
	cfg := loadConfig(t, "fleet.yaml", "loki")
	require.NoError(t, cfg.Validate())
	for _, label := range cfg.Labels {
		require.NotEqual(t, "session", label.Name)
	}
	require.Equal(t, "session_id", cfg.StructuredMetadata[0].Name)
	require.NotNil(t, cfg.QueueConfig.Get().StorageID)
}

func TestReadmeExample(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	_, example, found := strings.Cut(string(readme), "```yaml\n")
	require.True(t, found)
	example, _, _ = strings.Cut(example, "```")
	retrieved, err := confmap.NewRetrievedFromYAML([]byte(example))
	require.NoError(t, err)
	conf, err := retrieved.AsConf()
	require.NoError(t, err)
	sub, err := conf.Sub("exporters::loki")
	require.NoError(t, err)
	cfg := NewFactory().CreateDefaultConfig().(*Config)
	require.NoError(t, sub.Unmarshal(cfg))
	require.NoError(t, cfg.Validate())
	require.Len(t, cfg.Labels, len(defaultLabels()))
}

func TestNativeExampleIsComplete(t *testing.T) {
	conf, err := confmaptest.LoadConf(filepath.Join("testdata", "native-otlp.yaml"))
	require.NoError(t, err)
	endpoint, ok := conf.Get("exporters::otlp_http/loki::endpoint").(string)
	require.True(t, ok)
	require.Regexp(t, `/otlp$`, endpoint)
	require.True(t, conf.IsSet("processors::transform/loki::log_statements"))
	exporters := conf.Get("service::pipelines::logs::exporters")
	require.Contains(t, exporters, "otlp_http/loki")
	require.Equal(t, true, conf.Get("exporters::otlp_http/loki::sending_queue::block_on_overflow"))
	_, err = os.Stat(filepath.Join("testdata", "native-otlp-loki-limits.yaml"))
	require.NoError(t, err)
}

func TestEmptyConfigKeepsTheDefaults(t *testing.T) {
	cfg := NewFactory().CreateDefaultConfig()
	require.NoError(t, confmap.NewFromStringMap(map[string]any{}).Unmarshal(&cfg))
	require.Equal(t, createDefaultConfig(), cfg)
	require.Equal(t, "loki", metadata.Type.String())
}
