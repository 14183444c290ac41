package claudehookreceiver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/capture"
	"github.com/agent-telemetry/agent-telemetry/internal/hookevent"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

func (s *stage) hook(c *http.Client, payload string, change ...func(*http.Request)) reply {
	s.t.Helper()
	return s.post(c, semconv.HookURLPath, mediaJSON, []byte(payload), change...)
}

func (s *stage) payload(id string) string {
	raw, err := json.Marshal(map[string]any{
		"session_id": "s1", "cwd": s.project, "hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_use_id": id,
		"tool_input": map[string]any{"command": "echo " + id},
	})
	require.NoError(s.t, err)
	return string(raw)
}

func TestHookIsRecorded(t *testing.T) {
	s := newStage(t).start()
	got := s.hook(s.tcpClient(), s.payload("a"))
	require.Equal(t, reply{http.StatusNoContent, "", got.header}, got)
	a := s.take()
	require.Equal(t, "command_execution", a[semconv.EventType])
	require.Equal(t, "http", a[semconv.CaptureTransport])
	require.Equal(t, int64(1), a[semconv.SessionSeq])
	require.Equal(t, s.project, a[semconv.ProjectPath])
	require.Equal(t, http.StatusNoContent, s.hook(s.client(), s.payload("b")).status)
	require.Equal(t, int64(2), s.take()[semconv.SessionSeq])
	require.Equal(t, http.StatusNoContent, s.hook(s.client(), s.payload("b")).status, "registered twice")
	s.nothingMore()
}

func TestHookActivation(t *testing.T) {
	s := newStage(t).start()
	unwatched := strings.Replace(s.payload("a"), s.project, t.TempDir(), 1)
	unwatched = strings.Replace(unwatched, "s1", "s2", 1)
	require.Equal(t, http.StatusNoContent, s.hook(s.client(), unwatched).status)
	s.nothingMore()
	require.Equal(t, http.StatusNoContent, s.hook(s.client(), unwatched, func(r *http.Request) { r.Header.Set(semconv.HeaderInstallScope, "user") }).status)
	s.take()
	require.Equal(t, http.StatusNoContent, s.hook(s.client(), s.payload("b"), func(r *http.Request) { r.Header.Set(semconv.HeaderProjectDir, "$CLAUDE_PROJECT_DIR") }).status)
	require.Equal(t, s.project, s.take()[semconv.ProjectPath], "a variable that was not filled in is no directory")
}

func TestHookGoesToTheSpoolWhenThePipelineFails(t *testing.T) {
	s := newStage(t)
	good := s.consume
	var failing atomic.Bool
	s.consume = func(ctx context.Context, ld plog.Logs) error {
		if failing.Load() {
			return errors.New("down")
		}
		return good(ctx, ld)
	}
	s.start()
	failing.Store(true)
	got := s.hook(s.client(), s.payload("a"))
	require.Equal(t, http.StatusNoContent, got.status)
	require.Empty(t, got.body)
	files, err := filepath.Glob(filepath.Join(s.config.spoolDir(), "*.json"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	failing.Store(false)
	a := s.take()
	require.Equal(t, "echo a", a[semconv.CommandLine])
	require.Eventually(t, func() bool { _, err := os.Stat(files[0]); return os.IsNotExist(err) }, eventually, tick)
	s.nothingMore()
}

// TestHookDoesNotWaitForASlowPipeline: Claude waits with the hook.
func TestHookDoesNotWaitForASlowPipeline(t *testing.T) {
	s := newStage(t, func(c *Config) { c.Limits.MaxConcurrentRequests = 2 })
	good := s.consume
	open := make(chan struct{})
	s.consume = func(ctx context.Context, ld plog.Logs) error {
		select {
		case <-open:
			return good(ctx, ld)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	s.start()
	const n = 10
	for i := range n { // more than the pipeline has places for
		start := time.Now()
		got := s.hook(s.client(), s.payload(fmt.Sprint(i)))
		require.Equal(t, http.StatusNoContent, got.status)
		require.Less(t, time.Since(start), time.Second)
	}
	close(open)
	seen := map[any]bool{}
	for range n {
		seen[s.take()[semconv.CommandLine]] = true
	}
	require.Len(t, seen, n)
	s.spoolEmpties()
	s.nothingMore()
}

// TestHookWhoseClientHasGoneIsKeptAtOnce: the client spools nothing itself, and
// the collector may be killed before the pipeline answers.
func TestHookWhoseClientHasGoneIsKeptAtOnce(t *testing.T) {
	s := newStage(t, func(c *Config) { c.Limits.HookTimeout = time.Minute })
	good := s.consume
	reached, open := make(chan struct{}), make(chan struct{})
	release := sync.OnceFunc(func() { close(open) })
	t.Cleanup(release)
	var once sync.Once
	s.consume = func(_ context.Context, ld plog.Logs) error {
		once.Do(func() { close(reached) })
		<-open
		return good(context.Background(), ld)
	}
	s.start()
	ctx, leave := context.WithCancel(t.Context())
	client, gone := s.client(), make(chan error, 1)
	go func() {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://collector"+semconv.HookURLPath, strings.NewReader(s.payload("a")))
		if err == nil {
			req.Header.Set("Content-Type", mediaJSON)
			_, err = client.Do(req)
		}
		gone <- err
	}()
	<-reached
	leave()
	require.ErrorIs(t, <-gone, context.Canceled)
	require.Eventually(t, func() bool {
		files, err := filepath.Glob(filepath.Join(s.config.spoolDir(), "*.json"))
		return err == nil && len(files) == 1
	}, eventually, tick)
	release()
	require.Equal(t, "echo a", s.take()[semconv.CommandLine])
	s.spoolEmpties()
	s.nothingMore()
}

func TestLargeHooksAreReadFewAtATime(t *testing.T) {
	s := newStage(t).start()
	for range largeAtOnce {
		s.receiver.places.large <- struct{}{}
	}
	large := strings.Replace(s.payload("large"), "echo ", strings.Repeat("x", 2*smallPayload), 1)
	require.Equal(t, http.StatusNoContent, s.hook(s.client(), large).status)
	a := s.take()
	require.Equal(t, "hook_event", a[semconv.EventType], "recorded, though not read to its end")
	require.Contains(t, a[semconv.DecodeError], "overloaded")
	require.Equal(t, "s1", a[semconv.SessionID])
	require.Equal(t, http.StatusNoContent, s.hook(s.client(), s.payload("small")).status)
	require.Equal(t, "echo small", s.take()[semconv.CommandLine])
}

// TestStalledConnectionsHoldNothingUp: connections that promise a body and send
// nothing cost others no time.
func TestStalledConnectionsHoldNothingUp(t *testing.T) {
	s := newStage(t, func(c *Config) { c.Limits.MaxConcurrentRequests = 8 }).start()
	for i := range 64 {
		conn, err := net.Dial("unix", s.config.socket())
		require.NoError(t, err)
		defer conn.Close()
		size := 10
		if i%2 == 0 {
			size = 2 * smallPayload
		}
		_, err = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n{", semconv.HookURLPath, size)
		require.NoError(t, err)
	}
	start := time.Now()
	require.Equal(t, http.StatusNoContent, s.hook(s.client(), s.payload("a")).status)
	require.Less(t, time.Since(start), 500*time.Millisecond)
	for s.take()[semconv.CommandLine] != "echo a" { // the stalled ones are recorded, too, when their time is up
	}
}

func TestBadHooksAreRecorded(t *testing.T) {
	s := newStage(t).start()
	for name, payload := range map[string]string{
		"empty": "", "truncated": `{"session_id":"s`, "array": "[]", "deep": strings.Repeat(`{"a":`, 50_000), "nul": "\x00",
		"oversized": `{"session_id":"s","x":"` + strings.Repeat("a", capture.MaxPayloadBytes) + `"}`,
	} {
		got := s.hook(s.client(), payload)
		require.Equal(t, http.StatusNoContent, got.status, name)
		a := s.take()
		require.Equal(t, "hook_event", a[semconv.EventType], name)
		require.NotEmpty(t, a[semconv.DecodeError], name)
		require.Equal(t, int64(len(payload)), a[semconv.PayloadBytes], name)
		require.Len(t, a[semconv.PayloadSHA256], 64, name)
	}
}

func FuzzHooks(f *testing.F) {
	f.Add([]byte(`{"session_id":"s","hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":{"command":"ls"}}`))
	f.Add([]byte("\x00\xff{"))
	s := newStage(f)
	s.consume = func(context.Context, plog.Logs) error { return nil }
	s.start()
	c := s.client()
	f.Fuzz(func(t *testing.T, body []byte) {
		req, err := http.NewRequest(http.MethodPost, "http://localhost"+semconv.HookURLPath, bytes.NewReader(body))
		require.NoError(t, err)
		got := do(t, c, req)
		require.Equal(t, http.StatusNoContent, got.status)
		require.Empty(t, got.body)
	})
}

func BenchmarkHookOverTCP(b *testing.B) {
	s := newStage(b)
	s.consume = func(context.Context, plog.Logs) error { return nil }
	s.start()
	c := s.tcpClient()
	body := s.payload("a")
	for b.Loop() {
		s.hook(c, body)
	}
}

// A payload without an end is read to a bound, and the record says that its
// hash is not that of the whole.
func TestHashOfAPartOfAPayloadIsMarked(t *testing.T) {
	s := newStage(t, func(c *Config) { c.Limits.HookTimeout = 20 * time.Second }).start()
	const read = capture.MaxPayloadBytes + 1 + maxDrain
	payload := `{"session_id":"s","hook_event_name":"PreToolUse","x":"` + strings.Repeat("a", read)
	require.Equal(t, http.StatusNoContent, s.hook(s.client(), payload).status)
	got := s.take()
	require.EqualValues(t, read, got[semconv.PayloadBytes])
	require.Equal(t, hookevent.Digest([]byte(payload[:read])), got[semconv.PayloadSHA256])
	require.Contains(t, got[semconv.DecodeError], "its hash is of these")
}

// TestFloodNeedsBoundedMemory sends the largest payloads from many clients at
// once: most find no place, all are recorded, and memory follows the places, not
// the clients.
func TestFloodNeedsBoundedMemory(t *testing.T) {
	s := newStage(t)
	var recorded atomic.Int64
	s.consume = func(_ context.Context, ld plog.Logs) error {
		recorded.Add(int64(ld.LogRecordCount()))
		return nil
	}
	s.start()
	const clients, size = 48, 12 << 20
	part := []byte(strings.Repeat("x", 64<<10))
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	var all sync.WaitGroup
	var peak atomic.Uint64
	done := make(chan struct{})
	watching := make(chan struct{})
	go func() {
		defer close(watching)
		for {
			var now runtime.MemStats
			runtime.ReadMemStats(&now)
			peak.Store(max(peak.Load(), now.HeapAlloc))
			select {
			case <-done:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	for i := range clients {
		head := strings.TrimSuffix(s.payload(fmt.Sprint("flood", i)), "}") + `,"more":"`
		all.Go(func() {
			conn, err := net.Dial("unix", s.config.socket())
			if err != nil {
				return
			}
			defer conn.Close()
			if _, err := fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s", semconv.HookURLPath, size, head); err != nil {
				return
			}
			for sent := len(head); sent < size; sent += len(part) {
				if _, err := conn.Write(part[:min(len(part), size-sent)]); err != nil {
					return // answered before all was sent
				}
			}
			_, _ = io.Copy(io.Discard, io.LimitReader(conn, 12)) // the status line
		})
	}
	all.Wait()
	close(done)
	<-watching
	require.Eventually(t, func() bool { return recorded.Load() == clients }, eventually, tick, "each is recorded")
	grown := int64(peak.Load()) - int64(before.HeapAlloc)
	t.Logf("%d events, %d MiB", recorded.Load(), grown>>20)
	require.Less(t, grown, int64(300<<20), "all at once would be %d MiB", clients*size>>20)
	require.Equal(t, http.StatusNoContent, s.hook(s.client(), s.payload("after")).status)
}

func BenchmarkHookOverSocket(b *testing.B) {
	s := newStage(b)
	s.consume = func(context.Context, plog.Logs) error { return nil }
	s.start()
	c := s.client()
	body := s.payload("a")
	for b.Loop() {
		s.hook(c, body)
	}
}

func TestPromptPreviewCanBeTurnedOff(t *testing.T) {
	s := newStage(t).start()
	prompt := func(id string) string {
		return `{"session_id":"p","cwd":"` + s.project + `","hook_event_name":"UserPromptSubmit","prompt":"rename the shop ` + id + `","prompt_id":"` + id + `"}`
	}
	require.Equal(t, http.StatusNoContent, s.hook(s.client(), prompt("1")).status)
	require.Equal(t, "rename the shop 1", s.take()[semconv.PromptPreview])
	require.Equal(t, http.StatusNoContent, s.hook(s.client(), prompt("2"), func(r *http.Request) { r.Header.Set(semconv.HeaderPreview, semconv.PreviewOff) }).status)
	require.NotContains(t, s.take(), semconv.PromptPreview)
}
