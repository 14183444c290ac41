package claudehookreceiver

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configoptional"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

const (
	eventually = 20 * time.Second
	tick       = 5 * time.Millisecond
)

func TestTCPIsGuarded(t *testing.T) {
	s := newStage(t).start()
	for name, tc := range map[string]struct {
		change func(*http.Request)
		want   int
	}{
		"no token":          {func(r *http.Request) { r.Header.Del("Authorization") }, http.StatusUnauthorized},
		"wrong token":       {func(r *http.Request) { r.Header.Set("Authorization", "Bearer wrong") }, http.StatusUnauthorized},
		"empty token":       {func(r *http.Request) { r.Header.Set("Authorization", "Bearer ") }, http.StatusUnauthorized},
		"basic":             {func(r *http.Request) { r.Header.Set("Authorization", "Basic "+testToken) }, http.StatusUnauthorized},
		"foreign host":      {func(r *http.Request) { r.Host = "evil.example:4319" }, http.StatusMisdirectedRequest},
		"rebound host":      {func(r *http.Request) { r.Host = "127.0.0.1.evil.example" }, http.StatusMisdirectedRequest},
		"lan host":          {func(r *http.Request) { r.Host = "192.168.1.2" }, http.StatusMisdirectedRequest},
		"foreign origin":    {func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }, http.StatusForbidden},
		"null origin":       {func(r *http.Request) { r.Header.Set("Origin", "null") }, http.StatusForbidden},
		"two origins":       {func(r *http.Request) { r.Header["Origin"] = []string{"http://localhost", "http://evil.example"} }, http.StatusForbidden},
		"status":            {func(r *http.Request) { r.URL.Path, r.Method = pathStatus, http.MethodGet }, http.StatusNotFound},
		"good":              {func(*http.Request) {}, http.StatusNoContent},
		"lower-case scheme": {func(r *http.Request) { r.Header.Set("Authorization", "bearer "+testToken) }, http.StatusNoContent},
		"localhost":         {func(r *http.Request) { r.Host = "localhost:1" }, http.StatusNoContent},
		"ipv6":              {func(r *http.Request) { r.Host = "[::1]:4319" }, http.StatusNoContent},
		"own origin":        {func(r *http.Request) { r.Header.Set("Origin", "http://localhost:3000") }, http.StatusNoContent},
	} {
		got := s.hook(s.tcpClient(), s.payload(name), tc.change)
		require.Equal(t, tc.want, got.status, name)
		if tc.want == http.StatusNoContent {
			require.Equal(t, "echo "+name, s.take()[semconv.CommandLine])
			continue
		}
		require.NotContains(t, got.body, testToken)
		require.NotEmpty(t, got.body, name)
		s.nothingMore()
	}
	require.EqualValues(t, 11, s.receiver.counts.refused.Load())
}

func TestTokenFileIsMadeAndReread(t *testing.T) {
	s := newStage(t, func(c *Config) {
		tcp := c.TCP.Get()
		c.TCP = configoptional.Some(TCPConfig{Endpoint: tcp.Endpoint})
	}).start()
	file := s.config.stateDir().TokenFile()
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	with := func(token string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+strings.TrimSpace(token)) }
	}
	require.Equal(t, http.StatusNoContent, s.hook(s.tcpClient(), s.payload("a"), with(string(raw))).status)
	changed := strings.Repeat("n", 40)
	require.NoError(t, os.WriteFile(file, []byte(changed), 0o600))
	require.NoError(t, os.Chtimes(file, time.Now(), time.Now().Add(time.Minute)))
	require.Eventually(t, func() bool {
		return s.hook(s.tcpClient(), s.payload("b"), with(changed)).status == http.StatusNoContent
	}, eventually, 50*tick)
	require.Equal(t, http.StatusUnauthorized, s.hook(s.tcpClient(), s.payload("c"), with(string(raw))).status)
}

func TestSocketIsPrivate(t *testing.T) {
	s := newStage(t).start()
	info, err := os.Stat(s.config.socket())
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	info, err = os.Stat(filepath.Dir(s.config.socket()))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
}

// TestStaleSocket takes over the socket of a process that was killed.
func TestStaleSocket(t *testing.T) {
	if path := os.Getenv("LISTEN_AND_DIE"); path != "" {
		l, err := net.Listen("unix", path)
		require.NoError(t, err)
		_ = os.Stdout.Close() // tells the parent
		_, _ = l.Accept()
		return
	}
	s := newStage(t)
	require.NoError(t, os.MkdirAll(filepath.Dir(s.config.socket()), 0o700))
	cmd := exec.Command(os.Args[0], "-test.run=^TestStaleSocket$")
	cmd.Env = append(os.Environ(), "LISTEN_AND_DIE="+s.config.socket())
	told, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	_, err = io.ReadAll(told) // the socket's file is there a moment before anybody listens
	require.NoError(t, err)
	require.ErrorIs(t, s.receiver.Start(t.Context(), componenttest.NewNopHost()), ErrSocketInUse, "a live one is left alone")
	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait() // killed
	require.FileExists(t, s.config.socket())
	s.start()
	require.Equal(t, http.StatusNoContent, s.hook(s.client(), s.payload("a")).status)
	s.take()
}

func TestSomethingElseInTheSocketsPlace(t *testing.T) {
	s := newStage(t)
	require.NoError(t, os.MkdirAll(filepath.Dir(s.config.socket()), 0o700))
	require.NoError(t, os.WriteFile(s.config.socket(), []byte("precious"), 0o600))
	require.ErrorContains(t, s.receiver.Start(t.Context(), componenttest.NewNopHost()), "remove it")
	require.FileExists(t, s.config.socket())
	require.NoError(t, s.receiver.Shutdown(context.Background()))
}

// TestForeignDirectoryIsLeftAlone: a socket in a shared directory must not close
// the directory to others.
func TestForeignDirectoryIsLeftAlone(t *testing.T) {
	shared := t.TempDir()
	require.NoError(t, os.Chmod(shared, 0o755))
	_, err := listenUnix(t.Context(), filepath.Join(shared, "s"), false)
	require.ErrorContains(t, err, "open to other users")
	info, err := os.Stat(shared)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o755), info.Mode().Perm())
}

func TestPortInUse(t *testing.T) {
	s := newStage(t)
	l, err := net.Listen("tcp", s.tcp)
	require.NoError(t, err)
	defer l.Close()
	require.ErrorContains(t, s.receiver.Start(t.Context(), componenttest.NewNopHost()), "tcp.endpoint")
	require.NoFileExists(t, s.config.socket(), "a failed start leaves nothing behind")
	require.NoError(t, s.receiver.Shutdown(context.Background()))
}
