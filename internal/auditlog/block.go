package auditlog

// block is what readers are told of at once: what one Append wrote or, for readers of
// whole payloads who join them, what several did.
type block struct {
	Written
	closed bool              // of a part: a reader has seen it
	share  func(payload any) // before the first of several readers gets it; nil: it has been
}

// Joiner lets several payloads be told as one. All readers get the same: a copy for each
// would cost more than what most of them do with it.
type Joiner struct {
	// Join adds a payload to another, and reports whether it could.
	Join func(to, more any) bool
	// Share is called once for a payload that several readers are given, before the
	// first of them is. It may be nil.
	Share func(payload any)
	// Most is how many records are joined.
	Most int
}

// TapJoined adds a reader of whole payloads that takes several as one. The first reader
// that takes one ends it for the others, too, who are woken.
func (f *Feed) TapJoined(j Joiner) *Tap { return f.tap(&Tap{join: &j}) }

// maxPart is how many records parts are joined to.
const maxPart = 64

// TapParts is TapPart for a reader that needs a part of each payload: several are told as
// one, where more adds the part of a payload to what part made, if it can.
func (f *Feed) TapParts(part func(payload any) any, more func(to, payload any) bool) *Tap {
	return f.tap(&Tap{part: part, more: more})
}

// Edge says at which record the reader will end what it puts together, as far as it
// knows: no block goes on over it.
func (t *Tap) Edge(seq uint64) {
	t.feed.mu.Lock()
	defer t.feed.mu.Unlock()
	t.edge = seq
}

// extend adds the part of w to the last block that waits for the reader.
func (t *Tap) extend(w *Written) bool {
	if t.more == nil || len(t.queue) == 0 {
		return false
	}
	b := t.queue[len(t.queue)-1]
	if b.closed || b.Own || b.Passed || b.Payload == nil || b.End() != w.FirstSeq || b.After() != w.Place ||
		b.Records+w.Records > maxPart || !t.fits(w) || b.FirstSeq < t.edge && t.edge < w.End() {
		return false
	}
	added := false
	if fault := caught(func() { added = t.more(b.Payload, w.Payload) }); fault != nil {
		b.fail(fault)
		return false
	}
	if !added {
		return false
	}
	b.Records += w.Records
	b.bytes += w.bytes
	t.records += w.Records
	t.bytes += w.bytes
	t.came(false)
	return true
}

// shareWhole tells the readers of whole payloads of w.
func (f *Feed) shareWhole(w Written) {
	if f.grow(&w) {
		return
	}
	b := &block{Written: w}
	whole, joined := 0, w.Payload != nil && !w.Own
	for _, t := range f.taps {
		if t.part == nil {
			whole++
			joined = joined && t.join != nil && w.Records < t.join.Most
		}
	}
	b.Shared = whole > 1
	f.open = nil
	if joined && whole > 0 {
		f.open = b
	}
	for _, t := range f.taps {
		if t.part != nil {
			continue
		}
		if b.Shared && t.join != nil && w.Payload != nil {
			b.share = t.join.Share
		}
		t.add(b)
	}
}

// grow adds w to the block that is open, if each reader of whole payloads that has the
// block has room for w, and none other has.
func (f *Feed) grow(w *Written) bool {
	b := f.open
	if b == nil || w.Own || w.Payload == nil || b.End() != w.FirstSeq || b.After() != w.Place {
		return false
	}
	var join func(to, more any) bool
	for _, t := range f.taps {
		if t.part != nil {
			continue
		}
		if t.has(b) != t.fits(w) {
			return false
		}
		if t.has(b) {
			if b.Records+w.Records > t.join.Most {
				return false
			}
			join = t.join.Join
		}
	}
	if join == nil {
		return false
	}
	joined := false
	if fault := caught(func() { joined = join(b.Payload, w.Payload) }); fault != nil {
		b.fail(fault) // a part of the one may be in the other
		w.fail(fault)
		f.open = nil
	}
	if !joined {
		return false
	}
	b.Records += w.Records
	b.bytes += w.bytes
	full := false
	for _, t := range f.taps {
		switch {
		case t.part != nil:
		case t.has(b):
			t.records += w.Records
			t.bytes += w.bytes
			full = full || b.Records >= t.join.Most
			t.came(full)
		default:
			t.came(true)
		}
	}
	if full {
		f.open = nil
	}
	return true
}

// has reports whether a block is the last that waits for the reader.
func (t *Tap) has(b *block) bool { return len(t.queue) > 0 && t.queue[len(t.queue)-1] == b }

// close ends a block that a reader takes: what others are given must not change.
func (f *Feed) close(b *block) {
	if b.share != nil && b.Payload != nil {
		b.share(b.Payload)
	}
	b.share = nil
	if f.open != b {
		return
	}
	f.open = nil
	for _, t := range f.taps {
		if b.Shared && t.part == nil {
			t.signal() // it need not wait for more
		}
	}
}
