package delivery

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestEndpoint(t *testing.T) {
	for raw, want := range map[string]string{
		"http://127.0.0.1:4318":             "127.0.0.1:4318 /v1/logs",
		"http://127.0.0.1:4318/":            "127.0.0.1:4318 /v1/logs",
		"http://localhost":                  "127.0.0.1:4318 /v1/logs",
		"http://[::1]:99/otlp":              "[::1]:99 /otlp/v1/logs",
		"http://127.0.0.1:4318/x/v1/logs":   "127.0.0.1:4318 /x/v1/logs",
		"http://10.0.0.1:4318":              "",
		"http://example.com":                "",
		"https://127.0.0.1":                 "",
		"http://user:pw@127.0.0.1":          "",
		"127.0.0.1:4318":                    "",
		"http://127.0.0.1:4318/a b":         "127.0.0.1:4318 /a%20b/v1/logs",
		"http://127.0.0.1:4318/\r\nX-Evil:": "",
	} {
		got, err := Endpoint(raw)
		if want == "" {
			require.Error(t, err, raw)
			continue
		}
		require.NoError(t, err, raw)
		require.Equal(t, want, got.Address+" "+got.Path)
	}
}

func TestPost(t *testing.T) {
	status, body := http.StatusOK, "{}"
	var got string
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		got = r.Method + " " + r.URL.Path + " " + r.Header.Get("Content-Type") + " " + r.Header.Get("Authorization") + " " + string(raw)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	socket := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", socket)
	require.NoError(t, err)
	require.NoError(t, server.Listener.Close())
	server.Listener = l
	server.Start()
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	target := Socket(socket)
	require.NoError(t, Post(ctx, target, "application/json", []byte("payload")))
	require.Equal(t, "POST /v1/logs application/json  payload", got)
	target.Token = "tok"
	require.NoError(t, Post(ctx, target, "application/json", nil))
	require.Contains(t, got, "Bearer tok")
	status = http.StatusServiceUnavailable
	require.ErrorIs(t, Post(ctx, target, "application/json", nil), ErrNotAcknowledged)
	status, body = http.StatusOK, `{"partialSuccess":{"rejectedLogRecords":"1"}}`
	require.ErrorIs(t, Post(ctx, target, "application/json", nil), ErrNotAcknowledged)
	body = `{"partialSuccess":{"rejectedLogRecords":"0"}}`
	require.NoError(t, Post(ctx, target, "application/json", nil))
	body = strings.Repeat("x", 100_000)
	require.NoError(t, Post(ctx, target, "application/json", nil))
}

func TestPostGivesUp(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", socket)
	require.NoError(t, err)
	defer l.Close()
	for name, serve := range map[string]func(net.Conn){
		"silence":      func(net.Conn) {},
		"cut off":      func(c net.Conn) { _ = c.Close() },
		"endless line": func(c net.Conn) { _, _ = io.WriteString(c, strings.Repeat("a", 10_000)) },
		"no http":      func(c net.Conn) { _, _ = io.WriteString(c, "220 mail ready\r\n") },
	} {
		done := make(chan struct{})
		go func() {
			defer close(done)
			if c, err := l.Accept(); err == nil {
				serve(c)
				_, _ = io.Copy(io.Discard, c)
				_ = c.Close()
			}
		}()
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		start := time.Now()
		require.Error(t, Post(ctx, Socket(socket), "application/json", []byte("x")), name)
		require.Less(t, time.Since(start), 2*time.Second, name)
		cancel()
		<-done
	}
	require.ErrorIs(t, Post(t.Context(), Socket(filepath.Join(t.TempDir(), "none")), "", nil), os.ErrNotExist)
}

func FuzzAnswer(f *testing.F) {
	f.Add("HTTP/1.1 200 OK\r\n\r\n{}")
	f.Add("HTTP/1.1 503 no\r\n")
	f.Fuzz(func(t *testing.T, s string) {
		if _, err := answer(strings.NewReader(s), maxStatusLine); err == nil {
			require.Contains(t, s, "2")
		}
	})
}
