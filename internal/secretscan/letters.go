package secretscan

import "strings"

// What the bytes of base64 are.
const (
	inHex    = 1 << iota // of ids, too: hexadecimal and dashes
	notInHex             // of text alone
	inURL                // of the alphabet for URLs alone
	inStd                // of the other alone
)

// letters has 0 for what is not of base64.
var letters = func() (t [256]uint8) {
	for c, word := range isWord {
		switch {
		case c == '-':
			t[c] = inHex | inURL
		case c == '_':
			t[c] = notInHex | inURL
		case c == '+':
			t[c] = notInHex | inStd
		case strings.IndexByte("0123456789abcdefABCDEF", byte(c)) >= 0:
			t[c] = inHex
		case word && c != '=' && c != '~':
			t[c] = notInHex
		}
	}
	t['/'] = notInHex | inStd
	return t
}()

// lettersOf returns what the bytes of a word of base64 are, all together.
func lettersOf(word string) (has uint8) {
	for i := range len(word) {
		has |= letters[word[i]]
	}
	return has
}

// beginsText reports whether peek letters of base64, of either alphabet, are of text.
// Nearly all words are asked that are long enough, and few are.
func beginsText(word string) bool {
	if first := sextets[word[0]]<<2 | sextets[word[1]]>>4; !beginsRune[first] {
		return false
	}
	var head [peek / 4 * 3]byte
	for from, to := 0, 0; to < len(head); from, to = from+4, to+3 {
		four := uint(sextets[word[from]])<<18 | uint(sextets[word[from+1]])<<12 | uint(sextets[word[from+2]])<<6 | uint(sextets[word[from+3]])
		head[to], head[to+1], head[to+2] = byte(four>>16), byte(four>>8), byte(four) //nolint:gosec // its three bytes
	}
	return isText(head[:]) || isWide(head[:])
}

// sextets has what the letters of base64 stand for, in both alphabets.
var sextets = func() (t [256]uint8) {
	for n, letters := range []string{"+-", "/_"} {
		for i := range len(letters) {
			t[letters[i]] = uint8(62 + n)
		}
	}
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") {
		t[c] = uint8(i)
	}
	return t
}()

// beginsRune has the bytes that text may begin with.
var beginsRune = func() (t [256]bool) {
	for c := range t {
		t[c] = isText([]byte{byte(c)}) || c >= 0xc2 && c <= 0xf4
	}
	return t
}()
