package secretscan

import (
	"math/bits"
	"slices"
	"strings"

	"github.com/zricethezav/gitleaks/v8/config"
)

// keywordSet finds which rules a text has a keyword of, in one pass: keywords lie
// in lists by their first two bytes.
type keywordSet struct {
	first [1 << 12]uint16 // number of the first keyword that begins with a pair, from 1
	words []keyword
}

type keyword struct {
	text  string // lower case
	rules ruleSet
	next  uint16 // number of the next of the same pair; 0 ends
	// general words belong to the rule that goes by the name of a value.
	general bool
	// start: it begins a token, so no letter stands before it.
	start bool
}

// ruleSet has a bit for each rule.
type ruleSet [maxRules / 64]uint64

// maxRules is how many rules there may be.
const maxRules = 512

func (r *ruleSet) add(n int) { r[n/64] |= 1 << (n % 64) }

func (r *ruleSet) join(other *ruleSet) {
	for i := range r {
		r[i] |= other[i]
	}
}

func (r *ruleSet) empty() bool { return *r == ruleSet{} }

// all are the numbers in the set, in order.
func (r *ruleSet) all(yield func(int) bool) {
	for i, bits64 := range r {
		for ; bits64 != 0; bits64 &= bits64 - 1 {
			if !yield(i*64 + bits.TrailingZeros64(bits64)) {
				return
			}
		}
	}
}

// newKeywords returns the keywords of rules, which are known by their numbers.
func newKeywords(rules []config.Rule) *keywordSet {
	sets := map[string]*ruleSet{}
	general := map[string]bool{}
	for n := range rules {
		for _, word := range rules[n].Keywords {
			word = strings.ToLower(word)
			if sets[word] == nil {
				sets[word], general[word] = &ruleSet{}, true
			}
			sets[word].add(n)
			general[word] = general[word] && rules[n].RuleID == generic
		}
	}
	set := &keywordSet{}
	for word, of := range sets {
		set.add(keyword{text: word, rules: *of, general: general[word], start: slices.Contains(tokenStarts, word)})
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

// in returns the rules that text is worth a search by.
func (k *keywordSet) in(text string, mode Mode) (found ruleSet) {
	if len(text) < 2 {
		return found
	}
	a := lower(text[0])
	for i := 1; i < len(text); i++ {
		b := lower(text[i])
		for n := k.first[pair(a, b)]; n != 0; {
			w := &k.words[n-1]
			if n = w.next; hasPrefixFold(text[i-1:], w.text) && k.counts(w, text, i-1, mode) {
				found.join(&w.rules)
			}
		}
		a = b
	}
	return found
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
