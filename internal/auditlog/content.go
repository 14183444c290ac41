package auditlog

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"hash/maphash"

	"github.com/google/uuid"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// contentAttributes are the attributes that say what an event is. Others can
// differ when one event is handed in twice.
var contentAttributes = []string{
	semconv.EventType, semconv.SessionID, semconv.SessionSeq, semconv.ToolName, semconv.ToolCallID,
	semconv.FilePath, semconv.CommandLine, semconv.URLFull,
}

// contentSeed makes the hash one that nobody outside can aim at. It holds for
// this process.
var contentSeed = maphash.MakeSeed()

// ContentHash returns a hash of what an event says: its name, its body's JSON as
// it is stored, and the attributes that make it up. attribute returns an
// attribute as text, "" when it is not there. Hashes hold for one process and are
// never 0.
func ContentHash(eventName string, body []byte, attribute func(key string) string) uint64 {
	var h maphash.Hash
	h.SetSeed(contentSeed)
	_, _ = h.WriteString(eventName) // a hash takes everything
	for _, key := range contentAttributes {
		_ = h.WriteByte(0)
		_, _ = h.WriteString(attribute(key))
	}
	_ = h.WriteByte(0)
	// The body is hashed in one go: a Hash takes 128 bytes at a time.
	var sum [8]byte
	binary.LittleEndian.PutUint64(sum[:], maphash.Bytes(contentSeed, body))
	_, _ = h.Write(sum[:])
	return max(h.Sum64(), 1)
}

// storedEvent returns the event id of a line, "" when it has none or does not
// parse, and the hash of its content, 0 when it was not stored whole. Of the
// record it decodes no more than it needs: Open waits for it.
func storedEvent(line []byte) (id string, e seenEvent) {
	if !bytes.Contains(line, []byte(semconv.EventID)) {
		return "", seenEvent{}
	}
	var l struct {
		Record struct {
			EventName  string                     `json:"event_name"`
			Attributes map[string]json.RawMessage `json:"attributes"`
			Body       json.RawMessage            `json:"body"`
			Reduced    *struct{}                  `json:"reduced"`
		} `json:"record"`
	}
	if err := json.Unmarshal(line, &l); err != nil {
		return "", seenEvent{}
	}
	text := func(key string) string {
		raw := l.Record.Attributes[key]
		var s string
		if json.Unmarshal(raw, &s) == nil {
			return s
		}
		return string(raw)
	}
	if id = text(semconv.EventID); id == "" {
		return "", seenEvent{}
	}
	e.key = keyOf(id)
	if l.Record.Reduced == nil {
		e.content = ContentHash(l.Record.EventName, l.Record.Body, text)
	}
	if with := text(semconv.EventConflictsWith); with != "" {
		e.conflict = conflictKey(with, e.content)
	}
	return id, e
}

// markConflict gives a record an id of its own and says with which record it
// conflicts, so that event ids stay unique. A record that cannot be decoded
// stays as it is.
func markConflict(record []byte) []byte {
	var r Record
	dec := json.NewDecoder(bytes.NewReader(record))
	dec.UseNumber()
	if err := dec.Decode(&r); err != nil || r.Attributes == nil {
		return record
	}
	id, err := uuid.NewV7()
	if err != nil {
		return record
	}
	r.Attributes[semconv.EventConflictsWith] = r.Attributes[semconv.EventID]
	r.Attributes[semconv.EventID] = id.String()
	r.Attributes[semconv.EventIDConflict] = true
	marked, err := r.Encode()
	if err != nil {
		return record
	}
	return marked
}
