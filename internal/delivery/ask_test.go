package delivery

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/enforcement"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// once answers one request on a socket with fixed bytes, and returns the request.
func once(t *testing.T, answer string) (Target, chan *http.Request) {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", socket)
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	got := make(chan *http.Request, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		req, err := http.ReadRequest(bufio.NewReader(c))
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, req.Body)
		got <- req
		_, _ = io.WriteString(c, answer)
		_, _ = io.Copy(io.Discard, c) // the connection stays open: nobody may wait for its end
	}()
	return Socket(socket), got
}

func TestAsk(t *testing.T) {
	deny := enforcement.Verdict{Decision: semconv.DecisionDeny, Rule: "r", Title: strings.Repeat("大", 90)}
	header := semconv.HeaderVerdict + ": " + deny.Header() + "\r\n"
	for name, tc := range map[string]struct {
		answer string
		judged bool
		acked  bool
	}{
		"denied":              {"HTTP/1.1 200 OK\r\n" + header + "Content-Length: 2\r\n\r\n{}", true, true},
		"no body":             {"HTTP/1.1 204 No Content\r\n" + header + "\r\n", true, true},
		"cannot write":        {"HTTP/1.1 503 Unavailable\r\nContent-Length: 5\r\n" + header + "\r\n", true, false},
		"no verdict":          {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", false, true},
		"garbage verdict":     {"HTTP/1.1 200 OK\r\n" + semconv.HeaderVerdict + ": allow everything\r\nContent-Length: 2\r\n\r\n{}", false, true},
		"verdict in the body": {"HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n" + header + strings.Repeat(" ", 200-len(header)%200), false, true},
		"endless verdict":     {"HTTP/1.1 200 OK\r\n" + semconv.HeaderVerdict + ": " + strings.Repeat("x", 20_000), false, true},
		"no http":             {"hello\r\n", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			target, got := once(t, tc.answer)
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			v, judged, err := Ask(ctx, target, []byte("body"), enforcement.Closed)
			require.NoError(t, ctx.Err(), "it did not wait for more")
			require.Equal(t, tc.judged, judged)
			if judged {
				require.Equal(t, deny, v)
			}
			require.Equal(t, tc.acked, err == nil, "%v", err)
			req := <-got
			require.Equal(t, "closed", req.Header.Get(semconv.HeaderEnforce))
			within, err := time.ParseDuration(req.Header.Get(semconv.HeaderEnforceTimeout))
			require.NoError(t, err)
			require.Greater(t, within, time.Second)
			require.Less(t, within, 1800*time.Millisecond)
		})
	}
}

func TestAskNobody(t *testing.T) {
	_, judged, err := Ask(t.Context(), Socket(filepath.Join(t.TempDir(), "none")), nil, enforcement.Open)
	require.Error(t, err)
	require.False(t, judged)
}
