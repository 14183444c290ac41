package agentmetricsconnector

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap/confmaptest"
)

func TestConfig(t *testing.T) {
	conf, err := confmaptest.LoadConf(filepath.Join("testdata", "config.yaml"))
	require.NoError(t, err)
	load := func(name string) *Config {
		t.Helper()
		sub, err := conf.Sub(component.MustNewIDWithName("agent_metrics", name).String())
		require.NoError(t, err)
		cfg := NewFactory().CreateDefaultConfig().(*Config)
		require.NoError(t, sub.Unmarshal(cfg))
		return cfg
	}

	full := load("full")
	require.NoError(t, full.Validate())
	require.Equal(t, &Config{
		Interval: time.Minute, Temporality: "delta", Histograms: "explicit", MaxSeries: 50, MaxAttributeBytes: 32, ActiveWindow: 10 * time.Minute,
		MaxSessions: 5, MaxAgents: 6, ProjectAttribute: true, ResourceAttributes: map[string]string{"deployment.environment.name": "staging"},
	}, full)

	require.NoError(t, createDefaultConfig().(*Config).Validate())

	err = load("wrong").Validate()
	for _, fault := range []string{
		"interval: must be 1s to 1h0m0s, is 0s",
		`temporality: must be cumulative or delta, is "weekly"`,
		`histograms: must be exponential or explicit, is "round"`,
		"max_series: must be 10 to 100000, is 9",
		"max_attribute_bytes: must be 16 to 256, is 1000",
		"dedup_window: must be 0 to 1000000, is -1",
		"active_window: must be 10s to 24h0m0s, is 1s",
		"max_sessions: must be 1 to 1000000, is 0",
		"max_agents: must be 1 to 1000000, is -3",
		`resource_attributes[""]: the name must not be empty`,
	} {
		require.ErrorContains(t, err, fault)
	}

	many := createDefaultConfig().(*Config)
	many.ResourceAttributes = map[string]string{}
	for i := range 33 {
		many.ResourceAttributes[fmt.Sprint(i)] = ""
	}
	require.ErrorContains(t, many.Validate(), "resource_attributes: 33 are more than 32")
}
