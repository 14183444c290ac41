package auditlog

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// Log is an audit log open for writing. It is safe for concurrent use.
type Log struct {
	dir  string
	opts Options
	lock *flock.Flock

	mu   sync.Mutex
	open *group // takes new members; nil when the next appender makes one

	// writing is held while a group is committed; it guards what follows.
	writing sync.Mutex
	closed  bool
	seg     *os.File
	index   uint64    // of seg
	size    int64     // length of seg that is known to be on disk
	started time.Time // when seg was made, as far as known
	suspect bool      // what lies behind size, or whether size holds, is unknown
	last    []byte    // the last line written, newline included
	seq     uint64    // of the next record
	window  *window
	owed    []Record // of the log's own, to be written before the next group
	buf     []byte
}

// Status is what a log knows of itself.
type Status struct {
	NextSeq      uint64 // how many records the log has
	SegmentIndex uint64
	SegmentBytes int64
	Healthy      bool // false from a failed write to the next good one
}

// Status returns the log's state now.
func (l *Log) Status() Status {
	l.writing.Lock()
	defer l.writing.Unlock()
	return Status{NextSeq: l.seq, SegmentIndex: l.index, SegmentBytes: l.size, Healthy: !l.suspect && !l.closed}
}

// MaxRecordBytes is the longest record that Append takes.
func (l *Log) MaxRecordBytes() int { return l.opts.MaxRecordBytes }

// Close waits for the group being written, then gives the log up to others.
// Appends that come later get ErrClosed. A second call does nothing.
func (l *Log) Close() error {
	l.writing.Lock()
	defer l.writing.Unlock()
	if l.closed {
		return nil
	}
	l.closed = true
	var err error
	if l.seg != nil {
		err = l.seg.Close()
	}
	if err = errors.Join(err, l.lock.Close()); err != nil {
		return fmt.Errorf("close audit log: %w", err)
	}
	return nil
}
