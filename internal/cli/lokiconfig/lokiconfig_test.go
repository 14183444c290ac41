package lokiconfig

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

func load(t *testing.T, text string, o Options) (*Target, error) {
	t.Helper()
	c := &stack.Config{Home: statedir.Dir(t.TempDir()), LokiPort: 4711}
	if text != "" {
		c.CollectorConfig = filepath.Join(t.TempDir(), "collector.yaml")
		require.NoError(t, os.WriteFile(c.CollectorConfig, []byte(text), 0o600))
	}
	return Load(t.Context(), c, o)
}

func TestTheDefaultConfiguration(t *testing.T) {
	target, err := load(t, "", Options{})
	require.NoError(t, err)
	require.Equal(t, "loki", target.Name)
	require.Equal(t, "http://127.0.0.1:4711", target.Config.ClientConfig.Endpoint, "as the stack starts the collector")
	require.False(t, target.Config.QueueConfig.HasValue(), "what was sent is there")
	target, err = load(t, "", Options{URL: "http://127.0.0.1:1"})
	require.NoError(t, err)
	require.Equal(t, "http://127.0.0.1:1", target.Config.ClientConfig.Endpoint)
}

func TestOwnConfigurations(t *testing.T) {
	t.Setenv("MY_TENANT", "team-a")
	target, err := load(t, `
exporters:
  debug:
  loki/fleet:
    endpoint: ${env:MY_LOKI:-http://127.0.0.1:9}
    tenant_id: ${env:MY_TENANT}
    labels: [{name: service, from: resource, key: service.name}]
    sending_queue: {storage: queue_storage}
`, Options{})
	require.NoError(t, err)
	require.Equal(t, "loki/fleet", target.Name)
	require.Len(t, target.Config.Labels, 1)
	require.Equal(t, "team-a", target.Config.TenantID)
	require.Equal(t, "http://127.0.0.1:9", target.Config.ClientConfig.Endpoint)

	two := "exporters: {loki/a: {endpoint: 'http://a:1'}, loki/b: {endpoint: 'http://b:1'}}"
	_, err = load(t, two, Options{})
	require.ErrorContains(t, err, "--exporter: loki/a, loki/b")
	target, err = load(t, two, Options{Exporter: "loki/b"})
	require.NoError(t, err)
	require.Equal(t, "http://b:1", target.Config.ClientConfig.Endpoint)
	_, err = load(t, two, Options{Exporter: "otlp"})
	require.ErrorContains(t, err, `no loki exporter "otlp"`)
	_, err = load(t, "exporters: {debug: }", Options{})
	require.ErrorContains(t, err, "no loki exporter")
	_, err = load(t, "exporters: {loki: {endpoint: 'http://a:1', timeout: soon}}", Options{})
	require.ErrorContains(t, err, "exporters.loki")
	_, err = load(t, "exporters: [", Options{})
	require.Error(t, err)

	auth := "exporters: {loki: {endpoint: 'http://a:1', auth: {authenticator: bearertokenauth}}}"
	_, err = load(t, auth, Options{})
	require.ErrorContains(t, err, lokiquery.EnvToken)
	t.Setenv(lokiquery.EnvToken, "secret")
	target, err = load(t, auth, Options{})
	require.NoError(t, err)
	header, _ := target.Config.ClientConfig.Headers.Get("Authorization")
	require.Equal(t, "Bearer secret", string(header))
}
