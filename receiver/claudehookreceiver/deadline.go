package claudehookreceiver

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// deadline is a context that ends after a time, or with its parent. Nearly all requests
// are done before anybody waits for that: the timer, and the place in the list that the
// parent keeps of its children, are made when somebody asks for Done. What goes through
// the pipeline asks for Err at most.
type deadline struct {
	parent context.Context // ends it
	values context.Context // tells its values
	at     time.Time

	eventful atomic.Bool // waiting or ended is set: nearly no request's ever is

	mu      sync.Mutex
	ended   error           // why, as soon as it was told
	waiting context.Context // nil as long as nobody waits
	cancel  context.CancelFunc
}

// within returns the context that ends after d, with parent, or when its stop is called,
// which must be. Its values are those of values; when that one ends does not matter.
func within(parent, values context.Context, d time.Duration) *deadline {
	return &deadline{parent: parent, values: values, at: time.Now().Add(d)}
}

// Deadline is when the time is up.
func (d *deadline) Deadline() (time.Time, bool) { return d.at, true }

// Done is closed when the context has ended.
func (d *deadline) Done() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.wait().Done()
}

// wait is called with the lock.
func (d *deadline) wait() context.Context {
	if d.waiting == nil {
		d.eventful.Store(true)
		d.waiting, d.cancel = context.WithDeadline(d.parent, d.at)
		if d.ended != nil {
			d.cancel()
		}
	}
	return d.waiting
}

// Err says why the context has ended.
func (d *deadline) Err() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.why()
}

// why is called with the lock.
func (d *deadline) why() error {
	switch {
	case d.ended != nil:
	case d.waiting != nil:
		d.ended = d.waiting.Err()
	case d.parent.Err() != nil:
		d.ended = d.parent.Err()
	case !time.Now().Before(d.at):
		d.ended = context.DeadlineExceeded
	}
	if d.ended != nil {
		d.eventful.Store(true)
	}
	return d.ended
}

// Value asks the context with the timer first: it is what package context looks for, to
// end what is made of this one together with it, and to tell the cause of its end. That
// of values is not to be found then.
func (d *deadline) Value(key any) any {
	if d.eventful.Load() {
		d.mu.Lock()
		waiting := d.wait()
		d.mu.Unlock()
		if v := waiting.Value(key); v != nil {
			return v
		}
	}
	return d.values.Value(key)
}

// stop ends the context.
func (d *deadline) stop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.why() == nil {
		d.ended = context.Canceled
		d.eventful.Store(true)
	}
	if d.cancel != nil {
		d.cancel()
	}
}
