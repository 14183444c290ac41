package redact

import "iter"

// Most texts hold no secret, and each text of each event is searched while
// Claude waits. So one pass over the bytes looks for the hints of all rules at
// once, with a small table of the pairs of bytes that hints begin with: a hook
// makes it anew each time. The collector has a faster one, of Hints.

// Hinted has a bit for each rule that a text has a hint of.
type Hinted uint64

// Hints yields each hint in lower case, with the rules that it is one of: a rule finds
// nothing in a text without one of its hints, in letters of either case. Whoever looks
// for words of their own in the same texts can look for all of them in one pass, and ask
// Hinted.Text then.
func Hints() iter.Seq2[string, Hinted] {
	return func(yield func(string, Hinted) bool) {
		for _, h := range textHints.hints {
			if !yield(h.text, h.group) {
				return
			}
		}
	}
}

// hintSet finds which of up to 64 groups of hints occur in a text.
type hintSet struct {
	first [pairs]uint8 // number of the first hint that begins with a pair, from 1
	hints []hint
}

type hint struct {
	text  string // lower case, two bytes or more
	group Hinted // one bit
	next  uint8  // number of the next hint of the same pair; 0 ends
}

const pairs = 1 << 10

func pair(a, b byte) int { return (int(a) + int(b)*37) & (pairs - 1) }

// add makes text one of the hints of a group, 0 to 63.
func (h *hintSet) add(group int, text string) {
	at := pair(text[0], text[1])
	h.hints = append(h.hints, hint{text: text, group: 1 << group, next: h.first[at]})
	h.first[at] = uint8(len(h.hints)) //nolint:gosec // a test holds the number below 256
}

// in returns the groups of which a hint occurs in s, in letters of either case.
func (h *hintSet) in(s string) (groups Hinted) {
	if len(s) < 2 {
		return 0
	}
	a := lower[s[0]]
	for i := 1; i < len(s); i++ {
		b := lower[s[i]]
		for n := h.first[pair(a, b)]; n != 0; {
			c := &h.hints[n-1]
			if groups&c.group == 0 && hasFold(s[i-1:], c.text) {
				groups |= c.group
			}
			n = c.next
		}
		a = b
	}
	return groups
}

func hasFold(s, prefix string) bool {
	if len(s) < len(prefix) {
		return false
	}
	for i := range len(prefix) {
		if lower[s[i]] != prefix[i] {
			return false
		}
	}
	return true
}

// lower maps each byte to its lower case; only ASCII letters have one.
var lower = func() (t [256]byte) {
	for i := range t {
		t[i] = byte(i)
		if 'A' <= i && i <= 'Z' {
			t[i] += 'a' - 'A'
		}
	}
	return t
}()

// textHints has a group for each rule.
var textHints = func() (set hintSet) {
	for i := range rules {
		for _, h := range rules[i].hints {
			set.add(i, h)
		}
	}
	return set
}()
