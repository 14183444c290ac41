package shellcommand

import (
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
	all := join(args)
	escaped := hexEscaped(args[0].v) || strings.Contains(args[0].v, "%b") && hexEscaped(all.v)
	return formatted(args), escaped || all.decoded
}

// formatted is what printf makes of its format and arguments.
func formatted(args []field) string {
	format, args := args[0].v, args[1:]
	var b strings.Builder
	for range maxBraces {
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

// yesOut is a line of yes.
func yesOut(_ *analyzer, k *command) (string, bool) {
	if len(k.args()) == 0 {
		return "y\n", false
	}
	return join(k.args()).v + "\n", false
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
