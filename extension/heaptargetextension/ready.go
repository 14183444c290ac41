package heaptargetextension

import (
	"runtime/debug"

	"go.uber.org/zap"
)

// Ready implements extensioncapabilities.PipelineWatcher: all pipelines run. What only
// the start needed is given back, once: garbage, and the pages of the program that
// set everything up, a third of all that a collector then has in memory. Doing it
// again later would make the first event after a pause a slow one.
func (h *heapTarget) Ready() error {
	if h.own < 0 {
		return nil // GOGC=off
	}
	debug.FreeOSMemory()
	dropped, err := dropProgram()
	if err != nil {
		// It costs memory, and nothing else.
		h.logger.Warn("What the start needed of the program stays in memory", zap.Error(err))
		return nil
	}
	h.logger.Debug("What only the start needed was given back", zap.Uint64("mapped_bytes", dropped))
	return nil
}

// NotReady implements extensioncapabilities.PipelineWatcher.
func (h *heapTarget) NotReady() error { return nil }
