package hookevent

import (
	"encoding/json"
	"sort"
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/otel/attribute"
)

// fieldset collects key-value pairs and leaves out what is empty.
type fieldset []attribute.KeyValue

func (f *fieldset) str(key, v string) {
	if v != "" {
		*f = append(*f, attribute.String(key, v))
	}
}

func (f *fieldset) strs(key string, v []string) {
	if len(v) > 0 {
		*f = append(*f, attribute.StringSlice(key, v))
	}
}

func (f *fieldset) num(key string, v int64, present bool) {
	if present {
		*f = append(*f, attribute.Int64(key, v))
	}
}

func (f *fieldset) flag(key string, v, present bool) {
	if present {
		*f = append(*f, attribute.Bool(key, v))
	}
}

func (f *fieldset) obj(key string, v []attribute.KeyValue) {
	if len(v) > 0 {
		*f = append(*f, attribute.Map(key, v...))
	}
}

// number converts a JSON number; one that fits neither int64 nor float64 stays
// text.
func number(n json.Number) attribute.Value {
	if i, err := n.Int64(); err == nil {
		return attribute.Int64Value(i)
	}
	if f, err := n.Float64(); err == nil {
		return attribute.Float64Value(f)
	}
	return attribute.StringValue(cut(n.String(), 64))
}

// cut shortens s to at most n bytes at a character boundary.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// oneLine cuts s to runes characters on one line; control characters and the
// invisible ones that reorder text become spaces.
func oneLine(s string, runes int) string {
	if len(s) <= runes && isLine(s) {
		return s
	}
	var b strings.Builder
	n, space := 0, false
	for _, r := range s {
		if r < 0x20 || r == 0x7f || (r >= 0x80 && r < 0xa0) || r == ' ' || isReordering(r) {
			space = n > 0
			continue
		}
		if space {
			if n++; n > runes {
				break
			}
			b.WriteByte(' ')
			space = false
		}
		if n++; n > runes {
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}

// isLine reports whether oneLine would leave s as it is, as it does nearly always.
func isLine(s string) bool {
	before := byte(' ')
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c >= 0x7f || c == ' ' && before == ' ' {
			return false
		}
		before = c
	}
	return before != ' ' || s == ""
}

// isReordering reports the Unicode characters that make text read otherwise
// than it is stored: direction marks, isolates and line separators.
func isReordering(r rune) bool {
	return r == 0x061c || r == 0x2028 || r == 0x2029 || r == 0xfeff ||
		(r >= 0x200b && r <= 0x200f) || (r >= 0x202a && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069)
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
