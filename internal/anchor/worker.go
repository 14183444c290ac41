package anchor

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

// worker serves one anchor.
type worker struct {
	Target
	receipts *Receipts
	observer Observer
	wake     chan struct{} // filled when there is something new
	done     chan struct{} // closed when run has ended

	mu     sync.Mutex
	newest *auditlog.Checkpoint // nil when it is anchored or was refused

	state   state         // how the last attempt ended
	backoff time.Duration // before the next retry
}

// state is how an anchor's last attempt ended.
type state int

const (
	unknown state = iota
	working
	failing // for a reason that may pass
	refused
)

func (w *worker) offer(c auditlog.Checkpoint) {
	w.mu.Lock()
	w.newest = &c
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// take returns the newest checkpoint and leaves none.
func (w *worker) take() *auditlog.Checkpoint {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.newest
	w.newest = nil
	return c
}

// putBack makes c the newest again, unless a newer one came.
func (w *worker) putBack(c *auditlog.Checkpoint) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.newest == nil {
		w.newest = c
	}
}

// run anchors what is offered until stop is closed; then it has one more try.
func (w *worker) run(ctx context.Context, stop <-chan struct{}) {
	for w.await(stop) {
		if !rest(w.attempt(ctx, w.take()), stop) {
			break
		}
	}
	if w.state != failing && ctx.Err() == nil && w.pending() {
		w.attempt(ctx, w.take())
	}
}

func (w *worker) pending() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.newest != nil
}

// await returns when there is a checkpoint; false when stop is closed.
func (w *worker) await(stop <-chan struct{}) bool {
	for {
		select {
		case <-stop:
			return false
		default:
		}
		if w.pending() {
			return true
		}
		select {
		case <-stop:
		case <-w.wake:
		}
	}
}

// rest waits; false when stop is closed.
func rest(d time.Duration, stop <-chan struct{}) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-stop:
		return false
	case <-t.C:
		return true
	}
}

// attempt hands c over and returns how long to wait before the next attempt.
func (w *worker) attempt(ctx context.Context, c *auditlog.Checkpoint) time.Duration {
	ctx, cancel := context.WithTimeout(ctx, attemptLimit)
	defer cancel()
	began := time.Now()
	receipt, retry, err := w.Anchor.Anchor(ctx, *c)
	if err == nil {
		w.backoff = 0
		w.observer.Anchored(w.Name, *c, time.Since(began))
		w.change(working, nil)
		if w.receipts != nil {
			if err := w.receipts.Add(w.Name, *c, receipt); err != nil {
				w.observer.ReceiptLost(w.Name, err)
			}
		}
		return w.Interval
	}
	w.observer.Failed(w.Name, retry, err)
	if !retry {
		w.backoff = 0
		w.change(refused, err)
		return w.Interval
	}
	w.change(failing, err)
	w.putBack(c)
	return w.delay(err)
}

func (w *worker) change(now state, err error) {
	if w.state == now {
		return
	}
	w.state = now
	w.observer.Changed(w.Name, now == failing, err)
}

// delay is how long to wait after a failure: longer each time, never the same
// for two hosts that lost the same server.
func (w *worker) delay(err error) time.Duration {
	w.backoff = min(max(2*w.backoff, firstBackoff), maxBackoff)
	d := w.backoff - time.Duration(rand.Int64N(int64(w.backoff)/4)) //nolint:gosec // no secret
	var asked Delayer
	if errors.As(err, &asked) {
		d = max(d, min(asked.RetryAfter(), maxRetryAfter))
	}
	return d
}
