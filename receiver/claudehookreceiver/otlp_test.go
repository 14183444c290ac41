package claudehookreceiver

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	rpc "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/agent-telemetry/agent-telemetry/internal/eventjson"
	"github.com/agent-telemetry/agent-telemetry/internal/eventlogs"
	"github.com/agent-telemetry/agent-telemetry/internal/hostinfo"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

func TestLogsInEveryEncoding(t *testing.T) {
	s := newStage(t).start()
	ids := eventIDs(3)
	require.Equal(t, http.StatusOK, s.post(s.client(), pathLogs, "application/json; charset=utf-8", eventjson.Request(event(ids[0]))).status)
	require.Equal(t, ids[0], s.take()[semconv.EventID])

	raw, err := plogotlp.NewExportRequestFromLogs(eventlogs.Of(hostinfo.Resource(), event(ids[1]))).MarshalProto()
	require.NoError(t, err)
	got := s.post(s.tcpClient(), pathLogs, mediaProtobuf, raw)
	require.Equal(t, http.StatusOK, got.status)
	require.Equal(t, mediaProtobuf, got.header.Get("Content-Type"))
	require.Equal(t, ids[1], s.take()[semconv.EventID])

	var zipped bytes.Buffer
	zw := gzip.NewWriter(&zipped)
	_, err = zw.Write(eventjson.Request(event(ids[2])))
	require.NoError(t, err)
	require.NoError(t, zw.Close())
	got = s.post(s.client(), pathLogs, mediaJSON, zipped.Bytes(), func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") })
	require.Equal(t, http.StatusOK, got.status)
	require.Equal(t, ids[2], s.take()[semconv.EventID])
}

// TestBothWaysGiveTheSameRecord compares the record that claude-hook's JSON
// decodes to with the one made without it.
func TestBothWaysGiveTheSameRecord(t *testing.T) {
	e := event(eventIDs(1)[0])
	req := plogotlp.NewExportRequest()
	require.NoError(t, req.UnmarshalJSON(eventjson.Request(e)))
	direct, err := plogotlp.NewExportRequestFromLogs(eventlogs.Of(hostinfo.Resource(), e)).MarshalProto()
	require.NoError(t, err)
	decoded, err := req.MarshalProto()
	require.NoError(t, err)
	require.Equal(t, decoded, direct)
}

func TestLogsRefused(t *testing.T) {
	s := newStage(t, func(c *Config) { c.Limits.MaxBodyBytes = 100_000 }).start()
	c := s.client()
	got := s.post(c, pathLogs, mediaJSON, []byte(`{"resourceLogs":7}`))
	require.Equal(t, http.StatusBadRequest, got.status)
	require.Contains(t, got.body, `"code":3`)
	got = s.post(c, pathLogs, mediaProtobuf, []byte("\xff\xff"))
	require.Equal(t, http.StatusBadRequest, got.status)
	require.NoError(t, proto.Unmarshal([]byte(got.body), &rpc.Status{}))
	require.Equal(t, http.StatusUnsupportedMediaType, s.post(c, pathLogs, "text/plain", nil).status)
	require.Equal(t, http.StatusNotFound, s.post(c, "/v1/traces", mediaJSON, nil).status)
	require.Equal(t, http.StatusMethodNotAllowed, s.post(c, pathLogs, mediaJSON, nil, func(r *http.Request) { r.Method = http.MethodPut }).status)
	require.Equal(t, http.StatusRequestEntityTooLarge, s.post(c, pathLogs, mediaJSON, make([]byte, 100_001)).status)

	var bomb bytes.Buffer
	zw := gzip.NewWriter(&bomb)
	_, err := zw.Write(make([]byte, 50<<20))
	require.NoError(t, err)
	require.NoError(t, zw.Close())
	require.Equal(t, http.StatusRequestEntityTooLarge,
		s.post(c, pathLogs, mediaJSON, bomb.Bytes(), func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") }).status)
	require.Equal(t, http.StatusBadRequest, s.post(c, pathLogs, mediaJSON, []byte("{}"), func(r *http.Request) { r.Header.Set("Content-Encoding", "br") }).status)
	s.nothingMore()
}

func TestLogsAcknowledgedOnlyWhenSafe(t *testing.T) {
	s := newStage(t)
	good := s.consume
	failure := errors.New("disk full")
	s.consume = func(context.Context, plog.Logs) error { return failure }
	s.start()
	body := eventjson.Request(event(eventIDs(1)[0]))
	got := s.post(s.client(), pathLogs, mediaJSON, body)
	require.Equal(t, http.StatusServiceUnavailable, got.status)
	require.NotEmpty(t, got.header.Get("Retry-After"))
	require.Contains(t, got.body, "disk full")
	failure = consumererror.NewPermanent(errors.New("never"))
	require.Equal(t, http.StatusBadRequest, s.post(s.client(), pathLogs, mediaJSON, body).status)
	s.consume = good
	require.Equal(t, http.StatusOK, s.post(s.client(), pathLogs, mediaJSON, body).status, "what failed is no duplicate")
	s.take()
	require.Equal(t, http.StatusOK, s.post(s.client(), pathLogs, mediaJSON, body).status, "what was acknowledged is one")
	s.nothingMore()
	require.EqualValues(t, 1, s.receiver.counts.duplicates.Load())
}

// TestConcurrentCopies sends copies of one event at once while the pipeline is
// slow and fails the first time: exactly one goes through.
func TestConcurrentCopies(t *testing.T) {
	s := newStage(t)
	good := s.consume
	var calls atomic.Int64
	s.consume = func(ctx context.Context, ld plog.Logs) error {
		if calls.Add(1) == 1 {
			time.Sleep(20 * time.Millisecond) // long enough for the others to arrive
			return errors.New("not yet")
		}
		return good(ctx, ld)
	}
	s.start()
	body := eventjson.Request(event(eventIDs(1)[0]))
	var ok, failed atomic.Int64
	var wg sync.WaitGroup
	c := s.client()
	for range 16 {
		wg.Go(func() {
			if s.post(c, pathLogs, mediaJSON, body).status == http.StatusOK {
				ok.Add(1)
			} else {
				failed.Add(1)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 1, failed.Load())
	require.EqualValues(t, 15, ok.Load())
	s.take()
	s.nothingMore()
}

func TestMixedBatchKeepsTheRest(t *testing.T) {
	s := newStage(t).start()
	ids := eventIDs(3)
	require.Equal(t, http.StatusOK, s.post(s.client(), pathLogs, mediaJSON, eventjson.Request(event(ids[1]))).status)
	s.take()
	batch := plog.NewLogs()
	for _, id := range append(ids, ids[0]) { // the first one twice in one batch
		eventlogs.Of(hostinfo.Resource(), event(id)).ResourceLogs().MoveAndAppendTo(batch.ResourceLogs())
	}
	raw, err := plogotlp.NewExportRequestFromLogs(batch).MarshalProto()
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, s.post(s.client(), pathLogs, mediaProtobuf, raw).status)
	require.Equal(t, ids[0], s.take()[semconv.EventID])
	require.Equal(t, ids[2], s.take()[semconv.EventID])
	s.nothingMore()
}

func TestRememberedEventsAreBounded(t *testing.T) {
	d := newDedupe(10)
	for _, id := range eventIDs(100) {
		ld := eventlogs.Of(nil, event(id))
		_, release, err := d.claim(t.Context(), ld, identify(ld))
		require.NoError(t, err)
		release(true)
	}
	require.Len(t, d.seen, 10)
	require.Empty(t, d.pending)
}

func TestOverload(t *testing.T) {
	s := newStage(t, func(c *Config) { c.Limits.MaxConcurrentRequests, c.Limits.RequestTimeout = 1, 50*time.Millisecond })
	release := make(chan struct{})
	s.consume = func(context.Context, plog.Logs) error { <-release; return nil }
	s.start()
	ids := eventIDs(2)
	first := make(chan reply)
	go func() { first <- s.post(s.client(), pathLogs, mediaJSON, eventjson.Request(event(ids[0]))) }()
	require.Eventually(t, func() bool { return len(s.receiver.places.pipeline) == 1 }, 5*time.Second, time.Millisecond)
	got := s.post(s.client(), pathLogs, mediaJSON, eventjson.Request(event(ids[1])))
	require.Equal(t, http.StatusServiceUnavailable, got.status)
	require.Contains(t, got.body, "overloaded")
	require.Contains(t, got.body, `"code":14`)
	close(release)
	require.Equal(t, http.StatusOK, (<-first).status)
}

func FuzzLogs(f *testing.F) {
	f.Add([]byte(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"attributes":[{"key":"claude_code.event.id","value":{"intValue":"1"}}]}]}]}]}`), true)
	f.Add(eventjson.Request(event(eventIDs(1)[0])), true)
	f.Add([]byte("\x0a\x00"), false)
	s := newStage(f)
	s.consume = func(context.Context, plog.Logs) error { return nil }
	s.start()
	c := s.client()
	f.Fuzz(func(t *testing.T, body []byte, asJSON bool) {
		media := mediaProtobuf
		if asJSON {
			media = mediaJSON
		}
		req, err := http.NewRequest(http.MethodPost, "http://localhost"+pathLogs, bytes.NewReader(body))
		require.NoError(t, err)
		req.Header.Set("Content-Type", media)
		require.Contains(t, []int{http.StatusOK, http.StatusBadRequest}, do(t, c, req).status)
	})
}

func BenchmarkLogsOverSocket(b *testing.B) {
	s := newStage(b)
	s.consume = func(context.Context, plog.Logs) error { return nil }
	s.start()
	c := s.client()
	body := eventjson.Request(event("x"))
	for b.Loop() {
		s.post(c, pathLogs, mediaJSON, body)
	}
}
