package auditlog

import "crypto/sha256"

// window remembers the event ids of the last records, so that a record that is
// handed in again is recognised. It holds 16 bytes of an id's SHA-256, whatever
// the id's length: about 5 MB for 100,000 ids.
type window struct {
	seen map[eventKey]struct{}
	ring []eventKey // oldest at next once full
	next int
	size int
}

type eventKey [16]byte

func keyOf(eventID string) eventKey {
	sum := sha256.Sum256([]byte(eventID))
	return eventKey(sum[:16])
}

// newWindow returns a window over size ids; with 0 it remembers nothing.
func newWindow(size int) *window {
	return &window{seen: make(map[eventKey]struct{}), size: size}
}

func (w *window) has(k eventKey) bool {
	_, ok := w.seen[k]
	return ok
}

// add remembers k as the newest id and forgets the oldest when full.
func (w *window) add(k eventKey) {
	if w.size == 0 || w.has(k) {
		return
	}
	w.seen[k] = struct{}{}
	if len(w.ring) < w.size {
		w.ring = append(w.ring, k)
		return
	}
	delete(w.seen, w.ring[w.next])
	w.ring[w.next] = k
	w.next = (w.next + 1) % w.size
}
