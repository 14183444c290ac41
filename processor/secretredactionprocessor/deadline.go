package secretredactionprocessor

import (
	"context"
	"sync"
	"time"
)

// deadline is a context that ends at a time. Most records have nothing that is
// searched for long, so it has a timer only when somebody waits for its end.
type deadline struct {
	context.Context
	at time.Time

	waiting sync.Once
	timed   context.Context
	cancel  context.CancelFunc
}

func newDeadline(parent context.Context, within time.Duration) *deadline {
	return &deadline{Context: parent, at: time.Now().Add(within)}
}

// Deadline implements context.Context.
func (d *deadline) Deadline() (time.Time, bool) { return d.at, true }

// Err implements context.Context.
func (d *deadline) Err() error {
	if err := d.Context.Err(); err != nil {
		return err
	}
	if !time.Now().Before(d.at) {
		return context.DeadlineExceeded
	}
	return nil
}

// Done implements context.Context.
func (d *deadline) Done() <-chan struct{} {
	d.waiting.Do(func() { d.timed, d.cancel = context.WithDeadline(d.Context, d.at) })
	return d.timed.Done()
}

// release frees the timer. Nobody may wait any more.
func (d *deadline) release() {
	if d.cancel != nil {
		d.cancel()
	}
}
