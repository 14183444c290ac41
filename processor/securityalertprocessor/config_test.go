package securityalertprocessor

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap/confmaptest"

	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

func TestConfig(t *testing.T) {
	conf, err := confmaptest.LoadConf(filepath.Join("testdata", "config.yaml"))
	require.NoError(t, err)
	load := func(name string) *Config {
		t.Helper()
		sub, err := conf.Sub(component.MustNewIDWithName("security_alert", name).String())
		require.NoError(t, err)
		cfg := createDefaultConfig().(*Config)
		require.NoError(t, sub.Unmarshal(cfg))
		return cfg
	}
	full := load("full")
	require.NoError(t, full.Validate())
	require.Equal(t, &Config{
		RulesFile: "/etc/agent-telemetry/security-rules.yaml", UserRules: "/etc/agent-telemetry/our-rules.yaml",
		StateFile: "/var/lib/agent-telemetry/alerts.state", MaxSessions: 50, RequestBudget: time.Second, JudgeNative: true, IntegrityInterval: time.Minute,
	}, full)
	err = load("wrong").Validate()
	for _, key := range []string{"rules_file: ", "user_rules: ", "state_file: ", "max_sessions: ", "request_budget: ", "integrity_interval: "} {
		require.ErrorContains(t, err, key)
	}
}

func TestDefaults(t *testing.T) {
	t.Setenv(statedir.EnvHome, "/h")
	cfg := createDefaultConfig().(*Config)
	require.NoError(t, cfg.Validate())
	require.Equal(t, "/h/security-rules.yaml", cfg.UserRules)
	require.Equal(t, "/h/alerts/security-alert.state", cfg.StateFile)
}
