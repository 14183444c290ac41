// Package lokimatch finds out which entries that Loki should have it has.
package lokimatch

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Key identifies an entry: by its event id, or by its time and line when it has
// none. Entries that are alike in both are stored once by Loki.
type Key [16]byte

// KeyOf returns the key of an entry; eventID may be "".
func KeyOf(eventID string, at time.Time, line string) Key {
	h := sha256.New()
	if eventID != "" {
		_, _ = h.Write([]byte("id\n" + eventID)) // cannot fail
	} else {
		_, _ = h.Write(binary.BigEndian.AppendUint64([]byte("at\n"), uint64(at.UnixNano())))
		_, _ = h.Write([]byte(line))
	}
	return Key(h.Sum(nil)[:len(Key{})])
}

// KeyOfEntry returns the key of what Loki has.
func KeyOfEntry(e *lokiquery.Entry) Key {
	return KeyOf(e.Metadata[semconv.MetadataEventID], e.Time, e.Line)
}

// Sum is a digest of what an entry tells: its line and its time.
func Sum(at time.Time, line string) uint64 {
	h := sha256.New()
	_, _ = h.Write(binary.BigEndian.AppendUint64(nil, uint64(at.UnixNano())))
	_, _ = h.Write([]byte(line)) // cannot fail
	return binary.BigEndian.Uint64(h.Sum(nil))
}

// Selector is a label that a stream has.
type Selector struct{ Name, Value string }

// SelectorOf returns the label by which to ask for a stream: service when it
// has one, for that has few values, else the first by name.
func SelectorOf(labels map[string]string) Selector {
	if v := labels[semconv.LabelService]; v != "" {
		return Selector{semconv.LabelService, v}
	}
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		if labels[name] != "" {
			return Selector{name, labels[name]}
		}
	}
	return Selector{}
}

// Query asks for the streams with the label.
func (s Selector) Query() lokiquery.Query { return lokiquery.Query{}.Label(s.Name, s.Value) }
