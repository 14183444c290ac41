package queuestorageextension

import (
	"fmt"
	"os"
	"time"

	"go.uber.org/zap"

	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

// housekeep syncs bookkeeping and gives space back until stop is closed.
func (j *journal) housekeep(every time.Duration, stop <-chan struct{}) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	failing := false
	for {
		var due bool
		select {
		case <-stop:
			return
		case <-tick.C:
			due = true
		case <-j.nudge:
		}
		err := j.tidy(due)
		if err != nil && !failing {
			j.log.Warn("The queue's housekeeping failed; it is tried again", zap.Error(err))
		}
		failing = err != nil
	}
}

// tidy syncs, when that is due or something depends on it, moves items out of
// old segments where that pays, and removes the segments that nothing is needed of.
func (j *journal) tidy(due bool) error {
	j.syncing.Lock()
	defer j.syncing.Unlock()
	j.mu.Lock()
	if !due && (len(j.segments) < 2 || j.segments[0].live > 0) && !j.wasteful() {
		j.mu.Unlock()
		return nil
	}
	err := j.syncLocked()
	j.mu.Lock()
	if j.closed {
		j.mu.Unlock()
		return err
	}
	if j.wasteful() {
		if moved := j.moveOldest(); moved == nil {
			err = j.syncLocked()
			j.mu.Lock()
		}
	}
	dead := j.dead()
	j.mu.Unlock()
	// One by one and in order, each made durable: an old segment must not come
	// back without the newer one that holds the deletes of its items.
	for _, s := range dead {
		if err := s.file.Close(); err != nil {
			j.log.Debug("Close of a segment failed", zap.Error(err))
		}
		if err := os.Remove(s.path); err != nil && !os.IsNotExist(err) {
			return fmt.Errorf("remove segment: %w", err)
		}
		if err := safefile.SyncDir(j.dir); err != nil {
			return err
		}
		j.mu.Lock()
		j.bytes -= s.size
		more := j.wasteful()
		j.mu.Unlock()
		if more {
			j.wake()
		}
	}
	return err
}

// dead takes the oldest segments that nothing is needed of out of the list.
func (j *journal) dead() []*segment {
	n := 0
	for n < len(j.segments)-1 && j.dispensable(j.segments[n]) {
		n++
	}
	dead := append([]*segment(nil), j.segments[:n]...)
	j.segments = append(j.segments[:0], j.segments[n:]...)
	return dead
}

// dispensable reports whether what the segment holds is durable elsewhere, or
// no longer needed.
func (j *journal) dispensable(s *segment) bool {
	if s.live > 0 || s.held > 0 || s.movedBy > j.synced {
		return false
	}
	last := j.segments[len(j.segments)-1]
	if last.head > 0 {
		return last.synced >= last.head // the small values are there
	}
	// No segment could be begun since the start, on a full disk perhaps. Then
	// the small values must be in other old ones.
	if last.synced < last.size {
		return false
	}
	for key, e := range j.index {
		if e.seg == s && !e.counted(key) {
			return false
		}
	}
	return true
}

// wasteful reports whether less than half of the journal is live, although it
// has several segments: then an old item keeps dead ones from going.
func (j *journal) wasteful() bool {
	if len(j.segments) < minSegments || j.segments[0].live == 0 || j.segments[0].held > 0 {
		return false
	}
	live := int64(0)
	for _, s := range j.segments {
		live += s.live
	}
	return live*2 < j.bytes-j.segments[len(j.segments)-1].size
}

// moveOldest writes what is live in the oldest segment anew.
func (j *journal) moveOldest() error {
	old := j.segments[0]
	for key, e := range j.index {
		if e.seg != old || !e.counted(key) {
			continue
		}
		v, err := e.read()
		if err != nil {
			j.tel.damagedValue()
			j.log.Error("A queued value cannot be read back; it is lost here", zap.String("key", key), zap.String("segment", old.name()), zap.Error(err))
			j.bookkeep([]change{{key: key, delete: true}})
			continue
		}
		if err := j.record([]change{{key: key, value: v}}); err != nil {
			return err
		}
		old.movedBy = j.seq
	}
	return nil
}
