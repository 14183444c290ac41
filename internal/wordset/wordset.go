// Package wordset finds which of a few hundred words occur in a text, in letters of
// either case, in one pass that takes about a nanosecond a byte.
//
// The words lie in 64 buckets. A table says for each byte in which buckets it stands in
// the first, second, third and fourth place of a word, one bit a bucket; so what four
// bytes in a row have in common are the buckets of the words that may begin there. In
// ordinary text there is seldom one, and only then words are compared.
package wordset

import (
	"math"
	"math/bits"
)

// Set is a set of words. It may be used by several goroutines.
type Set struct {
	// letters has the number of each byte that is in a word, in letters of either case.
	// There are some fifty: so places is small, which is soon made, and soon read again
	// by who has been idle.
	letters [256]uint8
	places  [maxLetters]place
	first   [buckets]uint16 // of each bucket, the number of a word from 1; 0 for none
	words   []word
}

// place is what is known of a letter.
type place [prefix]uint64

type word struct {
	text string
	next uint16 // the next of the same bucket, as in first
}

const (
	// prefix is how many bytes of a word the table knows.
	prefix  = 4
	buckets = 64
	// maxLetters are numbered. Were there more letters, some would have the same number,
	// and more words be compared. 0 is of no word.
	maxLetters = 64
)

// New makes a set of words of ASCII in lower case, each of two bytes or more. A word is
// known by its number in the list.
func New(words []string) *Set {
	s := &Set{words: make([]word, len(words))}
	s.number(words)
	var rows [buckets]row
	for n, text := range words {
		r := s.rowOf(text)
		bucket := bucketFor(&rows, r)
		rows[bucket] = rows[bucket].and(r)
		s.words[n] = word{text, s.first[bucket]}
		s.first[bucket] = uint16(n + 1)
	}
	for letter := range s.places {
		for bucket := range rows {
			for at := range prefix {
				s.places[letter][at] |= rows[bucket][at] >> letter & 1 << bucket
			}
		}
	}
	return s
}

// number gives the letters of words their numbers.
func (s *Set) number(words []string) {
	next := uint8(1)
	for _, text := range words {
		for _, c := range []byte(text) {
			if s.letters[c] != 0 {
				continue
			}
			s.letters[c], s.letters[upper(c)] = next, next
			next = next%(maxLetters-1) + 1
		}
	}
}

// row has for each place the letters that may stand in it, one bit a letter.
type row [prefix]uint64

// rowOf returns the row of a word. One that is shorter says nothing of what stands behind
// it.
func (s *Set) rowOf(text string) (r row) {
	for at := range prefix {
		if r[at] = math.MaxUint64; at < len(text) {
			r[at] = 1 << s.letters[text[at]]
		}
	}
	return r
}

// and returns the row of two buckets in one.
func (r row) and(other row) row {
	for at := range r {
		r[at] |= other[at]
	}
	return r
}

// size is how many texts a row allows.
func (r row) size() int {
	size := 1
	for _, letters := range r {
		size *= bits.OnesCount64(letters)
	}
	return size
}

// bucketFor returns the bucket in which another row makes the fewest texts look like
// words. So words that begin alike come together, and short words are by themselves.
func bucketFor(rows *[buckets]row, r row) (best int) {
	least := math.MaxInt
	for bucket, has := range rows {
		if more := has.and(r).size() - has.size(); more < least {
			best, least = bucket, more
		}
	}
	return best
}

// All yields each word that occurs in text, by its number, and where; one that occurs
// often is yielded as often. Those of one place come in no order.
func (s *Set) All(text string) func(yield func(number, at int) bool) {
	return func(yield func(number, at int) bool) {
		for at := 0; ; at++ {
			var may uint64
			if at, may = s.next(text, at); may == 0 {
				return
			}
			for ; may != 0; may &= may - 1 {
				for n := s.first[bits.TrailingZeros64(may)]; n != 0; n = s.words[n-1].next {
					if hasPrefix(text[at:], s.words[n-1].text) && !yield(int(n-1), at) {
						return
					}
				}
			}
		}
	}
}

// next returns the first place at or behind from where a word may begin, and the buckets
// that it may be from; 0 when there is none.
func (s *Set) next(text string, from int) (at int, buckets uint64) {
	var one, two, three uint64 // buckets of which the last byte, two bytes, three bytes begin a word
	for i := from; i < len(text); i++ {
		p := &s.places[s.letters[text[i]]&(maxLetters-1)]
		if four := three & p[3]; four != 0 {
			return i - 3, four
		}
		one, two, three = p[0], one&p[1], two&p[2]
	}
	// Shorter words may stand at the end; no word has a zero.
	p := &s.places[0]
	for i := len(text); i < len(text)+prefix-1; i++ {
		if four := three & p[3]; four != 0 {
			return i - 3, four
		}
		one, two, three = 0, one&p[1], two&p[2]
	}
	return len(text), 0
}

func hasPrefix(s, prefix string) bool {
	if len(s) < len(prefix) {
		return false
	}
	for i := range len(prefix) {
		if lower(s[i]) != prefix[i] {
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

func upper(c byte) byte {
	if 'a' <= c && c <= 'z' {
		return c + 'A' - 'a'
	}
	return c
}
