package alerts

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

const collectorConfig = `receivers:
  audit_log/alerts:
    directory: ${env:AGENT_TELEMETRY_HOME}/audit
    cursor_directory: ${env:AGENT_TELEMETRY_HOME}/queue
exporters:
  notify/file:
    channel: file
  notify/mail:
    channel: %CHANNEL%
service:
  pipelines:
    logs/alerts:
      receivers: [audit_log/alerts]
      exporters: [notify/file, notify/mail]
`

// TestValidateChannels asks the real collector.
func TestValidateChannels(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the collector")
	}
	bin, err := harness.FindBinaries()
	require.NoError(t, err)
	s := newStage(t)
	path := filepath.Join(t.TempDir(), "collector.yaml")
	t.Setenv(semconv.EnvCollectorBin, bin.Collector)
	t.Setenv(semconv.EnvCollectorConfig, path)
	validate := func(channel string) (v Validation) {
		t.Helper()
		require.NoError(t, os.WriteFile(path, []byte(strings.Replace(collectorConfig, "%CHANNEL%", channel, 1)), 0o600))
		out, _, err := s.run("validate", "--json")
		require.NoError(t, json.Unmarshal([]byte(out), &v), "%s %v", out, err)
		require.Equal(t, v.OK, err == nil)
		return v
	}
	v := validate("console")
	require.True(t, v.OK, "%+v", v.Faults)
	require.Equal(t, []string{"notify/file", "notify/mail"}, v.Channels)
	v = validate("pigeon")
	require.Equal(t, path, v.Faults[len(v.Faults)-1].File)
	require.Equal(t, 9, v.Faults[len(v.Faults)-1].Line, "%+v", v.Faults)
	v = validate("console\n    colour: red")
	require.Equal(t, 10, v.Faults[len(v.Faults)-1].Line, "%+v", v.Faults)
	require.Contains(t, v.Faults[len(v.Faults)-1].Text, "colour")
}
