package shellcommand

import (
	"slices"
	"strconv"
	"strings"
)

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

// whichOut is the path of a program, of which only the name is known.
func whichOut(_ *analyzer, k *command) (string, bool) {
	if k.name == "command" && !hasArg(k.args(), "-v") || k.name == "type" && !hasArg(k.args(), "-p", "-P") {
		return Unknown, false
	}
	var b strings.Builder
	for _, f := range k.args() {
		switch v := f.v; {
		case strings.HasPrefix(v, "-") || v == "":
		case strings.Contains(v, "/") || !f.known():
			b.WriteString(v + "\n")
		default:
			b.WriteString(Unknown + "/" + v + "\n")
		}
	}
	return b.String(), false
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

// cutOut is what cut leaves of each line: fields by a delimiter.
func cutOut(a *analyzer, k *command) (string, bool) {
	delimiter, list := "\t", ""
	var files []field
	args := k.args()
	for i := 0; i < len(args); i++ {
		v := args[i].v
		switch {
		case v == "-d" || v == "-f":
			if i++; i >= len(args) {
				return Unknown, false
			}
			if v == "-d" {
				delimiter = args[i].v
			} else {
				list = args[i].v
			}
		case strings.HasPrefix(v, "-d"):
			delimiter = v[2:]
		case strings.HasPrefix(v, "-f"):
			list = v[2:]
		case len(v) > 1 && v[0] == '-':
			return Unknown, false
		default:
			files = append(files, args[i])
		}
	}
	s, decoded := a.input(k, files)
	from, to, ok := cutRange(list)
	if !ok || delimiter == "" || strings.Contains(s, Unknown) {
		return Unknown, decoded
	}
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		if fields := strings.Split(l, delimiter); len(fields) > 1 {
			lines[i] = strings.Join(fields[min(from-1, len(fields)):min(to, len(fields))], delimiter)
		}
	}
	return strings.Join(lines, "\n"), true
}

// cutRange reads N, N-, -M and N-M.
func cutRange(list string) (from, to int, ok bool) {
	a, b, several := strings.Cut(list, "-")
	from, to = 1, maxBraces
	if a != "" {
		n, err := strconv.Atoi(a)
		if err != nil || n < 1 {
			return 0, 0, false
		}
		from = n
	}
	switch {
	case !several:
		to = from
	case b != "":
		n, err := strconv.Atoi(b)
		if err != nil || n < from {
			return 0, 0, false
		}
		to = n
	}
	return from, to, list != ""
}
