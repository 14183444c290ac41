package claudehookreceiver

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/receiver/receivertest"

	"github.com/agent-telemetry/agent-telemetry/internal/hookevent"
	"github.com/agent-telemetry/agent-telemetry/internal/projectscope"
	"github.com/agent-telemetry/agent-telemetry/receiver/claudehookreceiver/internal/metadata"
)

const testToken = "a-token-for-tests-only"

// stage is a receiver with real listeners in front of a pipeline whose answer
// the test decides.
type stage struct {
	t        testing.TB
	receiver *hookReceiver
	config   *Config
	project  string // a watched one
	consume  func(context.Context, plog.Logs) error
	taken    chan plog.LogRecord
	tcp      string
}

func newStage(t testing.TB, change ...func(*Config)) *stage {
	t.Helper()
	// Not t.TempDir(): its path may be too long for a socket.
	home, err := os.MkdirTemp("", "hook")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(home)) })
	port, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, port.Close())
	s := &stage{t: t, project: filepath.Join(home, "project"), taken: make(chan plog.LogRecord, 10_000), tcp: port.Addr().String()}
	require.NoError(t, os.Mkdir(s.project, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(s.project, projectscope.Marker), nil, 0o600))
	s.config = createDefaultConfig().(*Config)
	s.config.StateDirectory = filepath.Join(home, "state")
	s.config.TCP = configoptional.Some(TCPConfig{Endpoint: s.tcp, Token: testToken})
	s.config.Spool.PollInterval = 20 * time.Millisecond
	for _, f := range change {
		f(s.config)
	}
	require.NoError(t, s.config.Validate())
	s.consume = func(_ context.Context, ld plog.Logs) error {
		for _, lr := range recordsOf(ld) {
			s.taken <- lr
		}
		return nil
	}
	next, err := consumer.NewLogs(func(ctx context.Context, ld plog.Logs) error { return s.consume(ctx, ld) })
	require.NoError(t, err)
	s.receiver, err = newReceiver(receivertest.NewNopSettings(metadata.Type), s.config, next)
	require.NoError(t, err)
	return s
}

// start is apart from newStage so that a test can prepare the spool.
func (s *stage) start() *stage {
	s.t.Helper()
	require.NoError(s.t, s.receiver.Start(s.t.Context(), componenttest.NewNopHost()))
	s.t.Cleanup(func() { require.NoError(s.t, s.receiver.Shutdown(context.Background())) })
	return s
}

func recordsOf(ld plog.Logs) []plog.LogRecord {
	var out []plog.LogRecord
	for _, rl := range ld.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				kept := plog.NewLogRecord()
				lr.CopyTo(kept)
				out = append(out, kept)
			}
		}
	}
	return out
}

func (s *stage) client() *http.Client {
	tr := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", s.config.socket())
	}}
	s.t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: 20 * time.Second}
}

func (s *stage) tcpClient() *http.Client {
	tr := &http.Transport{}
	s.t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: 20 * time.Second}
}

// answer is what came back.
type reply struct {
	status int
	body   string
	header http.Header
}

func do(t testing.TB, c *http.Client, req *http.Request) reply {
	t.Helper()
	resp, err := c.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return reply{resp.StatusCode, string(raw), resp.Header}
}

func (s *stage) post(c *http.Client, path, contentType string, body []byte, change ...func(*http.Request)) reply {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, "http://"+s.tcp+path, bytes.NewReader(body))
	require.NoError(s.t, err)
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Authorization", "Bearer "+testToken)
	for _, f := range change {
		f(req)
	}
	return do(s.t, c, req)
}

// take waits for the next record that the pipeline got.
func (s *stage) take() map[string]any {
	s.t.Helper()
	select {
	case lr := <-s.taken:
		return lr.Attributes().AsRaw()
	case <-time.After(20 * time.Second):
		require.FailNow(s.t, "no record arrived")
		return nil
	}
}

func (s *stage) nothingMore() {
	s.t.Helper()
	require.Empty(s.t, s.taken)
}

// event is an event with the given id.
func event(id string) hookevent.Event {
	return hookevent.Build(hookevent.Decode([]byte(`{"session_id":"s","cwd":"/","hook_event_name":"Stop"}`), 1<<20),
		hookevent.Context{Time: time.Unix(1700000000, 7), ID: id, Seq: 1, Transport: "command"})
}

func eventIDs(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = "01890a5d-ac96-774b-bcce-" + string([]byte{'b', '3', '0', '2', '0', '9', '9', 'a', '0' + byte(i/100), '0' + byte(i/10%10), '0' + byte(i%10), '0'})
	}
	return ids
}

func (*stage) host() component.Host { return componenttest.NewNopHost() }
