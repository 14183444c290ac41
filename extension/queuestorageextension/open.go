package queuestorageextension

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/gofrs/flock"
	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/internal/reserve"
	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

// ErrInUse is returned when another collector has the same queue open.
var ErrInUse = errors.New("another process has this queue open: stop the other collector, or give this one a directory of its own")

// openJournal opens or makes the journal of one client.
func openJournal(dir string, l limits, log *zap.Logger, tel *telemetry) (*journal, error) {
	if err := moveAway(dir, log); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make queue directory: %w", err)
	}
	lock := flock.New(filepath.Join(dir, "lock"), flock.SetFlag(os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW), flock.SetPermissions(0o600))
	got, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock queue %s: %w", dir, err)
	}
	if !got {
		return nil, fmt.Errorf("lock queue %s: %w", dir, ErrInUse)
	}
	j := &journal{
		dir: dir, limits: l, log: log, tel: tel, sync: safefile.SyncData, lock: lock,
		index: map[string]*entry{}, held: map[string]*entry{}, missed: map[string]struct{}{},
		nextID: 1, nudge: make(chan struct{}, 1),
	}
	if err := j.recover(); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	// Appends go to a new segment: what a crash left is never written to again.
	if _, err := j.rotate(); err != nil {
		log.Warn("No new segment can be written; items are refused until it can", zap.Error(err))
	}
	return j, nil
}

// recover reads the segments there are. Damage costs what is damaged, and never
// the start.
func (j *journal) recover() error {
	entries, err := os.ReadDir(j.dir)
	if err != nil {
		return fmt.Errorf("read queue directory: %w", err)
	}
	var names []string
	for _, e := range entries {
		if segmentName.MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	for i, name := range names {
		seg, err := openSegment(j.dir, name)
		if err != nil {
			j.tel.damagedSegment()
			j.log.Error("A segment of the queue cannot be opened; the others are used", zap.String("segment", name), zap.Error(err))
			continue
		}
		if n := len(j.segments); n > 0 && seg.id > j.segments[n-1].id+1 {
			j.tel.damagedSegment()
			j.log.Error("Segments of the queue are missing; the others are used", zap.Uint64("before", seg.id))
		}
		j.nextID = max(j.nextID, seg.id+1)
		j.segments = append(j.segments, seg)
		// The earlier ones were synced before this one was made.
		j.settled(j.seq, seg, 0)
		j.replay(seg, i == len(names)-1)
		j.bytes += seg.size
	}
	return nil
}

// replay applies the records of a segment.
func (j *journal) replay(seg *segment, last bool) {
	data, err := os.ReadFile(seg.path)
	if err != nil {
		j.log.Error("A segment of the queue cannot be read to its end", zap.String("segment", seg.name()), zap.Error(err))
	}
	damaged := err != nil
	for at := 0; at < len(data); {
		r, err := readRecord(data[at:], seg.salt)
		if err == nil && r.seq > j.seq {
			j.seq = r.seq
			j.apply(seg, int64(at), r.changes)
			at += r.size
			continue
		}
		next := j.nextGood(data, at+1, seg.salt, last)
		fresh := j.setAside(seg, at, data[at:min(next, len(data))])
		if next < len(data) {
			damaged = damaged || fresh
			at = next
			continue
		}
		if !last {
			damaged = damaged || fresh
			break
		}
		if fresh {
			j.tel.tornTail()
			j.log.Warn("The journal of the queue ended in the middle of a record, as after a crash; the end was set aside", zap.String("segment", seg.name()), zap.Int("bytes", len(data)-at))
		}
		if err := seg.file.Truncate(int64(at)); err == nil {
			seg.size = int64(at)
		}
		break
	}
	if damaged {
		j.tel.damagedSegment()
		j.log.Error("A segment of the queue is damaged; what is damaged was set aside, the rest is used", zap.String("segment", seg.name()), zap.String("directory", filepath.Join(j.dir, evidenceDir)))
	}
}

// nextGood returns where the next good record begins, or the length of data. In
// the last segment it must prove that what lies before it had been durable:
// otherwise it follows a torn record and belongs to a state that never was.
func (j *journal) nextGood(data []byte, from int, s salt, last bool) int {
	for {
		i := bytes.Index(data[from:], s[:4])
		if i < 0 {
			return len(data)
		}
		from += i
		if r, err := readRecord(data[from:], s); err == nil && r.seq > j.seq && (!last || r.synced > j.seq) {
			return from
		}
		from++
	}
}

// close makes everything durable and releases the directory.
func (j *journal) close(context.Context) error {
	j.syncing.Lock()
	defer j.syncing.Unlock()
	j.mu.Lock()
	if j.closed {
		j.mu.Unlock()
		return nil
	}
	if len(j.held) > 0 {
		gone := j.withHeld(nil)
		j.release()
		j.bookkeep(gone)
	}
	j.closed = true
	err := j.syncLocked()
	j.mu.Lock()
	defer j.mu.Unlock()
	errs := []error{err}
	for _, s := range j.segments {
		if !s.suspect {
			reserve.Release(s.file, s.size)
		}
		errs = append(errs, s.file.Close())
	}
	return errors.Join(append(errs, j.lock.Close())...)
}
