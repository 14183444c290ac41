package claudehookreceiver

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"
)

// places bound what requests may use at a time. Reading holds a place only for
// what has really arrived beyond a small payload, so that connections which say
// much and send little hold none.
type places struct {
	large    chan struct{} // payloads beyond smallPayload that are read or decoded
	decoding chan struct{} // payloads that are decoded
	pipeline chan struct{} // calls of the pipeline
}

const (
	smallPayload = 256 << 10
	largeAtOnce  = 2 // each may need a multiple of its size while it is decoded
)

func newPlaces(requests int) places {
	return places{
		large:    make(chan struct{}, largeAtOnce),
		decoding: make(chan struct{}, requests),
		pipeline: make(chan struct{}, requests),
	}
}

// errOverload says that no place became free in time.
var errOverload = errors.New("overloaded: too many large requests at a time")

// toDecode waits at most so long for a place to decode at.
func (p places) toDecode(ctx context.Context, within time.Duration) (release func(), ok bool) {
	return take(ctx, within, p.decoding)
}

// toDeliver waits at most so long for a place in the pipeline.
func (p places) toDeliver(ctx context.Context, within time.Duration) (release func(), ok bool) {
	return take(ctx, within, p.pipeline)
}

// read reads at most limit+1 bytes, into buf as far as that is large enough. What
// it returns with an error is what came until then. release must be called when the
// payload is no longer needed. For a large payload it waits at most so long for a
// place.
func (p places) read(ctx context.Context, within time.Duration, r io.Reader, buf []byte, limit int64) (raw []byte, release func(), err error) {
	release = func() {}
	raw, err = grow(buf[:0], io.LimitReader(r, min(smallPayload, limit+1)))
	if err != nil || int64(len(raw)) < min(smallPayload, limit+1) {
		return raw, release, err
	}
	got, ok := take(ctx, within, p.large)
	if !ok {
		return raw, release, errOverload
	}
	raw, err = grow(raw, io.LimitReader(r, limit+1-int64(len(raw))))
	return raw, got, err
}

// grow appends all of r to raw.
func grow(raw []byte, r io.Reader) ([]byte, error) {
	if cap(raw) == 0 {
		raw = make([]byte, 0, 8<<10)
	}
	for {
		if len(raw) == cap(raw) {
			raw = append(raw, 0)[:len(raw)]
		}
		n, err := r.Read(raw[len(raw):cap(raw)])
		raw = raw[:len(raw)+n]
		if errors.Is(err, io.EOF) {
			return raw, nil
		}
		if err != nil {
			return raw, err
		}
	}
}

func take(ctx context.Context, within time.Duration, places chan struct{}) (release func(), ok bool) {
	release = sync.OnceFunc(func() { <-places })
	select {
	case places <- struct{}{}:
		return release, true
	default:
	}
	ctx, cancel := context.WithTimeout(ctx, within) // a timer only for who must wait
	defer cancel()
	select {
	case places <- struct{}{}:
		return release, true
	case <-ctx.Done():
		return nil, false
	}
}
