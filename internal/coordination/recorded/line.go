package recorded

import (
	"encoding/json"
	"math"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Line is what a record says: fields, each once.
type Line []Field

// Field is a field of a Line.
type Field struct {
	Key  string
	kind fieldKind
	text string
	bits uint64 // of a number
	list []string
	rows []Line
}

type fieldKind uint8

const (
	ofText fieldKind = iota
	ofWhole
	ofFraction
	ofTruth
	ofTexts
	ofLines
)

func (l *Line) text(key, v string) { *l = append(*l, Field{Key: key, text: v}) }

func (l *Line) whole(key string, v int64) {
	*l = append(*l, Field{Key: key, kind: ofWhole, bits: uint64(v)}) //nolint:gosec // and back
}

func (l *Line) count(key string, v int) { l.whole(key, int64(v)) }

func (l *Line) fraction(key string, v float64) {
	*l = append(*l, Field{Key: key, kind: ofFraction, bits: math.Float64bits(v)})
}

func (l *Line) truth(key string, v bool) {
	f := Field{Key: key, kind: ofTruth}
	if v {
		f.bits = 1
	}
	*l = append(*l, f)
}

func (l *Line) texts(key string, v []string) {
	*l = append(*l, Field{Key: key, kind: ofTexts, list: v})
}

func (l *Line) lines(key string, v []Line) {
	*l = append(*l, Field{Key: key, kind: ofLines, rows: v})
}

// put makes the collector's form of a line, without texts that are empty, and false.
func (l Line) put(to pcommon.Map) {
	to.EnsureCapacity(len(l))
	for i := range l {
		if f := &l[i]; !f.empty() {
			f.put(to.PutEmpty(f.Key))
		}
	}
}

func (f *Field) empty() bool {
	return f.kind == ofText && f.text == "" || f.kind == ofTruth && f.bits == 0
}

func (f *Field) put(to pcommon.Value) {
	switch f.kind {
	case ofText:
		to.SetStr(f.text)
	case ofWhole:
		to.SetInt(int64(f.bits)) //nolint:gosec // as it was
	case ofFraction:
		to.SetDouble(math.Float64frombits(f.bits))
	case ofTruth:
		to.SetBool(f.bits != 0)
	case ofTexts:
		s := to.SetEmptySlice()
		s.EnsureCapacity(len(f.list))
		for _, one := range f.list {
			s.AppendEmpty().SetStr(one)
		}
	case ofLines:
		s := to.SetEmptySlice()
		s.EnsureCapacity(len(f.rows))
		for _, one := range f.rows {
			one.put(s.AppendEmpty().SetEmptyMap())
		}
	}
}

// MarshalJSON is the line as an object.
func (l Line) MarshalJSON() ([]byte, error) {
	m := pcommon.NewMap()
	l.put(m)
	return json.Marshal(m.AsRaw())
}
