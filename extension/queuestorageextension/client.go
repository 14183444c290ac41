package queuestorageextension

import (
	"context"
	"sync"
	"time"

	"go.opentelemetry.io/collector/extension/xextension/storage"
)

// client is a storage.Client on a journal.
type client struct {
	journal *journal
	closing sync.Once
	closed  error
	stop    chan struct{}
	stopped chan struct{}
	forget  func()
}

var _ storage.Client = (*client)(nil)

func newClient(j *journal, syncInterval time.Duration, forget func()) *client {
	c := &client{journal: j, stop: make(chan struct{}), stopped: make(chan struct{}), forget: forget}
	go func() {
		defer close(c.stopped)
		j.housekeep(syncInterval, c.stop)
	}()
	return c
}

// Get returns the value, or nil when there is none.
func (c *client) Get(ctx context.Context, key string) ([]byte, error) {
	op := storage.GetOperation(key)
	err := c.Batch(ctx, op)
	return op.Value, err
}

// Set stores a value; it is durable when Set returns.
func (c *client) Set(ctx context.Context, key string, value []byte) error {
	return c.Batch(ctx, storage.SetOperation(key, value))
}

// Delete removes a key.
func (c *client) Delete(ctx context.Context, key string) error {
	return c.Batch(ctx, storage.DeleteOperation(key))
}

// Batch does all of the operations or none. What it sets is durable when it
// returns, except for the bookkeeping of a persistent queue, see the package
// comment. An error that wraps storage.ErrStorageFull is worth a retry.
func (c *client) Batch(_ context.Context, ops ...*storage.Operation) error {
	// Whether the context has ended is not asked: the queue's own state has
	// changed already.
	seq, err := c.journal.do(ops)
	if err != nil || seq == 0 {
		return err
	}
	return c.journal.commit(seq)
}

// Close makes everything durable. It may be called twice.
func (c *client) Close(ctx context.Context) error {
	c.closing.Do(func() {
		close(c.stop)
		<-c.stopped
		c.closed = c.journal.close(ctx)
		c.forget()
	})
	return c.closed
}
