package claudehookreceiver

import (
	"context"
	"sync"
)

// places bound what requests may use at a time. Reading and decoding a payload
// costs memory, several times its size; the pipeline costs waiting.
type places struct {
	small    chan struct{} // payloads that are read and decoded
	large    chan struct{} // the same for large ones, and for those of unknown size
	pipeline chan struct{} // calls of the pipeline
}

const (
	smallPayload = 256 << 10
	largeAtOnce  = 2 // each may need some 50 MiB while it is decoded
)

func newPlaces(requests int) places {
	return places{
		small:    make(chan struct{}, requests),
		large:    make(chan struct{}, largeAtOnce),
		pipeline: make(chan struct{}, requests),
	}
}

// toRead waits for a place to read a payload of the announced size.
func (l places) toRead(ctx context.Context, announced int64) (release func(), ok bool) {
	if announced < 0 || announced > smallPayload {
		return take(ctx, l.large)
	}
	return take(ctx, l.small)
}

// toDeliver waits for a place in the pipeline.
func (l places) toDeliver(ctx context.Context) (release func(), ok bool) {
	return take(ctx, l.pipeline)
}

func take(ctx context.Context, places chan struct{}) (release func(), ok bool) {
	select {
	case places <- struct{}{}:
		return sync.OnceFunc(func() { <-places }), true
	default:
	}
	select {
	case places <- struct{}{}:
		return sync.OnceFunc(func() { <-places }), true
	case <-ctx.Done():
		return nil, false
	}
}
