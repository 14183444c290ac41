package lineageprocessor

import (
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
		sub, err := conf.Sub(component.MustNewIDWithName("lineage", name).String())
		require.NoError(t, err)
		cfg := NewFactory().CreateDefaultConfig().(*Config)
		require.NoError(t, sub.Unmarshal(cfg))
		return cfg
	}
	full := load("full")
	require.NoError(t, full.Validate())
	require.Equal(t, &Config{
		StateFile: "/var/lib/agent-telemetry/run/lineage.state", ProjectsDirectory: "/home/dev/.claude/projects", CorrectionDelay: 5 * time.Second,
		MaxSessions: 100, MaxAgents: 200, MaxTotalAgents: 1000, SessionIdle: time.Hour,
	}, full)
	require.NoError(t, createDefaultConfig().(*Config).Validate())

	err = load("wrong").Validate()
	for _, fault := range []string{
		"state_file: must be an absolute path", "projects_directory: must be an absolute path", "correction_delay: must be 0s to 1h0m0s, is -1s",
		"max_sessions: must be 1 to 100000, is 0", "max_agents: must be 1 to 10000, is 10001", "max_total_agents: must be at least max_agents (10001), is 5",
		"session_idle: must be at least 1m0s, is 1s",
	} {
		require.ErrorContains(t, err, fault)
	}
}
