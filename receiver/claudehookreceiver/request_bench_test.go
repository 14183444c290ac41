package claudehookreceiver

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/agent-telemetry/agent-telemetry/internal/hookfixtures"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/receiver/claudehookreceiver/internal/metadata"
)

// benchStage is a stage whose pipeline does nothing, with metrics that count.
func benchStage(b *testing.B) *stage {
	b.Helper()
	s := newStage(b)
	s.consume = func(context.Context, plog.Logs) error { return nil }
	telemetry := componenttest.NewTelemetry()
	b.Cleanup(func() { require.NoError(b, telemetry.Shutdown(context.Background())) })
	settings := receiver.Settings{ID: component.NewID(metadata.Type), TelemetrySettings: telemetry.NewTelemetrySettings()}
	settings.TracerProvider = noop.NewTracerProvider() // the collector has none
	var err error
	s.receiver, err = newReceiver(settings, s.config, s.receiver.next)
	require.NoError(b, err)
	return s.start()
}

// arriving makes the requests of a benchmark: all the same but for the event's id.
type arriving struct {
	path string
	body []byte
	id   []byte // part of body
	next uint64
}

func arrivingLogs() *arriving {
	body := typicalRequest()
	const id = "0190a8c0-0000-7000-8000-000000000001"
	at := bytes.Index(body, []byte(semconv.EventID+`","value":{"stringValue":"`+id))
	at += bytes.Index(body[at:], []byte(id))
	return &arriving{path: pathLogs, body: body, id: body[at : at+len(id)]}
}

// arrivingHooks takes the call's id for the event's: a payload that comes again is a duplicate.
func arrivingHooks(s *stage) *arriving {
	body := hookfixtures.Named("files/edit-post").PayloadIn(s.project, "session")
	_, rest, _ := bytes.Cut(body, []byte(`"tool_use_id"`))
	_, rest, _ = bytes.Cut(rest, []byte(`"`))
	id, _, _ := bytes.Cut(rest, []byte(`"`))
	return &arriving{path: semconv.HookURLPath, body: body, id: id}
}

// advance makes the body of the next request. The id's last digits change.
func (a *arriving) advance() []byte {
	a.next++
	for i, n := len(a.id)-1, a.next; i >= len(a.id)-12; i, n = i-1, n/10 {
		a.id[i] = '0' + byte(n%10)
	}
	return a.body
}

// discarding is a response that is not sent.
type discarding struct {
	header http.Header
	status int
}

func (d *discarding) Header() http.Header         { return d.header }
func (d *discarding) Write(p []byte) (int, error) { return len(p), nil }
func (d *discarding) WriteHeader(status int)      { d.status = status }

func ways(b *testing.B, way func(*testing.B, *stage, *arriving)) {
	b.Run("logs", func(b *testing.B) {
		s := benchStage(b)
		way(b, s, arrivingLogs())
	})
	b.Run("hook", func(b *testing.B) {
		s := benchStage(b)
		way(b, s, arrivingHooks(s))
	})
}

// BenchmarkHandler is a request without what net/http makes of it.
func BenchmarkHandler(b *testing.B) {
	ways(b, func(b *testing.B, s *stage, a *arriving) {
		h := s.receiver.counted(s.receiver.tcpHandler())
		body := bytes.NewReader(nil)
		req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, "http://"+s.tcp+a.path, io.NopCloser(body))
		require.NoError(b, err)
		req.Header.Set("Content-Type", mediaJSON)
		req.Header.Set("Authorization", "Bearer "+testToken)
		req.ContentLength = int64(len(a.body))
		w := &discarding{header: http.Header{}}
		b.ReportAllocs()
		for b.Loop() {
			body.Reset(a.advance())
			clear(w.header)
			h.ServeHTTP(w, req)
			if w.status >= 300 {
				b.Fatal(w.status)
			}
		}
		require.Zero(b, s.receiver.counts.duplicates.Load())
		require.Greater(b, s.receiver.counts.accepted.Load(), int64(b.N-1))
	})
}

// BenchmarkRequest is a request on a connection that is kept, with a client that does
// as little as it can.
func BenchmarkRequest(b *testing.B) {
	ways(b, func(b *testing.B, s *stage, a *arriving) {
		conn, err := (&net.Dialer{}).DialContext(b.Context(), "tcp", s.tcp)
		require.NoError(b, err)
		b.Cleanup(func() { require.NoError(b, conn.Close()) })
		head := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n",
			a.path, s.tcp, testToken, len(a.body))
		var request []byte
		answer := bufio.NewReader(conn)
		b.ReportAllocs()
		for b.Loop() {
			request = append(append(request[:0], head...), a.advance()...)
			if _, err := conn.Write(request); err != nil {
				b.Fatal(err)
			}
			status, length := readAnswer(b, answer)
			if status >= 300 {
				b.Fatal(status)
			}
			if _, err := answer.Discard(length); err != nil {
				b.Fatal(err)
			}
		}
		require.Zero(b, s.receiver.counts.duplicates.Load())
	})
}

// readAnswer reads an answer's header.
func readAnswer(b *testing.B, r *bufio.Reader) (status, length int) {
	b.Helper()
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			b.Fatal(err)
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			return status, length
		}
		if code, ok := bytes.CutPrefix(line, []byte("HTTP/1.1 ")); ok {
			status = number(code[:3])
		}
		if n, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			length = number(n)
		}
	}
}

func number(digits []byte) (n int) {
	for _, d := range digits {
		n = 10*n + int(d-'0')
	}
	return n
}
