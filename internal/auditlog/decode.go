package auditlog

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"unicode/utf8"

	"github.com/agent-telemetry/agent-telemetry/internal/jsonscan"
)

// Bounds of the names of attributes that are held once for many records.
const (
	maxNames     = 1024
	maxNameBytes = 64
)

// decoder reads records. It is for one goroutine; the zero decoder is ready.
type decoder struct {
	names map[string]string // of attributes, which come again and again
}

// errOther says that a record is not as the writer makes it.
var errOther = errors.New("left to encoding/json")

// record reads a record as encoding/json does, several times faster. It is false for
// one that is not as the writer makes it: with names that are not those of Record or
// come twice, nulls, or values of another type. Those are left to encoding/json, and r
// is not to be used. The body is a part of text.
func (d *decoder) record(text []byte, r *Record) bool {
	s := jsonscan.New(text)
	var seen uint
	err := s.Object(0, func(key []byte) (bool, error) {
		i := fieldOf(key)
		if i < 0 || seen&(1<<i) != 0 || s.Peek() == 'n' {
			return false, errOther
		}
		seen |= 1 << i
		return true, d.field(s, i, r)
	})
	return err == nil && s.Done()
}

// Fields of a record.
const (
	fieldKind = iota
	fieldTime
	fieldObserved
	fieldEventName
	fieldSeverityNumber
	fieldSeverityText
	fieldTraceID
	fieldSpanID
	fieldFlags
	fieldResource
	fieldScope
	fieldAttributes
	fieldDropped
	fieldBody
)

// fieldOf returns which field has a name, -1 for one that is not read here.
func fieldOf(key []byte) int {
	switch string(key) {
	case "kind":
		return fieldKind
	case "time":
		return fieldTime
	case "observed_time":
		return fieldObserved
	case "event_name":
		return fieldEventName
	case "severity_number":
		return fieldSeverityNumber
	case "severity_text":
		return fieldSeverityText
	case "trace_id":
		return fieldTraceID
	case "span_id":
		return fieldSpanID
	case "flags":
		return fieldFlags
	case "resource":
		return fieldResource
	case "scope":
		return fieldScope
	case "attributes":
		return fieldAttributes
	case "dropped_attributes_count":
		return fieldDropped
	case "body":
		return fieldBody
	}
	return -1
}

func (d *decoder) field(s *jsonscan.Scanner, field int, r *Record) error {
	switch field {
	case fieldResource:
		return d.attributes(s, &r.Resource)
	case fieldAttributes:
		return d.attributes(s, &r.Attributes)
	case fieldScope:
		return d.scope(s, &r.Scope)
	}
	v, err := s.Value(1)
	if err != nil {
		return err
	}
	switch field {
	case fieldKind:
		return d.text(v, &r.Kind)
	case fieldTime:
		return r.Time.UnmarshalJSON(v)
	case fieldObserved:
		return r.ObservedTime.UnmarshalJSON(v)
	case fieldEventName:
		return d.text(v, &r.EventName)
	case fieldSeverityText:
		return d.text(v, &r.SeverityText)
	case fieldTraceID:
		return d.text(v, &r.TraceID)
	case fieldSpanID:
		return d.text(v, &r.SpanID)
	case fieldSeverityNumber:
		r.SeverityNumber, err = strconv.Atoi(string(v))
	case fieldFlags:
		r.Flags, err = number(v)
	case fieldDropped:
		r.DroppedAttributes, err = number(v)
	case fieldBody:
		r.Body = v[:len(v):len(v)]
	}
	return err
}

func (d *decoder) scope(s *jsonscan.Scanner, scope *Scope) error {
	if s.Peek() != '{' {
		return errOther
	}
	names := 0
	return s.Object(1, func(key []byte) (bool, error) {
		to := &scope.Name
		switch string(key) {
		case "name":
		case "version":
			to = &scope.Version
		default:
			return false, errOther
		}
		if names++; names > 2 || *to != "" {
			return false, errOther
		}
		v, err := s.Value(2)
		if err != nil {
			return true, err
		}
		return true, d.text(v, to)
	})
}

func (d *decoder) attributes(s *jsonscan.Scanner, to *map[string]any) error {
	if s.Peek() != '{' {
		return errOther
	}
	all := make(map[string]any, 16)
	*to = all
	return s.Object(1, func(key []byte) (bool, error) {
		name, err := d.name(key)
		if err != nil {
			return true, err
		}
		raw, err := s.Value(2)
		if err != nil {
			return true, err
		}
		all[name], err = d.value(raw)
		return true, err
	})
}

// value returns what encoding/json makes of a value whose form is right. Numbers stay
// as they are written: 64-bit integers are exact.
func (d *decoder) value(raw []byte) (any, error) {
	switch raw[0] {
	case '"':
		var s string
		err := d.text(raw, &s)
		return s, err
	case 't':
		return true, nil
	case 'f':
		return false, nil
	case 'n':
		return nil, nil //nolint:nilnil // null is a value
	case '{', '[':
		var v any
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.UseNumber()
		err := dec.Decode(&v)
		return v, err
	}
	return json.Number(raw), nil
}

// text sets to when the value is a string.
func (d *decoder) text(raw []byte, to *string) error {
	if raw[0] != '"' {
		return errOther
	}
	inner := raw[1 : len(raw)-1]
	if bytes.IndexByte(inner, '\\') >= 0 || !utf8.Valid(inner) {
		return json.Unmarshal(raw, to)
	}
	*to = string(inner)
	return nil
}

// name returns the name of an attribute, given without its quotes.
func (d *decoder) name(key []byte) (string, error) {
	if known, ok := d.names[string(key)]; ok {
		return known, nil
	}
	if bytes.IndexByte(key, '\\') >= 0 || !utf8.Valid(key) {
		return "", errOther
	}
	name := string(key)
	if len(name) <= maxNameBytes && len(d.names) < maxNames {
		if d.names == nil {
			d.names = map[string]string{}
		}
		d.names[name] = name
	}
	return name, nil
}

func number(raw []byte) (uint32, error) {
	n, err := strconv.ParseUint(string(raw), 10, 32)
	return uint32(n), err
}
