package eventgen

import (
	"math/rand/v2"
	"strings"
)

// promptText is what a person types; a third asks for SuperClaude.
func promptText(r *rand.Rand, p *project) string {
	text := pick(r, []string{
		"Fix the %s: the %s is wrong when the %s is empty", "Why does the %s of %s fail after the %s?", "Write a test for %s, %s and %s",
		"Rename %s to %s in the %s", "yes, go on", "Look at %s and tell me how %s uses the %s", "Make the %s faster; the %s waits for the %s",
	})
	for strings.Contains(text, "%s") {
		text = strings.Replace(text, "%s", word(r), 1)
	}
	if r.Float64() > 0.35 {
		return text
	}
	command := pick(r, []string{"implement", "analyze", "improve", "test", "troubleshoot", "design", "document", "cleanup", "build", "explain", "git", "task"})
	parts := []string{"/sc:" + command, text}
	if r.Float64() < 0.4 {
		parts = append(parts, "--persona-"+pick(r, []string{"backend", "frontend", "architect", "security", "qa", "performance", "refactorer"}))
	}
	if r.Float64() < 0.5 {
		parts = append(parts, pick(r, []string{"--think", "--think", "--think-hard", "--ultrathink"}))
	}
	for range r.IntN(3) {
		parts = append(parts, pick(r, []string{"--c7", "--seq", "--magic", "--play", "--validate", "--uc", "--safe-mode", "--loop", "--delegate files", "--wave-mode auto"}))
	}
	if r.Float64() < 0.1 {
		parts = append(parts, "in "+p.name)
	}
	return strings.Join(parts, " ")
}
