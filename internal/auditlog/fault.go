package auditlog

import (
	"fmt"
	"runtime/debug"
)

// caught calls a reader's function, and returns what it panicked with: readers are told
// by a goroutine of the feed, where nobody else would catch it, and what one of them
// cannot take must end neither the log nor the others.
func caught(call func()) (fault error) {
	defer func() {
		if p := recover(); p != nil {
			fault = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	call()
	return nil
}

// fail has what is left of a payload forgotten: its records are in the log.
func (w *Written) fail(fault error) { w.Payload, w.Fault = nil, fault }
