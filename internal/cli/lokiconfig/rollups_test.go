package lokiconfig

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/stack"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

func loadRollups(t *testing.T, text string) (*Rollups, error) {
	t.Helper()
	c := &stack.Config{Home: statedir.Dir(t.TempDir()), LokiPort: 4711}
	if text != "" {
		c.CollectorConfig = filepath.Join(t.TempDir(), "collector.yaml")
		require.NoError(t, os.WriteFile(c.CollectorConfig, []byte(text), 0o600))
	}
	return LoadRollups(t.Context(), c, Options{})
}

func TestRollupsOfTheDefaultConfiguration(t *testing.T) {
	r, err := loadRollups(t, "")
	require.NoError(t, err)
	require.Equal(t, "loki/rollup", r.Name)
	require.Equal(t, 1000, r.MaxRecords)
	require.Equal(t, 2000, r.MaxGroups)
	require.Len(t, r.Config.Labels, 4)
	require.Empty(t, r.Config.StructuredMetadata)
}

func TestRollupsOfOwnConfigurations(t *testing.T) {
	const text = `
receivers: {audit_log/x: {batch: {window: heartbeat, max_records: 50}}}
processors: {rollup/y: {max_groups: 7}}
exporters:
  loki/all: {endpoint: "http://a:1"}
  loki/z: {endpoint: "http://b:1"}
service:
  pipelines:
    logs/all: {receivers: [otlp], exporters: [loki/all]}
    logs/counted: {receivers: [audit_log/x], processors: [rollup/y], exporters: [debug, loki/z]}
`
	r, err := loadRollups(t, text)
	require.NoError(t, err)
	require.Equal(t, "loki/z", r.Name)
	require.Equal(t, 50, r.MaxRecords)
	require.Equal(t, 7, r.MaxGroups)
	target, err := load(t, text, Options{})
	require.NoError(t, err, "the exporter of roll-ups is not the one of events")
	require.Equal(t, "loki/all", target.Name)

	r, err = loadRollups(t, "exporters: {loki: {endpoint: 'http://a:1'}}")
	require.NoError(t, err)
	require.Nil(t, r, "it makes none")
}
