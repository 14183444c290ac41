package lokiexporter

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"

	"github.com/grafana/loki/pkg/push"
	"github.com/klauspost/compress/s2"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// maxAnswerBytes is how much of an answer is read.
const maxAnswerBytes = 64 << 10

// push sends one request. It returns an answer in every case.
func (e *lokiExporter) push(ctx context.Context, p *plannedPush) answer {
	body, err := encodePush(p, &e.room)
	if err != nil {
		return answer{verdict: refused, err: err, refusals: []refusal{{reasonOther, p.entryCount()}}}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, bytes.NewReader(body))
	if err != nil {
		return answer{verdict: retry, err: fmt.Errorf("make the push request: %w", err)}
	}
	req.Header.Set("Content-Type", "application/x-protobuf")
	req.Header.Set("User-Agent", e.userAgent)
	if e.config.TenantID != "" {
		req.Header.Set("X-Scope-OrgID", e.config.TenantID)
	}
	if basic := e.config.BasicAuth.Get(); basic != nil {
		req.SetBasicAuth(basic.Username, string(basic.Password))
	}
	e.telemetry.ExporterLokiPushedBytes.Add(ctx, int64(len(body)))
	resp, err := e.client.Do(req)
	if err != nil {
		e.countPush(ctx, 0)
		return answer{verdict: retry, err: fmt.Errorf("push to Loki: %w", err)}
	}
	defer func() { _ = resp.Body.Close() }() // nothing was written through it
	e.countPush(ctx, resp.StatusCode)
	// What could be read of the answer is enough to judge it.
	text, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswerBytes))
	return e.config.judge(resp.StatusCode, resp.Header, string(text), p.entryCount())
}

func (e *lokiExporter) countPush(ctx context.Context, status int) {
	e.telemetry.ExporterLokiPushes.Add(ctx, 1,
		metric.WithAttributeSet(attribute.NewSet(attribute.Int("code", status))))
}

// encodePush makes the request body: protobuf in one snappy block.
func encodePush(p *plannedPush, room *encodeRoom) ([]byte, error) {
	if !room.mu.TryLock() {
		room = new(encodeRoom) // several at a time are rare
		room.mu.Lock()
	}
	defer room.mu.Unlock()
	request := push.PushRequest{Streams: make([]push.Stream, len(p.parts))}
	for i, q := range p.parts {
		entries := make([]push.Entry, len(q.entries))
		for j := range q.entries {
			entries[j] = q.entries[j].Entry
		}
		request.Streams[i] = push.Stream{Labels: q.stream.labels, Entries: entries}
	}
	size := request.Size()
	room.message = slices.Grow(room.message[:0], size)[:size]
	if _, err := request.MarshalToSizedBuffer(room.message); err != nil {
		return nil, fmt.Errorf("encode the push: %w", err)
	}
	if need := s2.MaxEncodedLen(size); cap(room.block) < need {
		room.block = make([]byte, need)
	}
	// The block is a few times the size of what comes out, and the HTTP client may
	// read on after it has answered: what it gets is its own.
	body := bytes.Clone(s2.EncodeSnappy(room.block[:cap(room.block)], room.message))
	if size > keepMessage {
		room.message, room.block = nil, nil
	}
	return body, nil
}

// encodeRoom is memory in which pushes are encoded, one after the other.
type encodeRoom struct {
	mu             sync.Mutex
	message, block []byte
}

// keepMessage is the largest message whose room is kept, in bytes.
const keepMessage = 1 << 20
