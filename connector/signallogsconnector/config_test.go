package signallogsconnector

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap/confmaptest"
)

func TestConfig(t *testing.T) {
	conf, err := confmaptest.LoadConf(filepath.Join("testdata", "config.yaml"))
	require.NoError(t, err)
	load := func(name string) *Config {
		t.Helper()
		sub, err := conf.Sub(component.MustNewIDWithName("signal_logs", name).String())
		require.NoError(t, err)
		cfg := NewFactory().CreateDefaultConfig().(*Config)
		require.NoError(t, sub.Unmarshal(cfg))
		return cfg
	}

	full := load("full")
	require.NoError(t, full.Validate())
	require.Equal(t, &Config{MaxNameBytes: 64, MaxBuckets: 0, MaxSpanEvents: 1, MaxSpanLinks: 2}, full)

	require.NoError(t, createDefaultConfig().(*Config).Validate())

	err = load("wrong").Validate()
	for _, fault := range []string{
		"max_name_bytes: must be 16 to 100000, is 0",
		"max_buckets: must be 0 to 100000, is -1",
		"max_span_events: must be 0 to 100000, is 100001",
		"max_span_links: must be 0 to 100000, is -5",
	} {
		require.ErrorContains(t, err, fault)
	}
}
