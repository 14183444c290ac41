package secretscan

import (
	"fmt"
	"maps"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"

	"github.com/zricethezav/gitleaks/v8/config"

	"github.com/agent-telemetry/agent-telemetry/internal/redact"
)

// idLetters is what ids and hashes are made of. A dozen texts of each event are nothing
// else, and hardly a rule finds a secret in those.
const idLetters = "0123456789abcdef-"

var isIDLetter = table(idLetters)

// ids tells texts that no rule finds anything in, because they have no other letters.
type ids struct {
	// words are the few keywords without which no rule does.
	words []string
}

// newIDs looks which rules could find something in letters of ids.
func newIDs(rules []config.Rule) (*ids, error) {
	words := map[string]bool{}
	for word := range redact.Hints() {
		words[word] = true
	}
	for n := range rules {
		for _, word := range rules[n].Keywords {
			if word = strings.ToLower(word); !ofIDs(word) || words[word] {
				continue
			}
			expr, err := syntax.Parse(rules[n].Regex.String(), syntax.Perl)
			if err != nil {
				return nil, fmt.Errorf("rule %s: %w", rules[n].RuleID, err)
			}
			if possible(expr) {
				words[word] = true
			}
		}
	}
	maps.DeleteFunc(words, func(word string, _ bool) bool { return !ofIDs(word) })
	return &ids{words: slices.Sorted(maps.Keys(words))}, nil
}

func ofIDs(text string) bool {
	for at := range len(text) {
		if !isIDLetter[text[at]] {
			return false
		}
	}
	return true
}

// clear reports whether text is made of letters of ids, and has nothing that a search
// would find: it has no keyword, and base64 is not looked for in hexadecimal.
func (i *ids) clear(text string) bool {
	if !ofIDs(text) {
		return false
	}
	for _, word := range i.words {
		if strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// possible reports whether an expression could match anything in a text of letters of
// ids: false is certain, true is not.
func possible(expr *syntax.Regexp) bool {
	switch expr.Op {
	case syntax.OpNoMatch:
		return false
	case syntax.OpLiteral:
		return !slices.ContainsFunc(expr.Rune, func(r rune) bool { return !isOfID(r, expr.Flags&syntax.FoldCase != 0) })
	case syntax.OpCharClass:
		for i := 0; i < len(expr.Rune); i += 2 {
			if strings.ContainsFunc(idLetters, func(r rune) bool { return expr.Rune[i] <= r && r <= expr.Rune[i+1] }) {
				return true
			}
		}
		return false
	case syntax.OpCapture, syntax.OpPlus:
		return possible(expr.Sub[0])
	case syntax.OpRepeat:
		return expr.Min == 0 || possible(expr.Sub[0])
	case syntax.OpConcat:
		return !slices.ContainsFunc(expr.Sub, func(sub *syntax.Regexp) bool { return !possible(sub) })
	case syntax.OpAlternate:
		return slices.ContainsFunc(expr.Sub, possible)
	}
	return true // nothing, anything, or a place
}

func isOfID(r rune, fold bool) bool {
	if strings.ContainsRune(idLetters, r) {
		return true
	}
	for other := unicode.SimpleFold(r); fold && other != r; other = unicode.SimpleFold(other) {
		if strings.ContainsRune(idLetters, other) {
			return true
		}
	}
	return false
}
