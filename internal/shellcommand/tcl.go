package shellcommand

import "strings"

// tclRun is expect, tclsh and wish: -c and code, a file, or the input.
func tclRun(a *analyzer, k *command) {
	args := k.args()
	for i := 0; i < len(args); i++ {
		v := args[i].v
		switch {
		case v == "-c" && i+1 < len(args):
			i++
			a.setScript(k, args[i].v)
			a.tcl(k, args[i].v)
		case v == "-f" && i+1 < len(args), v == "-b" && i+1 < len(args):
			i++
			a.tclFile(k, args[i])
			return
		case v == "--", strings.HasPrefix(v, "-") && v != "-":
		default:
			a.tclFile(k, args[i])
			return
		}
	}
	if in := k.c.in; in != nil && !hasArg(args, "-c") {
		a.tclFile(k, text("-"))
	}
}

func (a *analyzer) tclFile(k *command, f field) {
	s := a.fileStream(&k.c, f)
	if s == nil || s.text == Unknown && len(s.from) == 0 {
		return
	}
	a.reads(k.id, s)
	if strings.Trim(s.text, Unknown+" \n") == "" {
		a.opaque(OpaqueInterpreter)
		return
	}
	a.setScript(k, s.text)
	a.tcl(k, s.text)
}

// maxTclWork bounds the bytes of a script's commands that are read, those which stand
// in others again with each.
const maxTclWork = 64 * maxScript

// tcl follows what a Tcl script runs: exec, spawn, system, open "|…", and what is
// sent to a shell that it spawned.
func (a *analyzer) tcl(k *command, code string) {
	if !a.enter() {
		return
	}
	defer a.leave()
	if a.parsed += len(code); a.parsed > maxParsed {
		a.bound()
		return
	}
	work := 0
	shell := false // a shell was spawned
	start := true  // a command may begin here
	for i := range len(code) {
		switch c := code[i]; c {
		case ' ', '\t':
			continue
		case '\n', ';', '[', '{':
			start = true
			continue
		}
		if !start {
			continue
		}
		start = false
		for _, verb := range []string{"exec", "spawn", "system", "open", "send"} {
			rest, ok := strings.CutPrefix(code[i:], verb)
			if !ok || rest == "" || rest[0] != ' ' && rest[0] != '\t' {
				continue
			}
			if !a.step() {
				return
			}
			command := tclCommand(rest)
			if work += len(command); work > maxTclWork {
				a.bound()
				return
			}
			words := tclWords(command)
			shell = a.tclVerb(k, verb, words, shell) || shell
			break
		}
	}
}

// tclVerb follows one command; it reports whether a shell was spawned.
func (a *analyzer) tclVerb(k *command, verb string, words []string, shell bool) bool {
	for len(words) > 0 && len(words[0]) > 1 && words[0][0] == '-' {
		words = words[1:]
	}
	for i, w := range words {
		if strings.HasPrefix(w, ">@") || strings.HasPrefix(w, "2>@") || strings.HasPrefix(w, "<@") || w == "&" {
			words = words[:i]
			break
		}
	}
	if len(words) == 0 {
		return false
	}
	switch verb {
	case "open":
		if code, ok := strings.CutPrefix(words[0], "|"); ok {
			a.argumentCode(k, text(strings.TrimSpace(code)))
		}
	case "send":
		if shell {
			a.argumentCode(k, text(strings.Trim(ansiC(words[0]), "\r\n")))
		}
	case "system":
		a.argumentCode(k, text(strings.Join(words, " ")))
	default:
		inner := k.inner(nil, ViaArgument)
		inner.c.in, inner.c.out = nil, nil
		for _, w := range words {
			inner.argv = append(inner.argv, text(w))
		}
		a.run(&inner)
		return verb == "spawn" && (isShell(base(words[0])) || words[0] == "su" || words[0] == "ssh")
	}
	return false
}

// tclCommand is a command up to its end.
func tclCommand(s string) string {
	depth := 0
	s = cut(s, maxScript)
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			_, n := delimited(s[i:])
			i += n - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return s[:i]
			}
		case '\n', ';':
			if depth == 0 {
				return s[:i]
			}
		}
	}
	return s
}

// tclWords are the words of a command; $x and [x] are unknown.
func tclWords(s string) []string {
	var out []string
	for i := 0; i < len(s) && len(out) < maxBraces; {
		switch c := s[i]; c {
		case ' ', '\t':
			i++
		case '"':
			body, n := delimited(s[i:])
			out = append(out, tclHoles(body))
			i += n
		case '{':
			depth, j := 0, i
			for ; j < len(s); j++ {
				if s[j] == '{' {
					depth++
				} else if s[j] == '}' {
					if depth--; depth == 0 {
						break
					}
				}
			}
			out = append(out, s[i+1:j])
			i = j + 1
		default:
			j := i
			for j < len(s) && s[j] != ' ' && s[j] != '\t' {
				j++
			}
			out = append(out, tclHoles(s[i:j]))
			i = j
		}
	}
	return out
}

func tclHoles(w string) string {
	if i := strings.IndexAny(w, "$["); i >= 0 {
		return w[:i] + Unknown
	}
	return w
}
