package facts

import (
	"strings"
	"unicode/utf8"

	"github.com/agent-telemetry/agent-telemetry/internal/shellcommand"
)

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

// words is a set of the words of a text.
func words(text string) map[string]bool { return set(strings.Fields(text)...) }

// cut bounds a text at whole characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// show is a text as facts have it.
func show(s string) string {
	if strings.Contains(s, shellcommand.Unknown) {
		s = strings.ReplaceAll(s, shellcommand.Unknown, ellipsis)
	}
	return s
}

func hasAny(s string, parts ...string) bool {
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}
