package auditlog

import (
	"crypto/sha256"
	"encoding/binary"
)

// window remembers the event ids of the last records, so that a record that is
// handed in again is recognised. It holds 16 bytes of an id's SHA-256, whatever
// the id's length, and a hash of the content: about 7 MB for 100,000 ids.
type window struct {
	seen map[eventKey]uint64 // hash of the content
	ring []eventKey          // oldest at next once full
	next int
	size int
}

type eventKey [16]byte

// seenEvent is what the window remembers of a record.
type seenEvent struct {
	key     eventKey
	content uint64 // 0 when unknown
	// conflict is the key under which it conflicts with another; zero when it does not.
	conflict eventKey
}

func keyOf(eventID string) eventKey {
	sum := sha256.Sum256([]byte(eventID))
	return eventKey(sum[:16])
}

// newWindow returns a window over size ids; with 0 it remembers nothing.
func newWindow(size int) *window {
	return &window{seen: make(map[eventKey]uint64), size: size}
}

func (w *window) has(k eventKey) bool {
	_, ok := w.seen[k]
	return ok
}

// content returns the hash of the content that an id came with.
func (w *window) content(k eventKey) (hash uint64, ok bool) {
	hash, ok = w.seen[k]
	return hash, ok
}

// add remembers k as the newest id and forgets the oldest when full.
func (w *window) add(k eventKey, content uint64) {
	if w.size == 0 || w.has(k) {
		return
	}
	w.seen[k] = content
	if len(w.ring) < w.size {
		w.ring = append(w.ring, k)
		return
	}
	delete(w.seen, w.ring[w.next])
	w.ring[w.next] = k
	w.next = (w.next + 1) % w.size
}

// conflict reports whether two records of one id differ, as far as is known.
func conflict(a, b uint64) bool { return a != 0 && b != 0 && a != b }

// conflictKey is the key of an id that came a second time with another content.
func conflictKey(eventID string, content uint64) eventKey {
	return keyOf(string(binary.BigEndian.AppendUint64([]byte("conflict\x00"+eventID+"\x00"), content)))
}
