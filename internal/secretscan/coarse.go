package secretscan

import (
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/redact"
)

// coarse makes a text safe that could not be searched: every word goes that could
// be a secret or a part of one. What a shell would do stays readable, because the
// names of commands and files seldom look like that. It takes time linear in text
// and cannot fail.
func coarse(text string) string {
	var out strings.Builder
	for at := 0; at < len(text); {
		end := at
		for end < len(text) && isWord[text[end]] {
			end++
		}
		if word := text[at:end]; hasCandidate(word) && !isMark(text, at) {
			out.WriteString(redact.Mark("unsearched", word))
		} else {
			out.WriteString(word)
		}
		for at = end; at < len(text) && !isWord[text[at]]; at++ {
			out.WriteByte(text[at])
		}
	}
	return out.String()
}

// isMark reports whether the word at a place is the hash of a mark.
func isMark(text string, at int) bool {
	open := strings.LastIndexByte(text[max(0, at-64):at], '[')
	return open >= 0 && strings.HasPrefix(text[max(0, at-64)+open:], "[REDACTED:") && !strings.ContainsAny(text[max(0, at-64)+open:at], "] ")
}
