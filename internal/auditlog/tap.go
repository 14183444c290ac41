package auditlog

// A Tap is one reader's end of a Feed.
type Tap struct {
	feed *Feed
	wake chan struct{}
	part func(payload any) any      // nil: the whole
	join *Joiner                    // nil: each payload by itself
	more func(to, payload any) bool // adds a part to another; nil: each by itself

	// What follows is guarded by the feed.
	queue   []*block
	records int
	bytes   int
	wanted  int
	edge    uint64 // no block goes on over this record
}

// Tap adds a reader of whole payloads.
func (f *Feed) Tap() *Tap { return f.TapPart(nil) }

// TapPart adds a reader that part gives a copy of what it needs of a payload, which
// is its own, or nil when it needs nothing: then it is not woken either. part is
// called while the log is written, with the lock of the Feed, and must be quick.
func (f *Feed) TapPart(part func(payload any) any) *Tap {
	return f.tap(&Tap{part: part})
}

func (f *Feed) tap(t *Tap) *Tap {
	t.feed, t.wake, t.wanted = f, make(chan struct{}, 1), 1
	f.mu.Lock()
	defer f.mu.Unlock()
	f.taps = append(f.taps, t)
	f.open = nil // it is not this one's
	return t
}

// Close takes the reader away.
func (t *Tap) Close() {
	t.feed.mu.Lock()
	defer t.feed.mu.Unlock()
	for i, other := range t.feed.taps {
		if other == t {
			t.feed.taps = append(t.feed.taps[:i:i], t.feed.taps[i+1:]...)
			return
		}
	}
}

// add is called with the feed's lock. What does not fit is left out: the reader
// finds it missing, and in the log.
func (t *Tap) add(b *block) {
	fits := t.fits(&b.Written)
	if fits {
		t.queue = append(t.queue, b)
		t.records += b.Records
		t.bytes += b.bytes
	}
	t.came(!fits)
}

func (t *Tap) fits(w *Written) bool {
	return t.records+w.Records <= TapRecords && t.bytes+w.bytes <= tapBytes
}

// came wakes the reader when as much has come as it wants, or when it should not wait.
func (t *Tap) came(now bool) {
	if t.wanted--; t.wanted <= 0 || now {
		t.signal()
	}
}

// pass adds what the reader does not want to what it did not want before, and
// wakes it when that has become much, so that it does not have to read it all
// after a restart.
func (t *Tap) pass(w Written) {
	w.Payload, w.Shared, w.Passed = nil, false, true
	last := len(t.queue) - 1
	switch {
	case last >= 0 && t.queue[last].Passed && t.queue[last].End() == w.FirstSeq && t.queue[last].After() == w.Place:
		t.queue[last].Records += w.Records
		t.queue[last].bytes += w.bytes
	case len(t.queue) < 2*TapRecords:
		t.queue = append(t.queue, &block{Written: w})
		last++
	default:
		return // a reader that does not read finds it in the log
	}
	if n := t.queue[last].Records; n >= TapRecords && n-w.Records < TapRecords {
		t.signal()
	}
}

func (t *Tap) signal() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// Wake is sent to when as many Appends as Want asked for have been written, when
// the Tap is full, and when a log was opened.
func (t *Tap) Wake() <-chan struct{} { return t.wake }

// Want says how many more Appends are worth waking up for; 1 at first.
func (t *Tap) Want(appends int) {
	t.feed.mu.Lock()
	defer t.feed.mu.Unlock()
	t.wanted = appends
}

// Head returns the log's id, "" when none was opened yet, the sequence number
// behind the last record that is on disk, and the oldest of what was written and
// not taken yet. Records that are in neither are in the log alone.
func (t *Tap) Head() (log string, next uint64, w Written, ok bool) {
	t.feed.mu.Lock()
	defer t.feed.mu.Unlock()
	if len(t.queue) > 0 {
		w, ok = t.queue[0].Written, true
		t.queue[0].closed = t.part != nil
		if w.Growing = t.queue[0] == t.feed.open; w.Growing {
			w.Payload = nil
		}
	}
	return t.feed.log, t.feed.next, w, ok
}

// Take removes the oldest of what was written, and returns it with the log's id. It is
// what Head returned, with what was joined to it since, unless another log was opened.
func (t *Tap) Take() (log string, w Written) {
	t.feed.mu.Lock()
	defer t.feed.mu.Unlock()
	if len(t.queue) == 0 {
		return t.feed.log, Written{}
	}
	b := t.queue[0]
	t.feed.close(b)
	if !b.Passed {
		t.records -= b.Records
		t.bytes -= b.bytes
	}
	t.queue[0] = nil
	if t.queue = t.queue[1:]; len(t.queue) == 0 {
		t.queue = nil
	}
	return t.feed.log, b.Written
}
