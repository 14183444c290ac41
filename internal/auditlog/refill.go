package auditlog

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
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
	var newestFirst []eventKey
	read, deadline := 0, time.Now().Add(refillTime)
	err = backwards(segments, func(line []byte, _ Segment) (bool, error) {
		if id := eventID(line); id != "" {
			newestFirst = append(newestFirst, keyOf(id))
		}
		read += len(line)
		return len(newestFirst) < w.size && read < refillBytes && time.Now().Before(deadline), nil
	})
	for _, k := range slices.Backward(newestFirst) {
		w.add(k)
	}
	return err
}

// eventID returns a line's event id, "" when it has none or does not parse. Of
// the record it decodes no more than it needs: Open waits for it.
func eventID(line []byte) string {
	if !bytes.Contains(line, []byte(semconv.EventID)) {
		return ""
	}
	var l struct {
		Record struct {
			Attributes map[string]json.RawMessage `json:"attributes"`
		} `json:"record"`
	}
	if err := json.Unmarshal(line, &l); err != nil {
		return ""
	}
	var id string
	if err := json.Unmarshal(l.Record.Attributes[semconv.EventID], &id); err != nil {
		return ""
	}
	return id
}
