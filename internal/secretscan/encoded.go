package secretscan

import (
	"encoding/base64"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Text in base64, as agents hand files and scripts over. It is found wherever it
// begins in a word, because one letter before it is enough to hide it.

// minEncoded is the shortest word in bytes that is decoded.
const minEncoded = 16

// peek is how many bytes of a word are decoded to see whether it is text.
const peek = 16

// hasEncoded reports whether a word of text is base64 of text.
func hasEncoded(text string) bool {
	for at := 0; ; {
		start, end, has := nextRun(text, at)
		if start < 0 {
			return false
		}
		if shift, _ := shiftOf(text[start:end], has); shift >= 0 {
			return true
		}
		at = end
	}
}

// decoded returns text with clean applied to what is base64 in it.
func decoded(text string, clean func(string) string) string {
	var out strings.Builder
	last := 0
	for at := 0; ; {
		start, end, _ := nextRun(text, at)
		if start < 0 {
			break
		}
		at = end
		if replaced, ok := recode(text[start:end], clean); ok {
			out.WriteString(text[last:start])
			out.WriteString(replaced)
			last = end
		}
	}
	if last == 0 {
		return text
	}
	out.WriteString(text[last:])
	return out.String()
}

// minLine is the shortest line in bytes behind which the next line goes on with
// the same base64: programs break it at 64 or 76.
const minLine = 60

// nextRun returns where the next word of base64 begins and ends, or -1, and what its
// bytes are. A word may have line breaks in it. Behind at, a word ends or the text begins.
func nextRun(text string, at int) (start, end int, has uint8) {
	for at+minEncoded <= len(text) {
		// What parts words is looked for from where a word that begins here would be
		// long enough: in most texts, that is soon behind the beginning of the next.
		last := at + minEncoded - 1
		for last >= at && letters[text[last]] != 0 {
			last--
		}
		if last < at {
			end, has = endOfRun(text, at)
			return at, end, has
		}
		at = last + 1
	}
	return -1, -1, 0
}

// endOfRun returns where the word of base64 ends that begins at start.
func endOfRun(text string, start int) (at int, has uint8) {
	for line := start; ; line = at {
		for at = line; at < len(text) && letters[text[at]] != 0; at++ {
			has |= letters[text[at]]
		}
		if at-line < minLine || (at-line)%4 != 0 || at+1 >= len(text) || text[at] != '\n' || letters[text[at+1]] == 0 {
			return at, has
		}
		at++
		has |= notInHex // an id is in one line
	}
}

// shiftOf returns how many bytes of a word stand before the base64 in it, 0 to 3,
// or -1 if none of it is text.
//
// Ids and hashes are none; each event has a dozen. One in a hundred groups of three
// letters of text becomes hexadecimal in base64, and a secret has many groups.
func shiftOf(word string, has uint8) (int, *base64.Encoding) {
	enc := base64.RawStdEncoding
	switch {
	case has&notInHex == 0, has&inURL != 0 && has&inStd != 0:
		return -1, nil
	case has&inURL != 0:
		enc = base64.RawURLEncoding
	}
	for shift := 0; shift < 4 && len(word)-shift >= peek; shift++ {
		if beginsText(word[shift : shift+peek]) {
			return shift, enc
		}
	}
	return -1, nil
}

// recode applies clean to the text that word encodes, and reports whether that
// changed it.
func recode(word string, clean func(string) string) (string, bool) {
	word = strings.ReplaceAll(word, "\n", "")
	shift, enc := shiftOf(word, lettersOf(word))
	if shift < 0 {
		return "", false
	}
	body := word[shift:]
	rest := ""
	if len(body)%4 == 1 { // no base64 has such a length: the last is not of it
		body, rest = body[:len(body)-1], body[len(body)-1:]
	}
	plain, err := enc.DecodeString(body)
	if err != nil {
		// The last bits are not zero, as a hand may have left them.
		cut := len(body) / 4 * 4
		if plain, err = enc.DecodeString(body[:cut]); err != nil {
			return "", false
		}
		rest = body[cut:] + rest
	}
	if isWide(plain) {
		before := narrow(plain)
		after := clean(before)
		if after == before {
			return "", false
		}
		return word[:shift] + enc.EncodeToString(wide(after)) + rest, true
	}
	before := string(plain)
	after := clean(before)
	if after == before {
		return "", false
	}
	return word[:shift] + enc.EncodeToString([]byte(after)) + rest, true
}

// isText reports whether bytes are text, the last character perhaps cut.
func isText(b []byte) bool {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return len(b)-i < utf8.UTFMax && i > 0
		}
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7f {
			return false
		}
		i += n
	}
	return true
}

// isWide reports whether bytes are UTF-16 of Latin letters, little end first, as
// PowerShell takes its encoded commands.
func isWide(b []byte) bool {
	if len(b) < 4 || b[1] != 0 || b[3] != 0 {
		return false
	}
	for i := 1; i < min(len(b), peek); i += 2 {
		if b[i] != 0 {
			return false
		}
	}
	return isText(b[:1]) && isText(b[2:3])
}

func narrow(b []byte) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = uint16(b[2*i]) | uint16(b[2*i+1])<<8
	}
	return string(utf16.Decode(units))
}

func wide(s string) []byte {
	units := utf16.Encode([]rune(s))
	out := make([]byte, 0, 2*len(units))
	for _, u := range units {
		out = append(out, byte(u), byte(u>>8)) //nolint:gosec // its two halves
	}
	return out
}
