package auditlog

import (
	"path/filepath"
	"sync"
)

// Bounds of what a Tap holds. What is more has to be read from the log.
const (
	TapRecords = 1_000
	tapBytes   = 4 << 20 // of lines
)

// Place is where a line begins.
type Place struct {
	Segment uint64 // index
	Offset  int64  // bytes
}

// Written is what one Append wrote, or one record of the log's own.
type Written struct {
	FirstSeq uint64
	Records  int
	Place    Place // of the first record's line
	// Payload is what was given to AppendFor. It is nil for records of the log's
	// own, and where it is not what was written: records were left out or marked.
	Payload any
	// Shared says that other readers were given the same Payload: nobody may
	// change it.
	Shared bool
	// Own says that it is a record of the log's own.
	Own bool
	// Passed says that nothing of it is for the reader of a part. Several in a row
	// are told as one.
	Passed bool

	bytes int
}

// After is where the line behind the last record begins, if it is in the same
// segment.
func (w Written) After() Place {
	return Place{Segment: w.Place.Segment, Offset: w.Place.Offset + int64(w.bytes)}
}

// End is the sequence number behind the last record.
func (w Written) End() uint64 { return w.FirstSeq + uint64(w.Records) } //nolint:gosec // never negative

// Feed tells readers in this process what a log writes: how far it is on disk,
// and, as long as they keep up, the records themselves. There is one for each
// directory, whether a log is open in it or not.
//
// The log hands over what it wrote and goes on: who waits for an acknowledgement does
// not wait until the readers have their copies.
type Feed struct {
	mu   sync.Mutex
	log  string
	next uint64
	taps []*Tap

	handing sync.Mutex // of what follows
	handed  handed
	spare   []Written // for the next handed.all
	sharing bool      // a goroutine shares what is handed over
}

// handed is what the log wrote and the readers have not been told of.
type handed struct {
	all  []Written
	next uint64 // behind all of it, and what was left out; 0: nothing
	left bool   // something was left out: readers find it in the log
}

// maxHanded is how many Appends wait to be shared; that is no less than a reader takes.
const maxHanded = 4 * TapRecords

var (
	feedsMu sync.Mutex
	feeds   = make(map[string]*Feed)
)

// FeedOf returns the feed of the log in dir.
func FeedOf(dir string) *Feed {
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	feedsMu.Lock()
	defer feedsMu.Unlock()
	f := feeds[dir]
	if f == nil {
		f = new(Feed)
		feeds[dir] = f
	}
	return f
}

// opened tells that a log is open, and how many records it has. What was handed over
// before is in the log.
func (f *Feed) opened(log string, next uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.handing.Lock()
	f.handed = handed{}
	f.handing.Unlock()
	f.log, f.next = log, next
	for _, t := range f.taps {
		t.queue, t.records, t.bytes = nil, 0, 0
		t.signal()
	}
}

// wrote tells what is on disk.
func (f *Feed) wrote(all ...Written) {
	f.handing.Lock()
	defer f.handing.Unlock()
	for _, w := range all {
		if w.Records == 0 {
			continue
		}
		f.handed.next = w.End()
		if len(f.handed.all) == maxHanded {
			f.handed.left = true
			continue
		}
		if f.handed.all == nil {
			f.handed.all, f.spare = f.spare, nil
		}
		f.handed.all = append(f.handed.all, w)
	}
	if f.handed.next > 0 && !f.sharing {
		f.sharing = true
		go f.shareAll()
	}
}

// shareAll tells the readers of what is handed over, until nothing is.
func (f *Feed) shareAll() {
	for f.shareSome() {
	}
}

func (f *Feed) shareSome() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.handing.Lock()
	some := f.handed
	f.handed = handed{}
	f.sharing = some.next > 0
	f.handing.Unlock()
	if some.next == 0 {
		return false
	}
	for i, w := range some.all {
		f.next = w.End()
		f.share(w)
		some.all[i] = Written{}
	}
	if f.next = some.next; some.left {
		for _, t := range f.taps {
			t.signal()
		}
	}
	f.handing.Lock()
	f.spare = some.all[:0]
	f.handing.Unlock()
	return true
}

// share tells all readers of w. Those who take a part of a payload do so before
// another may change it.
func (f *Feed) share(w Written) {
	whole := 0
	for _, t := range f.taps {
		if t.part == nil {
			whole++
		}
	}
	for _, t := range f.taps {
		if t.part == nil || w.Own || w.Payload == nil { // what has no payload is in the log alone
			continue
		}
		mine := w
		if mine.Payload = t.part(w.Payload); mine.Payload == nil {
			t.pass(mine)
		} else {
			t.add(mine)
		}
	}
	for _, t := range f.taps {
		if t.part != nil && !w.Own && w.Payload != nil {
			continue
		}
		w.Shared = whole > 1
		t.add(w)
	}
}

// Written returns the id of the log, "" when none was opened yet, and the
// sequence number behind the last record that is on disk.
func (f *Feed) Written() (log string, next uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.log, f.next
}

// A Tap is one reader's end of a Feed.
type Tap struct {
	feed *Feed
	wake chan struct{}
	part func(payload any) any // nil: the whole

	// What follows is guarded by the feed.
	queue   []Written
	records int
	bytes   int
	wanted  int
}

// Tap adds a reader of whole payloads.
func (f *Feed) Tap() *Tap { return f.TapPart(nil) }

// TapPart adds a reader that part gives a copy of what it needs of a payload, which
// is its own, or nil when it needs nothing: then it is not woken either. part is
// called while the log is written, with the lock of the Feed, and must be quick.
func (f *Feed) TapPart(part func(payload any) any) *Tap {
	t := &Tap{feed: f, wake: make(chan struct{}, 1), wanted: 1, part: part}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.taps = append(f.taps, t)
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
func (t *Tap) add(w Written) {
	fits := t.records+w.Records <= TapRecords && t.bytes+w.bytes <= tapBytes
	if fits {
		t.queue = append(t.queue, w)
		t.records += w.Records
		t.bytes += w.bytes
	}
	if t.wanted--; t.wanted <= 0 || !fits {
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
		t.queue = append(t.queue, w)
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
		w, ok = t.queue[0], true
	}
	return t.feed.log, t.feed.next, w, ok
}

// Take removes what Head returned.
func (t *Tap) Take() {
	t.feed.mu.Lock()
	defer t.feed.mu.Unlock()
	if len(t.queue) == 0 {
		return
	}
	if !t.queue[0].Passed {
		t.records -= t.queue[0].Records
		t.bytes -= t.queue[0].bytes
	}
	t.queue[0] = Written{}
	if t.queue = t.queue[1:]; len(t.queue) == 0 {
		t.queue = nil
	}
}
