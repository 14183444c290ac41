package alerts

import (
	"context"
	"errors"
	"sync"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// maxWatched bounds the alerts of which an acknowledgement is waited for, and the
// acknowledgements that came before their alert.
const maxWatched = 10_000

// watcher shows alerts as they come, each once and once again when it is
// acknowledged. It is safe for concurrent use.
type watcher struct {
	filter *filter
	show   func(*Alert) error

	mu    sync.Mutex
	seen  bounded[bool]            // records of alerts
	shown bounded[Alert]           // by id
	acks  bounded[Acknowledgement] // by the alert's id
}

func newWatcher(f *filter, show func(*Alert) error) *watcher {
	return &watcher{filter: f, show: show, seen: bounded[bool]{keep: maxLimit}, shown: bounded[Alert]{keep: maxWatched}, acks: bounded[Acknowledgement]{keep: maxWatched}}
}

// follow shows what comes until ctx is done.
func (w *watcher) follow(ctx context.Context, s source) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	coming := *w.filter
	coming.to = coming.from.AddDate(100, 0, 0) // what comes has no end
	w.filter = &coming
	ended := make(chan error, 2)
	go func() {
		ended <- s.follow(ctx, &coming, semconv.EventSecurityAlert, func(r record) error {
			if a, ok := r.alert(); ok {
				return w.alert(a)
			}
			return nil
		})
	}()
	go func() {
		ended <- s.follow(ctx, &coming, semconv.EventAlertAcknowledged, func(r record) error {
			if k, ok := r.acknowledgement(); ok {
				return w.acknowledgement(k)
			}
			return nil
		})
	}()
	err := <-ended
	cancel()
	if second := <-ended; !errors.Is(second, context.Canceled) {
		err = errors.Join(err, second)
	}
	return err
}

func (w *watcher) alert(a Alert) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.filter.matches(&a) || !w.seen.put(or(a.recordID, a.ID), true) {
		return nil
	}
	if k, ok := w.acks.get(a.ID); ok && a.Ack == nil {
		a.Ack = &k
	}
	w.shown.put(a.ID, a)
	return w.show(&a)
}

func (w *watcher) acknowledgement(k Acknowledgement) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	a, ok := w.shown.get(k.alertID)
	switch {
	case !ok:
		if other, known := w.acks.get(k.alertID); !known || k.before(&other) {
			w.acks.put(k.alertID, k)
		}
		return nil
	case a.Ack != nil && (a.Ack.ID == k.ID || !k.before(a.Ack)):
		return nil // it is known, or another one counts
	}
	a.Ack = &k
	w.shown.put(a.ID, a)
	return w.show(&a)
}
