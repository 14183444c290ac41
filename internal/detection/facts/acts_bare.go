package facts

import (
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/shellcommand"
)

// bare looks at a text that is no shell command: an SQL statement, a command of
// another shell.
func (b *builder) bare(command string) {
	t := strings.TrimSpace(command)
	word := t
	if i := strings.IndexAny(t, " \t\n("); i > 0 {
		word = t[:i]
	}
	if len(word) > 24 {
		return
	}
	b.call.cmd, b.privileged, b.remote = nil, false, false
	switch low := strings.ToLower(word); low {
	case "drop", "truncate", "delete", "grant", "revoke", "alter":
		if f := strings.Fields(t); (len(f) > 2 || len(f) == 2 && word == "TRUNCATE") && (low != "truncate" || word == "TRUNCATE" || strings.EqualFold(f[1], "table")) {
			b.sqlBare(t)
		}
	case "flushall", "flushdb":
		b.act(ActDBDestroy, cut(t, 160))
	default:
		if strings.HasPrefix(low, "db.") {
			b.mongoText(t)
		}
		if strings.HasPrefix(low, "sekurlsa::") || strings.HasPrefix(low, "lsadump::") || strings.HasPrefix(low, "kerberos::") || strings.HasPrefix(low, "privilege::") || strings.HasPrefix(low, "vault::") || strings.HasPrefix(low, "dpapi::") || strings.HasPrefix(low, "token::") || strings.HasPrefix(low, "crypto::") {
			b.act(ActSecretDump, cut(t, 160))
		}
	}
	if b.a != nil && (b.a.SyntaxError != "" || foreignLine(command)) && execShell(cut(command, 16<<10)) {
		b.act(ActShellSpawn, cut(t, 160))
	}
	if b.a != nil && (b.a.SyntaxError != "" || foreignLine(command)) {
		b.quoted(command)
	}
	if b.a != nil && b.a.SyntaxError == "" {
		b.selfPiped()
	} else {
		b.forkBomb(command)
	}
	b.endless(command)
	b.redefined(command)
	b.otherShell(command)
}

// foreignLine reports whether a line of a text is a call in a programming language,
// as of one that is typed into an interpreter.
func foreignLine(text string) bool {
	if len(text) > 4096 || !strings.Contains(text, "\n") || !strings.Contains(text, "(") || strings.Contains(text, "<<") {
		return false
	}
	for line := range strings.Lines(text) {
		i := strings.IndexByte(line, '(')
		if i <= 0 || i+1 >= len(line) || line[i+1] != '"' && line[i+1] != '\'' {
			continue
		}
		name := strings.TrimSpace(line[:i])
		if !strings.ContainsAny(name, " \"'$=;|") {
			return true
		}
	}
	return false
}

// redefined is a function that takes the name of a common program.
func (b *builder) redefined(command string) {
	if len(command) > 4096 {
		return
	}
	for rest := command; ; {
		i := strings.Index(rest, "()")
		if i < 0 {
			return
		}
		name := strings.TrimSpace(rest[:i])
		if j := strings.LastIndexAny(name, " ;\n&|{"); j >= 0 {
			name = name[j+1:]
		}
		rest = rest[i+2:]
		if commonPrograms[name] && strings.HasPrefix(strings.TrimSpace(rest), "{") && hasAny(cutAt(rest, "}"), "rm ", "curl", "wget", "nc ", "tee", "bash", "eval", "| sh", "git reset", "--force") {
			b.act(ActEvadeAlias, name+"()")
			return
		}
	}
}

// otherShell reads a command line of PowerShell that was given to another shell.
func (b *builder) otherShell(command string) {
	if b.nested || len(command) > 16<<10 {
		return
	}
	low := strings.ToLower(command)
	if !hasAny(low, "iex", "invoke-", "remove-item", "downloadstring", "set-mppreference", "new-object", "get-wmiobject", "stop-process", "frombase64string", "new-localuser", "set-executionpolicy", "clear-eventlog", "register-scheduledtask") || hasAny(low, "<<", "git commit", "grep ", "echo ") {
		return
	}
	if hasAny(low, "net.sockets.tcpclient", "net.sockets.udpclient") && hasAny(low, "getstream", "streamwriter", "iex") {
		b.actOf(ActShellReverse, "powershell", cut(command, 160))
	}
	if hasAny(low, "iex", "invoke-expression") {
		switch {
		case hasAny(low, "downloadstring", "iwr ", "invoke-webrequest", "irm ", "invoke-restmethod", "downloadfile", "net.webclient", "curl "):
			b.actOf(ActCodeDynamic, "Invoke-Expression", cut(command, 160))
			b.addFlow(FlowDownload, FlowExecute, "the network → Invoke-Expression")
		case hasAny(low, "frombase64string"):
			b.addFlow(FlowDecode, FlowExecute, "base64 → Invoke-Expression")
		}
	}
	was := b.a
	b.nested = true
	a := analyse(PowerShell, command, b.c)
	b.a = a
	n := min(len(a.Commands), maxCommands-min(maxCommands, len(b.f.Commands)))
	first := len(b.f.Commands)
	b.steps = make([]step, n)
	for i := range n {
		b.step = &b.steps[i]
		b.command(&a.Commands[i])
	}
	b.step = nil
	b.first = first
	b.flows()
	b.a, b.nested = was, false
}

// endless is a loop without an end that starts jobs in the background and does not
// wait for the last of them.
func (b *builder) endless(command string) {
	if len(command) > 4096 || !strings.Contains(command, "&") {
		return
	}
	background := false
	if b.a != nil {
		for i := range b.a.Commands {
			background = background || b.a.Commands[i].Background
		}
	}
	if !background {
		return
	}
	for _, start := range [...]string{"while true", "while :", "until false", "for ((;;))", "for((;;))", "while [ 1 ]", "while [[ 1 ]]"} {
		_, body, ok := strings.Cut(command, start)
		if !ok {
			continue
		}
		body = cutAt(body, "done")
		body = strings.ReplaceAll(body, "&&", "  ")
		i := strings.LastIndexByte(body, '&')
		if i > 0 && body[i-1] != '>' && !hasAny(body[i:], "wait", "sleep") && !strings.Contains(body, "sleep ") {
			b.act(ActResourceWaste, cut(command, 160))
		}
		return
	}
}

func (b *builder) sqlBare(t string) {
	was := b.call.prog
	b.call.prog = "psql"
	b.sql(t)
	b.call.prog = was
}

// selfPiped looks for functions that start themselves twice at a time: over a pipe,
// or in the background. What a function in progress calls of itself is a command.
func (b *builder) selfPiped() {
	again := func(k *shellcommand.Command) bool {
		return len(k.Via) > 1 && k.Via[len(k.Via)-1] == shellcommand.ViaFunction && k.Via[len(k.Via)-2] == shellcommand.ViaFunction
	}
	for _, e := range b.a.Edges {
		if e.Kind != shellcommand.EdgePipe || e.From < 0 || e.To < 0 || e.From >= len(b.a.Commands) || e.To >= len(b.a.Commands) {
			continue
		}
		from, to := &b.a.Commands[e.From], &b.a.Commands[e.To]
		if from.Path == to.Path && again(from) && again(to) {
			b.act(ActForkBomb, cut(to.Text, 160))
			return
		}
	}
	started := ""
	for i := range b.a.Commands {
		k := &b.a.Commands[i]
		if !k.Background || !again(k) {
			continue
		}
		if started == k.Path {
			b.act(ActForkBomb, cut(k.Text, 160))
			return
		}
		started = k.Path
	}
}

// forkBomb is a function that starts itself twice, in a text that is no shell's.
func (b *builder) forkBomb(command string) {
	if len(command) > 4096 || !strings.Contains(command, "|") || !strings.Contains(command, "&") {
		return
	}
	i := strings.Index(command, "()")
	for i >= 0 && i < len(command) {
		name := strings.TrimSpace(command[:i])
		if j := strings.LastIndexAny(name, " ;\n"); j >= 0 {
			name = name[j+1:]
		}
		body := command[i+2:]
		if name != "" && len(name) < 32 && !strings.HasPrefix(strings.TrimSpace(command), "echo") {
			squeezed := strings.ReplaceAll(strings.ReplaceAll(body, " ", ""), "\n", "")
			if strings.Contains(squeezed, name+"|"+name+"&") {
				b.act(ActForkBomb, cut(command, 160))
				return
			}
		}
		next := strings.Index(body, "()")
		if next < 0 {
			return
		}
		i += 2 + next
	}
}

// quoted looks for files of accounts among the quoted texts of what is no shell
// command, as of a line that is typed into an interpreter.
func (b *builder) quoted(text string) {
	n := 0
	literals(cut(text, maxText), func(s string) bool {
		if n++; strings.HasPrefix(s, "/etc/") && len(s) < 64 {
			if p := b.place(s, ""); p.class == ClassSystemAuth {
				b.put(p, AccessRead, "", false, false)
			}
		}
		return n < maxLiterals
	})
}
