package secretscan

import (
	"slices"
	"strings"

	"github.com/zricethezav/gitleaks/v8/config"
)

// keywordSet finds whether a text has a keyword of a rule, in one pass: keywords
// lie in lists by their first two bytes.
type keywordSet struct {
	first [1 << 12]uint16 // number of the first keyword that begins with a pair, from 1
	words []keyword
}

type keyword struct {
	text string // lower case
	next uint16 // number of the next of the same pair; 0 ends
	// general words belong to the rule that goes by the name of a value.
	general bool
	// start: it begins a token, so no letter stands before it.
	start bool
}

// newKeywords returns the keywords of the rules that are asked.
func newKeywords(all map[string]config.Rule) *keywordSet {
	rules := map[string][]string{}
	for id := range all {
		rule := all[id]
		if rule.Path != nil || id == privateKey {
			continue // it asks for the name of a file, or is not ours
		}
		for _, word := range rule.Keywords {
			word = strings.ToLower(word)
			rules[word] = append(rules[word], id)
		}
	}
	set := &keywordSet{}
	for word, ids := range rules {
		set.add(keyword{text: word, general: slices.Equal(ids, []string{generic}), start: slices.Contains(tokenStarts, word)})
	}
	return set
}

// tokenStarts are keywords that often stand within words that mean nothing.
var tokenStarts = []string{
	"ey", "sk", "s.", "sc_", "sg.", "a3-", "a3t", "fm1", "hf_", "api-", "ext_", "etsy", "okta", "sat.", "pat.", "pul-", "ico-",
	"live_", "test_", "intra", "sonar", "dapi", "ntn_", "ops_",
}

func (k *keywordSet) add(w keyword) {
	at := pair(w.text[0], w.text[1])
	w.next = k.first[at]
	k.words = append(k.words, w)
	k.first[at] = uint16(len(k.words)) //nolint:gosec // there are some 250
}

func pair(a, b byte) int { return (int(a)*61 + int(b)) & (1<<12 - 1) }

// hit reports whether text has a keyword that is worth a search.
func (k *keywordSet) hit(text string, mode Mode) bool {
	if len(text) < 2 {
		return false
	}
	a := lower(text[0])
	for i := 1; i < len(text); i++ {
		b := lower(text[i])
		for n := k.first[pair(a, b)]; n != 0; {
			w := &k.words[n-1]
			if n = w.next; hasPrefixFold(text[i-1:], w.text) && k.counts(w, text, i-1, mode) {
				return true
			}
		}
		a = b
	}
	return false
}

func (k *keywordSet) counts(w *keyword, text string, at int, mode Mode) bool {
	switch {
	case w.general:
		return mode != Path && assigns(text[at+len(w.text):])
	case w.start:
		return at == 0 || !isLetter(text[at-1])
	}
	return true
}

func hasPrefixFold(text, prefix string) bool {
	if len(text) < len(prefix) {
		return false
	}
	for i := range len(prefix) {
		if lower(text[i]) != prefix[i] {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

func isLetter(c byte) bool {
	c = lower(c)
	return 'a' <= c && c <= 'z'
}
