package lokiexporter

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/exporter/lokiexporter/internal/metadata"
	"github.com/agent-telemetry/agent-telemetry/test/freeport"
)

// lokiBinary is where `make` leaves Loki.
var lokiBinary = filepath.Join("..", "..", "bin", "loki")

// realLoki is a Loki process of this test.
type realLoki struct{ url string }

// startLoki runs a single-binary Loki with stock limits, but for what the test
// sets in limits_config, and waits until it is ready.
func startLoki(t *testing.T, limits string) *realLoki {
	t.Helper()
	binary, err := filepath.Abs(lokiBinary)
	require.NoError(t, err)
	if _, err := os.Stat(binary); err != nil {
		t.Skipf("no Loki to test against: %v (`make bin/loki` builds it)", err)
	}
	if testing.Short() {
		t.Skip("starts a Loki: not with -short")
	}
	dir := t.TempDir()
	httpPort, grpcPort := freePort(t), freePort(t)
	config := fmt.Sprintf(`
auth_enabled: false
server: {http_listen_address: 127.0.0.1, http_listen_port: %d, grpc_listen_address: 127.0.0.1, grpc_listen_port: %d, log_level: error}
common: {instance_addr: 127.0.0.1, path_prefix: %q, replication_factor: 1, ring: {kvstore: {store: inmemory}}, storage: {filesystem: {chunks_directory: %q, rules_directory: %q}}}
ingester: {lifecycler: {min_ready_duration: 0s, join_after: 0s, final_sleep: 0s}}
frontend_worker: {frontend_address: "127.0.0.1:%d"}
schema_config: {configs: [{from: 2024-01-01, store: tsdb, object_store: filesystem, schema: v13, index: {prefix: index_, period: 24h}}]}
limits_config: {discover_service_name: [], discover_log_levels: false, reject_old_samples: false%s}
analytics: {reporting_enabled: false}
`, httpPort, grpcPort, dir, filepath.Join(dir, "chunks"), filepath.Join(dir, "rules"), grpcPort, limits)
	path := filepath.Join(dir, "loki.yaml")
	require.NoError(t, os.WriteFile(path, []byte(config), 0o600))

	var output bytes.Buffer
	cmd := exec.Command(binary, "-config.file="+path)
	cmd.Stdout, cmd.Stderr = &output, &output
	require.NoError(t, cmd.Start())
	exited := make(chan struct{})
	go func() { _ = cmd.Wait(); close(exited) }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-exited:
		case <-time.After(10 * time.Second):
			_ = cmd.Process.Kill()
			<-exited
		}
		if t.Failed() {
			t.Logf("Loki wrote:\n%s", output.String())
		}
	})
	loki := &realLoki{url: "http://127.0.0.1:" + strconv.Itoa(httpPort)}
	require.Eventually(t, func() bool {
		status, _, err := loki.get("/ready", nil)
		return err == nil && status == http.StatusOK
	}, 30*time.Second, 20*time.Millisecond, "Loki is not ready")
	return loki
}

func freePort(t *testing.T) int {
	t.Helper()
	ports, err := freeport.Find(1)
	require.NoError(t, err)
	return ports[0]
}

var oneShot = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

func (l *realLoki) get(path string, query url.Values) (int, []byte, error) {
	resp, err := oneShot.Get(l.url + path + "?" + query.Encode())
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	return resp.StatusCode, body, err
}

// query returns the lines that a query finds in the two days around now, and
// the labels (with structured metadata) of each.
func (l *realLoki) query(t *testing.T, query string) (lines []string, labels []map[string]string) {
	t.Helper()
	now := time.Now()
	status, body, err := l.get("/loki/api/v1/query_range", url.Values{
		"query": {query}, "limit": {"5000"}, "direction": {"forward"},
		"start": {strconv.FormatInt(now.Add(-24*time.Hour).UnixNano(), 10)},
		"end":   {strconv.FormatInt(now.Add(time.Hour).UnixNano(), 10)},
	})
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, status, string(body))
	var result struct {
		Data struct {
			Result []struct {
				Stream map[string]string
				Values [][2]string
			}
		}
	}
	require.NoError(t, json.Unmarshal(body, &result))
	for _, s := range result.Data.Result {
		for _, v := range s.Values {
			lines = append(lines, v[1])
			labels = append(labels, s.Stream)
		}
	}
	return lines, labels
}

func TestRealLoki(t *testing.T) {
	loki := startLoki(t, "")
	now := time.Now()

	t.Run("everything is found once", func(t *testing.T) {
		exp, err := NewFactory().CreateLogs(t.Context(), exportertest.NewNopSettings(metadata.Type), testConfig(loki.url))
		require.NoError(t, err)
		require.NoError(t, exp.Start(t.Context(), componenttest.NewNopHost()))
		const batches, size = 10, 50
		var sent []plog.Logs
		for i := range batches {
			ld, records := newLogs("claude-telemetry")
			for j := range size {
				seq := i*size + j
				addHookRecord(records, fmt.Sprintf("session-%d", seq%5), seq, now.Add(time.Duration(seq)*time.Millisecond))
			}
			sent = append(sent, ld)
		}
		for _, ld := range append(sent, sent...) { // all of it twice: stored once
			given := plog.NewLogs() // it is the exporter's, which empties it into a batch
			ld.CopyTo(given)
			require.NoError(t, exp.ConsumeLogs(t.Context(), given))
		}
		require.NoError(t, exp.Shutdown(context.Background()))

		lines, labels := loki.query(t, `{service="claude-telemetry", event="file_read"}`)
		require.Len(t, lines, batches*size)
		seen := make(map[string]bool)
		for i, line := range lines {
			require.True(t, json.Valid([]byte(line)))
			require.NotContains(t, line, "raw_input")
			seen[labels[i]["event_id"]] = true
		}
		require.Len(t, seen, batches*size)
		for query, want := range map[string]int{
			`{service="claude-telemetry", session="session-1"}`:                               100,
			`{service="claude-telemetry"} | session_id="session-2"`:                           100,
			`{service="claude-telemetry"} | seq="7"`:                                          1,
			`{service="claude-telemetry"} | json | action_details_file_path=~".*a<b>.go"`:     500,
			`{service="claude-telemetry", level="INFO", scope="project", tool="Read"} | json`: 500,
		} {
			lines, _ := loki.query(t, query)
			require.Len(t, lines, want, query)
		}
	})

	t.Run("native telemetry and odd text", func(t *testing.T) {
		e := startExporter(t, testConfig(loki.url))
		ld, records := newLogs("claude-code")
		addNativeRecord(records, "native", now)
		odd := addNativeRecord(records, "od\x00d\"}\n\xff, x=\"1", now)
		odd.Body().SetStr("\x00\xff")
		require.NoError(t, e.pushLogs(t.Context(), ld))
		lines, _ := loki.query(t, `{service="claude-code", event="tool_result"} | json | tool_name="Bash"`)
		require.Len(t, lines, 2)
		require.Empty(t, e.counter(t, "refused_entries"))
	})

	t.Run("too far behind", func(t *testing.T) {
		e := startExporter(t, testConfig(loki.url))
		ld, records := newLogs("late")
		addHookRecord(records, "s", 1, now)
		require.NoError(t, e.pushLogs(t.Context(), ld))
		ld, records = newLogs("late")
		addHookRecord(records, "s", 2, now.Add(-3*time.Hour))
		addHookRecord(records, "s", 3, now.Add(time.Second))
		require.NoError(t, e.pushLogs(t.Context(), ld), "the rest is stored")
		require.Equal(t, map[string]int64{"too_far_behind": 1}, e.counter(t, "refused_entries"))
		lines, _ := loki.query(t, `{service="late"}`)
		require.Len(t, lines, 2)
	})

	t.Run("over the limits of Loki", func(t *testing.T) {
		cfg := testConfig(loki.url)
		cfg.Limits.MaxLineBytes = 300 << 10 // more than Loki takes
		cfg.Limits.MaxStructuredMetadataBytes = 100 << 10
		e := startExporter(t, cfg)
		ld, records := newLogs("limits")
		addHookRecord(records, "s", 1, now).Body().Map().PutStr("text", strings.Repeat("x", 280<<10))
		addHookRecord(records, "s", 2, now).Attributes().PutStr("gen_ai.tool.call.id", strings.Repeat("t", 80<<10))
		addHookRecord(records, "s", 3, now.Add(time.Hour*2))
		addHookRecord(records, "s", 4, now)
		require.NoError(t, e.pushLogs(t.Context(), ld), "the rest is stored")
		require.Equal(t, map[string]int64{"line_too_long": 1, "structured_metadata_too_large": 1, "timestamp_too_new": 1},
			e.counter(t, "refused_entries"))
		lines, _ := loki.query(t, `{service="limits"}`)
		require.Len(t, lines, 1)
	})

	t.Run("kept below the limits of Loki", func(t *testing.T) {
		e := startExporter(t, testConfig(loki.url))
		ld, records := newLogs("large")
		for i := range 40 {
			lr := addHookRecord(records, "s", i, now.Add(time.Duration(i)))
			lr.Body().Map().PutStr("text", strings.Repeat("x", 280<<10))
			lr.Attributes().PutStr("gen_ai.tool.call.id", strings.Repeat("t", 80<<10))
			lr.Attributes().PutStr("claude_code.project.name", strings.Repeat("p", 3000))
		}
		for { // the rate limit of a stock Loki is 4 MB/s
			err := e.pushLogs(t.Context(), ld)
			if err == nil {
				break
			}
			require.False(t, consumererror.IsPermanent(err), "%v", err)
			<-time.After(time.Second)
		}
		require.Empty(t, e.counter(t, "refused_entries"))
		lines, _ := loki.query(t, `{service="large"} | json | line_truncated="true"`)
		require.Len(t, lines, 40)
	})
}

func TestRealLokiStreamLimit(t *testing.T) {
	loki := startLoki(t, ", max_global_streams_per_user: 60")
	now := time.Now()
	send := func(e *testExporter, sessions int) (errs []error) {
		for round := range 2 {
			ld, records := newLogs("claude-telemetry")
			for i := range sessions {
				addHookRecord(records, fmt.Sprintf("session-%d", i), round, now.Add(time.Duration(round*sessions+i)))
			}
			errs = append(errs, e.pushLogs(t.Context(), ld))
		}
		return errs
	}

	t.Run("kept below the limit", func(t *testing.T) {
		cfg := testConfig(loki.url)
		cfg.Limits.MaxStreams = 20
		e := startExporter(t, cfg)
		require.NoError(t, errors.Join(send(e, 30)...))
		lines, _ := loki.query(t, `{service="claude-telemetry"}`)
		require.Len(t, lines, 60)
		lines, _ = loki.query(t, `{service="claude-telemetry", session="__overflow__"} | session_id=~"session-2."`)
		require.Len(t, lines, 20)
	})

	t.Run("nothing goes unseen at the limit", func(t *testing.T) {
		e := startExporter(t, testConfig(loki.url))
		require.NoError(t, errors.Join(send(e, 100)...), "the overflow stream is there already")
		require.NotEmpty(t, e.counter(t, "label_overflows"))
		_, labels := loki.query(t, `{service="claude-telemetry"}`)
		stored := make(map[string]bool)
		for _, l := range labels {
			stored[l["session_id"]+"/"+l["seq"]] = true
		}
		require.Len(t, stored, 200)
	})

	t.Run("no room at all", func(t *testing.T) {
		e := startExporter(t, testConfig(loki.url))
		ld, records := newLogs("another-service")
		addHookRecord(records, "s", 1, now)
		require.True(t, consumererror.IsPermanent(e.pushLogs(t.Context(), ld)))
		require.Equal(t, map[string]int64{"stream_limit": 1}, e.counter(t, "refused_entries"))
	})
}
