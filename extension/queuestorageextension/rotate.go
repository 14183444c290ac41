package queuestorageextension

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/internal/reserve"
	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

// room returns the segment to append to, which is a new one when the present
// one is full or can no longer be trusted.
func (j *journal) room() (*segment, error) {
	if a := j.active(); a != nil && a.size-a.head < j.limits.segment {
		return a, nil
	}
	return j.rotate()
}

// rotate makes the old segment durable and begins a new one with all that old
// ones need no longer be kept for. When the old one cannot be made durable,
// what it holds since the last sync is written anew.
func (j *journal) rotate() (*segment, error) {
	var old *segment
	if n := len(j.segments); n > 0 {
		old = j.segments[n-1]
	}
	if old != nil && !old.suspect && old.synced < old.size {
		if err := j.syncSegment(old); err == nil {
			j.settled(j.seq, old, old.size)
		} else {
			old.sealed, old.suspect = true, true
		}
	}
	seg, err := newSegment(j.dir, j.nextID)
	if err != nil {
		return nil, err
	}
	discard := func(err error) (*segment, error) {
		return nil, errors.Join(err, seg.file.Close(), os.Remove(seg.path))
	}
	head := j.headOf()
	seq := j.seq
	places := make([]int64, len(head))
	for i, changes := range head {
		places[i] = seg.size
		seq++
		if err := seg.write(appendRecord(nil, seg.salt, seq, j.synced, changes)); err != nil {
			return discard(err)
		}
	}
	if err := j.syncSegment(seg); err != nil {
		return discard(err)
	}
	if err := safefile.SyncDir(j.dir); err != nil {
		return discard(err)
	}
	j.nextID++
	if old != nil {
		old.sealed = true
		reserve.Release(old.file, old.size)
	}
	seg.head = seg.size
	j.segments = append(j.segments, seg)
	j.bytes += seg.size
	for i, changes := range head {
		j.seq++
		j.apply(seg, places[i], changes)
	}
	clear(j.missed)
	j.settled(j.seq, seg, seg.size)
	if old != nil && old.suspect && old.file.Truncate(old.synced) == nil {
		j.bytes -= old.size - old.synced
		old.size = old.synced
	}
	j.wake()
	return seg, nil
}

// headOf is what a new segment begins with: the small values, the deletes that
// are not durable, and the items that are not.
func (j *journal) headOf() [][]change {
	var small []change
	for key := range j.missed {
		small = append(small, change{key: key, delete: true})
	}
	for _, m := range j.unsyncedDeletes {
		if _, again := j.index[m.key]; !again {
			small = append(small, change{key: m.key, delete: true})
		}
	}
	for key, e := range j.index {
		if e.inline != nil && !isItem(key) {
			small = append(small, change{key: key, value: e.inline})
		}
	}
	var head [][]change
	seen := make(map[string]bool, len(j.unsyncedSets))
	for _, m := range j.unsyncedSets {
		e := j.index[m.key]
		if e == nil || seen[m.key] {
			continue
		}
		seen[m.key] = true
		v, err := e.read()
		if err != nil {
			j.tel.damagedValue()
			j.log.Error("A queued value cannot be read back; it is lost here", zap.String("key", m.key), zap.Error(err))
			continue
		}
		head = append(head, []change{{key: m.key, value: v}})
	}
	// The metadata comes last: it must not speak of items that are not there yet.
	if len(small) > 0 || len(head) == 0 {
		head = append(head, small)
	}
	return head
}

// syncSegment makes a segment durable, measured.
func (j *journal) syncSegment(s *segment) error {
	began := time.Now()
	err := j.sync(s.file)
	j.tel.syncedIn(time.Since(began), err)
	if err != nil {
		return fmt.Errorf("sync journal: %w", err)
	}
	return nil
}

// settled notes that all records up to seq are durable.
func (j *journal) settled(seq uint64, s *segment, size int64) {
	s.synced = max(s.synced, size)
	if seq <= j.synced {
		return
	}
	j.synced = seq
	j.unsyncedSets = after(j.unsyncedSets, seq)
	j.unsyncedDeletes = after(j.unsyncedDeletes, seq)
}

// after returns the marks that are newer than seq.
func after(marks []mark, seq uint64) []mark {
	n := 0
	for n < len(marks) && marks[n].seq <= seq {
		n++
	}
	return append(marks[:0], marks[n:]...)
}

func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}
