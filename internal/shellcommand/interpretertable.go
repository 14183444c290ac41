package shellcommand

import "strings"

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

// lispCalls are those of the dialects of Lisp, Emacs's among them.
var lispCalls = callSet(callShell, `system system* shell-command shell-command-to-string async-shell-command process-lines run-program
	uiop:run-program sb-ext:run-program ext:run-program ext:run-shell-command shell sh clojure.java.shell/sh shell/sh
	babashka.process/shell babashka.process/process p/shell process execlp term ansi-term compile process*/ports execl`,
	callSet(callNamed, "start-process start-file-process"),
	callSet(callArgv, "call-process make-process process-file"))

// interpreters by program.
var interpreters = map[string]*interpreter{
	"python": {letters: "c", valued: "WXm", calls: pythonCalls},
	"perl":   {letters: "eE", valued: "IMm", calls: scriptCalls, backquotes: true},
	"ruby":   {letters: "e", valued: "IrCEF", calls: callSet(callShell, "sh", scriptCalls), backquotes: true},
	"node":   {letters: "ep", names: wordSet("eval print"), valued: "rC", calls: scriptCalls, slashes: true},
	"php":    {letters: "rBRE", names: wordSet("run"), valued: "cdzSt", calls: scriptCalls, backquotes: true},
	"lua":    {letters: "e", valued: "l", calls: scriptCalls},
	"awk":    {awk: true},
	"lisp": {
		letters: "ecx", names: wordSet("eval execute"), valued: "lLi", calls: lispCalls, lisp: true,
	},
	"jvm": {
		letters: "e", slashes: true, postfix: true,
		calls: callSet(callShell, "exec ProcessBuilder Process", callSet(callCode, "Eval.me")),
	},
	"elixir": {letters: "e", names: wordSet("eval rpc-eval"), calls: callSet(callShell, "System.cmd System.shell os.cmd cmd")},
	"erlang": {letters: "", names: wordSet("eval"), calls: callSet(callShell, "cmd open_port")},
	"raku":   {letters: "e", calls: callSet(callShell, "shell run", scriptCalls), backquotes: true},
	"julia":  {letters: "eE", names: wordSet("eval print"), calls: scriptCalls, backquotes: true},
	"r":      {letters: "e", calls: callSet(callShell, "system system2 shell shell.exec pipe")},
	"rust":   {letters: "e", names: wordSet("expr"), slashes: true, calls: callSet(callArgv, "Command::new Command std::process::Command::new process::Command::new")},
	"go":     {slashes: true, calls: callSet(callArgv, "exec.Command syscall.Exec os.StartProcess", callSet(callNamed, "exec.CommandContext"))},
	"dotnet": {slashes: true, calls: callSet(callJoin, "Process.Start")},
	"haskell": {
		letters: "e", calls: callSet(callShell, "system callCommand callProcess readProcess spawnCommand rawSystem readCreateProcess shell System.Process.callCommand System.Process.system"),
	},
	"ml":        {letters: "e", calls: callSet(callShell, "Sys.command Unix.system Unix.open_process_in Unix.execvp command")},
	"prolog":    {letters: "gt", calls: callSet(callShell, "shell process_create exec")},
	"swift":     {letters: "e", slashes: true, calls: scriptCalls},
	"osascript": {letters: "e", valued: "l", calls: scriptCalls},
	"other":     {letters: "e", names: wordSet("eval execute"), calls: callSet(callShell, "unix dos shell_cmd", scriptCalls)},
}

// interpreterNames are the programs of each language.
var interpreterNames = byName(map[string]string{
	"python": "python pypy pypy3 python2 python3 ipython ipython3 jython micropython py bpython ptpython",
	"perl":   "perl perl5", "ruby": "ruby jruby irb rake rails-runner", "php": "php php-cgi hhvm", "lua": "lua luajit luatex texlua tarantool resty",
	"node": "node nodejs bun deno js tsx ts-node qjs d8", "awk": "awk gawk mawk nawk original-awk goawk", "osascript": "osascript",
	"lisp": "emacs emacsclient guile sbcl clisp ecl ccl racket clojure clj bb csi scheme gsi newlisp janet fennel joker lein", "jvm": "groovy scala scala-cli kotlin kotlinc jshell jrunscript amm bsh",
	"elixir": "elixir iex", "erlang": "erl", "raku": "raku rakudo perl6", "julia": "julia", "r": "R Rscript littler r", "rust": "rust-script evcxr",
	"dotnet": "dotnet-script scriptcs csharp fsi fsharpi", "haskell": "ghc ghci runghc runhaskell stack-ghci", "ml": "ocaml utop sml", "prolog": "swipl gprolog yap",
	"swift": "swift", "other": "octave rhino jjs crystal nim v elm-repl wolframscript slsh",
})

func byName(lists map[string]string) map[string]string {
	m := map[string]string{}
	for kind, names := range lists {
		for n := range strings.FieldsSeq(names) {
			m[n] = kind
		}
	}
	return m
}

func addInterpreters(t map[string]*program) {
	for name, kind := range interpreterNames {
		if t[name] == nil || name == "bun" || name == "deno" || name == "osascript" {
			t[name] = &program{handle: interpreterRun}
		}
		if kind == "awk" {
			t[name] = &program{handle: awkRun}
		}
	}
}
