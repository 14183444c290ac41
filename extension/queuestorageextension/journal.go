package queuestorageextension

import (
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"sync"

	"github.com/gofrs/flock"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.uber.org/zap"
)

const (
	// inlineBytes is the longest value kept in memory, besides the queue's metadata.
	inlineBytes = 256
	// entryBytes is what an operation costs in a record besides key and value.
	entryBytes = 8
)

var errClosed = errors.New("queue_storage: the client is closed")

// mark is a key changed by the record seq.
type mark struct {
	seq uint64
	key string
}

// limits of a journal, from the configuration.
type limits struct {
	max, segment int64
}

// journal is the store of one client. Lock order: syncing, then mu.
type journal struct {
	dir    string
	limits limits
	log    *zap.Logger
	tel    *telemetry
	sync   func(*os.File) error // fdatasync; tests make it fail
	lock   *flock.Flock

	// syncing is held by the one that syncs: those who come meanwhile find, when
	// they get it, that one of them has synced for all.
	syncing sync.Mutex

	mu       sync.Mutex
	closed   bool
	index    map[string]*entry
	items    int
	segments []*segment // oldest first; the last one is written to unless sealed
	nextID   uint64
	seq      uint64 // of the newest record
	synced   uint64 // newest record known to be durable
	waiting  int    // durable batches since the last sync
	bytes    int64  // of all segments
	heldSize int64
	// held are the items deleted by a Batch of deletes alone, with their segment:
	// not recorded yet, see the package comment.
	held map[string]*entry
	back int // items stored since
	// missed are deletes that could not be recorded, for want of space.
	missed map[string]struct{}
	// unsyncedSets and unsyncedDeletes are what changed since the last sync, to
	// be written anew when a sync fails.
	unsyncedSets, unsyncedDeletes []mark
	buf                           []byte
	nudge                         chan struct{}
}

// active is the segment that is written to, or nil.
func (j *journal) active() *segment {
	if n := len(j.segments); n > 0 && !j.segments[n-1].sealed {
		return j.segments[n-1]
	}
	return nil
}

// do does what storage.Client.Batch promises, but for the sync: what it returns
// is the record to commit, or 0.
func (j *journal) do(ops []*storage.Operation) (seq uint64, err error) {
	for _, op := range ops {
		if len(op.Key) > maxKeyBytes {
			return 0, fmt.Errorf("queue_storage: a key of %d bytes is longer than %d", len(op.Key), maxKeyBytes)
		}
	}
	what := classify(ops)
	j.mu.Lock()
	if j.closed {
		j.mu.Unlock()
		return 0, errClosed
	}
	changes := j.resolve(ops)
	if what == dutyRead {
		j.mu.Unlock()
		return 0, nil
	}
	if what == dutyRemember {
		j.remember(changes)
		j.mu.Unlock()
		return 0, nil
	}
	if what == dutyAppend {
		j.bookkeep(changes)
		j.mu.Unlock()
		return 0, nil
	}
	err = j.store(changes)
	seq = j.seq
	if err == nil {
		j.waiting++
	}
	j.mu.Unlock()
	if err != nil {
		j.wake()
		return 0, err
	}
	return seq, nil
}

// resolve answers the Gets, each seeing the operations before it, and returns
// the changes.
func (j *journal) resolve(ops []*storage.Operation) []change {
	changes := make([]change, 0, len(ops))
	var newest map[string]int // of a key in changes
	for _, op := range ops {
		if op.Type == storage.Get {
			if i, ok := newest[op.Key]; ok {
				op.Value = append([]byte(nil), changes[i].value...)
				if changes[i].delete {
					op.Value = nil
				}
				continue
			}
			op.Value = j.get(op.Key)
			continue
		}
		if newest == nil {
			newest = make(map[string]int, len(ops))
		}
		newest[op.Key] = len(changes)
		changes = append(changes, change{key: op.Key, value: op.Value, delete: op.Type == storage.Delete})
	}
	return changes
}

// store records changes that must be durable.
func (j *journal) store(changes []change) error {
	size := int64(headerBytes)
	for _, c := range changes {
		size += int64(len(c.key)+len(c.value)) + entryBytes
	}
	if size > maxRecordBytes {
		return fmt.Errorf("queue_storage: a batch of %d bytes is larger than a record may be (%d)", size, maxRecordBytes)
	}
	// What is held is about to be put back: it must fit although it is counted twice.
	if j.bytes+size > j.limits.max+j.heldSize {
		j.tel.refused()
		return fmt.Errorf("queue_storage: the queue in %s has reached max_bytes (%d); it takes items again when some have been sent: %w",
			j.dir, j.limits.max, storage.ErrStorageFull)
	}
	// When as many items have come as are held, all are back.
	flush := len(j.held) > 0 && j.back >= len(j.held)
	if flush {
		changes = j.withHeld(changes)
	}
	if err := j.record(changes); err != nil {
		if isFull(err) {
			j.tel.refused()
			return fmt.Errorf("queue_storage: no space left on the disk of %s; free some, it then takes items again: %w: %w", j.dir, storage.ErrStorageFull, err)
		}
		return fmt.Errorf("queue_storage: %w", err)
	}
	j.back++
	if flush {
		j.release()
	}
	return nil
}

// bookkeep records changes that need not be durable yet. It always works: what
// cannot be written now is in memory and goes to the head of the next segment.
func (j *journal) bookkeep(changes []change) {
	sets := false
	for _, c := range changes {
		sets = sets || !c.delete
	}
	all := changes
	if sets && len(j.held) > 0 {
		all = j.withHeld(changes)
	}
	if err := j.record(all); err == nil {
		if sets {
			j.release()
		}
		return
	}
	for _, c := range all {
		if c.delete {
			j.missed[c.key] = struct{}{}
		}
	}
	if sets {
		j.release()
	}
	if a := j.active(); a != nil {
		a.sealed = true
	}
	j.apply(nil, 0, changes)
}

// record appends one record and applies it.
func (j *journal) record(changes []change) error {
	seg, err := j.room()
	if err != nil {
		return err
	}
	j.buf = appendRecord(j.buf[:0], seg.salt, j.seq+1, j.synced, changes)
	at := seg.size
	if err := seg.write(j.buf); err != nil {
		return err
	}
	if cap(j.buf) > 4<<20 {
		j.buf = nil
	}
	j.seq++
	j.bytes += seg.size - at
	j.apply(seg, at, changes)
	return nil
}

// apply makes the index agree with a record at the place given; without a
// segment the changes are of small values, in memory only.
func (j *journal) apply(seg *segment, at int64, changes []change) {
	for _, c := range changes {
		where := seg
		if old := j.index[c.key]; seg == nil && old != nil {
			where = old.seg // there is what a crash would go back to
		}
		j.drop(c.key)
		if c.delete {
			j.unsyncedDeletes = append(j.unsyncedDeletes, mark{j.seq, c.key})
			continue
		}
		// A new value ends the delete of the old one.
		delete(j.missed, c.key)
		if e := j.held[c.key]; e != nil {
			e.seg.held--
			j.heldSize -= e.cost(c.key)
			delete(j.held, c.key)
		}
		e := &entry{seg: where, at: at + int64(c.at), size: len(c.value)}
		if len(c.value) <= inlineBytes || isQueueMetadata(c.key) {
			e.inline = append(make([]byte, 0, len(c.value)), c.value...)
		} else {
			e.crc = crc32.Checksum(c.value, castagnoli)
		}
		j.put(c.key, e)
		if isItem(c.key) || e.inline == nil {
			j.unsyncedSets = append(j.unsyncedSets, mark{j.seq, c.key})
		}
	}
}

// wake has the housekeeping look for something to do now.
func (j *journal) wake() {
	select {
	case j.nudge <- struct{}{}:
	default:
	}
}
