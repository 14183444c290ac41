package claudehookreceiver

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// contentHash says what a record tells: of two records with one event id, the
// second is a duplicate only when it tells the same.
type contentHash [16]byte

// captured are the attributes in which two captures of one payload may differ: a
// hook that is registered twice captures it twice.
var captured = map[string]bool{
	semconv.EventID:             true, // compared by itself
	semconv.CaptureTransport:    true,
	semconv.SessionSeqRestarted: true,
	// What was told to Claude Code is no part of what happened: the copy in the
	// spool, of a sender that had to go, says it, and the one that it had sent does not.
	semconv.EnforcementDecision: true,
	semconv.EnforcementReason:   true,
}

// capturedBody are the same among the body's fields.
var capturedBody = map[string]bool{semconv.BodyTimestamp: true}

// contentOf hashes a record. The order of keys does not matter.
func contentOf(resource pcommon.Resource, lr plog.LogRecord, id eventID) contentHash {
	h, _ := hashers.Get().(*hasher)
	defer hashers.Put(h)
	h.told = h.told[:0]
	h.mapping(resource.Attributes(), nil)
	h.text(lr.EventName())
	h.number(uint64(lr.SeverityNumber())) //nolint:gosec // any bits
	h.text(lr.SeverityText())
	trace, span := lr.TraceID(), lr.SpanID()
	h.bytes(trace[:])
	h.bytes(span[:])
	h.flag(farFrom(id, lr.Timestamp()))
	h.mapping(lr.Attributes(), captured)
	if body := lr.Body(); body.Type() == pcommon.ValueTypeMap {
		h.mapping(body.Map(), capturedBody)
	} else {
		h.value(body)
	}
	sum := sha256.Sum256(h.told)
	if cap(h.told) > keepTold {
		h.told = nil
	}
	if cap(h.entries) > keepEntries {
		h.entries = nil
	}
	clear(h.entries[:cap(h.entries)]) // nothing of the record is kept
	return contentHash(sum[:len(contentHash{})])
}

// captureSpread is how far the captures of one payload lie apart at most.
const captureSpread = time.Minute

// farFrom reports whether a time is another than the one that the id was made
// at. Two captures of one payload have not the same time, but nearly; a time
// from another day would hide the record.
func farFrom(id eventID, t pcommon.Timestamp) bool {
	u := uuid.UUID(id)
	if u.Version() != 7 {
		return false
	}
	made := time.UnixMilli(int64(binary.BigEndian.Uint64(id[:8]) >> 16)) // 48 bits
	return t.AsTime().Sub(made).Abs() > captureSpread
}

// The largest buffers that are kept.
const (
	keepTold    = 64 << 10
	keepEntries = 512
)

// hashers are kept for the next record. The whole is hashed at once: a hash that
// is fed eight bytes at a time takes longer, and every text had to be copied for it.
var hashers = sync.Pool{New: func() any { return &hasher{} }}

// hasher writes values so that different ones never give the same bytes.
type hasher struct {
	told    []byte
	entries []entry // of the mappings that are being written, one in the other
}

type entry struct {
	key   string
	value pcommon.Value
}

func (h *hasher) number(n uint64) { h.told = binary.BigEndian.AppendUint64(h.told, n) }

func (h *hasher) bytes(b []byte) {
	h.number(uint64(len(b)))
	h.told = append(h.told, b...)
}

func (h *hasher) text(s string) {
	h.number(uint64(len(s)))
	h.told = append(h.told, s...)
}

func (h *hasher) flag(b bool) {
	if b {
		h.number(1)
	} else {
		h.number(0)
	}
}

func (h *hasher) mapping(m pcommon.Map, without map[string]bool) {
	start := len(h.entries)
	for k, v := range m.All() {
		if !without[k] {
			h.entries = append(h.entries, entry{k, v})
		}
	}
	end := len(h.entries)
	slices.SortStableFunc(h.entries[start:end], func(a, b entry) int { return strings.Compare(a.key, b.key) })
	h.number(uint64(end - start)) //nolint:gosec // positive
	for i := start; i < end; i++ {
		e := h.entries[i]
		h.text(e.key)
		h.value(e.value)
	}
	h.entries = h.entries[:start]
}

func (h *hasher) value(v pcommon.Value) {
	h.number(uint64(v.Type())) //nolint:gosec // small and positive
	switch v.Type() {
	case pcommon.ValueTypeStr:
		h.text(v.Str())
	case pcommon.ValueTypeBool:
		h.flag(v.Bool())
	case pcommon.ValueTypeInt:
		h.number(uint64(v.Int())) //nolint:gosec // any bits
	case pcommon.ValueTypeDouble:
		h.number(math.Float64bits(v.Double()))
	case pcommon.ValueTypeBytes:
		h.bytes(v.Bytes().AsRaw())
	case pcommon.ValueTypeMap:
		h.mapping(v.Map(), nil)
	case pcommon.ValueTypeSlice:
		h.number(uint64(v.Slice().Len())) //nolint:gosec // positive
		for _, item := range v.Slice().All() {
			h.value(item)
		}
	case pcommon.ValueTypeEmpty:
	}
}
