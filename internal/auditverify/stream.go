package auditverify

import (
	"context"
	"runtime"
	"sync"
)

// stream reads the segments in order and calls fn for each of their batches, in
// order. Reading, parsing and hashing are done beside it, on all processors; the
// memory needed does not depend on the log's length. A batch is valid until fn
// returns.
func stream(ctx context.Context, segments []*segment, fn func(*batch) error) error {
	ctx, cancel := context.WithCancel(ctx)
	workers := runtime.GOMAXPROCS(0)
	depth := 2*workers + 2
	free := make(chan *batch, depth)
	for range depth {
		free <- &batch{done: make(chan struct{}, 1)}
	}
	work, order := make(chan *batch, depth), make(chan *batch, depth)
	var readErr error
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(order)
		defer close(work)
		readErr = readAll(ctx, segments, free, work, order)
	})
	for range workers {
		wg.Go(func() {
			var h nodeHasher
			for b := range work {
				b.parse(&h)
				b.done <- struct{}{}
			}
		})
	}
	var err error
	for b := range order {
		<-b.done
		if err != nil {
			continue // the reader is on its way out
		}
		if err = fn(b); err != nil {
			cancel()
			continue
		}
		free <- b
	}
	cancel()
	wg.Wait()
	if err != nil {
		return err
	}
	return readErr
}

func readAll(ctx context.Context, segments []*segment, free <-chan *batch, work, order chan<- *batch) error {
	c := cutter{
		take: func() *batch {
			select {
			case b := <-free:
				return b
			case <-ctx.Done(): // give will say so
				return &batch{done: make(chan struct{}, 1)}
			}
		},
		give: func(b *batch) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			// Both have room for every batch there is.
			work <- b
			order <- b
			return nil
		},
	}
	for _, s := range segments {
		if err := c.segment(ctx, s); err != nil {
			return err
		}
	}
	return nil
}
