package shellcommand

import (
	"slices"
	"strings"
)

// sedOut is what sed writes; only s/x/y/ and y/x/y/ without patterns are followed.
func sedOut(a *analyzer, k *command) (string, bool) {
	if hasArg(k.args(), "-n", "-f", "-i") {
		return Unknown, false
	}
	scripts, files := sedScripts(k.args())
	if len(scripts) == 0 {
		return Unknown, false
	}
	s, decoded := a.input(k, files)
	if strings.Contains(s, Unknown) {
		return Unknown, decoded
	}
	lines := strings.Split(s, "\n")
	for _, script := range scripts {
		for len(script) > 0 {
			rest, ok := sedCommand(script, lines)
			if !ok || !a.afford(len(s)) {
				return Unknown, decoded
			}
			script = strings.TrimLeft(rest, " ;\n")
		}
	}
	return strings.Join(lines, "\n"), true
}

// sedScripts are the scripts and the files of a call of sed.
func sedScripts(args []field) (scripts []string, files []field) {
	for i := 0; i < len(args); i++ {
		v := args[i].v
		switch {
		case v == "-e" || v == "--expression":
			if i++; i < len(args) {
				scripts = append(scripts, args[i].v)
			}
		case strings.HasPrefix(v, "-e") && len(v) > 2:
			scripts = append(scripts, v[2:])
		case len(v) > 1 && v[0] == '-':
		default:
			files = append(files, args[i])
		}
	}
	if len(scripts) == 0 && len(files) > 0 {
		scripts, files = []string{files[0].v}, files[1:]
	}
	return scripts, files
}

// sedCommand applies the first command of a script to lines, and gives what stands
// behind it; it is false when the command is another one.
func sedCommand(script string, lines []string) (string, bool) {
	if len(script) < 4 || script[0] != 's' && script[0] != 'y' {
		return "", false
	}
	sep := script[1:2]
	parts := strings.SplitN(script[2:], sep, 3)
	if len(parts) != 3 {
		return "", false
	}
	pattern, atStart := strings.CutPrefix(parts[0], "^")
	pattern, atEnd := strings.CutSuffix(pattern, "$")
	parts[0] = pattern
	if pattern == "" && !atStart && !atEnd || strings.ContainsAny(parts[0], `\.*[]^$+?(){}|`) || strings.ContainsAny(parts[1], `\&`) {
		return "", false
	}
	end := strings.IndexAny(parts[2], ";\n")
	if end < 0 {
		end = len(parts[2])
	}
	flags, rest := strings.TrimSpace(parts[2][:end]), parts[2][end:]
	if strings.Trim(flags, "gI") != "" {
		return "", false
	}
	n := 1
	if strings.Contains(flags, "g") {
		n = -1
	}
	for i, l := range lines {
		if script[0] == 's' {
			switch rest, ok := strings.CutPrefix(l, pattern); {
			case atStart && atEnd:
				if l == pattern {
					lines[i] = parts[1]
				}
			case atStart && ok:
				lines[i] = parts[1] + rest
			case atStart:
			case atEnd:
				if rest, ok := strings.CutSuffix(l, pattern); ok {
					lines[i] = rest + parts[1]
				}
			default:
				lines[i] = strings.Replace(l, pattern, parts[1], n)
			}
			continue
		}
		from, to := []rune(parts[0]), []rune(parts[1])
		if len(from) != len(to) {
			return "", false
		}
		lines[i] = strings.Map(func(r rune) rune {
			if j := slices.Index(from, r); j >= 0 {
				return to[j]
			}
			return r
		}, l)
	}
	return rest, true
}
