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

// captured reports whether two captures of one payload may differ in an attribute: a
// hook that is registered twice captures it twice.
func captured(key string) bool {
	switch key {
	case semconv.EventID, // compared by itself
		semconv.CaptureTransport,
		semconv.SessionSeqRestarted,
		// What was told to Claude Code is no part of what happened: the copy in the
		// spool, of a sender that had to go, says it, and the one that it had sent does not.
		semconv.EnforcementDecision,
		semconv.EnforcementReason:
		return true
	}
	return false
}

// capturedBody reports the same of the body's fields.
func capturedBody(key string) bool { return key == semconv.BodyTimestamp }

// nothing is left out of what is neither the attributes nor the body.
func nothing(string) bool { return false }

// contentOf hashes a record. The order of keys does not matter.
func contentOf(resource pcommon.Resource, lr plog.LogRecord, id eventID) contentHash {
	h, _ := hashers.Get().(*hasher)
	defer hashers.Put(h)
	h.told = h.told[:0]
	h.mapping(resource.Attributes(), nothing)
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

// keepTold is the largest buffer that is kept.
const keepTold = 64 << 10

// hashers are kept for the next record. The whole is hashed at once: a hash that
// is fed eight bytes at a time takes longer, and every text had to be copied for it.
var hashers = sync.Pool{New: func() any { return &hasher{} }}

// hasher writes values so that different ones never give the same bytes.
type hasher struct {
	told   []byte
	orders [fewKeys + 1]order // by the number of keys
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

func (h *hasher) mapping(m pcommon.Map, without func(key string) bool) {
	var few [fewKeys]entry // on the stack, where the garbage collector need not be told of it
	entries := few[:0]
	for k, v := range m.All() {
		if !without(k) {
			entries = append(entries, entry{k, v})
		}
	}
	h.number(uint64(len(entries)))
	if len(entries) > fewKeys {
		slices.SortStableFunc(entries, func(a, b entry) int { return strings.Compare(a.key, b.key) })
		for _, e := range entries {
			h.text(e.key)
			h.value(e.value)
		}
		return
	}
	var sorted order // a copy: mappings in this one may have as many keys
	h.orders[len(entries)].sort(entries, &sorted)
	for i := range entries {
		e := &entries[sorted[i]]
		h.text(e.key)
		h.value(e.value)
	}
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
		h.mapping(v.Map(), nothing)
	case pcommon.ValueTypeSlice:
		h.number(uint64(v.Slice().Len())) //nolint:gosec // positive
		for _, item := range v.Slice().All() {
			h.value(item)
		}
	case pcommon.ValueTypeEmpty:
	}
}
