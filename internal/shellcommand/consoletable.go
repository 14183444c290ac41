package shellcommand

import "strings"

var bang = []string{"!"}

// consoleCalls is what consoles with a language of their own call to run a command.
var consoleCalls = &interpreter{calls: callSet(callShell, "system shell popen exec")}

// ipython is what stands between the lines of Python.
var ipython = &console{marks: []string{"!", "%system", "%sx", "!!"}}

// consoles are the programs that run commands which are typed into them.
var consoles = map[string]*console{
	"ftp tnftp pftp ncftp tftp smbclient telnet kermit rlogin debugfs crash ginsh nmap": {marks: bang, letters: "c"},
	"lftp": {marks: bang, letters: "ec", files: []string{"-f"}, semicolons: true},
	"sftp": {marks: bang, files: []string{"-b"}},
	"dc":   {marks: bang, letters: "e", names: wordSet("expression"), files: []string{"-f"}},
	"bc":   {marks: bang},
	"less more most pg zless zmore man info w3m lynx journalctl systemctl loginctl timedatectl hostnamectl perldoc apt apt-get dmesg tig iftop mutt neomutt": {marks: bang, keys: true},
	"mail mailx s-nail nail Mail mutt neomutt alpine": {
		marks: []string{"~!", "~<!", "~|"},
	},
	"mailx mail s-nail nail": {marks: bang, letters: "XE", names: wordSet("exec"), keys: true},
	"gdb": {
		marks: []string{"shell", "!"}, pipes: []string{"pipe", "|"}, letters: "", names: wordSet("ex iex eval-command init-eval-command"),
		files: []string{"-x", "--command", "-command"},
		code:  map[string]*interpreter{"python": nil, "py": nil, "python-interactive": nil, "pi": nil, "call": consoleCalls, "print": consoleCalls, "p": consoleCalls},
	},
	"lldb": {
		marks: []string{"platform shell", "shell", "!"}, names: wordSet("o one-line O one-line-before-file"),
		files: []string{"-s", "--source"},
		code:  map[string]*interpreter{"script": nil, "expression": consoleCalls, "expr": consoleCalls, "p": consoleCalls},
	},
	"mysql mariadb mycli": {marks: []string{`\!`, "system"}, letters: "e", names: wordSet("execute init-command"), semicolons: true},
	"psql pgcli usql vsql": {
		marks: []string{`\!`}, pipes: []string{`\o`, `\out`, `\g`, `\gx`, `\w`, `\write`, `\copy`, "copy", "COPY"}, letters: "c", names: wordSet("command"),
		files: []string{"-f", "--file"},
	},
	"sqlite3 sqlite duckdb litecli sqlcipher": {
		marks: []string{".shell", ".system", ".sh"}, pipes: []string{".once", ".output", ".import", ".read", ".log", ".excel"}, names: wordSet("cmd c s"),
		files: []string{"-init"}, from: 2,
	},
	"ranger":        {marks: []string{"shell", "!"}, names: wordSet("cmd")},
	"vifm":          {marks: bang, letters: "c"},
	"sqlplus sqlcl": {marks: []string{"!", "host", "HOST", "ho"}},
	"gnuplot":       {marks: []string{"!", "shell"}, letters: "e", semicolons: true, code: map[string]*interpreter{"": consoleCalls}},
	"ghci":          {marks: []string{":!"}, letters: "e"},
	"pry":           {marks: []string{"."}, letters: "e"},
	"r2 radare2 rizin": {
		marks: bang, letters: "c", semicolons: true, files: []string{"-i"},
	},
	"bconsole": {marks: []string{"@exec"}},
	"maxima gp magma sage": {
		letters: "", names: wordSet("batch-string"), code: map[string]*interpreter{"": consoleCalls},
	},
	"mongo mongosh": {
		names: wordSet("eval"), code: map[string]*interpreter{"": interpreters["node"]},
	},
	"bpftrace stap": {
		letters: "e", code: map[string]*interpreter{"": consoleCalls},
	},
	"cpan": {
		code: map[string]*interpreter{"!": interpreters["perl"]},
	},
}

// addConsoles tells of the programs that read commands of their own.
func addConsoles(t map[string]*program) {
	for names, c := range consoles {
		for name := range strings.FieldsSeq(names) {
			run := consoleRun(c)
			if p := t[name]; p != nil && p.handle != nil {
				before := p.handle
				t[name] = &program{handle: func(a *analyzer, k *command) { before(a, k); run(a, k) }, output: p.output}
				continue
			}
			t[name] = &program{handle: run}
		}
	}
}
