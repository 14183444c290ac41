package shellcommand

import (
	"strings"
	"unicode/utf8"
)

// What one analysis may cost at most. What is beyond is left out, and said to be.
const (
	maxSource     = 64 << 10  // bytes of the command line that are parsed
	maxTail       = 16 << 10  // of them, from the end of a longer one
	maxNesting    = 200       // parentheses and braces within each other
	maxDepth      = 40        // constructs within each other that are followed
	maxSteps      = 20_000    // statements, words and values that are looked at
	maxCommands   = 512       // commands
	maxWords      = 4096      // their arguments together
	maxEdges      = 1024      // edges
	maxParsed     = 256 << 10 // bytes parsed, nested code included
	maxText       = 64 << 10  // bytes of one known text
	maxTexts      = 1 << 20   // bytes of known texts made
	maxValues     = 32        // values of one variable, alternatives of a word
	maxBraces     = 256       // words of one brace expansion, elements of an array
	maxOpenBraces = 32        // braces in one word that is expanded
	maxMatching   = 1 << 20   // bytes of text times bytes of patterns that are matched
	maxShown      = 512       // bytes of Command.Text
	maxScript     = 16 << 10  // bytes of Command.Script
	maxFiles      = 8         // Command.Files
	maxRecovered  = 64        // lines that are tried behind a syntax error
)

// step takes one step of the budget; it is false when none is left.
func (a *analyzer) step() bool {
	a.steps++
	if a.steps > maxSteps {
		a.bound()
		return false
	}
	return true
}

// enter goes one construct deeper; leave must follow when it is true.
func (a *analyzer) enter() bool {
	if a.depth >= maxDepth || !a.step() {
		a.bound()
		return false
	}
	a.depth++
	return true
}

func (a *analyzer) leave() { a.depth-- }

// bound notes that something was left out.
func (a *analyzer) bound() {
	a.out.Truncated = true
	a.opaque(OpaqueBound)
}

// opaque notes a reason once.
func (a *analyzer) opaque(o Opacity) {
	for _, have := range a.out.Opaque {
		if have == o {
			return
		}
	}
	a.out.Opaque = append(a.out.Opaque, o)
}

// afford takes the cost of matching a pattern from the budget.
func (a *analyzer) afford(cost int) bool {
	if a.matched += cost; a.matched > maxMatching {
		a.bound()
		return false
	}
	return true
}

// text takes s from the budget of texts: it is cut to maxText, and "" with Unknown
// when the budget is spent.
func (a *analyzer) text(s string) string {
	if len(s) > maxText {
		s = s[:maxText] + Unknown
		a.bound()
	}
	a.texts += len(s)
	if a.texts > maxTexts {
		a.bound()
		return Unknown
	}
	return s
}

// cut shortens s to at most n bytes, between characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// nestedTooDeep returns the offset at which the source opens more than maxNesting
// parentheses and braces that it has not closed, -1 when it does not. Quotes are not
// looked at: it is a limit for the parser's recursion, not a reading of the source.
func nestedTooDeep(s string) int {
	if len(s) <= maxNesting {
		return -1 // whatever opens something takes a byte at least
	}
	if i := keywordRun(s); i >= 0 {
		return i
	}
	if strings.Count(s, "(")+strings.Count(s, "{") <= maxNesting {
		return -1
	}
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '(', '{':
			if depth++; depth > maxNesting {
				return i
			}
		case ')', '}':
			if depth > 0 {
				depth--
			}
		}
	}
	return -1
}

// keywordRun returns the offset at which more than maxNesting words in a row open
// something (if if if, ! ! !), -1 when none does.
func keywordRun(s string) int {
	total := 0
	for _, w := range openers {
		total += strings.Count(s, w)
	}
	if total <= maxNesting {
		return -1
	}
	run := 0
	for i := 0; i < len(s); {
		word := ""
		for _, w := range openers {
			if strings.HasPrefix(s[i:], w) {
				word = w
				break
			}
		}
		if word == "" {
			run = 0
			i++
			continue
		}
		if run++; run > maxNesting {
			return i
		}
		i += len(word)
		for i < len(s) && (s[i] == ' ' || s[i] == '\t' || s[i] == '\n') {
			i++
		}
	}
	return -1
}

var openers = []string{"if ", "while ", "until ", "! ", "time ", "coproc ", "{ ", "if\n", "if\t", "while\n", "until\n"}
