package secretredactionprocessor

import (
	"context"
	"sync"
	"time"
)

// deadline is a context that ends a while after it was first asked. Most records have
// nothing that is searched for long: their time is never looked at, and only when somebody
// waits for its end there is a timer.
type deadline struct {
	context.Context
	within time.Duration

	asked sync.Once
	at    time.Time // zero: nobody has asked

	waiting sync.Once
	timed   context.Context
	cancel  context.CancelFunc
}

func newDeadline(parent context.Context, within time.Duration) *deadline {
	return &deadline{Context: parent, within: within}
}

// Deadline implements context.Context.
func (d *deadline) Deadline() (time.Time, bool) {
	d.asked.Do(func() { d.at = time.Now().Add(d.within) })
	return d.at, true
}

// Err implements context.Context.
func (d *deadline) Err() error {
	if err := d.Context.Err(); err != nil {
		return err
	}
	if at, _ := d.Deadline(); !time.Now().Before(at) {
		return context.DeadlineExceeded
	}
	return nil
}

// Done implements context.Context.
func (d *deadline) Done() <-chan struct{} {
	d.waiting.Do(func() {
		at, _ := d.Deadline()
		d.timed, d.cancel = context.WithDeadline(d.Context, at)
	})
	return d.timed.Done()
}

// used reports whether somebody has asked. Who did may no longer do so.
func (d *deadline) used() bool { return !d.at.IsZero() }

// release frees the timer. Nobody may wait any more.
func (d *deadline) release() {
	if d.cancel != nil {
		d.cancel()
	}
}
