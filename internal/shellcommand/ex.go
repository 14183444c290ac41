package shellcommand

import "strings"

// editorRun runs the :! commands that an editor or a pager is started with.
func editorRun(a *analyzer, k *command) {
	args := k.args()
	batch := k.name == "ex" || k.name == "ed" || k.name == "red"
	for i, f := range args {
		v := f
		switch {
		case (f.v == "-c" || f.v == "--cmd") && i+1 < len(args):
			v = args[i+1]
		case strings.HasPrefix(f.v, "+"):
			v.v = f.v[1:]
		case strings.HasPrefix(f.v, "-c") && len(f.v) > 2:
			v.v = f.v[2:]
		case k.name == "man" && (f.v == "-P" || f.v == "-H") && i+1 < len(args):
			a.argumentCode(k, args[i+1])
			continue
		case strings.HasPrefix(f.v, "--pager="):
			v.v = f.v[len("--pager="):]
			a.argumentCode(k, v)
			continue
		case (k.name == "nano" || k.name == "pico") && i+1 < len(args) && f.v == "-s":
			a.argumentCode(k, args[i+1])
			continue
		case strings.HasPrefix(f.v, "--speller="):
			v.v = f.v[len("--speller="):]
			a.argumentCode(k, v)
			continue
		case (f.v == "-S" || f.v == "-s" || f.v == "-u") && i+1 < len(args) && k.name != "less" && k.name != "man":
			if s := a.fileStream(&k.c, args[i+1]); s != nil && strings.Trim(s.text, Unknown) != "" {
				a.reads(k.id, s)
				a.exText(k, s.text, true)
			}
			continue
		case strings.HasPrefix(f.v, "-e"), strings.HasPrefix(f.v, "-Es"), f.v == "-s", f.v == "-":
			batch = true
			continue
		default:
			continue
		}
		a.exCode(k, v)
	}
	if isPager(k.name) || k.c.in == nil || strings.Trim(k.c.in.text, Unknown) == "" {
		return
	}
	if k.name == "nano" || k.name == "pico" {
		// ^R^X asks for a command.
		if _, code, ok := strings.Cut(k.c.in.text, "\x12\x18"); ok {
			code, _, _ = strings.Cut(code, "\n")
			a.consoleCode(k, text(strings.TrimPrefix(code, "reset; ")))
		}
		return
	}
	a.exText(k, k.c.in.text, batch)
}

func isPager(name string) bool {
	return name == "less" || name == "more" || name == "man" || name == "most"
}

// exText follows the lines of ex, of a script of it, or the keys of vi, where a
// command begins with a colon.
func (a *analyzer) exText(k *command, in string, batch bool) {
	skipping, n := false, 0
	for line := range strings.SplitSeq(in, "\n") {
		if n++; n > maxConsole || !a.step() {
			a.bound()
			return
		}
		line = strings.TrimSpace(line)
		if skipping {
			skipping = line != "."
			continue
		}
		switch strings.TrimLeft(line, ":0123456789,$.;'%") {
		case "a", "i", "c":
			skipping = batch
			continue
		}
		if batch || strings.HasPrefix(strings.TrimLeft(line, "\x1b"), ":") {
			a.exCode(k, text(strings.TrimLeft(line, "\x1b")))
		}
	}
}

// exCode runs an editor's command: :!cmd, :r !cmd, :w !cmd, :terminal cmd, :call
// system('cmd'), :lua os.execute('cmd').
func (a *analyzer) exCode(k *command, f field) {
	line := strings.TrimSpace(f.v)
	for range 4 { // what only says how the rest runs
		line = strings.TrimLeft(line, ": \t%0123456789,$.")
		word, rest, _ := strings.Cut(line, " ")
		switch strings.TrimSuffix(word, "!") {
		case "sil", "sile", "silen", "silent", "noa", "noautocmd", "keepalt", "verb", "verbose", "unsilent", "sandbox", "tab", "vert", "vertical":
			line = rest
		case "exe", "exec", "execute":
			line = strings.Trim(rest, `'" `)
		}
	}
	if line == "" {
		return
	}
	code, ok := strings.CutPrefix(line, "!")
	if !ok {
		if head, rest, cut := strings.Cut(line, "!"); cut && strings.TrimSpace(rest) != "" {
			switch strings.TrimSpace(head) {
			case "r", "re", "rea", "read", "w", "wr", "wri", "write", "e", "E", "W", "ter", "term", "terminal", "bel term", "mak", "make":
				code, ok = rest, true
			}
		}
	}
	v := f
	if ok {
		v.v = strings.TrimSpace(code)
		a.consoleCode(k, v)
		return
	}
	word, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	var p *interpreter
	switch strings.TrimSuffix(word, "!") {
	case "ter", "term", "terminal", "sh", "she", "shel", "shell":
		if v.v = strings.TrimPrefix(rest, "++curwin "); v.v == "" {
			v.v = "/bin/sh"
		}
		a.argumentCode(k, v)
		return
	case "lua":
		p = interpreters["lua"]
	case "py", "pyt", "python", "py3", "pyth", "python3", "pyx", "pythonx":
		p = interpreters["python"]
	case "perl":
		p = interpreters["perl"]
	case "rub", "ruby":
		p = interpreters["ruby"]
	case "tcl":
		a.setScript(k, rest)
		a.tcl(k, rest)
		return
	default:
		if rest = line; strings.Contains(line, "system(") || strings.Contains(line, "systemlist(") || strings.Contains(line, "job_start(") || strings.Contains(line, "jobstart(") || strings.Contains(line, "term_start(") || strings.Contains(line, "termopen(") || strings.Contains(line, "execute(") {
			p = vimCalls
		}
	}
	if p != nil {
		a.setScript(k, rest)
		a.script(k, p, rest)
	}
}

// vimCalls are the functions of vim's own language that run something.
var vimCalls = &interpreter{calls: callSet(callShell, "system systemlist job_start jobstart term_start termopen")}
