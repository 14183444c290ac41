package heaptargetextension

import (
	"context"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/extension/heaptargetextension/internal/metadata"
)

type heapTarget struct {
	target    uint64 // bytes
	logger    *zap.Logger
	telemetry *metadata.TelemetryBuilder

	idle    time.Duration // without a collection, until memory is given back
	own     int           // the process's own percentage, from GOGC
	current atomic.Int64  // the percentage that is set
	ended   chan struct{} // nil: not running
	done    chan struct{}
}

func newHeapTarget(set component.TelemetrySettings, cfg *Config) (*heapTarget, error) {
	telemetry, err := metadata.NewTelemetryBuilder(set)
	if err != nil {
		return nil, err
	}
	target := uint64(cfg.TargetMiB) << 20 //nolint:gosec // validated
	return &heapTarget{target: target, idle: idle, logger: set.Logger, telemetry: telemetry}, nil
}

// Start implements component.Component.
func (h *heapTarget) Start(context.Context, component.Host) error {
	if h.ended != nil {
		return nil
	}
	h.own = debug.SetGCPercent(100)
	debug.SetGCPercent(h.own) // there is no way to read it without
	h.current.Store(int64(h.own))
	err := h.telemetry.RegisterExtensionHeapTargetGcPercentCallback(func(_ context.Context, o metric.Int64Observer) error {
		o.Observe(h.current.Load())
		return nil
	})
	if err != nil {
		return err
	}
	h.ended, h.done = make(chan struct{}), make(chan struct{})
	if h.own < 0 {
		h.logger.Info("GOGC=off: garbage is not collected, and heap_target does nothing")
		close(h.done)
		return nil
	}
	go h.run(h.ended, h.done)
	return nil
}

// Shutdown implements component.Component. The process has its own percentage again.
func (h *heapTarget) Shutdown(context.Context) error {
	if h.ended != nil {
		close(h.ended)
		<-h.done
		h.ended = nil
		debug.SetGCPercent(h.own)
	}
	h.telemetry.Shutdown()
	return nil
}

// idle is how long nothing is collected until the memory that garbage took is given back
// to the system. The runtime collects every two minutes, if nothing else makes it.
const idle = time.Minute

// run sets the percentage, at first and after each collection.
func (h *heapTarget) run(ended <-chan struct{}, done chan<- struct{}) {
	defer close(done)
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	for collected := afterCollection(); ; {
		metrics.Read(sample)
		h.set(percent(sample[0].Value.Uint64(), h.target, h.own))
		resting := time.NewTimer(h.idle)
		select {
		case <-ended:
			resting.Stop()
			return
		case <-collected:
			resting.Stop()
			collected = afterCollection()
			continue
		case <-resting.C:
		}
		// Nothing much happens: the heap need not be larger than GOGC makes it, until
		// something does.
		h.set(h.own)
		debug.FreeOSMemory()
		for range 2 { // the collection that was just made, and the next one
			select {
			case <-ended:
				return
			case <-collected:
				collected = afterCollection()
			}
		}
	}
}

// sentinel is not too small to be an allocation of its own.
type sentinel [64]byte

// afterCollection returns a channel that is closed after the next collection.
func afterCollection() <-chan struct{} {
	collected := make(chan struct{})
	runtime.AddCleanup(new(sentinel), func(c chan struct{}) { close(c) }, collected)
	return collected
}

// set sets the percentage.
func (h *heapTarget) set(percent int) {
	now, next := h.current.Load(), int64(percent)
	if next == now || !differs(next, now) && percent != h.own {
		return
	}
	debug.SetGCPercent(percent)
	h.current.Store(next)
	h.telemetry.ExtensionHeapTargetChanges.Add(context.Background(), 1)
}

// maxPercent bounds how far the heap comes when more is in use all at once: the
// percentage holds until it is set anew, which is some time after the next collection,
// and under full load that time is long.
const maxPercent = 120

// percent is the percentage of live at which the heap has the size of target: no less
// than own.
func percent(live, target uint64, own int) int {
	if live == 0 {
		return own // no collection so far
	}
	if live >= target {
		return own
	}
	return max(own, int(min((target-live)*100/live, maxPercent)))
}

// differs says whether setting a percentage anew, which stops all goroutines for a
// moment, is worth it: by more than an eighth.
func differs(a, b int64) bool {
	return max(a-b, b-a)*8 > max(a, b)
}
