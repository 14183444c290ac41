package otlplogs

import (
	"unicode/utf16"
	"unicode/utf8"
)

// names are names of attributes that came before: there are few, and they come with every
// record. Each has one place, and one that comes there later takes it.
type names struct {
	places [nameCount]string
}

const (
	nameCount = 512
	longName  = 64 // bytes
)

func (n *names) of(name []byte) string {
	if len(name) > longName {
		return string(name)
	}
	place := &n.places[nameHash(name)%nameCount]
	if *place != string(name) {
		*place = string(name)
	}
	return *place
}

// nameHash tells names apart that have a beginning in common, as most do.
func nameHash(name []byte) uint32 {
	h := uint32(2166136261)
	for _, c := range name {
		h = (h ^ uint32(c)) * 16777619
	}
	return h ^ h>>15
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
