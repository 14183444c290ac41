package secretscan

import (
	"maps"
	"math/bits"
	"slices"
	"strings"

	"github.com/zricethezav/gitleaks/v8/config"

	"github.com/agent-telemetry/agent-telemetry/internal/redact"
	"github.com/agent-telemetry/agent-telemetry/internal/wordset"
)

// keywordSet finds which rules a text has a keyword of, those of the fast set
// included: one pass over a text tells whether it can be left alone.
type keywordSet struct {
	set   *wordset.Set
	words []keyword // by their numbers in set
}

type keyword struct {
	text  string // lower case
	rules ruleSet
	hints redact.Hinted
	// general words belong to the rule that goes by the name of a value.
	general bool
	// start: it begins a token, so no letter stands before it.
	start bool
	// mark: what a mark begins with.
	mark bool
}

// found is what a text has keywords of.
type found struct {
	hints redact.Hinted // rules of the fast set
	rules ruleSet       // rules of gitleaks
	marks bool          // there may be a mark
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

// newKeywords returns the keywords of rules, which are known by their numbers, and the
// hints of the fast set.
func newKeywords(rules []config.Rule) *keywordSet {
	words := map[string]*keyword{}
	word := func(text string) *keyword {
		if words[text] == nil {
			words[text] = &keyword{text: text, start: slices.Contains(tokenStarts, text)}
		}
		return words[text]
	}
	special := map[string]bool{} // words of other rules than the general one
	for n := range rules {
		for _, text := range rules[n].Keywords {
			text = strings.ToLower(text)
			word(text).rules.add(n)
			special[text] = special[text] || rules[n].RuleID != generic
		}
	}
	for text, w := range words {
		w.general = !special[text]
	}
	for text, hinted := range redact.Hints() {
		word(text).hints |= hinted
	}
	word(strings.ToLower(redact.MarkStart)).mark = true
	k := &keywordSet{}
	texts := slices.Sorted(maps.Keys(words))
	for _, text := range texts {
		k.words = append(k.words, *words[text])
	}
	k.set = wordset.New(texts)
	return k
}

// tokenStarts are keywords that often stand within words that mean nothing.
var tokenStarts = []string{
	"ey", "sk", "s.", "sc_", "sg.", "a3-", "a3t", "fm1", "hf_", "api-", "ext_", "etsy", "okta", "sat.", "pat.", "pul-", "ico-",
	"live_", "test_", "intra", "sonar", "dapi", "ntn_", "ops_",
}

// in adds the rules that text is worth a search by.
func (k *keywordSet) in(text string, mode Mode, f *found) {
	for n, at := range k.set.All(text) {
		w := &k.words[n]
		f.hints |= w.hints
		f.marks = f.marks || w.mark
		if w.counts(text, at, mode) {
			f.rules.join(&w.rules)
		}
	}
}

func (w *keyword) counts(text string, at int, mode Mode) bool {
	switch {
	case w.general:
		return mode != Path && assigns(text[at+len(w.text):])
	case w.start:
		return at == 0 || !isLetter(text[at-1])
	}
	return true
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
