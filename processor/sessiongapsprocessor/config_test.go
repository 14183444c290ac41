package sessiongapsprocessor

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
		sub, err := conf.Sub(component.MustNewIDWithName("session_gaps", name).String())
		require.NoError(t, err)
		cfg := createDefaultConfig().(*Config)
		require.NoError(t, sub.Unmarshal(cfg))
		return cfg
	}
	full := load("full")
	require.NoError(t, full.Validate())
	require.Equal(t, &Config{Grace: time.Minute, SpoolDirectory: "/var/spool/agents", MaxWait: time.Hour, MaxSessions: 50, SessionIdle: 2 * time.Hour}, full)
	require.NoError(t, createDefaultConfig().(*Config).Validate())
	err = load("wrong").Validate()
	for _, key := range []string{"grace: ", "max_wait: ", "max_sessions: ", "session_idle: "} {
		require.ErrorContains(t, err, key)
	}
}
