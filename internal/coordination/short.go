package coordination

import "encoding/hex"

// form says how an id or a hash is held.
type form uint8

// The forms.
const (
	absent form = iota // it is ""
	short              // as bytes
	odd                // as it came, in store.odd
)

// Event ids are nearly always UUIDs, and hashes SHA-256: as bytes, they take half of the
// room and have no pointer. Only texts that come back byte for byte, in small letters, are
// held so: all of them come from outside.
type (
	uuid struct {
		bytes [16]byte
		form  form
	}
	sum struct {
		bytes [32]byte
		form  form
	}
)

// digitsAt is where the two digits of each byte of a UUID begin.
var digitsAt = [16]int{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34}

// digits are the values of digits, in small letters; more than 15: it is none.
var digits = func() (list [256]byte) {
	for i := range list {
		list[i] = 0xff
	}
	for i, c := range []byte("0123456789abcdef") {
		list[c] = byte(i)
	}
	return list
}()

func (u *uuid) parse(s string) bool {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return false
	}
	wrong := byte(0)
	for i, at := range digitsAt {
		high, low := digits[s[at]], digits[s[at+1]]
		wrong |= high | low
		u.bytes[i] = high<<4 | low
	}
	return wrong <= 15
}

func (u *uuid) text() string {
	b := [36]byte{8: '-', 13: '-', 18: '-', 23: '-'}
	for i, at := range digitsAt {
		hex.Encode(b[at:], u.bytes[i:i+1])
	}
	return string(b[:])
}

func (h *sum) parse(s string) bool {
	if len(s) != 64 {
		return false
	}
	wrong := byte(0)
	for i := range h.bytes {
		high, low := digits[s[2*i]], digits[s[2*i+1]]
		wrong |= high | low
		h.bytes[i] = high<<4 | low
	}
	return wrong <= 15
}

func (h *sum) text() string { return hex.EncodeToString(h.bytes[:]) }
