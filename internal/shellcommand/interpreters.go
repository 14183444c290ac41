package shellcommand

import (
	"strings"
)

// interpreter says where a program's code is on its command line and which of the
// code's calls run commands.
type interpreter struct {
	// letters are the options whose next word is code, names the long ones.
	letters string
	names   map[string]bool
	// valued are the letters of other options that take a value.
	valued string
	calls  map[string]callKind
	// backquotes says that `…` is a command, concat which sign joins strings.
	backquotes bool
	slashes    bool // comments are //, not #
	awk        bool
	lisp       bool // (name "x" "y"); - and / are of names
	postfix    bool // "cmd".execute(), "cmd".!
}

// callKind is what a call does with its arguments.
type callKind int

const (
	callShell callKind = iota + 1 // a string for the shell, or a list of words
	callArgv                      // program, then words
	callExecl                     // program, argv[0], words
	callCode                      // more code of the same language
	callOpen                      // open("cmd |")
	callJoin                      // program, its arguments as one text
	callNamed                     // a name, then as callArgv
)

// interpreter is the one of a program; nil when it is none.
func (a *analyzer) interpreter(name string) *interpreter {
	if kind, ok := interpreterNames[name]; ok {
		return interpreters[kind]
	}
	for end := len(name); end > 0; end-- {
		if c := name[end-1]; (c < '0' || c > '9') && c != '.' {
			return interpreters[interpreterNames[name[:end]]]
		}
	}
	return nil
}

// setScript notes the code that the command is given.
func (a *analyzer) setScript(k *command, code string) {
	if k.id < 0 || k.id >= len(a.out.Commands) {
		return
	}
	c := &a.out.Commands[k.id]
	if c.Script != "" {
		code = c.Script + "\n" + code
	}
	c.Script = cut(strings.ReplaceAll(code, placeholder, Unknown), maxScript)
}

// interpreterRun is python, perl, node and their like.
func interpreterRun(a *analyzer, k *command) {
	p := a.interpreter(k.name)
	if p == nil || a.subInterpreter(k, p) {
		return
	}
	args := k.args()
	found := false
	for i := 0; i < len(args); i++ {
		v := args[i].v
		if v == "--" {
			i++
		} else if len(v) > 1 && v[0] == '-' {
			code, skip, ok := p.codeOption(args, i)
			if ok {
				found = true
				k.rest = args[min(i+skip+1, len(args)):]
				a.interpret(k, p, code)
				if p == interpreters["python"] || p == interpreters["node"] || p == interpreters["php"] {
					return
				}
				skip = max(skip, 0)
			}
			if v == "-m" && p == interpreters["python"] {
				a.pythonModule(k, p, args[min(i+1, len(args)):])
				return
			}
			i += skip
			continue
		}
		if found || i >= len(args) {
			return
		}
		if name := scriptName(args[i]); frameworks[name] != nil {
			a.framework(k, name, args[i+1:])
			return
		}
		a.scriptFile(k, p, args[i])
		return
	}
	if !found && k.c.in != nil {
		a.scriptStream(k, p, k.c.in)
	}
}

// subInterpreter is an interpreter whose code stands behind a subcommand; it is
// false when there is none.
func (a *analyzer) subInterpreter(k *command, p *interpreter) bool {
	args := k.args()
	if len(args) == 0 {
		return false
	}
	switch sub := args[0].v; {
	case sub == "eval" || sub == "-code" && k.name == "wolframscript":
		if len(args) > 1 {
			a.interpret(k, p, args[len(args)-1])
		}
	case sub == "x" && k.name == "bun":
		subRun(a, k)
	case sub == "run" && (k.name == "bun" || k.name == "deno"):
		for _, f := range args[1:] {
			if f.v == "-" || !strings.HasPrefix(f.v, "-") {
				a.scriptFile(k, p, f)
				break
			}
		}
	default:
		return false
	}
	return true
}

// pythonModule is a module of python that is given code.
func (a *analyzer) pythonModule(k *command, p *interpreter, args []field) {
	if len(args) == 0 {
		return
	}
	switch args[0].v {
	case "timeit":
		for i, f := range args[1:] {
			if !strings.HasPrefix(f.v, "-") && (i == 0 || args[i].v != "-n" && args[i].v != "-r" && args[i].v != "-u") {
				a.interpret(k, p, f)
			}
		}
	case "pdb", "IPython":
		for i, f := range args {
			if f.v == "-c" && i+1 < len(args) {
				code := args[i+1]
				code.v = strings.TrimPrefix(code.v, "!")
				a.interpret(k, p, code)
			}
		}
	}
}

// codeOption reads the option at i: its code, and how many words more it has.
func (p *interpreter) codeOption(args []field, i int) (code field, skip int, ok bool) {
	v := args[i].v
	if name := strings.TrimLeft(v, "-"); v[1] == '-' || len(v) > 3 && p.names[name] {
		name, value, has := strings.Cut(name, "=")
		if !p.names[name] {
			return field{}, 0, false
		}
		if has {
			f := args[i]
			f.v = value
			return f, 0, true
		}
		if i+1 < len(args) {
			return args[i+1], 1, true
		}
		return field{}, 0, false
	}
	for j := 1; j < len(v); j++ {
		switch {
		case strings.IndexByte(p.letters, v[j]) >= 0:
			if j+1 < len(v) {
				f := args[i]
				f.v = v[j+1:]
				if p == interpreters["node"] && (f.v == "e" || f.v == "p") {
					continue
				}
				return f, 0, true
			}
			if i+1 < len(args) {
				return args[i+1], 1, true
			}
			return field{}, 0, false
		case strings.IndexByte(p.valued, v[j]) >= 0:
			if j+1 == len(v) {
				return field{}, 1, false
			}
			return field{}, 0, false
		case p.letters == "eE" && (v[j] == 'i' || v[j] == '0' || v[j] == 'F') && j+1 < len(v) && v[j+1] == '.':
			return field{}, 0, false // perl -i.bak
		}
	}
	return field{}, 0, false
}

// interpret looks at code given as a word.
func (a *analyzer) interpret(k *command, p *interpreter, f field) {
	a.setScript(k, f.v)
	if strings.HasPrefix(k.name, "ipython") { // lines that are no Python
		a.consoleText(k, ipython, f.v)
	}
	if strings.Trim(f.v, Unknown+" \n") == "" {
		if f.v != "" {
			a.opaque(OpaqueInterpreter)
		}
		return
	}
	a.script(k, p, f.v)
}

func (a *analyzer) scriptFile(k *command, p *interpreter, f field) {
	s := a.fileStream(&k.c, f)
	if s == nil || s.text == Unknown && len(s.from) == 0 {
		return
	}
	a.reads(k.id, s)
	a.scriptStream(k, p, s)
}

// scriptStream looks at code that is read.
func (a *analyzer) scriptStream(k *command, p *interpreter, s *stream) {
	if strings.Trim(s.text, Unknown+" \n") == "" {
		if s.text != "" {
			a.opaque(OpaqueInterpreter)
			for _, id := range s.from {
				if id < len(a.out.Commands) && isDecoder(&a.out.Commands[id]) {
					a.opaque(OpaqueDecoded)
				}
			}
		}
		return
	}
	a.setScript(k, s.text)
	a.script(k, p, s.text)
}
