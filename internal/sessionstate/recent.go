package sessionstate

import (
	"crypto/sha256"
	"encoding/binary"
	"time"

	"github.com/google/uuid"
)

// Seen is a payload that was turned into an event.
type Seen struct {
	Key  Key
	ID   uuid.UUID // event id
	Seq  uint64
	Time time.Time // to the millisecond
}

// Key identifies a payload.
type Key [10]byte

// KeyOf returns the key of a payload.
func KeyOf(payload []byte) (k Key) {
	sum := sha256.Sum256(payload)
	copy(k[:], sum[:])
	return k
}

// MaxRecent bounds the payloads that are remembered: two registrations of one
// hook run within milliseconds of each other, with at most some dozens of
// parallel tools between.
const MaxRecent = 48

// entry is a Seen's size in Recent: every hook call reads and writes them all,
// and fixed fields cost a tenth of what JSON objects would.
const entry = len(Key{}) + len(uuid.UUID{}) + 8 + 8

// Recent holds the latest payloads, oldest first, in fixed-size entries.
type Recent []byte

// Find returns the event that was made of the same payload, if it is remembered.
func (r Recent) Find(key Key) (Seen, bool) {
	for at := len(r) - entry; at >= 0; at -= entry {
		if Key(r[at:at+len(key)]) == key {
			return decode(r[at : at+entry]), true
		}
	}
	return Seen{}, false
}

// Remember adds a payload and forgets the oldest past MaxRecent.
func (r *Recent) Remember(s Seen) {
	old := (*r)[max(0, len(*r)+entry-MaxRecent*entry):]
	b := append(make([]byte, 0, len(old)+entry), old...) // its own: old is a part of what was read
	b = append(append(b, s.Key[:]...), s.ID[:]...)
	b = binary.BigEndian.AppendUint64(b, s.Seq)
	b = binary.BigEndian.AppendUint64(b, uint64(s.Time.UnixMilli()))
	*r = b
}

func decode(b []byte) Seen {
	s := Seen{}
	n := copy(s.Key[:], b)
	n += copy(s.ID[:], b[n:])
	s.Seq = binary.BigEndian.Uint64(b[n:])
	s.Time = time.UnixMilli(int64(binary.BigEndian.Uint64(b[n+8:]))) //nolint:gosec // written by Remember
	return s
}
