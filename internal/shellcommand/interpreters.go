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
	// first says that the first operand is the code.
	first bool
	calls map[string]callKind
	// backquotes says that `…` is a command, concat which sign joins strings.
	backquotes bool
	slashes    bool // comments are //, not #
	pipes      bool // "cmd" | getline, print | "cmd"
}

// callKind is what a call does with its arguments.
type callKind int

const (
	callShell callKind = iota + 1 // a string for the shell, or a list of words
	callArgv                      // program, then words
	callExecl                     // program, argv[0], words
	callCode                      // more code of the same language
	callOpen                      // open("cmd |")
)

func callSet(kind callKind, names string, more ...map[string]callKind) map[string]callKind {
	m := map[string]callKind{}
	for _, o := range more {
		for k, v := range o {
			m[k] = v
		}
	}
	for n := range strings.FieldsSeq(names) {
		m[n] = kind
	}
	return m
}

var pythonCalls = callSet(callShell, `system popen popen2 popen3 Popen check_output check_call getoutput getstatusoutput subprocess.run
	subprocess.call sp.run sp.call create_subprocess_shell pty.spawn pexpect.spawn pexpect.run startfile`,
	callSet(callArgv, "execv execvp execve execvpe posix_spawn posix_spawnp spawnv spawnvp create_subprocess_exec"),
	callSet(callExecl, "execl execlp execle execlpe spawnl spawnlp"),
	callSet(callCode, "exec eval compile"))

var scriptCalls = callSet(callShell, `system exec popen execSync shell_exec passthru proc_open spawn spawnSync execFile execFileSync
	os.execute io.popen IO.popen capture2 capture2e capture3 popen3 pipeline fork.exec shell Deno.Command Deno.run Bun.spawn os.system`,
	callSet(callCode, "eval instance_eval class_eval loadstring load Function runInNewContext vm.runInThisContext assert create_function"),
	callSet(callOpen, "open"))

// interpreters by program.
var interpreters = map[string]*interpreter{
	"python": {letters: "c", valued: "WXm", calls: pythonCalls},
	"perl":   {letters: "eE", valued: "IMm", calls: scriptCalls, backquotes: true},
	"ruby":   {letters: "e", valued: "IrCEF", calls: scriptCalls, backquotes: true},
	"node":   {letters: "ep", names: wordSet("eval print"), valued: "rC", calls: scriptCalls, slashes: true},
	"php":    {letters: "rBRE", names: wordSet("run"), valued: "cdzSt", calls: scriptCalls, backquotes: true},
	"lua":    {letters: "e", valued: "l", calls: scriptCalls},
	"awk":    {first: true, valued: "vFf", calls: scriptCalls, pipes: true},
	"osascript": {
		letters: "e", valued: "l", calls: scriptCalls,
	},
	"other": {letters: "e", names: wordSet("eval"), calls: scriptCalls},
}

var interpreterNames = map[string]string{
	"python": "python", "pypy": "python", "pypy3": "python", "python2": "python", "python3": "python", "ipython": "python", "jython": "python", "micropython": "python", "py": "python",
	"perl": "perl", "perl5": "perl", "ruby": "ruby", "jruby": "ruby", "irb": "ruby", "node": "node", "nodejs": "node", "bun": "node", "deno": "node", "js": "node", "tsx": "node", "ts-node": "node",
	"php": "php", "lua": "lua", "luajit": "lua", "luatex": "lua", "awk": "awk", "gawk": "awk", "mawk": "awk", "nawk": "awk", "osascript": "osascript",
	"Rscript": "other", "R": "other", "julia": "other", "elixir": "other", "groovy": "other", "scala": "other", "ghc": "other", "guile": "other", "tclsh": "other", "octave": "other", "swipl": "other", "racket": "other", "rhino": "other", "jjs": "other",
}

func addInterpreters(t map[string]*program) {
	for name := range interpreterNames {
		if t[name] == nil || name == "bun" || name == "deno" || name == "osascript" {
			t[name] = &program{handle: interpreterRun}
		}
	}
}

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
	if (k.name == "bun" || k.name == "deno") && len(k.args()) > 0 {
		switch k.args()[0].v {
		case "x":
			subRun(a, k)
			return
		case "eval":
			if len(k.args()) > 1 {
				a.interpret(k, a.interpreter(k.name), k.args()[len(k.args())-1])
			}
			return
		}
	}
	p := a.interpreter(k.name)
	if p == nil {
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
				a.interpret(k, p, code)
				if k.name != "perl" && k.name != "ruby" && k.name != "osascript" {
					return
				}
			}
			if strings.HasPrefix(v, "-f") && p.first {
				found = true
			}
			if v == "-m" && interpreterNames[strings.TrimRight(k.name, "0123456789.")] == "python" {
				return
			}
			i += skip
			continue
		}
		if found || i >= len(args) {
			return
		}
		if p.first {
			a.interpret(k, p, args[i])
			return
		}
		a.scriptFile(k, p, args[i])
		return
	}
	if !found && !p.first && k.c.in != nil {
		a.scriptStream(k, p, k.c.in)
	}
}

// codeOption reads the option at i: its code, and how many words more it has.
func (p *interpreter) codeOption(args []field, i int) (code field, skip int, ok bool) {
	v := args[i].v
	if strings.HasPrefix(v, "--") {
		name, value, has := strings.Cut(v[2:], "=")
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
