package facts

import (
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/shellcommand"
)

// asksItself reports whether a program is asked for its version or its options and for
// nothing else. What stands elsewhere than programs of the system do may do anything.
func asksItself(k *shellcommand.Command) bool {
	if len(k.Args) != 1 || strings.Contains(k.Path, "/") && !systemProgram(k.Path) {
		return false
	}
	switch k.Args[0].Value {
	case "--version", "--help", "-version", "-help", "-V":
		return true
	}
	return false
}

// manuals show their help in a pager, which runs commands.
var manuals = words("man less more most git info systemctl journalctl")

func systemProgram(p string) bool {
	for _, dir := range [...]string{"/bin/", "/usr/bin/", "/usr/local/bin/", "/sbin/", "/usr/sbin/", "/usr/local/sbin/", "/snap/bin/", "/opt/homebrew/bin/"} {
		if strings.HasPrefix(p, dir) {
			return !strings.Contains(p, "..")
		}
	}
	return false
}

// verbNouns are verbs that name as often what they are about: silence query, restore
// describe.
var verbNouns = words("restore silence lock archive block transfer drain invalidation release rollback pause")

// looking are verbs that only look and are no likely names of resources.
var looking = words("get list ls describe show view info status query search logs history inspect")

// ofNames have verbs behind which a name stands, whatever it is: kubectl drain list.
var ofNames = words("kubectl")

// namesWhat reports whether a verb says what the one behind it is about.
func namesWhat(prog, verb string, after []string) bool {
	return verbNouns[verb] && !ofNames[prog] && len(after) > 0 && looking[strings.ToLower(after[0])]
}

// onlyPrints reports whether a program of awk does nothing but print: it starts
// nothing, and writes no file.
func onlyPrints(code string) bool {
	rest := withoutLiterals(code)
	if strings.IndexByte(rest, '/') >= 0 {
		rest = code // a regular expression, which may hold a quote
	}
	return !strings.ContainsAny(rest, "|>") && !hasAny(rest, "system", "getline")
}

// withoutLiterals is code without what stands in double quotes.
func withoutLiterals(code string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(code, '"')
		if i < 0 {
			b.WriteString(code)
			return b.String()
		}
		b.WriteString(code[:i])
		for i++; i < len(code) && code[i] != '"'; i++ {
			if code[i] == '\\' {
				i++
			}
		}
		if i >= len(code) {
			return b.String()
		}
		code = code[i+1:]
	}
}
