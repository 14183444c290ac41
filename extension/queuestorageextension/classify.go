package queuestorageextension

import (
	"go.opentelemetry.io/collector/extension/xextension/storage"
)

// duty is what a Batch must have done before it returns.
type duty int

const (
	// dutyRead changes nothing.
	dutyRead duty = iota
	// dutyRemember is for deletes of items alone: see the package comment.
	dutyRemember
	// dutyAppend records now and syncs later.
	dutyAppend
	// dutySync records and syncs before it returns.
	dutySync
)

// classify tells bookkeeping from what must be durable. Bookkeeping is
// recognised narrowly, so that a doubt costs a sync and never an item: every
// Set is of the queue's metadata, and a Get or Delete beside it shows that the
// queue is reading or finishing, not storing.
func classify(ops []*storage.Operation) duty {
	sets, deletes, gets, named := 0, 0, 0, false
	for _, op := range ops {
		switch op.Type {
		case storage.Set:
			if !isQueueMetadata(op.Key) {
				return dutySync
			}
			sets++
		case storage.Delete:
			deletes++
			named = named || !isItem(op.Key)
		default:
			gets++
		}
	}
	switch {
	case sets == 0 && deletes == 0:
		return dutyRead
	case sets == 0 && !named:
		return dutyRemember
	case sets > 0 && deletes+gets == 0:
		return dutySync
	default:
		return dutyAppend
	}
}

// isQueueMetadata reports whether the persistent queue keeps its own state
// under this key: the present one and the three that older versions used.
func isQueueMetadata(key string) bool {
	switch key {
	case "qmv0", "ri", "wi", "di":
		return true
	}
	return false
}

// isItem reports whether the key is that of a queued item: a decimal number.
func isItem(key string) bool {
	for i := range len(key) {
		if key[i] < '0' || key[i] > '9' {
			return false
		}
	}
	return key != ""
}
