package secretredactionprocessor

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
		sub, err := conf.Sub(component.MustNewIDWithName("secret_redaction", name).String())
		require.NoError(t, err)
		cfg := createDefaultConfig().(*Config)
		require.NoError(t, sub.Unmarshal(cfg))
		return cfg
	}
	full := load("full")
	require.NoError(t, full.Validate())
	require.Equal(t, &Config{KeyFile: "/var/lib/agent-telemetry/keys/redaction.key", RecordTimeout: 20 * time.Millisecond}, full)
	t.Setenv(statedir.EnvHome, "/var/lib/agents")
	require.Equal(t, "/var/lib/agents/keys/redaction.key", createDefaultConfig().(*Config).KeyFile)
	require.NoError(t, createDefaultConfig().(*Config).Validate())
	err = load("wrong").Validate()
	for _, key := range []string{"key_file: ", "record_timeout: "} {
		require.ErrorContains(t, err, key)
	}
}
