package auditlog

import (
	"slices"
	"time"
)

// maxDue is how many closed segments wait for a checkpoint of their own. When
// the disk takes none for long, the oldest do without.
const maxDue = 16

// snapshot is the log's tree now. The caller holds writing.
func (l *Log) snapshot() state {
	return state{chain: l.chain.clone(), segment: l.index, offset: max(0, l.size-int64(len(l.last)))}
}

// closedSegment remembers the tree at the end of a segment.
func (l *Log) closedSegment() {
	if l.size == 0 || l.chain.tree.size == 0 {
		return
	}
	if len(l.due) == maxDue {
		l.due = l.due[1:]
	}
	l.due = append(l.due, l.snapshot())
	l.keeper.wake()
}

// urgent reports whether the tree of a closed segment waits.
func (l *Log) urgent() bool {
	l.writing.Lock()
	defer l.writing.Unlock()
	return len(l.due) > 0
}

// checkpoint signs the tree at the end of each segment that was closed, and as
// it is now, and makes that durable. Without anything new it does nothing.
func (l *Log) checkpoint() error {
	l.writing.Lock()
	trees := slices.Concat(l.due, []state{l.snapshot()})
	l.due, l.waits = nil, false
	l.writing.Unlock()

	err := l.signAll(trees)
	if err != nil {
		l.writing.Lock()
		l.due = append(trees[:len(trees)-1], l.due...)
		l.due = l.due[max(0, len(l.due)-maxDue):]
		l.waits = true
		l.writing.Unlock()
	}
	return err
}

func (l *Log) signAll(trees []state) error {
	var fresh []state
	var notes [][]byte
	size := l.signed.Size
	for _, t := range trees {
		if t.chain.tree.size <= size {
			continue // a tree of that size is signed already
		}
		c := Checkpoint{Origin: Origin(l.id), Size: t.chain.tree.size, Root: t.chain.tree.Root()}
		var err error
		if c.Note, err = l.key.sign(c.text()); err != nil {
			return err
		}
		size, t.logID, t.checkpoint = c.Size, l.id, c
		fresh, notes = append(fresh, t), append(notes, c.Note)
	}
	if len(fresh) == 0 {
		return nil
	}
	should := l.checkpoints.size
	disturbed, err := l.checkpoints.append(notes...)
	if disturbed != nil {
		l.writing.Lock()
		l.owe(disturbed, CheckpointsName, should)
		l.writing.Unlock()
	}
	if err != nil {
		return err
	}
	l.opts.at("checkpoint signed")
	newest := &fresh[len(fresh)-1]
	newest.pruned = l.pruned
	l.signed = newest.checkpoint
	l.mirror.signed.Store(l.signed.Size)
	l.mirror.signedAt.Store(time.Now().UnixNano())
	for _, t := range fresh {
		l.opts.Observer.Signed(t.checkpoint)
	}
	l.keeper.hand(l.signed)
	if err := writeTree(l.dir, newest); err != nil {
		// It costs the next Open time, and nothing else.
		l.opts.Observer.KeeperFailed("write the tree file", err)
	}
	return nil
}
