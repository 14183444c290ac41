package parallelconnector

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/durability"
)

// patience is how long the pipelines that defer their syncs may take in place
// before the others are called beside them: a full queue must not keep records
// from the audit log.
const patience = 200 * time.Millisecond

// round is one call of all pipelines.
type round struct {
	*parallel
	given []plog.Logs // what each pipeline gets
	errs  []error     // what each said
}

// run calls the pipelines and waits for all of them.
//
// Those that defer their syncs come first, in place: while their disks work, the
// others are called. Of these, the last is called in place too, because to wake a
// processor for it would take longer than to call it.
func (r *round) run(ctx context.Context) {
	var first, rest []int
	for i, t := range r.pipelines {
		if t.defers.Load() {
			first = append(first, i)
		} else {
			rest = append(rest, i)
		}
	}
	groups := make([]*durability.Group, len(r.pipelines))
	call := func(i int) {
		ctx, group := durability.Defer(ctx)
		groups[i] = group
		r.errs[i] = r.consume(ctx, r.pipelines[i].Logs, r.given[i])
		r.pipelines[i].note(group.Count() > 0)
	}
	var taken atomic.Bool
	ended := make(chan struct{})
	impatient := time.AfterFunc(patience, func() {
		if taken.CompareAndSwap(false, true) {
			inParallel(rest, call)
			close(ended)
		}
	})
	for _, i := range first {
		call(i)
	}
	if taken.CompareAndSwap(false, true) {
		impatient.Stop()
		inParallel(rest, call)
	} else {
		<-ended
	}
	for i, group := range groups {
		r.errs[i] = errors.Join(r.errs[i], group.Wait())
	}
}

// inParallel calls f for each, the last in place, and waits for all.
func inParallel(each []int, f func(int)) {
	var others sync.WaitGroup
	for n, i := range each {
		if n < len(each)-1 {
			others.Go(func() { f(i) })
		} else {
			f(i)
		}
	}
	others.Wait()
}

// note remembers whether the pipeline defers its syncs. Not every call has
// something to sync.
func (t *target) note(deferred bool) {
	if deferred && !t.defers.Load() {
		t.defers.Store(true)
	}
}
