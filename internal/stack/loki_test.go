package stack

import (
	"fmt"
	"io"
	"net"
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

	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

func freePort(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

// TestRealLoki runs the Loki of this clone with config/loki.yaml.
func TestRealLoki(t *testing.T) {
	bin, err := filepath.Abs("../../bin/loki")
	require.NoError(t, err)
	if _, err := os.Stat(bin); err != nil {
		t.Skip("bin/loki has not been built: make bin/loki")
	}
	home := statedir.Dir(t.TempDir())
	require.NoError(t, home.Create())
	c, err := resolve(home, Flags{"loki_bin": bin, "loki_port": freePort(t), "loki_grpc_port": freePort(t)}, nil, env(nil))
	require.NoError(t, err)
	cmd, err := LokiCommand(t.Context(), c)
	require.NoError(t, err)
	require.FileExists(t, strings.TrimPrefix(cmd.Args[0], "-config.file="))
	var log strings.Builder
	p := exec.Command(cmd.Path, cmd.Args...)
	p.Env, p.Dir, p.Stdout, p.Stderr = cmd.Env, cmd.Dir, &log, &log
	require.NoError(t, p.Start())
	ended := make(chan error, 1)
	go func() { ended <- p.Wait() }()
	t.Cleanup(func() {
		_ = p.Process.Signal(syscall.SIGTERM)
		select {
		case err := <-ended:
			require.NoError(t, err, "it ends by itself")
		case <-time.After(20 * time.Second):
			_ = p.Process.Kill()
			t.Error("it does not end")
		}
		if t.Failed() {
			t.Log(log.String())
		}
	})
	base := c.LokiAddress()
	require.Eventually(t, func() bool { code, _ := ask(t, http.MethodGet, base+"/ready", ""); return code == 200 }, 5*time.Second, 20*time.Millisecond, "ready")

	now := time.Now()
	old := now.Add(-20 * 24 * time.Hour) // a replay: still within the retention
	push := fmt.Sprintf(`{"streams":[{"stream":{"service":"claude-telemetry","session":"s1"},"values":[["%d","{\"n\":1}",{"event_id":"e1"}]]},
		{"stream":{"service":"claude-telemetry","session":"old"},"values":[["%d","old line"]]}]}`, now.UnixNano(), old.UnixNano())
	code, text := ask(t, http.MethodPost, base+"/loki/api/v1/push", push)
	require.Equal(t, 204, code, text)

	find := func(query string, from time.Time) string {
		_, text := ask(t, http.MethodGet, base+"/loki/api/v1/query_range?"+url.Values{
			"query": {query}, "start": {strconv.FormatInt(from.UnixNano(), 10)}, "end": {strconv.FormatInt(now.Add(time.Minute).UnixNano(), 10)},
		}.Encode(), "")
		return text
	}
	require.Eventually(t, func() bool {
		return strings.Contains(find(`{service="claude-telemetry"} | event_id="e1" | json`, now.Add(-time.Hour)), `{\"n\":1}`)
	}, 10*time.Second, 50*time.Millisecond)
	require.Contains(t, find(`{session="old"}`, now.Add(-30*24*time.Hour)), "old line", "backfilled data is found")
	_, labels := ask(t, http.MethodGet, base+"/loki/api/v1/labels", "")
	require.NotContains(t, labels, "service_name", "Loki adds no label")

	code, text = ask(t, http.MethodPost, base+"/loki/api/v1/delete?"+url.Values{
		"query": {`{session="s1"}`}, "start": {strconv.FormatInt(now.Add(-time.Hour).Unix(), 10)}, "end": {strconv.FormatInt(now.Unix(), 10)},
	}.Encode(), "")
	require.Equal(t, 204, code, text)
	_, conf := ask(t, http.MethodGet, base+"/config", "")
	for _, want := range []string{"retention_period: 31d", "retention_enabled: true", "reporting_enabled: false", "chunk_encoding: snappy"} {
		require.Contains(t, conf, want)
	}
	requireLoopbackOnly(t, p.Process.Pid)
	requireInside(t, home)
}

func ask(t *testing.T, method, target, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/json")
	tr := &http.Transport{DisableKeepAlives: true}
	resp, err := (&http.Client{Transport: tr, Timeout: 10 * time.Second}).Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(text)
}
