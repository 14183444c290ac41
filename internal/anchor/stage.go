package anchor

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

// Times of a Stage.
const (
	// DefaultInterval is the least time between two checkpoints to one anchor.
	DefaultInterval = time.Minute
	// attemptLimit ends an attempt that has no limit of its own.
	attemptLimit = 15 * time.Minute
	firstBackoff = time.Second
	maxBackoff   = 5 * time.Minute
	// maxRetryAfter bounds what a server may ask for.
	maxRetryAfter = time.Hour
	// lastTry is how long the last attempts at the end may take.
	lastTry = 3 * time.Second
)

// Target is an anchor with the name that the configuration gives it.
type Target struct {
	Name     string
	Anchor   Anchor
	Interval time.Duration // DefaultInterval when 0
}

// Stage hands checkpoints to anchors.
type Stage struct {
	workers []*worker
	abort   context.CancelFunc
	stop    chan struct{}
	stopped sync.Once
	running sync.WaitGroup
	result  error
}

// Start begins to hand the checkpoints that Offer is given to the targets. What
// the places give for them is kept in receipts, which may be nil.
func Start(targets []Target, receipts *Receipts, observer Observer) *Stage {
	ctx, abort := context.WithCancel(context.Background())
	s := &Stage{abort: abort, stop: make(chan struct{})}
	for _, t := range targets {
		if t.Interval <= 0 {
			t.Interval = DefaultInterval
		}
		w := &worker{Target: t, receipts: receipts, observer: observer, wake: make(chan struct{}, 1), done: make(chan struct{})}
		s.workers = append(s.workers, w)
		s.running.Go(func() {
			defer close(w.done)
			w.run(ctx, s.stop)
		})
	}
	return s
}

// Offer gives every anchor a newer checkpoint. It never blocks.
func (s *Stage) Offer(c auditlog.Checkpoint) {
	for _, w := range s.workers {
		w.offer(c)
	}
}

// Shutdown gives each anchor that is not failing one more try at the newest
// checkpoint, then closes them. It takes a few seconds at most, or until ctx
// ends. An anchor that is hung by then is left behind and named in the error. A
// second call does nothing.
func (s *Stage) Shutdown(ctx context.Context) error {
	s.stopped.Do(func() { s.result = s.shutdown(ctx) })
	return s.result
}

func (s *Stage) shutdown(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, lastTry)
	defer cancel()
	close(s.stop)
	var faults []error
	for _, w := range s.workers {
		select {
		case <-w.done:
			continue
		case <-ctx.Done():
		}
		s.abort()
		// An attempt that heeds its context ends now; another never may.
		grace := time.NewTimer(time.Second)
		select {
		case <-w.done:
		case <-grace.C:
			faults = append(faults, fmt.Errorf("anchor %s: does not end", w.Name))
		}
		grace.Stop()
	}
	s.abort()
	for _, w := range s.workers {
		select {
		case <-w.done:
			if err := w.Anchor.Close(); err != nil {
				faults = append(faults, fmt.Errorf("close anchor %s: %w", w.Name, err))
			}
		default:
		}
	}
	return errors.Join(faults...)
}
