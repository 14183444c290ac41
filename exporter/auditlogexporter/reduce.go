package auditlogexporter

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// What a reduced record can lack, the largest and least telling first.
const (
	dropRawInput   = "body." + semconv.BodyRawInput
	dropBody       = "body"
	dropScope      = "scope"
	dropResource   = "resource"
	dropAttributes = "attributes" // the long ones and those that are no scalars
)

// Bounds of what is left of a record when nearly all is dropped.
const (
	maxText       = 128 // bytes of a name or a value
	maxAttributes = 64
)

// reason says why a record was reduced; it is the metric's attribute.
type reason string

const (
	tooLarge    reason = "too_large"
	unencodable reason = "unencodable"
)

// reduce returns the most of the record that can be written in limit bytes,
// with a note of what is missing. full is the JSON that was too much.
func (s source) reduce(full []byte, why reason, limit int) []byte {
	sum := sha256.Sum256(full)
	note := auditlog.Reduced{Reason: string(why), Bytes: len(full), SHA256: hex.EncodeToString(sum[:])}
	p := s.whole()
	for _, step := range []struct {
		name  string
		apply func()
	}{
		{dropRawInput, func() { p.body = source.bodyWithoutRawInput }},
		{dropBody, func() { p.body = nil }},
		{dropScope, func() { p.scope = false }},
		{dropResource, func() { p.resource = false }},
		{dropAttributes, func() { p.attributes = s.shortAttributes() }},
	} {
		step.apply()
		if step.name == dropBody { // it holds raw_input
			note.Dropped = nil
		}
		note.Dropped = append(note.Dropped, step.name)
		p.reduced = encodeNote(note)
		if out, err := s.appendRecord(nil, p); err == nil && len(out) <= limit {
			return out
		}
	}
	return s.bare(p)
}

// bare is what remains when even that is too much: names, cut, and the ids by
// which the record is found.
func (s source) bare(p parts) []byte {
	short := plog.NewLogRecord()
	s.record.CopyTo(short)
	short.SetEventName(cut(short.EventName()))
	short.SetSeverityText(cut(short.SeverityText()))
	short.Attributes().RemoveIf(func(k string, v pcommon.Value) bool {
		return (k != semconv.EventID && k != semconv.SessionID) || !isShort(k, v)
	})
	p.attributes = short.Attributes()
	out, _ := source{s.resource, s.scope, short}.appendRecord(nil, p) // scalars only: nothing can fail
	return out
}

func (s source) shortAttributes() pcommon.Map {
	m := pcommon.NewMap()
	for k, v := range s.record.Attributes().All() {
		if m.Len() < maxAttributes && isShort(k, v) {
			v.CopyTo(m.PutEmpty(k))
		}
	}
	return m
}

func isShort(k string, v pcommon.Value) bool {
	if len(k) > maxText {
		return false
	}
	switch v.Type() {
	case pcommon.ValueTypeStr:
		return len(v.Str()) <= maxText
	case pcommon.ValueTypeInt, pcommon.ValueTypeDouble, pcommon.ValueTypeBool:
		return true
	}
	return false
}

func cut(s string) string {
	if len(s) <= maxText {
		return s
	}
	return strings.ToValidUTF8(s[:maxText], "")
}

func encodeNote(note auditlog.Reduced) []byte {
	b, err := json.Marshal(note)
	if err != nil { // strings and a number
		return []byte(`{}`)
	}
	return b
}

// bodyWithoutRawInput writes the body with raw_input replaced by its size and hash.
func (s source) bodyWithoutRawInput(dst []byte) ([]byte, error) {
	body := pcommon.NewValueEmpty()
	s.record.Body().CopyTo(body)
	if body.Type() == pcommon.ValueTypeMap {
		if raw, ok := body.Map().Get(semconv.BodyRawInput); ok {
			encoded, err := appendValue(nil, raw, 1)
			sum := sha256.Sum256(encoded)
			m := raw.SetEmptyMap()
			m.PutInt("bytes", int64(len(encoded)))
			if err == nil {
				m.PutStr("sha256", hex.EncodeToString(sum[:]))
			}
		}
	}
	return appendValue(dst, body, 1)
}
