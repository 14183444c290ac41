package agenttracesconnector

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
		sub, err := conf.Sub(component.MustNewIDWithName("agent_traces", name).String())
		require.NoError(t, err)
		cfg := NewFactory().CreateDefaultConfig().(*Config)
		require.NoError(t, sub.Unmarshal(cfg))
		return cfg
	}

	full := load("full")
	require.NoError(t, full.Validate())
	require.Equal(t, &Config{
		StateFile: "/var/lib/agent-telemetry/run/agent-traces.state", Grace: 10 * time.Second, CallTimeout: 2 * time.Hour, SessionTimeout: 48 * time.Hour,
		MaxSessions: 10, MaxSessionSpans: 100, MaxSpans: 1000, MaxMemoryMiB: 8,
	}, full)

	require.NoError(t, createDefaultConfig().(*Config).Validate())

	err = load("wrong").Validate()
	for _, fault := range []string{
		`state_file: must be an absolute path, is "run/agent-traces.state"`,
		"grace: must be 1s to 1h0m0s, is 0s",
		"call_timeout: must be 1m0s to 720h0m0s, is 1s",
		"session_timeout: must be 1m0s to 720h0m0s, is 1000h0m0s",
		"max_sessions: must be 1 to 100000, is 0",
		"max_spans: must be at least max_session_spans (50), is 20",
		"max_memory_mib: must be 1 to 1024, is 5000",
	} {
		require.ErrorContains(t, err, fault)
	}
}
