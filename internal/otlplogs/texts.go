package otlplogs

import (
	"hash/maphash"
	"unicode/utf16"
	"unicode/utf8"
)

// texts are short texts that came before: names of attributes, which come with every
// record, values of which there are few, and those that a record has in several places,
// as its session. Those of one hash share two places, which the latest two have. Equal
// texts have the same memory, which is theirs alone.
type texts struct {
	pairs [pairCount][2]string
}

const (
	pairCount = 512
	longText  = 128 // bytes
)

// seed places texts anew in each process, so that nobody can choose some that take each
// other's place.
var seed = maphash.MakeSeed()

func (t *texts) of(text []byte) string {
	if len(text) > longText || len(text) == 0 {
		return string(text)
	}
	pair := &t.pairs[maphash.Bytes(seed, text)%pairCount]
	if pair[0] == string(text) {
		return pair[0]
	}
	if pair[1] == string(text) {
		return pair[1]
	}
	pair[0], pair[1] = string(text), pair[0]
	return pair[0]
}

// unescape appends text without its escapes. It is false for half of a surrogate pair, and
// for what JSON does not have.
func unescape(to, text []byte) ([]byte, bool) {
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c != '\\' {
			to = append(to, c)
			continue
		}
		i++
		if i == len(text) {
			return to, false
		}
		switch text[i] {
		case '"', '\\', '/':
			to = append(to, text[i])
		case 'b':
			to = append(to, '\b')
		case 'f':
			to = append(to, '\f')
		case 'n':
			to = append(to, '\n')
		case 'r':
			to = append(to, '\r')
		case 't':
			to = append(to, '\t')
		case 'u':
			r, ok := hexRune(text[i+1:])
			if !ok || utf16.IsSurrogate(r) {
				return to, false
			}
			to = utf8.AppendRune(to, r)
			i += 4
		default:
			return to, false
		}
	}
	return to, true
}

// hexRune reads the four digits behind \u.
func hexRune(text []byte) (rune, bool) {
	if len(text) < 4 {
		return 0, false
	}
	var r rune
	for _, c := range text[:4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
