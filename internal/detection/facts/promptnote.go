package facts

import "strings"

// Notes to assistants: whom they are for, what is to be done, and what it is worth.
var (
	noteFor     = []string{"note to ai", "ai assistants", "attention ai", "dear ai", "ai agents", "to all ai", "ai coding", "coding assistants", "coding agents", "for ai assistant", "instructions for ai", "assistants must", "<important>", "llm agents", "ai system:"}
	noteOrder   = []string{"disregard", "ignore", "override", "bypass", "read ", "send ", "run ", "execute", "upload", "post ", "pass ", "include ", "do not tell", "don't tell", "without asking", "fetch ", "download"}
	noteWorth   = []string{"environment variable", "credential", "secret", "api key", "api_key", "access token", "~/.ssh", "id_rsa", "id_ed25519", ".env", "~/.aws", "curl ", "wget ", "| sh", "|sh", "| bash", "|bash", "rm -rf", "private key", "password"}
	noteRules   = []string{"safety", "instructions", "your rules", "guidelines"} // which a note may well say to read
	noteAgainst = []string{"disregard", "ignore", "override", "bypass", "do not tell", "don't tell", "without asking"}
)

// promptNote reports whether a text that is put into a file is an order to whichever
// assistant reads it.
func promptNote(text string) bool {
	if len(text) < 32 {
		return false
	}
	low := strings.ToLower(cut(text, maxText))
	return hasAny(low, noteFor...) && (hasAny(low, noteOrder...) && hasAny(low, noteWorth...) || hasAny(low, noteAgainst...) && hasAny(low, noteRules...))
}

// notes looks for such an order in what a program puts into files by its own language.
func (b *builder) notes(c *call) {
	for _, a := range c.args {
		if strings.Contains(a, "settings.json") || strings.Contains(a, ".github/") {
			if c.prog != "sed" || hasCluster(c.args, 'i') || c.has("--in-place") {
				line := c.line()
				b.edits(strings.ToLower(line), line)
			}
		}
		if promptNote(a) {
			b.act(ActPromptInjection, cut(a, 160))
			return
		}
	}
}

// maxFlag is the length of the longest flag that is written with invisible letters.
const maxFlag = 8

// invisible looks for a text in letters that nobody sees and that agents read: those of
// Unicode's tags, as they are or as a script makes them.
func (b *builder) invisible(command string) {
	if i := strings.Index(command, "\xf3\xa0\x81"); i >= 0 && tags(command) > maxFlag {
		b.actOf(ActPromptInjection, "", "text in invisible letters")
		return
	}
	if !hasAny(command, "E00", "e00", "917504", `\xf3`, `\xF3`) {
		return
	}
	low := strings.ToLower(cut(command, maxText))
	flat := unspaced(low)
	if hasAny(flat, "0xe0000+", "+0xe0000", "0xe0000|", "|0xe0000", "917504+", "+917504") && hasAny(flat, "chr(", "fromcodepoint(", "pack(", "ord(", "charcodeat") ||
		strings.Count(low, `\u000e00`)+strings.Count(low, `\u{e00`)+strings.Count(low, `\xf3\xa0\x8`) > maxFlag {
		b.actOf(ActPromptInjection, "", "text in invisible letters")
	}
}

// tags is the length of the longest run of invisible letters.
func tags(s string) int {
	longest, n := 0, 0
	for i := 0; i < len(s); {
		if strings.HasPrefix(s[i:], "\xf3\xa0\x80") || strings.HasPrefix(s[i:], "\xf3\xa0\x81") {
			n++
			i += 4
			longest = max(longest, n)
			continue
		}
		n = 0
		i++
	}
	return longest
}
