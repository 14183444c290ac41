package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// sender hands over one event and returns when it is acknowledged.
type sender interface {
	// send returns how long it took.
	send(body []byte) (time.Duration, error)
	close() error
}

// worker has a connection.
type worker struct {
	name string
	sent int
	body []byte
	took []time.Duration
}

// side is one of those that are compared.
type side struct {
	name      string
	events    events
	collector *collector // nil for the bare program
	connect   func() (sender, error)
	cleanup   func() error
	workers   []*worker
	sent      int // since the start, acknowledged

	rounds    map[int][]figures // by load
	idle, rss float64           // percent, MB
}

func newSide(name string, e events, workers int) *side {
	s := &side{name: name, events: e}
	for i := range workers {
		s.workers = append(s.workers, &worker{name: fmt.Sprintf("bench-%s-%02d", name, i)})
	}
	s.forget()
	return s
}

// forget drops what was measured.
func (s *side) forget() { s.rounds = map[int][]figures{} }

func (s *side) close() error {
	if s.cleanup == nil {
		return nil
	}
	return s.cleanup()
}

// phase puts a load on the side for d, and waits until what was acknowledged has
// passed its exporters: their work counts, too.
func (s *side) phase(ctx context.Context, rate int, d time.Duration) error {
	var before time.Duration
	var err error
	if s.collector != nil {
		if before, err = s.collector.cpu(); err != nil {
			return err
		}
	}
	span, err := s.load(ctx, rate, d)
	if err != nil {
		return err
	}
	var took []time.Duration
	for _, w := range s.workers {
		took = append(took, w.took...)
		w.took = w.took[:0]
	}
	s.sent += len(took)
	var spent time.Duration
	if s.collector != nil {
		if err := s.collector.await(ctx, s.sent); err != nil {
			return err
		}
		after, err := s.collector.cpu()
		if err != nil {
			return err
		}
		spent = after - before
	}
	s.rounds[rate] = append(s.rounds[rate], newFigures(took, span, spent))
	return nil
}

// load runs the workers. In an open loop each takes the next event that is due.
func (s *side) load(ctx context.Context, rate int, d time.Duration) (time.Duration, error) {
	senders := make([]sender, len(s.workers))
	for i := range s.workers {
		var err error
		if senders[i], err = s.connect(); err != nil {
			return 0, errors.Join(err, closeAll(senders[:i]))
		}
	}
	var next atomic.Int64
	var group sync.WaitGroup
	faults := make([]error, len(s.workers))
	start := time.Now()
	for i, w := range s.workers {
		group.Go(func() {
			for ctx.Err() == nil && faults[i] == nil {
				due := time.Now()
				if rate == saturation {
					if due.Sub(start) >= d {
						return
					}
				} else {
					n := next.Add(1) - 1
					due = start.Add(time.Duration(n) * time.Second / time.Duration(rate))
					if due.Sub(start) >= d {
						return
					}
				}
				faults[i] = w.one(s.events, senders[i], due, s.collector != nil)
			}
		})
	}
	group.Wait()
	span := time.Since(start)
	return span, errors.Join(errors.Join(faults...), ctx.Err(), closeAll(senders))
}

// one sends an event when it is due. What it waits because all workers were busy
// counts, if queued is set; what the timer is late does not.
func (w *worker) one(e events, s sender, due time.Time, queued bool) error {
	w.body = e.append(w.body[:0], w.name, w.sent)
	late := time.Since(due)
	if late < 0 {
		time.Sleep(-late)
	}
	if late < 0 || !queued {
		late = 0
	}
	took, err := s.send(w.body)
	if err != nil {
		return err
	}
	w.sent++
	w.took = append(w.took, late+took)
	return nil
}

func closeAll(senders []sender) error {
	var all []error
	for _, s := range senders {
		all = append(all, s.close())
	}
	return errors.Join(all...)
}
