// Package durability lets the waits of several exporters for the disk overlap.
// Whoever calls them one after the other puts a Group into the context; who has
// written and must still sync hands the sync to the Group and returns; and the
// caller waits for all syncs before it tells anybody that the records are safe.
//
// Starting a goroutine for each exporter would do as well, but a processor that
// sleeps takes 0.1 ms to wake, and only then could the exporter begin to encode
// and write. So that time goes by while the next exporter does its work, and
// syncs that begin at the same time share one commit of the file system.
package durability

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Group collects syncs that were begun and not yet waited for.
type Group struct {
	syncs sync.WaitGroup

	mu     sync.Mutex
	count  int
	waited bool
	errs   []error
}

type key struct{}

// Defer returns a context under which syncs may be handed to the Group. Wait
// must be called before the outcome is told to anybody.
func Defer(ctx context.Context) (context.Context, *Group) {
	g := &Group{}
	return context.WithValue(ctx, key{}, g), g
}

// Sync runs sync, which waits until something is durable: now, or in a Group of
// the context, beside whatever the caller does next. In a Group it returns nil,
// and the Group has the error.
func Sync(ctx context.Context, sync func() error) error {
	if g, _ := ctx.Value(key{}).(*Group); g != nil && g.start(sync) {
		return nil
	}
	return sync()
}

// start runs sync in a goroutine, unless nobody would wait for it any more.
func (g *Group) start(sync func() error) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.waited {
		return false
	}
	g.count++
	g.syncs.Go(func() {
		defer func() {
			if p := recover(); p != nil {
				g.fail(fmt.Errorf("sync panicked: %v", p))
			}
		}()
		if err := sync(); err != nil {
			g.fail(err)
		}
	})
	return true
}

func (g *Group) fail(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.errs = append(g.errs, err)
}

// Count is how many syncs were handed in so far.
func (g *Group) Count() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.count
}

// Wait returns when every sync has ended, with what went wrong. Syncs of the
// context that come later run where they are.
func (g *Group) Wait() error {
	g.mu.Lock()
	g.waited = true
	g.mu.Unlock()
	g.syncs.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	return errors.Join(g.errs...)
}
