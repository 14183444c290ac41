package auditlog

import (
	"slices"
	"time"
)

// Bounds of what Open reads to learn which event ids the log has.
const (
	refillBytes = 256 << 20
	refillTime  = 3 * time.Second
)

// refill fills w from the end of the log in dir.
func refill(w *window, dir string) error {
	if w.size == 0 {
		return nil
	}
	segments, err := Segments(dir)
	if err != nil {
		return err
	}
	var newestFirst []seenEvent
	read, deadline := 0, time.Now().Add(refillTime)
	err = backwards(segments, func(line []byte, _ Segment) (bool, error) {
		if id, e := storedEvent(line); id != "" {
			newestFirst = append(newestFirst, e)
		}
		read += len(line)
		return len(newestFirst) < w.size && read < refillBytes && time.Now().Before(deadline), nil
	})
	for _, e := range slices.Backward(newestFirst) {
		w.add(e.key, e.content)
		if e.conflict != (eventKey{}) {
			w.add(e.conflict, e.content)
		}
	}
	return err
}
