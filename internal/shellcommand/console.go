package shellcommand

import (
	"slices"
	"strings"
)

// console is a program that reads commands of its own, some of which run others.
type console struct {
	// marks are what stands before a command of the shell, at the start of a line;
	// one that ends in a letter is a word.
	marks []string
	// pipes are commands of its own whose argument behind | is one of the shell.
	pipes []string
	// code are commands of its own behind which code of a language stands; "" among
	// them says that any line may be some.
	code map[string]*interpreter
	// letters and names are the options whose value is such a line.
	letters string
	names   map[string]bool
	// files are the options whose value is a file of lines.
	files []string
	// from is the first operand that is a line, counted from 1; 0 is none.
	from int
	// semicolons says that they part the commands of a line.
	semicolons bool
	// keys says that what it reads from its input is shown, and commands come from
	// the keyboard: only an input that begins with one is meant as such.
	keys bool
}

// maxConsole is how many lines of a console's input are looked at.
const maxConsole = 256

// consoleRun follows what a console's options and input run.
func consoleRun(t *console) func(*analyzer, *command) {
	return func(a *analyzer, k *command) { a.console(k, t) }
}

func (a *analyzer) console(k *command, t *console) {
	args := k.args()
	operand := 0
	for i := 0; i < len(args); i++ {
		v := args[i].v
		if len(v) < 2 || v[0] != '-' && (v[0] != '+' || !t.keys) {
			if operand++; t.from > 0 && operand >= t.from {
				a.consoleText(k, t, args[i].v)
			}
			continue
		}
		if slices.Contains(t.files, v) && i+1 < len(args) {
			i++
			if s := a.fileStream(&k.c, args[i]); s != nil && strings.Trim(s.text, Unknown) != "" {
				a.reads(k.id, s)
				a.consoleText(k, t, s.text)
			}
			continue
		}
		line, skip, ok := t.option(args, i)
		i += skip
		if ok {
			a.consoleText(k, t, line)
		}
	}
	if in := k.c.in; in != nil && strings.Trim(in.text, Unknown) != "" {
		if t.keys && !t.typed(in.text) {
			return
		}
		a.consoleText(k, t, in.text)
	}
}

// option is the line that the option at i has, and how many words more it takes.
func (t *console) option(args []field, i int) (line string, skip int, ok bool) {
	v := args[i].v
	if v[0] == '+' {
		return v[1:], 0, true
	}
	name, value, has := strings.Cut(strings.TrimLeft(v, "-"), "=")
	if t.names[name] {
		if !has && i+1 < len(args) {
			return args[i+1].v, 1, true
		}
		return value, 0, has
	}
	if v[1] == '-' {
		return "", 0, false
	}
	j := strings.IndexAny(v, t.letters)
	if t.letters == "" || j < 1 {
		return "", 0, false
	}
	if j+1 < len(v) {
		return v[j+1:], 0, true
	}
	if i+1 < len(args) {
		return args[i+1].v, 1, true
	}
	return "", 0, false
}

// typed reports whether an input is a command instead of a text to show.
func (t *console) typed(in string) bool {
	line, _, _ := strings.Cut(strings.TrimLeft(in, " \n"), "\n")
	for _, m := range t.marks {
		if rest, ok := strings.CutPrefix(line, m); ok {
			rest = strings.TrimLeft(rest, " ")
			return rest == "" || rest[0] == '/' || rest[0] == '.' || isLetter(rest[0])
		}
	}
	return false
}

// consoleText follows lines of a console.
func (a *analyzer) consoleText(k *command, t *console, in string) {
	n := 0
	for line := range strings.SplitSeq(in, "\n") {
		if n++; n > maxConsole || !a.step() {
			a.bound()
			return
		}
		line = strings.TrimSpace(line)
		if !t.semicolons || strings.IndexByte(line, ';') < 0 {
			a.consoleLine(k, t, line)
			continue
		}
		whole := t.marks != nil && hasMark(line, t.marks) // the shell parts it itself
		if whole {
			a.consoleLine(k, t, line)
			continue
		}
		for part := range strings.SplitSeq(line, ";") {
			a.consoleLine(k, t, strings.TrimSpace(part))
		}
	}
	for word, p := range t.code {
		if word == "" && p != nil {
			a.setScript(k, in)
			a.script(k, p, in)
		}
	}
}

func hasMark(line string, marks []string) bool {
	_, ok := marked(line, marks)
	return ok
}

// marked is what stands behind the first of some marks.
func marked(line string, marks []string) (rest string, ok bool) {
	for _, m := range marks {
		rest, ok := strings.CutPrefix(line, m)
		if !ok || rest != "" && isLetter(m[len(m)-1]) && rest[0] != ' ' && rest[0] != '\t' {
			continue
		}
		return strings.TrimSpace(rest), true
	}
	return "", false
}

func (a *analyzer) consoleLine(k *command, t *console, line string) {
	if line == "" {
		return
	}
	if code, ok := marked(line, t.marks); ok {
		if code == "" || code == ";" {
			code = "/bin/sh" // the shell itself
		}
		a.consoleCode(k, text(strings.TrimSuffix(code, ";")))
		return
	}
	if rest, ok := marked(line, t.pipes); ok {
		if _, code, ok := strings.Cut(rest, "|"); ok && strings.Trim(code, " '\"") != "" {
			a.consoleCode(k, text(strings.Trim(code, " '\"")))
		} else if i := strings.Index(strings.ToLower(rest), "program '"); i >= 0 && len(strings.ToLower(rest)) == len(rest) {
			code, _, _ := strings.Cut(rest[i+len("program '"):], "'")
			a.consoleCode(k, text(code))
		}
		return
	}
	for word, p := range t.code {
		if word == "" {
			continue
		}
		if code, ok := marked(line, []string{word}); ok && code != "" {
			if p == nil {
				p = interpreters["python"]
			}
			a.setScript(k, code)
			a.script(k, p, code)
			return
		}
	}
}

// consoleCode analyses a command that a console runs: what is fed to the console is
// not its input.
func (a *analyzer) consoleCode(k *command, f field) {
	own := *k
	own.c.redirs = nil
	for _, r := range k.c.redirs {
		if r.FD != 0 {
			own.c.redirs = append(own.c.redirs, r)
		}
	}
	a.argumentCode(&own, f)
}
