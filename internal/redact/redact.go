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
	"regexp"
	"strings"
	"sync"
)

// Text returns s with each secret replaced by [REDACTED:rule] and how many were
// replaced. The user name of a credential and the name of an assignment stay,
// so that a reader still knows what was there. Time is linear in len(s).
func Text(s string) (string, int) {
	if len(s) < minSecret {
		return s, 0
	}
	lower := strings.ToLower(s)
	count := 0
	for i := range rules {
		r := &rules[i]
		if !r.hinted(lower) {
			continue
		}
		s = r.pattern().ReplaceAllStringFunc(s, func(hit string) string {
			out := r.replace(hit)
			if out != hit {
				count++
			}
			return out
		})
	}
	return s, count
}

// minSecret is the shortest text that can hold a name and a secret.
const minSecret = 6

// rule finds one kind of secret. In the expression, group `keep` (if any) is
// what stays before the secret and group `tail` what stays behind it.
type rule struct {
	name  string
	hints []string // lower case; one of them must occur
	expr  string

	once sync.Once
	re   *regexp.Regexp
}

func (r *rule) hinted(lower string) bool {
	for _, h := range r.hints {
		if strings.Contains(lower, h) {
			return true
		}
	}
	return false
}

func (r *rule) pattern() *regexp.Regexp {
	r.once.Do(func() { r.re = regexp.MustCompile(r.expr) })
	return r.re
}

func (r *rule) replace(hit string) string {
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
	if r.re.SubexpIndex("secret") >= 0 && isReference(secret) {
		return hit
	}
	return keep + "[REDACTED:" + r.name + "]" + tail
}

// isReference tells the name of a secret from a secret: $TOKEN, ${TOKEN},
// $(command), <placeholder>, or what was replaced before.
func isReference(s string) bool {
	s = strings.Trim(s, `"'`)
	return s == "" || s[0] == '$' || s[0] == '<' || s[0] == '`' || strings.HasPrefix(s, "[REDACTED:") || strings.Trim(s, "*") == ""
}
