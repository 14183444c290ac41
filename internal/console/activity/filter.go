package activity

import (
	"slices"
	"strings"
)

// Bounds of a filter.
const (
	MaxFilter = 200 // bytes
	maxTerms  = 16
)

// Filter chooses events. A nil Filter chooses all.
type Filter struct {
	Text  string // as it was typed
	terms []term
}

// term is one condition.
type term struct {
	not   bool
	match func(*Event) bool
}

// ParseFilter reads a filter: words that all have to match. A word is a text that
// an event holds, or one of session:, tool:, project:, type:, level:, agent:
// (beginning with, case does not matter), severity: (critical, high, medium or low;
// with a + behind it, or worse) and is: (alert, error, outside). A - in front of it
// turns it round. What is no condition is a text.
func ParseFilter(text string) *Filter {
	text = strings.TrimSpace(strings.ToValidUTF8(text[:min(len(text), MaxFilter)], ""))
	f := &Filter{Text: text}
	for word := range strings.FieldsSeq(strings.ToLower(text)) {
		if len(f.terms) == maxTerms {
			break
		}
		t := term{}
		if rest, ok := strings.CutPrefix(word, "-"); ok && rest != "" {
			t.not, word = true, rest
		}
		if t.match = condition(word); t.match != nil {
			f.terms = append(f.terms, t)
		}
	}
	return f
}

// Empty reports whether the filter chooses everything.
func (f *Filter) Empty() bool { return f == nil || len(f.terms) == 0 }

// condition is what a word asks for, nil while its value is not typed yet.
func condition(word string) func(*Event) bool {
	key, value, colon := strings.Cut(word, ":")
	field := map[string]func(*Event) string{
		"session": func(e *Event) string { return e.Session }, "tool": func(e *Event) string { return e.Tool },
		"project": func(e *Event) string { return e.Project }, "type": func(e *Event) string { return e.Type },
		"level": func(e *Event) string { return e.Level }, "agent": func(e *Event) string { return e.Agent },
	}[key]
	switch {
	case colon && value == "" && (field != nil || key == "severity" || key == "is"):
		return nil
	case !colon:
	case field != nil:
		return func(e *Event) bool { return strings.HasPrefix(strings.ToLower(field(e)), value) }
	case key == "severity":
		if match := severity(value); match != nil {
			return match
		}
	case key == "is":
		if match := is[value]; match != nil {
			return match
		}
	}
	return func(e *Event) bool { return strings.Contains(e.search, word) }
}

func severity(value string) func(*Event) bool {
	value, worse := strings.CutSuffix(value, "+")
	rank := rankOf(value)
	if rank == 0 {
		return nil
	}
	return func(e *Event) bool {
		return e.Alert != nil && (e.Alert.Rank() == rank || (worse && e.Alert.Rank() > rank))
	}
}

var is = map[string]func(*Event) bool{
	"alert":   func(e *Event) bool { return e.Alert != nil },
	"error":   func(e *Event) bool { return e.Phase == PhaseFailed },
	"outside": func(e *Event) bool { return e.Outside },
}

// Match reports whether the filter chooses an event.
func (f *Filter) Match(e *Event) bool {
	if f == nil {
		return true
	}
	for _, t := range f.terms {
		if t.match(e) == t.not {
			return false
		}
	}
	return true
}

// choose returns those of the events that the filter chooses, in a list of its own.
func (f *Filter) choose(events []*Event) []*Event {
	if f.Empty() {
		return slices.Clone(events)
	}
	var out []*Event
	for _, e := range events {
		if f.Match(e) {
			out = append(out, e)
		}
	}
	return out
}

// Choose is what Events of a State does, for events that were kept.
func (f *Filter) Choose(events []*Event) []*Event { return f.choose(events) }

// With returns the filter's text with one condition in it, in place of others of
// that key; without any when value is "".
func (f *Filter) With(key, value string) string {
	var words []string
	if f != nil {
		for word := range strings.FieldsSeq(f.Text) {
			if !strings.HasPrefix(strings.ToLower(word), key+":") {
				words = append(words, word)
			}
		}
	}
	if value != "" && !strings.ContainsAny(value, " \t") {
		words = append(words, key+":"+value)
	}
	return strings.Join(words, " ")
}

// Value returns the value of the condition of a key, "" when there is none.
func (f *Filter) Value(key string) string {
	if f == nil {
		return ""
	}
	for word := range strings.FieldsSeq(f.Text) {
		if v, ok := strings.CutPrefix(strings.ToLower(word), key+":"); ok {
			return v
		}
	}
	return ""
}
