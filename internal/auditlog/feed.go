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
	// Growing says that more may be joined to it: Payload is given when it is taken.
	Growing bool
	// Own says that it is a record of the log's own.
	Own bool
	// Passed says that nothing of it is for the reader of a part. Several in a row
	// are told as one.
	Passed bool
	// Fault is what a function of a reader panicked with: Payload is nil, and the records
	// have to be read from the log.
	Fault error

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
	open *block // that what is written next may be joined to; nil: none

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
	f.log, f.next, f.open = log, next, nil
	for _, t := range f.taps {
		t.queue, t.records, t.bytes = nil, 0, 0
		t.signal()
	}
}

// wrote tells what is on disk.
func (f *Feed) wrote(all ...Written) {
	if f.hand(all...) {
		go f.shareAll()
	}
}

// hand hands over what is on disk, and reports whether shareAll has to be called.
func (f *Feed) hand(all ...Written) (share bool) {
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
	share = f.handed.next > 0 && !f.sharing
	f.sharing = f.sharing || share
	return share
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
	for _, t := range f.taps {
		switch {
		case t.part == nil:
		case w.Own || w.Payload == nil: // what has no payload is in the log alone
			t.add(&block{Written: w})
		case t.extend(&w):
		default:
			mine := w
			fault := caught(func() { mine.Payload = t.part(w.Payload) })
			if fault != nil {
				mine.fail(fault)
			}
			if mine.Payload == nil && fault == nil {
				t.pass(mine)
			} else {
				t.add(&block{Written: mine})
			}
		}
	}
	f.shareWhole(w)
}

// Written returns the id of the log, "" when none was opened yet, and the
// sequence number behind the last record that is on disk, whether or not readers have
// been told of it.
func (f *Feed) Written() (log string, next uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.handing.Lock()
	defer f.handing.Unlock()
	return f.log, max(f.next, f.handed.next)
}
