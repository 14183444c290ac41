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
	request := room.request(p)
	defer room.forget()
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
		room.message, room.block, room.streams, room.entries = nil, nil, nil, nil
	}
	return body, nil
}

// encodeRoom is memory in which pushes are encoded, one after the other.
type encodeRoom struct {
	mu             sync.Mutex
	message, block []byte
	streams        []push.Stream
	entries        []push.Entry
}

// request makes the request, until the next one.
func (r *encodeRoom) request(p *plannedPush) push.PushRequest {
	r.streams = slices.Grow(r.streams, len(p.parts))
	r.entries = slices.Grow(r.entries, p.entryCount())
	for _, q := range p.parts {
		first := len(r.entries)
		for i := range q.entries {
			r.entries = append(r.entries, q.entries[i].Entry)
		}
		r.streams = append(r.streams, push.Stream{Labels: q.stream.labels, Entries: r.entries[first:]})
	}
	return push.PushRequest{Streams: r.streams}
}

// forget lets go of the request's texts.
func (r *encodeRoom) forget() {
	clear(r.streams)
	clear(r.entries)
	r.streams, r.entries = r.streams[:0], r.entries[:0]
}

// keepMessage is the largest message whose room is kept, in bytes.
const keepMessage = 1 << 20
