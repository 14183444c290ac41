// Package redact takes the obvious secrets out of text before it is written
// anywhere. It is the small fast set that runs in the hook: a plain search for
// hints decides which patterns are compiled and run at all, because most texts
// hold none and a pattern costs more to compile than a hook may spend.
//
// It finds secrets that have a form: known token prefixes, private keys,
// credentials in URLs, headers, assignments and the options of common
// programs. It does not find a password that looks like any other word.
package redact

import (
	"math/bits"
	"regexp"
	"strings"
	"sync"
)

// Text returns s with each secret replaced by a Mark and how many were replaced. The user name of a credential and the name of an assignment stay,
// so that a reader still knows what was there.
//
// What a shell would run is never replaced, whatever it pretends to be: from a
// substitution, a redirection or the end of a command on, the text stays. A
// watched agent reads this file, and must not be able to have its commands
// redacted out of the record. Time is linear in len(s).
func Text(s string) (string, int) {
	if len(s) < minSecret {
		return s, 0
	}
	return textHints.in(s).Text(s)
}

// Path is Text for the names of files: only secrets with a form of their own are
// replaced, because what looks like an assignment is a name there.
func Path(s string) (string, int) {
	if len(s) < minSecret {
		return s, 0
	}
	return textHints.in(s).Path(s)
}

// Text is Text of a text that has these hints.
func (h Hinted) Text(s string) (string, int) { return h.apply(s, false) }

// Path is Path of a text that has these hints.
func (h Hinted) Path(s string) (string, int) { return h.apply(s, true) }

func (h Hinted) apply(s string, tokensOnly bool) (string, int) {
	count := 0
	for ; h != 0; h &= h - 1 {
		r := &rules[bits.TrailingZeros64(uint64(h))]
		if tokensOnly && !r.token || !strings.Contains(s, r.needs) {
			continue
		}
		if r.places != nil {
			s = r.replaceAt(s, &count)
			continue
		}
		s = r.replaceAll(s, &count)
	}
	return s, count
}

// replaceAll replaces what the rule finds anywhere, but for what begins in a mark:
// the name of a rule may look like that of a secret.
func (r *rule) replaceAll(s string, count *int) string {
	var out strings.Builder
	done := 0
	for _, at := range r.pattern().FindAllStringIndex(s, -1) {
		hit := s[at[0]:at[1]]
		clean := hit
		if !inMark(s, at[0]) {
			clean = r.replace(hit)
		}
		if clean != hit {
			*count++
			out.WriteString(s[done:at[0]])
			out.WriteString(clean)
			done = at[1]
		}
	}
	if done == 0 {
		return s
	}
	out.WriteString(s[done:])
	return out.String()
}

// minSecret is the shortest text that can hold a name and a secret.
const minSecret = 6

// rule finds one kind of secret. In the expression, group `keep` (if any) is
// what stays before the secret and group `tail` what stays behind it; without a
// group `secret` all of it is the secret, and the expression must not match
// anything that a shell would run.
type rule struct {
	name   string
	token  bool     // the secret has a form of its own
	hints  []string // lower case; one of them must occur
	needs  string   // must occur, too: most texts with such a hint are without
	expr   string
	places places                         // where expr, which begins with ^, is tried; nil: everywhere
	accept func(keep, secret string) bool // nil accepts everything

	once sync.Once
	re   *regexp.Regexp
}

func (r *rule) pattern() *regexp.Regexp {
	r.once.Do(func() { r.re = regexp.MustCompile(r.expr) })
	return r.re
}

func (r *rule) replace(hit string) string {
	if r.re.SubexpIndex("secret") < 0 {
		return Mark(r.name, hit)
	}
	m := r.re.FindStringSubmatch(hit)
	if m == nil {
		return hit
	}
	var keep, secret, tail string
	for i, group := range r.re.SubexpNames() {
		switch group {
		case "keep":
			keep += m[i]
		case "secret":
			secret += m[i]
		case "tail":
			tail += m[i]
		}
	}
	if isReference(secret) || r.accept != nil && !r.accept(keep, secret) {
		return hit
	}
	inert := Inert(secret)
	if inert == "" {
		return hit
	}
	return keep + Mark(r.name, inert) + secret[len(inert):] + tail
}

// Inert returns the part of a value before the shell would begin to do something:
// what may be replaced. It is empty if there is nothing in it but quotes.
func Inert(value string) string {
	if value == "" {
		return ""
	}
	if at := runs(value); at >= 0 {
		value = value[:at]
		if strings.Trim(value, `"' `) == "" {
			return ""
		}
	}
	return value
}

// runs returns where in a value the shell would begin to do something, or -1.
func runs(s string) int {
	var active string
	switch s[0] {
	case '\'':
		return -1
	case '"':
		active = "`"
	default:
		active = "`;|&<>()\n"
	}
	for i := range len(s) {
		if strings.IndexByte(active, s[i]) >= 0 || s[i] == '$' && i+1 < len(s) && (s[i+1] == '(' || s[i+1] == '{') {
			return i
		}
	}
	return -1
}

// isReference tells the name of a secret from a secret: $TOKEN, ${TOKEN},
// $(command), <placeholder>, or what was replaced before. In single quotes
// everything is literal.
func isReference(s string) bool {
	if s == "" {
		return true
	}
	if s[0] == '\'' && !strings.HasPrefix(s, "'[REDACTED:") {
		return s == "''"
	}
	s = strings.Trim(s, `"'`)
	if s == "" || s[0] == '<' || s[0] == '`' || strings.HasPrefix(s, "[REDACTED:") || strings.Trim(s, "*.…") == "" {
		return true
	}
	return s[0] == '$' && len(s) > 1 && (s[1] == '{' || s[1] == '(' || s[1] == '_' || s[1] >= 'A' && s[1] <= 'Z' || s[1] >= 'a' && s[1] <= 'z')
}
