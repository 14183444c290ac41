package claudehookreceiver

import (
	"context"
	"errors"
	"io"
	"time"
)

// places bound what requests may use at a time. Reading holds a place only for
// what has really arrived beyond a small payload, so that connections which say
// much and send little hold none.
type places struct {
	large    place // payloads beyond smallPayload that are read or decoded
	decoding place // payloads that are decoded
	pipeline place // calls of the pipeline
}

// place is where so many can be at a time as it has room for.
type place chan struct{}

const (
	smallPayload = 256 << 10
	largeAtOnce  = 2 // each may need a multiple of its size while it is decoded
)

func newPlaces(requests int) places {
	return places{
		large:    make(place, largeAtOnce),
		decoding: make(place, requests),
		pipeline: make(place, requests),
	}
}

// errOverload says that no place became free in time.
var errOverload = errors.New("overloaded: too many large requests at a time")

// enter waits at most so long for a place. Who gets it leaves it once.
func (p place) enter(ctx context.Context, within time.Duration) bool {
	select {
	case p <- struct{}{}:
		return true
	default:
	}
	ctx, cancel := context.WithTimeout(ctx, within) // a timer only for who must wait
	defer cancel()
	select {
	case p <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// leave gives a place to the next; nil is one that was not entered.
func (p place) leave() {
	if p != nil {
		<-p
	}
}

// read reads at most limit+1 bytes, into buf as far as that is large enough. What
// it returns with an error is what came until then. The place is to be left when the
// payload is no longer needed. For a large payload it waits at most so long for one.
func (p places) read(ctx context.Context, within time.Duration, r io.Reader, buf []byte, limit int64) (raw []byte, at place, err error) {
	raw, err = grow(buf[:0], r, min(smallPayload, limit+1))
	if err != nil || int64(len(raw)) < min(smallPayload, limit+1) {
		return raw, nil, err
	}
	if !p.large.enter(ctx, within) {
		return raw, nil, errOverload
	}
	raw, err = grow(raw, r, limit+1)
	return raw, p.large, err
}

// firstBuffer is how much is made room for before anything has come.
const firstBuffer = 8 << 10

// grow appends r to raw until that has so many bytes, or all of r.
func grow(raw []byte, r io.Reader, most int64) ([]byte, error) {
	if cap(raw) == 0 {
		raw = make([]byte, 0, firstBuffer)
	}
	for int64(len(raw)) < most {
		if len(raw) == cap(raw) {
			raw = append(raw, 0)[:len(raw)]
		}
		n, err := r.Read(raw[len(raw):min(int64(cap(raw)), most)])
		raw = raw[:len(raw)+n]
		if errors.Is(err, io.EOF) {
			return raw, nil
		}
		if err != nil {
			return raw, err
		}
	}
	return raw, nil
}
