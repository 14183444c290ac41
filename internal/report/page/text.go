package page

import (
	"fmt"
	"html/template"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/agent-telemetry/agent-telemetry/internal/reconcile"
	"github.com/agent-telemetry/agent-telemetry/internal/report"
	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// How much of a text is shown, in bytes.
const (
	lineText = 300
	longText = 2000
	tipText  = 120 // of one of many thousand bars
)

// maxIndent is how many levels of agents can be told apart by where they stand.
const maxIndent = 6

var functions = template.FuncMap{
	"n": number, "when": when, "clock": clock, "span": span, "t": text, "long": long, "short": short, "file": file,
	"sev": severity, "agent": agent, "first": func(s string) string { return text(prefix(s, 8)) },
	"few": few, "seconds": seconds, "plural": plural, "dict": dict, "toolong": cut,
	"ms":     ms,
	"indent": func(level int) int { return min(max(level, 0), maxIndent) },
	"off":    func(list []report.Stretch) []report.Stretch { return list[:min(len(list), 50)] },
	"why":    func(s report.Stretch) string { return whyOff[s.Why] },
	"took":   func(s report.Stretch) string { return span(s.To.Sub(s.From)) },
	"reason": func(r reconcile.Reason) string { return reasons[r] },
	"some":   func(list []reconcile.OpenCall) []reconcile.OpenCall { return list[:min(len(list), 50)] },
	"top":    func(list []report.RuleCount) []report.RuleCount { return list[:min(len(list), 50)] },
}

// text makes text of a record fit to be read: one line, without characters that are
// not seen or that reorder others, and not too long.
func text(s string) string { return securityalert.Escape(s, lineText) }

// sentence is a text with a capital at its beginning and a stop at its end.
func sentence(s string) string {
	if s = text(s); s == "" {
		return "."
	}
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:] + "."
}

// long is text with more room.
func long(s string) string { return securityalert.Escape(s, longText) }

// cut says how much of a text of all bytes is not shown; "" when it is there.
func cut(shown string, all int) string {
	if all <= longText && len(shown) <= longText {
		return ""
	}
	return fmt.Sprintf("Cut: the text has %s bytes. All of it is in the audit log.", number(max(all, len(shown))))
}

func prefix(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return s[:n]
}

// short is the beginning of a hash.
func short(hash string) string {
	if len(hash) <= 12 {
		return text(hash)
	}
	return text(hash[:12]) + "…"
}

// file is a path as seen from its project.
func file(name, project string) string { return text(story.Inside(name, project)) }

// maxFew is how many names few tells.
const maxFew = 5

// few names the first of many.
func few(names []string) string {
	shown := make([]string, 0, maxFew)
	for _, n := range names[:min(len(names), maxFew)] {
		shown = append(shown, text(n))
	}
	if more := len(names) - len(shown); more > 0 {
		return strings.Join(shown, ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(shown, ", ")
}

// number writes an integer with its thousands apart.
func number(v any) string {
	var n int64
	switch v := v.(type) {
	case int:
		n = int64(v)
	case int64:
		n = v
	case *int64:
		if v == nil {
			return "–"
		}
		n = *v
	case uint64:
		if v > math.MaxInt64 {
			return strconv.FormatUint(v, 10)
		}
		n = int64(v)
	case *uint64:
		if v == nil {
			return "–"
		}
		return number(*v)
	case float64:
		n = int64(math.Round(v))
	default:
		return fmt.Sprint(v)
	}
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "−", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// when is a day and a time, UTC.
func when(v any) string { return format(v, "2006-01-02 15:04:05") }

// clock is a time of the day, UTC.
func clock(v any) string { return format(v, "15:04:05") }

func format(v any, layout string) string {
	switch v := v.(type) {
	case time.Time:
		if v.IsZero() {
			return "–"
		}
		return v.UTC().Format(layout)
	case *time.Time:
		if v == nil || v.IsZero() {
			return "–"
		}
		return v.UTC().Format(layout)
	}
	return ""
}

// span is a length of time in words of two parts at most.
func span(d time.Duration) string {
	switch {
	case d < 0:
		return "–"
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 10*time.Second:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return parts(int(d/time.Minute), "min", int(d%time.Minute/time.Second), "s")
	case d < 48*time.Hour:
		return parts(int(d/time.Hour), "h", int(d%time.Hour/time.Minute), "min")
	}
	return parts(int(d/(24*time.Hour)), "d", int(d%(24*time.Hour)/time.Hour), "h")
}

func parts(a int, x string, b int, y string) string {
	if b == 0 {
		return fmt.Sprintf("%d %s", a, x)
	}
	return fmt.Sprintf("%d %s %d %s", a, x, b, y)
}

// seconds is span of seconds that may not be known.
func seconds(v *float64) string {
	if v == nil {
		return "–"
	}
	return span(time.Duration(math.Min(*v, 1e9) * float64(time.Second)))
}

// severity is a word and a class of the style; text of a record is neither.
func severity(s string) string {
	if securityalert.Rank(s) == 0 {
		return "low"
	}
	return s
}

// agent names who did something.
func agent(id, kind string) string {
	switch {
	case kind != "":
		return text(kind)
	case id != "":
		return "agent " + text(prefix(id, 8))
	}
	return ""
}

// plural makes "1 event" of 1 and "event", and "2 events" of 2.
func plural(v any, one string) string {
	n := number(v)
	if n == "1" {
		return "1 " + one
	}
	if strings.HasSuffix(one, "y") {
		return n + " " + strings.TrimSuffix(one, "y") + "ies"
	}
	return n + " " + one + "s"
}

// dict hands several values to a part of a template.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict: %d values", len(pairs))
	}
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		k, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: %v is no name", pairs[i])
		}
		m[k] = pairs[i+1]
	}
	return m, nil
}
