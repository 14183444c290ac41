package endtoend

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/hookfixtures"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// The alternative without the loki exporter, as its example configuration says:
// a collector that sends OTLP to Loki itself, with the same labels.
func TestLokiTakesOTLPAsTheExampleSays(t *testing.T) {
	s := own(t)
	examples := filepath.Join(s.Root, "exporter", "lokiexporter", "testdata")
	limits, err := os.ReadFile(filepath.Join(examples, "native-otlp-loki-limits.yaml"))
	require.NoError(t, err)
	_, otlp, found := strings.Cut(string(limits), "discover_log_levels: false\n")
	require.True(t, found)
	loki, err := harness.NewLoki(s.Binaries, filepath.Join(s.Dir, "foreign-loki"), func(config string) string {
		return strings.Replace(config, "limits_config:\n", "limits_config:\n  allow_structured_metadata: true\n"+otlp, 1)
	})
	require.NoError(t, err)
	require.NoError(t, loki.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, loki.Stop()) })
	s.External = loki.URL
	require.NoError(t, os.MkdirAll(string(s.Home), 0o700))

	var output bytes.Buffer
	collector := exec.Command(s.Collector, "--config=file:"+filepath.Join(examples, "native-otlp.yaml"),
		"--set=service::telemetry::metrics::level=none")
	collector.Env = append(s.Environment(), "AGENT_TELEMETRY_OTLP_HTTP_PORT="+port(s.Ports.OTLPHTTP), "AGENT_TELEMETRY_LOKI_URL="+loki.URL)
	collector.Stdout, collector.Stderr = &output, &output
	require.NoError(t, collector.Start())
	t.Cleanup(func() {
		require.NoError(t, collector.Process.Signal(syscall.SIGTERM))
		require.NoError(t, collector.Wait())
		if t.Failed() {
			t.Log(output.String())
		}
	})
	endpoint := "http://127.0.0.1:" + port(s.Ports.OTLPHTTP)
	await(t, "the collector", func() error {
		_, err := http.Get(endpoint + "/")
		return err
	})
	f := hookfixtures.Named("files/read-outside-pre")
	start := time.Now()
	run(t, s, harness.Call{Payload: f.Payload(s.Project), ProjectDir: s.Project, Args: []string{"--endpoint", endpoint, "--timeout", "5s"}})
	entries := awaitLoki(t, s, `{service="claude-telemetry", event="file_read", tool="Read", project="shop", scope="outside", level="WARN", session="`+f.SessionID+`"} | tool_use_id="`+f.ToolUseID+`"`, 1)
	require.Len(t, entries, 1)
	require.WithinDuration(t, start, entries[0].Time, time.Minute)
	require.NotContains(t, entries[0].Line, semconv.BodyRawInput)
	require.Contains(t, entries[0].Line, `"/etc/hostname"`)
}
