package queuestorageextension

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// A record is marker(4) payload length(4) sequence(8) synced(8) crc(4) payload.
// The payload is a row of operations: kind(1) uvarint key length, key and, for
// a set, uvarint value length and value. Integers are little endian. "synced"
// is the newest sequence number known to be durable when it was written: it
// tells a record that was torn from one that was damaged later.
const (
	headerBytes    = 28
	crcAt          = 24
	maxRecordBytes = 1 << 30
	maxKeyBytes    = 4 << 10

	kindSet    = 1
	kindDelete = 2
)

var (
	castagnoli = crc32.MakeTable(crc32.Castagnoli)

	errBadRecord = errors.New("bad record")
)

// change is one operation of a record.
type change struct {
	key    string
	value  []byte
	at     int // of the value, from the start of the record
	delete bool
}

// salt makes the records of one segment its own.
type salt [8]byte

func (s salt) crc(header, payload []byte) uint32 {
	c := crc32.Update(0, castagnoli, s[:])
	c = crc32.Update(c, castagnoli, header[:crcAt])
	return crc32.Update(c, castagnoli, payload)
}

// appendRecord appends a record and notes in the changes where their values are.
func appendRecord(dst []byte, s salt, seq, synced uint64, changes []change) []byte {
	start := len(dst)
	dst = append(dst, make([]byte, headerBytes)...)
	for i := range changes {
		c := &changes[i]
		if c.delete {
			dst = append(dst, kindDelete)
			dst = binary.AppendUvarint(dst, uint64(len(c.key)))
			dst = append(dst, c.key...)
			continue
		}
		dst = append(dst, kindSet)
		dst = binary.AppendUvarint(dst, uint64(len(c.key)))
		dst = append(dst, c.key...)
		dst = binary.AppendUvarint(dst, uint64(len(c.value)))
		c.at = len(dst) - start
		dst = append(dst, c.value...)
	}
	h, payload := dst[start:start+headerBytes], dst[start+headerBytes:]
	copy(h, s[:4])
	binary.LittleEndian.PutUint32(h[4:], uint32(len(payload))) //nolint:gosec // at most maxRecordBytes
	binary.LittleEndian.PutUint64(h[8:], seq)
	binary.LittleEndian.PutUint64(h[16:], synced)
	binary.LittleEndian.PutUint32(h[crcAt:], s.crc(h, payload))
	return dst
}

// record is one that was read; its values point into the data it was read from.
type record struct {
	seq, synced uint64
	size        int
	changes     []change
}

// readRecord reads the record at the start of data.
func readRecord(data []byte, s salt) (record, error) {
	if len(data) < headerBytes || string(data[:4]) != string(s[:4]) {
		return record{}, errBadRecord
	}
	n := binary.LittleEndian.Uint32(data[4:])
	if n > maxRecordBytes || int(n) > len(data)-headerBytes {
		return record{}, errBadRecord
	}
	payload := data[headerBytes : headerBytes+int(n)]
	if s.crc(data, payload) != binary.LittleEndian.Uint32(data[crcAt:]) {
		return record{}, errBadRecord
	}
	r := record{
		seq:    binary.LittleEndian.Uint64(data[8:]),
		synced: binary.LittleEndian.Uint64(data[16:]),
		size:   headerBytes + int(n),
	}
	var err error
	r.changes, err = readChanges(payload)
	return r, err
}

func readChanges(payload []byte) ([]change, error) {
	var changes []change
	rest := payload
	field := func() ([]byte, bool) {
		n, w := binary.Uvarint(rest)
		if w <= 0 || n > uint64(len(rest)-w) { //nolint:gosec // w is at most len(rest)
			return nil, false
		}
		end := w + int(n) //nolint:gosec // at most len(rest)
		f := rest[w:end]
		rest = rest[end:]
		return f, true
	}
	for len(rest) > 0 {
		kind := rest[0]
		rest = rest[1:]
		key, ok := field()
		if !ok || len(key) > maxKeyBytes {
			return nil, fmt.Errorf("%w: key", errBadRecord)
		}
		c := change{key: string(key), delete: kind == kindDelete}
		switch kind {
		case kindDelete:
		case kindSet:
			if c.value, ok = field(); !ok {
				return nil, fmt.Errorf("%w: value", errBadRecord)
			}
			c.at = headerBytes + len(payload) - len(rest) - len(c.value)
		default:
			return nil, fmt.Errorf("%w: kind %d", errBadRecord, kind)
		}
		changes = append(changes, c)
	}
	return changes, nil
}
