package auditlog

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/agent-telemetry/agent-telemetry/internal/reserve"
)

// Log is an audit log open for writing. It is safe for concurrent use.
type Log struct {
	dir  string
	opts Options
	lock *flock.Flock
	feed *Feed

	mu   sync.Mutex
	open *group // takes new members; nil when the next appender makes one

	// writing is held while a group is committed; it guards what follows.
	writing sync.Mutex
	closed  bool
	seg     *os.File
	index   uint64  // of seg
	known   segfile // of seg, once it is written

	size    int64     // length of seg that is known to be on disk
	started time.Time // when seg was made, as far as known
	suspect bool      // what lies behind size, or whether size holds, is unknown
	last    []byte    // the last line written, newline included
	chain   chain     // where the log ends
	window  *window
	owed    []owed // records of the log's own, to be written before the next group
	buf     []byte
	leaves  []tlog.Hash // of the lines in buf
	starts  []int       // where each member of the group begins in buf
	events  []seenEvent // of the lines in buf
	inGroup map[eventKey]uint64
	told    []Written
	due     []state // trees of closed segments, to be signed
	waits   bool    // the keeper was told that there is something to sign
	clock   clock

	// What follows belongs to the keeper, and to Open and Close without it.
	id          string // the log's
	keyDir      *keyDir
	key         *key     // that signs now
	nextKey     *key     // announced, and not in place yet
	pub         string   // content of the file with the verification key of epoch 0, "" without one
	startKey    *key     // that signed when the log was opened, if it is to be changed
	vkeys       []string // of epochs so far
	epochEnd    uint64   // newest epoch that was announced
	checkpoints noteFile
	epochs      noteFile
	signed      Checkpoint    // the newest
	pruned      *CompactRange // of what was pruned; nil when nothing was
	holdPrune   time.Time     // nothing is pruned before
	keeper      keeper
	mirror      mirror
}

// Status is what a log knows of itself.
type Status struct {
	LogID        string
	NextSeq      uint64 // how many records the log has had
	SegmentIndex uint64
	SegmentBytes int64
	Healthy      bool      // false from a failed write to the next good one
	Epoch        uint64    // of the key that signs
	SignedSize   int64     // records that the newest checkpoint covers
	SignedAt     time.Time // when it was signed; zero when this process signed none
}

// Status returns the log's state now. It waits for the group being written.
func (l *Log) Status() Status {
	l.writing.Lock()
	defer l.writing.Unlock()
	s := Status{LogID: l.id, NextSeq: l.chain.next(), SegmentIndex: l.index, SegmentBytes: l.size, Healthy: !l.suspect && !l.closed}
	l.mirror.into(&s)
	return s
}

// MaxRecordBytes is the longest record that Append takes.
func (l *Log) MaxRecordBytes() int { return l.opts.MaxRecordBytes }

// Close waits for the group being written, records the stop, signs the last
// checkpoint and gives the log up to others. Appends that come later get
// ErrClosed. A second call does nothing.
func (l *Log) Close() error {
	l.keeper.end()
	l.writing.Lock()
	if l.closed {
		l.writing.Unlock()
		return nil
	}
	if l.seg != nil {
		if err := l.stopped(); err != nil {
			l.opts.Observer.KeeperFailed("record the stop", err)
		}
	}
	l.closed = true
	l.writing.Unlock()
	if l.seg != nil && l.key != nil {
		if err := l.checkpoint(); err != nil {
			l.opts.Observer.KeeperFailed("sign the last checkpoint", err)
		}
	}
	l.keeper.finish()
	return l.release()
}

// release lets go of files and locks.
func (l *Log) release() error {
	l.closed = true
	err := errors.Join(l.checkpoints.close(), l.epochs.close())
	if l.seg != nil {
		if !l.suspect {
			reserve.Release(l.seg, l.size)
		}
		err = errors.Join(err, l.seg.Close())
	}
	if l.keyDir != nil {
		err = errors.Join(err, l.keyDir.close())
	}
	if err = errors.Join(err, l.lock.Close()); err != nil {
		return fmt.Errorf("close audit log: %w", err)
	}
	return nil
}
