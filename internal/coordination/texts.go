package coordination

import (
	"hash/maphash"
	"strings"
)

// Bytes of a chunk of texts: the first ones of a session are small.
const (
	leastChunk = 128
	mostChunk  = 2048
	longText   = mostChunk / 8 // is a chunk of its own
)

// texts holds each text once, behind the other, and numbers them from 1 on; 0 is "". A
// collection of garbage visits every pointer and every object: no text has one of its own.
type texts struct {
	chunks []string
	open   *strings.Builder  // of the chunk that has room
	at     uint32            // its index
	places []place           // of the texts
	last   map[uint32]uint32 // by hash: the number of the last text that has it
}

// place is where a text is.
type place struct {
	chunk, from, size uint32
	next              uint32 // the number of another text with the same hash; 0: none
}

// Nobody outside can make texts that have the same hash.
var seed = maphash.MakeSeed()

func hash(s string) uint32 { return uint32(maphash.String(seed, s)) } //nolint:gosec // half of it will do

// find returns the number of a text; 0 when it is not held.
func (t *texts) find(s string) uint32 {
	for n := t.last[hash(s)]; n != 0; n = t.places[n-1].next {
		if t.text(n) == s {
			return n
		}
	}
	return 0
}

// add holds a text that is not held, and returns its number.
func (t *texts) add(s string) uint32 {
	p := place{size: uint32(len(s))} //nolint:gosec // a text of 4 GiB is in no event
	switch {
	case len(s) >= longText:
		p.chunk = uint32(len(t.chunks)) //nolint:gosec // there are fewer than texts
		t.chunks = append(t.chunks, strings.Clone(s))
	default:
		if t.open == nil || t.open.Cap()-t.open.Len() < len(s) {
			t.grow(len(s))
		}
		p.chunk, p.from = t.at, uint32(t.open.Len()) //nolint:gosec // at most mostChunk
		t.open.WriteString(s)
		t.chunks[t.at] = t.open.String()
	}
	h, n := hash(s), uint32(len(t.places)+1) //nolint:gosec // limits are far below
	if t.last == nil {
		t.last = map[uint32]uint32{}
	}
	p.next = t.last[h]
	t.places, t.last[h] = push(t.places, p), n
	return n
}

// grow opens a chunk with room for size bytes.
func (t *texts) grow(size int) {
	have := 0
	if t.open != nil {
		have = 2 * t.open.Cap()
	}
	t.open, t.at = &strings.Builder{}, uint32(len(t.chunks)) //nolint:gosec // there are fewer than texts
	t.open.Grow(max(size, min(max(have, leastChunk), mostChunk)))
	t.chunks = append(t.chunks, "")
}

// text returns the text of a number. It is in the memory of a chunk, which lives as long as
// any text that was returned of it.
func (t *texts) text(n uint32) string {
	if n == 0 {
		return ""
	}
	p := &t.places[n-1]
	return t.chunks[p.chunk][p.from : p.from+p.size]
}

// push is append that sets less aside: a quarter of what there is. There are many sessions.
func push[T any](list []T, one T) []T {
	if len(list) == cap(list) {
		list = append(make([]T, 0, len(list)+len(list)/4+4), list...)
	}
	return append(list, one)
}
