package shellcommand

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
)

// base64Out is what base64, base32 and basenc write.
func base64Out(a *analyzer, k *command) (string, bool) {
	s, _ := a.input(k, operands(k.args(), "wb"))
	if strings.Contains(s, Unknown) {
		return Unknown, true
	}
	decode := false
	for _, f := range k.args() {
		decode = decode || f.v == "--decode" || f.v == "-D" || len(f.v) > 1 && f.v[0] == '-' && f.v[1] != '-' && strings.IndexByte(f.v, 'd') > 0
	}
	if !decode {
		if k.name == "base32" {
			return base32.StdEncoding.EncodeToString([]byte(s)) + "\n", false
		}
		return base64.StdEncoding.EncodeToString([]byte(s)) + "\n", false
	}
	if k.name == "base32" || hasArg(k.args(), "--base32") {
		return decodeBase32(s), true
	}
	return decodeBase64(s), true
}

// decodeBase64 decodes in any alphabet, with or without padding; Unknown when it is
// none.
func decodeBase64(s string) string {
	s = strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\n', '\r', '\t', '=':
			return -1
		case '-':
			return '+'
		case '_':
			return '/'
		}
		return r
	}, s)
	out, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil {
		if len(out) < 4 {
			return Unknown
		}
		return printable(out) + Unknown
	}
	return printable(out)
}

func decodeBase32(s string) string {
	s = strings.TrimRight(strings.Join(strings.Fields(s), ""), "=")
	out, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(s))
	if err != nil {
		return Unknown
	}
	return printable(out)
}

// printable is decoded text; Unknown when it is no text.
func printable(b []byte) string {
	if slices.Contains(b, 0) {
		return Unknown
	}
	return string(b)
}

// xxdOut is what xxd writes: of -r the bytes.
func xxdOut(a *analyzer, k *command) (string, bool) {
	revert := false
	for _, f := range k.args() {
		revert = revert || len(f.v) > 1 && f.v[0] == '-' && strings.IndexByte(f.v, 'r') > 0
	}
	if !revert {
		return Unknown, false
	}
	s, _ := a.input(k, operands(k.args(), "clsgo"))
	if strings.Contains(s, Unknown) {
		return Unknown, true
	}
	var digits strings.Builder
	for line := range strings.SplitSeq(s, "\n") {
		if i := strings.Index(line, ": "); i >= 0 { // a dump: offset, bytes, text
			line = line[i+2:]
			if j := strings.Index(line, "  "); j >= 0 {
				line = line[:j]
			}
		}
		for _, r := range line {
			if strings.ContainsRune("0123456789abcdefABCDEF", r) {
				digits.WriteRune(r)
			}
		}
	}
	out, err := hex.DecodeString(digits.String())
	if err != nil {
		return Unknown, true
	}
	return printable(out), true
}

// opensslOut is what openssl writes: base64 it decodes, the rest is unknown.
func opensslOut(a *analyzer, k *command) (string, bool) {
	args := k.args()
	if len(args) == 0 || !hasArg(args, "-d") {
		return Unknown, false
	}
	if args[0].v != "base64" && (args[0].v != "enc" || !hasArg(args, "-base64", "-a") || len(args) > 4 && !hasArg(args, "-A", "-in")) {
		return Unknown, true
	}
	var files []field
	for i, f := range args {
		if f.v == "-in" && i+1 < len(args) {
			files = args[i+1 : i+2]
		}
	}
	s, _ := a.input(k, files)
	if strings.Contains(s, Unknown) {
		return Unknown, true
	}
	return decodeBase64(s), true
}
