package auditverify

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// claim is a checkpoint that waits for its signature to be checked.
type claim struct {
	checkpoint
	key      *key // whose signature it says to have; nil: unknown
	signed   bool
	known    bool      // the root of that size could be computed
	computed tlog.Hash // that root
	covers   int64     // time of the last record below, Unix nanoseconds; 0: not known
}

// maxWaiting is how many checkpoints wait to be checked at the same time.
const maxWaiting = 64

// ledger checks the log's own checkpoints, in the order of their file, beside the
// records that they are about. It holds only the last ones.
type ledger struct {
	res     *results
	keys    *keychain
	anchors *anchorSet

	file    io.Closer
	notes   *noteReader
	before  int64       // length of the file when it was opened
	ahead   *checkpoint // read, and not reached by the records
	waiting []*claim

	count    int64
	last     *claim // the last one that is signed
	lastKey  *key
	good     *claim // the last one that is signed and has the right root
	claimed  int64  // the largest size for which one says to be signed, by a key that is not known
	unproven int64  // signed ones about a pruned prefix: their roots cannot be computed
}

// openLedger opens the file of checkpoints. advance has to be called once the
// segments are listed: a log that is being written may have been pruned just
// before that, and the checkpoint that covers the prune record is needed. But
// what is appended from now on may be about records that will not be read.
func openLedger(dir string, res *results, keys *keychain, anchors *anchorSet) (*ledger, error) {
	l := &ledger{res: res, keys: keys, anchors: anchors}
	f, err := openNotes(dir)
	if err != nil {
		return nil, err
	}
	if f == nil {
		res.warn(CheckCheckpointFormat, Finding{Seq: -1, Segment: checkpointsName, Offset: -1, Message: "there is no file of checkpoints"})
		return l, nil
	}
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("open the checkpoints: %w", errors.Join(err, f.Close()))
	}
	l.file, l.notes, l.before = f, newNoteReader(f), info.Size()
	return l, nil
}

// openNotes opens the file of checkpoints; nil when there is none.
func openNotes(dir string) (*os.File, error) {
	f, err := openRegular(filepath.Join(dir, checkpointsName))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open the checkpoints: %w", err)
	}
	return f, nil
}

func (l *ledger) close() error {
	if l.file == nil {
		return nil
	}
	return l.file.Close()
}

// advance reads the next checkpoint of this log.
func (l *ledger) advance() error {
	l.ahead = nil
	for l.notes != nil {
		c, err := l.notes.next()
		at := Finding{Seq: -1, Segment: checkpointsName, Offset: c.offset}
		switch {
		case errors.Is(err, io.EOF):
			l.notes = nil
			return nil
		case errors.Is(err, errTornNote):
			l.notes = nil
			if c.offset >= l.before {
				return nil // it is being written
			}
			at.Message = fmt.Sprintf("the last checkpoint (at byte %d) is not whole: a crash, or it is being written", c.offset)
			l.res.warn(CheckCheckpointFormat, at)
			return nil
		case errors.Is(err, errNoteForm) || errors.Is(err, errNoteLong):
			at.Message = fmt.Sprintf("checkpoint at byte %d: %v", c.offset, err)
			l.res.fail(CheckCheckpointFormat, at)
			continue
		case err != nil:
			return fmt.Errorf("read the checkpoints: %w", err)
		}
		l.count++
		if c.origin != l.keys.origin {
			at.Expected, at.Found = l.keys.origin, c.origin
			at.Message = fmt.Sprintf("the checkpoint at byte %d is of another log: %s", c.offset, c.origin)
			l.res.fail(CheckCheckpointOrigin, at)
			continue
		}
		l.ahead = &c
		return nil
	}
	return nil
}

// reached takes every checkpoint up to the given size of the tree. root gives
// the tree's root at that size, if it can be computed.
func (l *ledger) reached(size int64, covers int64, root func() (tlog.Hash, bool)) error {
	for l.ahead != nil && l.ahead.size <= size {
		c := &claim{checkpoint: *l.ahead, key: l.keys.signerOf(l.ahead.note)}
		if c.size == size {
			c.computed, c.known = root()
			c.covers = covers
		}
		if err := l.wait(c); err != nil {
			return err
		}
	}
	return nil
}

// rest takes the checkpoints behind the log's end. Those that were not there when
// reading began are left out: so may the records be that they are about.
func (l *ledger) rest() error {
	for l.ahead != nil && l.ahead.end <= l.before {
		if err := l.wait(&claim{checkpoint: *l.ahead, key: l.keys.signerOf(l.ahead.note)}); err != nil {
			return err
		}
	}
	l.flush()
	return nil
}

func (l *ledger) wait(c *claim) error {
	if l.waiting = append(l.waiting, c); len(l.waiting) >= maxWaiting {
		l.flush()
	}
	return l.advance()
}

// flush checks the signatures of the waiting checkpoints, on all processors, and
// then the checkpoints in their order.
func (l *ledger) flush() {
	var wg sync.WaitGroup
	workers := min(runtime.GOMAXPROCS(0), len(l.waiting))
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(l.waiting); i += workers {
				c := l.waiting[i]
				c.signed = c.key != nil && c.key.verify(c.note)
			}
		})
	}
	wg.Wait()
	for _, c := range l.waiting {
		l.check(c)
	}
	l.waiting = l.waiting[:0]
}

func (l *ledger) check(c *claim) {
	at := Finding{Seq: -1, Segment: checkpointsName, Offset: c.offset}
	switch {
	case c.key == nil:
		at.Message = fmt.Sprintf("the checkpoint of size %d (at byte %d) is signed by no key of this log", c.size, c.offset)
		l.res.fail(CheckCheckpointSignature, at)
		l.claimed = max(l.claimed, c.size)
		return
	case !c.signed:
		at.Message = fmt.Sprintf("the checkpoint of size %d (at byte %d) has a wrong signature", c.size, c.offset)
		l.res.fail(CheckCheckpointSignature, at)
		return
	}
	l.anchors.markKnown(&c.checkpoint)
	l.epoch(c, at)
	if l.last != nil && c.size < l.last.size {
		f := at
		f.Expected, f.Found = "at least "+strconv.FormatInt(l.last.size, 10), strconv.FormatInt(c.size, 10)
		f.Message = fmt.Sprintf("the size falls from %d to %d at byte %d", l.last.size, c.size, c.offset)
		l.res.fail(CheckCheckpointOrder, f)
		return
	}
	if l.last != nil && c.size == l.last.size && c.root != l.last.root {
		f := at
		f.Expected, f.Found = hexOf(l.last.root), hexOf(c.root)
		f.Message = fmt.Sprintf("two signed checkpoints of size %d have different roots: the log was forked", c.size)
		l.res.fail(CheckCheckpointConsistency, f)
	}
	l.last = c
	switch {
	case !c.known:
		l.unproven++
	case c.root != c.computed:
		f := at
		f.Seq, f.Before = l.goodSize(), c.size
		f.Expected, f.Found = hexOf(c.root), hexOf(c.computed)
		f.Message = fmt.Sprintf("the records %d to %d are not those that the checkpoint of size %d was signed for", f.Seq, c.size-1, c.size)
		l.res.fail(CheckCheckpointRoot, f)
	default:
		l.good = c
	}
}

// epoch checks that the keys follow each other: a key signs only behind the
// record that hands over to it, after its predecessor signed that record, and
// then the predecessor signs no more.
func (l *ledger) epoch(c *claim, at Finding) {
	k := c.key
	switch {
	case c.size <= k.seq:
		at.Seq, at.Message = c.size, fmt.Sprintf("the checkpoint of size %d is signed by the key of epoch %d, which record %d brought", c.size, k.epoch, k.seq)
		l.res.fail(CheckEpochs, at)
	case l.lastKey != nil && k.epoch < l.lastKey.epoch:
		at.Message = fmt.Sprintf("the checkpoint of size %d is signed by the key of epoch %d, which epoch %d had replaced", c.size, k.epoch, l.lastKey.epoch)
		l.res.fail(CheckEpochs, at)
	case !k.used && k.signer != nil && k.signer.covers <= k.seq:
		at.Seq, at.Message = k.seq, fmt.Sprintf("no checkpoint of epoch %d covers record %d, which hands over to epoch %d: checkpoints are missing", k.signer.epoch, k.seq, k.epoch)
		l.res.fail(CheckEpochs, at)
	}
	if !k.used {
		k.used, k.from = true, c.size
	}
	k.covers = max(k.covers, c.size)
	l.lastKey = k
}

// goodSize is how many records the last good checkpoint covers.
func (l *ledger) goodSize() int64 {
	if l.good == nil {
		return 0
	}
	return l.good.size
}

func (c *claim) ref() *CheckpointRef {
	return &CheckpointRef{Size: c.size, Root: hexOf(c.root), File: c.file, Covers: timeOf(c.covers)}
}

func timeOf(nanos int64) *time.Time {
	if nanos == 0 {
		return nil
	}
	t := time.Unix(0, nanos).UTC()
	return &t
}
