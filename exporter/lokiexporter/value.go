package lokiexporter

import (
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

// fieldValue looks a value up in its sources, then takes the default.
func (c *converter) fieldValue(f *FieldConfig, resource pcommon.Map, lr plog.LogRecord) string {
	value := c.value(&f.SourceConfig, resource, lr)
	for i := 0; value == "" && i < len(f.Fallback); i++ {
		value = c.value(&f.Fallback[i], resource, lr)
	}
	if value == "" {
		return f.Default
	}
	if !utf8.ValidString(value) {
		value = strings.ToValidUTF8(value, "\uFFFD")
	}
	return value
}

func (c *converter) value(s *SourceConfig, resource pcommon.Map, lr plog.LogRecord) string {
	switch s.From {
	case SourceResource:
		return lookup(resource, s.Key)
	case SourceAttribute:
		return lookup(lr.Attributes(), s.Key)
	case SourceSeverity:
		return severity(lr)
	case SourceEventName:
		return lr.EventName()
	case SourceTraceID:
		if id := lr.TraceID(); !id.IsEmpty() {
			return c.hex(id[:])
		}
	case SourceSpanID:
		if id := lr.SpanID(); !id.IsEmpty() {
			return c.hex(id[:])
		}
	}
	return ""
}

// hex writes an id as its String does, without making the text twice.
func (c *converter) hex(id []byte) string {
	c.id = hex.AppendEncode(c.id[:0], id)
	return string(c.id)
}

func lookup(m pcommon.Map, key string) string {
	v, found := m.Get(key)
	if !found {
		return ""
	}
	return v.AsString()
}

// severity is the severity's text in upper case, as the body has it; without a
// text the name of the number's range.
func severity(lr plog.LogRecord) string {
	if text := lr.SeverityText(); text != "" {
		return strings.ToUpper(text)
	}
	if n := lr.SeverityNumber(); n != plog.SeverityNumberUnspecified {
		return strings.ToUpper(strings.TrimRight(n.String(), "234"))
	}
	return ""
}
