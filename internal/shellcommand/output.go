package shellcommand

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
)

// echoOut is what echo writes.
func echoOut(_ *analyzer, k *command) (string, bool) {
	args := k.args()
	newline, escapes := true, false
	for len(args) > 0 {
		v := args[0].v
		if len(v) < 2 || v[0] != '-' || strings.Trim(v[1:], "neE") != "" {
			break
		}
		newline = newline && strings.IndexByte(v, 'n') < 0
		escapes = escapes || strings.IndexByte(v, 'e') > 0
		args = args[1:]
	}
	f := join(args)
	s := f.v
	decoded := f.decoded
	if escapes {
		plain := s
		s = ansiC(s)
		decoded = decoded || hexEscaped(plain)
	}
	if newline {
		s += "\n"
	}
	return s, decoded
}

// hexEscaped reports whether s has characters written as numbers.
func hexEscaped(s string) bool {
	return strings.Contains(s, `\x`) || strings.Contains(s, `\0`) || strings.Contains(s, `\1`) || strings.Contains(s, `\u`)
}

// printfOut is what printf writes.
func printfOut(_ *analyzer, k *command) (string, bool) {
	args := k.args()
	if len(args) > 1 && args[0].v == "-v" {
		return "", false
	}
	if len(args) > 0 && args[0].v == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return "", false
	}
	return formatted(args), hexEscaped(args[0].v) || join(args).decoded
}

// formatted is what printf makes of its format and arguments.
func formatted(args []field) string {
	format, args := args[0].v, args[1:]
	var b strings.Builder
	for round := 0; round < maxBraces; round++ {
		used := false
		next := func() string {
			used = true
			if len(args) == 0 {
				return ""
			}
			v := args[0].v
			args = args[1:]
			return v
		}
		lit := 0
		flush := func(to int) { b.WriteString(ansiC(format[lit:to])) }
		for i := 0; i < len(format); i++ {
			if format[i] == '\\' {
				i++
				continue
			}
			if format[i] != '%' {
				continue
			}
			flush(i)
			i++
			for i < len(format) && strings.IndexByte("-+ #0123456789.'", format[i]) >= 0 {
				i++
			}
			if i >= len(format) {
				lit = len(format)
				break
			}
			switch format[i] {
			case '%':
				b.WriteByte('%')
			case 'b':
				b.WriteString(ansiC(next()))
			case 'c':
				b.WriteString(cut(next(), 1))
			case '(':
				b.WriteString(Unknown)
			default:
				b.WriteString(next())
			}
			lit = i + 1
		}
		if lit < len(format) {
			flush(len(format))
		}
		if !used || len(args) == 0 || b.Len() > maxText {
			break
		}
	}
	return b.String()
}

// catOut is what cat writes.
func catOut(a *analyzer, k *command) (string, bool) {
	var b strings.Builder
	decoded, any := false, false
	for _, f := range k.args() {
		if strings.HasPrefix(f.v, "-") && f.v != "-" {
			continue
		}
		any = true
		if s := a.fileStream(&k.c, f); s != nil && b.Len() < maxText {
			b.WriteString(s.text)
			decoded = decoded || s.decoded
		} else {
			b.WriteString(Unknown)
		}
	}
	if !any {
		return inText(k)
	}
	return b.String(), decoded
}

// inText is what the command's standard input gives.
func inText(k *command) (string, bool) {
	if k.c.in == nil {
		return Unknown, false
	}
	return k.c.in.text, k.c.in.decoded
}

// operands are the arguments that are no options, given the letters of those that
// take a value.
func operands(args []field, short string) []field {
	var out []field
	for i := 0; i < len(args); i++ {
		v := args[i].v
		if v == "--" {
			return append(out, args[i+1:]...)
		}
		if len(v) > 1 && v[0] == '-' {
			if v[1] != '-' && strings.IndexByte(short, v[len(v)-1]) >= 0 {
				i++
			}
			continue
		}
		out = append(out, args[i])
	}
	return out
}

func hasArg(args []field, any ...string) bool {
	for _, f := range args {
		if slices.Contains(any, f.v) {
			return true
		}
	}
	return false
}

// input is the text a filter works on: its file's or its standard input's.
func (a *analyzer) input(k *command, files []field) (string, bool) {
	if len(files) == 0 {
		return inText(k)
	}
	s := a.fileStream(&k.c, files[0])
	if s == nil {
		return Unknown, false
	}
	return s.text, s.decoded
}

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

func revOut(a *analyzer, k *command) (string, bool) {
	s, _ := a.input(k, operands(k.args(), ""))
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		r := []rune(l)
		slices.Reverse(r)
		lines[i] = string(r)
	}
	return strings.Join(lines, "\n"), true
}

func tacOut(a *analyzer, k *command) (string, bool) {
	s, decoded := a.input(k, operands(k.args(), "s"))
	lines := strings.Split(strings.TrimSuffix(s, "\n"), "\n")
	slices.Reverse(lines)
	return strings.Join(lines, "\n") + "\n", decoded
}

// trOut is what tr writes.
func trOut(_ *analyzer, k *command) (string, bool) {
	s, decoded := inText(k)
	if s == Unknown {
		return Unknown, true
	}
	args := k.args()
	remove, squeeze, complement := false, false, false
	for len(args) > 0 && len(args[0].v) > 1 && args[0].v[0] == '-' {
		remove = remove || strings.Contains(args[0].v, "d")
		squeeze = squeeze || strings.Contains(args[0].v, "s")
		complement = complement || strings.ContainsAny(args[0].v, "cC")
		args = args[1:]
	}
	if len(args) == 0 || complement || squeeze && len(args) == 1 {
		return s, decoded
	}
	from := trSet(args[0].v)
	if remove {
		return strings.Map(func(r rune) rune {
			if slices.Contains(from, r) && r != 0 {
				return -1
			}
			return r
		}, s), true
	}
	if len(args) < 2 {
		return Unknown, true
	}
	to := trSet(args[1].v)
	if len(to) == 0 {
		return Unknown, true
	}
	return strings.Map(func(r rune) rune {
		i := slices.Index(from, r)
		if i < 0 || r == 0 {
			return r
		}
		return to[min(i, len(to)-1)]
	}, s), true
}

// trSet are the characters of a set of tr.
func trSet(s string) []rune {
	for class, members := range map[string]string{
		"[:upper:]": "A-Z", "[:lower:]": "a-z", "[:digit:]": "0-9", "[:space:]": ` \t\n`, "[:alpha:]": "A-Za-z", "[:alnum:]": "A-Za-z0-9",
	} {
		s = strings.ReplaceAll(s, class, members)
	}
	in := []rune(ansiC(s))
	var out []rune
	for i := 0; i < len(in) && len(out) < 1024; i++ {
		if i+2 < len(in) && in[i+1] == '-' && in[i+2] >= in[i] && in[i+2]-in[i] < 256 {
			for r := in[i]; r <= in[i+2]; r++ {
				out = append(out, r)
			}
			i += 2
			continue
		}
		out = append(out, in[i])
	}
	return out
}

// passOut is for what keeps a part of the lines: all are taken for possible.
func passOut(short string) func(*analyzer, *command) (string, bool) {
	return func(a *analyzer, k *command) (string, bool) {
		return a.input(k, operands(k.args(), short))
	}
}

// sedOut is what sed writes; only a plain s/x/y/ is followed.
func sedOut(a *analyzer, k *command) (string, bool) {
	args := operands(k.args(), "efl")
	if hasArg(k.args(), "-n", "-e", "-f", "-i") || len(args) == 0 {
		return Unknown, false
	}
	s, decoded := a.input(k, args[1:])
	script := args[0].v
	if len(script) < 4 || script[0] != 's' || strings.Contains(s, Unknown) {
		return Unknown, decoded
	}
	parts := strings.Split(script[1:], script[1:2])
	if len(parts) != 4 || strings.ContainsAny(parts[1], `\.*[]^$+?(){}|`) || strings.ContainsAny(parts[2], `\&`) || parts[1] == "" {
		return Unknown, decoded
	}
	n := 1
	if strings.Contains(parts[3], "g") {
		n = -1
	}
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.Replace(l, parts[1], parts[2], n)
	}
	return strings.Join(lines, "\n"), true
}

func pwdOut(_ *analyzer, k *command) (string, bool) {
	if k.c.sh.dir == "" {
		return Unknown, false
	}
	return k.c.sh.dir + "\n", false
}

func basenameOut(_ *analyzer, k *command) (string, bool) {
	args := operands(k.args(), "s")
	if len(args) == 0 || !args[0].known() {
		return Unknown, false
	}
	v := strings.TrimRight(args[0].v, "/")
	i := strings.LastIndexByte(v, '/')
	if k.name == "dirname" {
		switch {
		case i > 0:
			return v[:i] + "\n", false
		case i == 0 || v == "":
			return "/\n", false
		}
		return ".\n", false
	}
	v = v[i+1:]
	if len(args) > 1 {
		v = strings.TrimSuffix(v, args[1].v)
	}
	return v + "\n", false
}
