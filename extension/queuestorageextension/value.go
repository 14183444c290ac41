package queuestorageextension

import (
	"errors"
	"fmt"
	"hash/crc32"

	"go.uber.org/zap"
)

// entry is where a key's value is.
type entry struct {
	seg    *segment
	at     int64
	size   int
	crc    uint32
	inline []byte // the value itself; nil when it is only on disk
}

func (e *entry) cost(key string) int64 { return int64(len(key) + e.size + entryBytes) }

// get returns a copy of the value, or nil. A value that is damaged is nil too:
// with an error the queue would give up the other items of the same Batch.
func (j *journal) get(key string) []byte {
	e := j.index[key]
	if e == nil {
		return nil
	}
	if e.inline != nil {
		return append(make([]byte, 0, len(e.inline)), e.inline...)
	}
	v, err := e.read()
	if err != nil {
		j.tel.damagedValue()
		j.log.Error("A queued value cannot be read back; it is lost here", zap.String("key", key), zap.String("segment", e.seg.name()), zap.Error(err))
		return nil
	}
	return v
}

func (e *entry) read() ([]byte, error) {
	if e.inline != nil {
		return e.inline, nil
	}
	v := make([]byte, e.size)
	if _, err := e.seg.file.ReadAt(v, e.at); err != nil {
		return nil, fmt.Errorf("read value: %w", err)
	}
	if crc32.Checksum(v, castagnoli) != e.crc {
		return nil, errors.New("read value: checksum mismatch")
	}
	return v, nil
}

// counted reports whether the entry keeps its segment alive. Small values that
// are not items do not: they are at the head of every newer segment.
func (e *entry) counted(key string) bool { return e.seg != nil && (e.inline == nil || isItem(key)) }

func (j *journal) put(key string, e *entry) {
	j.index[key] = e
	if isItem(key) {
		j.items++
	}
	if e.counted(key) {
		e.seg.live += e.cost(key)
	}
}

func (j *journal) drop(key string) {
	e := j.index[key]
	if e == nil {
		return
	}
	delete(j.index, key)
	if isItem(key) {
		j.items--
	}
	if e.counted(key) {
		e.seg.live -= e.cost(key)
		if e.seg.live == 0 && e.seg.sealed {
			j.wake()
		}
	}
}
