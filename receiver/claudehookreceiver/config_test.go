package claudehookreceiver

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"
)

func TestDefaultConfigIsValid(t *testing.T) {
	c := createDefaultConfig().(*Config)
	c.StateDirectory = "/s"
	require.NoError(t, confmap.Validate(c))
	require.False(t, c.TCP.HasValue(), "TCP is off until it is asked for")
	require.Equal(t, "/s/run/hook.sock", c.socket())
	require.Equal(t, "/s/spool", c.spoolDir())
}

func TestExampleConfig(t *testing.T) {
	conf, err := confmaptest.LoadConf(filepath.Join("testdata", "config.yaml"))
	require.NoError(t, err)
	sub, err := conf.Sub("claude_hook")
	require.NoError(t, err)
	c := createDefaultConfig().(*Config)
	require.NoError(t, sub.Unmarshal(c))
	require.NoError(t, confmap.Validate(c))
	require.Equal(t, "127.0.0.1:4319", c.TCP.Get().Endpoint)
}

func TestValidateNamesEveryKey(t *testing.T) {
	conf, err := confmaptest.LoadConf(filepath.Join("testdata", "faults.yaml"))
	require.NoError(t, err)
	c := createDefaultConfig().(*Config)
	require.NoError(t, conf.Unmarshal(c))
	c.Socket = "/" + strings.Repeat("x", 120)
	err = c.Validate()
	for _, key := range []string{
		"state_directory", "socket", "tcp.endpoint", "tcp.token_file", "tcp.token:", "spool.poll_interval", "spool.max_file_bytes",
		"spool.rejected_max_files", "spool.rejected_max_bytes", "limits.max_body_bytes", "limits.max_concurrent_requests",
		"limits.hook_timeout", "limits.request_timeout", "limits.remembered_events",
	} {
		require.ErrorContains(t, err, key)
	}
	require.NotContains(t, err.Error(), "s3cret")
}
