package redact

import "strings"

// MarkStart begins each mark.
const MarkStart = "[REDACTED:"

// MarkAt returns where the mark ends that begins at a place of s, or -1 when there
// is none: [REDACTED:rule] or [REDACTED:rule:hash], and nothing like it.
func MarkAt(s string, at int) (end int) {
	if !strings.HasPrefix(s[at:], MarkStart) {
		return -1
	}
	i := at + len(MarkStart)
	rule := i
	for i < len(s) && (s[i] >= 'a' && s[i] <= 'z' || s[i] >= '0' && s[i] <= '9' || s[i] == '-') {
		i++
	}
	if i == rule || i-rule > maxRuleName || i == len(s) {
		return -1
	}
	if s[i] == ':' {
		i++
		hash := i
		for i < len(s) && (s[i] >= 'a' && s[i] <= 'f' || s[i] >= '0' && s[i] <= '9') {
			i++
		}
		if i-hash != 2*hashSize {
			return -1
		}
	}
	if i == len(s) || s[i] != ']' {
		return -1
	}
	return i + 1
}

// inMark reports whether a place of s is behind the beginning of a mark and before
// its end.
func inMark(s string, at int) bool {
	begin := strings.LastIndex(s[max(0, at-len(MarkStart)-maxRuleName):at], MarkStart)
	if begin < 0 {
		return false
	}
	begin += max(0, at-len(MarkStart)-maxRuleName)
	return MarkAt(s, begin) > at
}

// Bounds of a mark.
const (
	maxRuleName = 64
	hashSize    = 8 // bytes
)

// Unmarked returns s with each mark replaced by as many asterisks, so that no rule
// finds the mark itself.
func Unmarked(s string) string {
	at := strings.Index(s, MarkStart)
	if at < 0 {
		return s
	}
	out := []byte(s)
	for at >= 0 {
		next := at + 1
		if end := MarkAt(s, at); end > 0 {
			for i := at; i < end; i++ {
				out[i] = '*'
			}
			next = end
		}
		if at = strings.Index(s[next:], MarkStart); at >= 0 {
			at += next
		}
	}
	return string(out)
}
