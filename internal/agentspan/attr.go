package agentspan

import (
	"slices"
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Bounds of what a span takes over from a record.
const (
	maxText     = 1024 // bytes of one text
	maxList     = 16   // texts of a list
	maxListText = 128  // bytes of each
	maxAttrs    = 48   // of a span
	maxResource = 16   // attributes of a resource
)

// Attr is an attribute of a span. One of its values is set; Kind says which.
type Attr struct {
	Key  string   `json:"k"`
	Kind attrKind `json:"t,omitempty"`
	Str  string   `json:"s,omitempty"`
	Int  int64    `json:"i,omitempty"` // of isBool: 1 is true
	List []string `json:"l,omitempty"`
}

type attrKind uint8

const (
	isText attrKind = iota
	isInt
	isBool
	isList
	noKind // larger than all
)

func textAttr(key, value string) Attr      { return Attr{Key: key, Str: value} }
func intAttr(key string, value int64) Attr { return Attr{Key: key, Kind: isInt, Int: value} }

// attrOf takes over a value of a record. Values of other kinds than spans have are none
// of ours.
func attrOf(key string, v pcommon.Value) (Attr, bool) {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		return textAttr(key, cut(v.Str(), maxText)), v.Str() != ""
	case pcommon.ValueTypeInt:
		return intAttr(key, v.Int()), true
	case pcommon.ValueTypeBool:
		a := Attr{Key: key, Kind: isBool}
		if v.Bool() {
			a.Int = 1
		}
		return a, true
	case pcommon.ValueTypeSlice:
		a := Attr{Key: key, Kind: isList}
		for i, n := 0, min(v.Slice().Len(), maxList); i < n; i++ {
			if item := v.Slice().At(i); item.Type() == pcommon.ValueTypeStr {
				a.List = append(a.List, cut(item.Str(), maxListText))
			}
		}
		return a, len(a.List) > 0
	}
	return Attr{}, false
}

// cut bounds a text to so many bytes and makes it valid UTF-8, which backends insist on.
// A longer one is not kept in memory.
func cut(s string, most int) string {
	if len(s) > most {
		s = strings.Clone(whole(s, most))
	}
	if !utf8.ValidString(s) {
		s = whole(strings.ToValidUTF8(s, "\ufffd"), most)
	}
	return s
}

// whole is the start of a text, without a broken rune at its end.
func whole(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

func (a *Attr) put(m pcommon.Map) {
	switch a.Kind {
	case isText:
		m.PutStr(a.Key, a.Str)
	case isInt:
		m.PutInt(a.Key, a.Int)
	case isBool:
		m.PutBool(a.Key, a.Int != 0)
	case isList:
		list := m.PutEmptySlice(a.Key)
		list.EnsureCapacity(len(a.List))
		for _, s := range a.List {
			list.AppendEmpty().SetStr(s)
		}
	}
}

func (a Attr) equal(b Attr) bool {
	return a.Key == b.Key && a.Kind == b.Kind && a.Str == b.Str && a.Int == b.Int && slices.Equal(a.List, b.List)
}

// size is about what it takes in memory.
func (a *Attr) size() int {
	n := 80 + len(a.Str)
	for _, s := range a.List {
		n += 16 + len(s)
	}
	return n
}

func sizeOf(list []Attr) (n int) {
	for i := range list {
		n += list[i].size()
	}
	return n
}

// set puts an attribute into a list, in the place of the one of that name.
func set(list []Attr, a Attr) []Attr {
	for i := range list {
		if list[i].Key == a.Key {
			list[i] = a
			return list
		}
	}
	if len(list) >= maxAttrs {
		return list
	}
	return append(list, a)
}

// setText is set, of a text that is not empty.
func setText(list []Attr, key, value string) []Attr {
	if value == "" {
		return list
	}
	return set(list, textAttr(key, value))
}

// resourceOf takes over the texts of a resource.
func resourceOf(m pcommon.Map) []Attr {
	var list []Attr
	for k, v := range m.All() {
		if v.Type() != pcommon.ValueTypeStr || len(list) >= maxResource || k == "" || len(k) > maxListText || !utf8.ValidString(k) {
			continue
		}
		list = set(list, textAttr(k, cut(v.Str(), 2*maxListText)))
	}
	return list
}
