package queuestorageextension

import (
	"fmt"

	"go.uber.org/zap"
)

// commit returns when the record seq is durable.
func (j *journal) commit(seq uint64) error {
	j.syncing.Lock()
	defer j.syncing.Unlock()
	j.mu.Lock()
	if j.synced >= seq {
		j.mu.Unlock()
		return nil
	}
	return j.syncLocked()
}

// syncLocked syncs all that was appended. It is called with both locks and
// gives mu back, which it does not hold while the disk works.
func (j *journal) syncLocked() error {
	defer j.mu.Unlock()
	seg := j.active()
	if seg == nil {
		if j.synced == j.seq && len(j.missed) == 0 {
			return nil
		}
		_, err := j.rotate()
		return err
	}
	upTo, size, group := j.seq, seg.size, j.waiting
	if upTo == j.synced {
		return nil
	}
	j.waiting = 0
	j.mu.Unlock()
	err := j.syncSegment(seg)
	j.mu.Lock()
	j.tel.group(group)
	if err == nil {
		j.settled(upTo, seg, size)
		return nil
	}
	if j.synced >= upTo {
		return nil // another segment was begun meanwhile, and holds it
	}
	// After a failed sync the kernel may have dropped the pages and call the next
	// one a success. So the segment is not asked again: what it had not made
	// durable is written anew.
	j.log.Warn("A sync of the queue failed; writing what it covered to a new segment", zap.String("segment", seg.name()), zap.Error(err))
	seg.sealed, seg.suspect = true, true
	if _, again := j.rotate(); again != nil {
		return fmt.Errorf("queue_storage: the queue in %s cannot be made durable, check the disk: %w, and writing anew: %w", j.dir, err, again)
	}
	return nil
}
