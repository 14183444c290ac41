package health

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/hookrun"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

func TestTakenPortsAreBlamed(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := l.Addr().(*net.TCPAddr).Port
	pid, _ := Listener(port)
	require.Equal(t, os.Getpid(), pid)
	err = PortsFree([]stack.Port{{Number: port, Use: "tests", Flag: "--flag", Env: "VARIABLE"}})
	for _, part := range []string{strconv.Itoa(port), "tests", strconv.Itoa(os.Getpid()), "--flag", "$VARIABLE"} {
		require.ErrorContains(t, err, part)
	}
	require.NoError(t, l.Close())
	require.NoError(t, PortFree(port))
}

func TestLokiProbes(t *testing.T) {
	ready := false
	h := http.NewServeMux()
	h.HandleFunc("/ready", func(w http.ResponseWriter, _ *http.Request) {
		if !ready {
			http.Error(w, "Ingester\x1b[31m not ready\nmore", http.StatusServiceUnavailable)
		}
	})
	h.HandleFunc("/loki/api/v1/status/buildinfo", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"version":"3.7.8"}`))
	})
	h.Handle("/elsewhere/", http.RedirectHandler("http://192.0.2.1/", http.StatusFound))
	s := httptest.NewServer(h)
	defer s.Close()
	err := Loki(t.Context(), s.URL)
	require.ErrorContains(t, err, "Ingester[31m not ready")
	require.NotContains(t, err.Error(), "\x1b", "nothing that a terminal would obey")
	require.NotContains(t, err.Error(), "more")
	ready = true
	require.NoError(t, Loki(t.Context(), s.URL))
	require.Equal(t, "3.7.8", LokiVersion(t.Context(), s.URL))
	require.Error(t, Loki(t.Context(), s.URL+"/elsewhere"), "redirects are not followed")
	require.Error(t, Loki(t.Context(), ""))
}

func TestSocketAndReceiver(t *testing.T) {
	dir, err := os.MkdirTemp("", "at")
	require.NoError(t, err)
	defer os.RemoveAll(dir)
	home := statedir.Dir(dir)
	require.NoError(t, home.Create())
	require.Error(t, Socket(t.Context(), home))
	l, err := net.Listen("unix", home.Socket())
	require.NoError(t, err)
	h := http.NewServeMux()
	h.HandleFunc(semconv.StatusURLPath, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"last_event":{"id":"x","time":"2026-01-02T03:04:05Z"}}`))
	})
	s := &http.Server{Handler: h, ReadHeaderTimeout: time.Second}
	go func() { _ = s.Serve(l) }()
	defer s.Close()
	require.NoError(t, Socket(t.Context(), home))
	r, err := ReceiverStatus(t.Context(), home)
	require.NoError(t, err)
	require.Equal(t, 2026, r.LastEvent().Year())
	require.Nil(t, Receiver{"last_event": 5}.LastEvent())
	require.Nil(t, Receiver(nil).LastEvent())
}

func TestSpoolAndSizes(t *testing.T) {
	home := statedir.Dir(t.TempDir())
	empty, err := ReadSpool(home)
	require.NoError(t, err)
	require.Zero(t, empty)
	require.NoError(t, home.Create())
	write := func(parts ...string) {
		path := filepath.Join(parts...)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte("12345"), 0o600))
	}
	write(home.Spool(), "a.json")
	write(home.Spool(), "b.json")
	write(home.Spool(), ".tmp-c-1")
	write(home.Spool(), RejectedDir, "d.json")
	require.NoError(t, os.Symlink("/etc/hostname", filepath.Join(home.Spool(), "e.json")))
	s, err := ReadSpool(home)
	require.NoError(t, err)
	require.Equal(t, 2, s.Files)
	require.EqualValues(t, 10, s.Bytes)
	require.Equal(t, 1, s.Rejected)
	require.WithinDuration(t, time.Now(), *s.Oldest, time.Minute)
	require.EqualValues(t, 20, DirSize(home.Spool()), "links do not count")
	write(home.Audit(), "00000001.jsonl")
	a, err := ReadAudit(home)
	require.NoError(t, err)
	require.EqualValues(t, 5, a.Bytes)
	require.NotNil(t, a.Modified)
	d, err := ReadDisk(home)
	require.NoError(t, err)
	require.NotZero(t, d.Total)
}

func TestHookErrorsAreCounted(t *testing.T) {
	home := statedir.Dir(t.TempDir())
	require.NoError(t, home.Create())
	hook, err := ReadHook(home, time.Now())
	require.NoError(t, err)
	require.Zero(t, hook)
	hookrun.LogError(string(home), errors.New("event 1 is lost: no space left"))
	hookrun.LogError(string(home), errors.New("panic"))
	hook, err = ReadHook(home, time.Now())
	require.NoError(t, err)
	require.Equal(t, 2, hook.Errors)
	require.Equal(t, 1, hook.Lost)
	require.Equal(t, `"panic"`, hook.Last)
	hook, err = ReadHook(home, time.Now().Add(25*time.Hour))
	require.NoError(t, err)
	require.Zero(t, hook)
	log := filepath.Join(home.Logs(), hookrun.ErrorLog)
	require.NoError(t, os.Remove(log))
	require.NoError(t, os.Symlink("/dev/zero", log))
	_, err = ReadHook(home, time.Now())
	require.Error(t, err)
}
