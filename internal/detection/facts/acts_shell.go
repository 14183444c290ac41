package facts

import (
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/shellcommand"
)

// quietShell are programs among whose words a shell's name is nothing: they look
// at files, change accounts, or run it where it belongs.
var quietShell = words(`grep ls cat file stat which whereis readlink realpath dpkg apt rpm dnf pacman apk brew chsh usermod useradd adduser cp ln mv rm test [ [[ git docker kubectl helm docker-compose lxc nerdctl vagrant getent cmake configure ./configure shellcheck strings ldd head tail less more wc diff chmod chown setfacl
	type command hash echo printf export declare local find fd basename dirname man sha256sum md5sum objdump nm readelf bd gh glab jq yq touch mkdir install code ansible terraform aws gcloud az flyctl fly heroku tmux screen zellij expect dialog sort uniq cut cd pushd shopt set trap tee shfmt packer nix nix-shell nix-build update-alternatives case alias rg ag crontab systemctl podman sudoedit editor pkill pgrep killall ps kill locate tree du curl wget http rsync`)

// spawnsShell reports whether a text runs a shell: /bin/sh, exec bash -i, !sh.
func spawnsShell(s string) bool {
	if len(s) > 16<<10 {
		s = s[:16<<10]
	}
	for rest, off := s, 0; ; {
		i := strings.Index(rest, "bin/")
		if i < 0 {
			break
		}
		at := off + i
		end := at + 4
		for end < len(s) && isLetter(s[end]) {
			end++
		}
		if shells[s[at+4:end]] && (end == len(s) || !isWord(s[end])) && !strings.HasSuffix(strings.TrimRight(s[:at], "/usrloca "), "#!") && (at == 0 || s[at-1] == '/') {
			return true
		}
		rest, off = s[end:], end
	}
	t := strings.TrimLeft(s, " !'\"\\(|;%")
	for range 4 {
		word, after, _ := strings.Cut(t, " ")
		switch word {
		case "exec", "env", "nice", "reset;", "nohup", "command", "shell", "setsid", "-u", "X", "-n", "5", "sudo":
			t = strings.TrimLeft(after, " ")
			continue
		}
		if !shells[word] || word == "rc" || word == "es" || word == "nu" {
			return false
		}
		after = strings.TrimSpace(after)
		return after == "" || after == "-i" || after == "-li" || after == "-p" || after == "-s" || after == "-il" || after == "-l" || after[0] == '#' || strings.ContainsAny(cut(after, 3), "<>&")
	}
	return false
}

func isWord(c byte) bool {
	return isLetter(c) || c >= '0' && c <= '9' || c == '_' || c == '.' || c == '-'
}

// spawned looks for a shell got out of a program that is none.
func (b *builder) spawned(c *call) {
	k := c.cmd
	if shells[c.prog] || strings.HasPrefix(c.prog, "!") && shells[c.prog[1:]] {
		b.spawnedShell(c)
		return
	}
	if interpreters[c.prog] || quietShell[c.prog] && !c.spec.text {
		return
	}
	if c.spec.text {
		// A text that is written to a file, to be run later.
		if c.prog == "echo" || c.prog == "printf" {
			for _, a := range c.args {
				if len(a) > 6 && (execShell(a) || spawnsShell(a) && b.flowsOut(k)) {
					b.act(ActShellSpawn, a)
					return
				}
			}
		}
		return
	}
	for i, a := range c.args {
		if len(a) < 2 {
			continue
		}
		v := a
		if strings.Contains(v, "SHELL=") {
			continue
		}
		if strings.HasPrefix(v, "-") {
			_, after, ok := strings.Cut(v, "=")
			if !ok {
				continue
			}
			v = after
		}
		if !c.spec.known || strings.HasPrefix(a, "-") || i > 0 && strings.HasPrefix(c.args[i-1], "-") || c.prog == "ssh" || c.prog == "mail" || c.prog == "sed" || c.prog == "npx" || c.prog == "npm" || c.prog == "split" || c.prog == "mysql" {
			if pathShell(v) || !c.spec.known && execShell(v) {
				b.act(ActShellSpawn, c.line())
				return
			}
		}
	}
	if v := k.Stdin.Value; v != "" && k.Stdin.Known && c.prog != "cat" && c.prog != "tee" && execShell(v) {
		b.act(ActShellSpawn, v)
	}
}

// pathShell is spawnsShell for a word that may be anything.
func pathShell(v string) bool {
	return strings.Contains(v, "bin/") && spawnsShell(v)
}

// execShell reports whether a text tells something to become a shell.
func execShell(v string) bool {
	if !strings.Contains(v, "sh") {
		return false
	}
	for _, start := range [...]string{"exec /bin/", "exec /usr/bin/", "! /bin/", "!/bin/", "syscmd(/bin/", "system(\"/bin/", "execve(\"/bin/", `Exec("/bin/`, `"SYSTEM" USING "/bin/`, `Command("/bin/`, `system "/bin/`, `(system "/bin/`, `Process.Start("/bin/`, `exec("/bin/`, `exec '/bin/`, `exec "/bin/`, `system('/bin/`, `execl("/bin/`} {
		if i := strings.Index(v, start); i >= 0 && (i == 0 || v[i-1] != '#') && spawnsShell(v[i:]) {
			return true
		}
	}
	if hasAny(v, `system("sh")`, `system('sh')`, `system("bash")`, `system("sh -`, `system("reset; exec sh`, "; exec sh", `execute("reset; exec sh`) {
		return true
	}
	i := strings.Index(v, "bin/")
	if i < 0 {
		return false
	}
	rest := v[i+4:]
	end := 0
	for end < len(rest) && isLetter(rest[end]) {
		end++
	}
	if !shells[rest[:end]] {
		return false
	}
	rest = strings.TrimLeft(rest[end:], " -is")
	return len(rest) > 2 && (rest[0] == '<' || rest[0] == '>' || rest[0] >= '0' && rest[0] <= '2' && (rest[1] == '<' || rest[1] == '>'))
}

// flowsOut reports whether a command's output is written to a file or given to
// another command.
func (b *builder) flowsOut(k *shellcommand.Command) bool {
	for i := range k.Redirects {
		if k.Redirects[i].Writes() && k.Redirects[i].Path.Value != "/dev/null" && k.Redirects[i].FD == 1 {
			return !strings.HasSuffix(k.Redirects[i].Path.Value, ".sh") && !strings.HasSuffix(k.Redirects[i].Path.Value, ".md")
		}
	}
	for _, e := range b.a.Edges {
		if e.From == k.ID && (e.Kind == shellcommand.EdgePipe || e.Kind == shellcommand.EdgeFile || e.Kind == shellcommand.EdgeProcess) {
			return true
		}
	}
	return false
}

// spawnedShell looks at a shell that something runs: one without a script, whose
// input is nobody's file.
func (b *builder) spawnedShell(c *call) {
	k := c.cmd
	interactive := true
	for _, a := range c.args {
		switch a {
		case "-i", "-p", "-l", "-s", "-li", "-il", "--login", "-", "--", "--norc", "--noprofile", "-e", "-x", "-f":
		case shellcommand.Unknown:
			interactive = interactive && b.terminal(k)
		default:
			interactive = false
		}
	}
	if !interactive {
		return
	}
	tty := strings.HasPrefix(k.Path, "!") || strings.HasPrefix(k.Path, "/") && strings.Contains(k.Path, "bin/") // of a program that reads commands of its own
	for i := range k.Redirects {
		r := &k.Redirects[i]
		if r.FD == 0 && r.Reads() && !strings.HasPrefix(r.Path.Value, "/dev/tty") && !strings.HasPrefix(r.Path.Value, "@") && r.Op != "<&" && !strings.Contains(k.Text, "$(tty)") {
			return
		}
		tty = tty || strings.HasPrefix(r.Path.Value, "/dev/tty") || r.Op == "<&" || r.FD == 0 || r.Op == ">&" && r.Path.Value == "0"
	}
	if k.Stdin.Value != "" || len(b.incoming(k.ID)) > 0 {
		return
	}
	container := b.remote && !viaRemote(k)
	switch {
	case container:
		return
	case viaRemote(k):
		if !strings.Contains(k.Path, "/") {
			return
		}
	case len(k.Wrappers) == 0 && len(k.Via) == 0 && !c.has("-i") && !tty && !c.has("-p"):
		return
	case len(k.Wrappers) == 0 && allPlain(k.Via) && !tty && !c.has("-i", "-p"):
		return
	}
	how := "a shell"
	if len(k.Wrappers) > 0 {
		how = k.Wrappers[len(k.Wrappers)-1].Program + " runs a shell"
	}
	b.act(ActShellSpawn, how)
	for i := range k.Redirects {
		if strings.HasPrefix(k.Redirects[i].Path.Value, "/dev/tcp/") {
			b.act(ActShellReverse, k.Redirects[i].Path.Value)
		}
	}
}

// terminal reports whether xargs gives the shell that it runs a terminal, or no
// words.
func (b *builder) terminal(k *shellcommand.Command) bool {
	if n := len(k.Wrappers); n > 0 && k.Wrappers[n-1].Program == "xargs" {
		for _, a := range k.Wrappers[n-1].Args {
			switch a.Value {
			case "-o", "--open-tty", "/dev/null", "-a", "--arg-file=/dev/null":
				return true
			}
		}
	}
	return false
}

func viaRemote(k *shellcommand.Command) bool {
	for _, v := range k.Via {
		if v == shellcommand.ViaRemote {
			return true
		}
	}
	return false
}

// allPlain reports whether a command stands only in constructs of the shell's own.
func allPlain(via []shellcommand.Via) bool {
	for _, v := range via {
		switch v {
		case shellcommand.ViaSubstitution, shellcommand.ViaProcess, shellcommand.ViaFunction, shellcommand.ViaAlias, shellcommand.ViaTrap:
		default:
			return false
		}
	}
	return true
}

// incoming are the commands whose output comes to a command's input.
func (b *builder) incoming(id int) []int {
	var out []int
	for _, e := range b.a.Edges {
		if e.To == id && e.Kind != shellcommand.EdgeVariable && e.Kind != shellcommand.EdgeArgument {
			out = append(out, e.From)
		}
	}
	return out
}

// reverse finds a shell in a ring of pipes with a connection: nc h p <f | sh >f,
// mkfifo, and telnet | sh | telnet.
func (b *builder) reverse() {
	fifo := false
	for i := range b.steps {
		p := b.f.Commands[b.first+i].Program
		fifo = fifo || p == "mkfifo" || p == "mknod"
	}
	net := func(i int) bool {
		switch canonical(b.f.Commands[b.first+i].Program) {
		case "nc", "telnet", "socat", "openssl", "ssh":
			return b.steps[i].uploads
		}
		return false
	}
	for _, e := range b.a.Edges {
		if e.Kind == shellcommand.EdgeArgument || e.Kind == shellcommand.EdgeVariable || e.From >= len(b.steps) || e.To >= len(b.steps) {
			continue
		}
		from, to := canonical(b.f.Commands[b.first+e.From].Program), canonical(b.f.Commands[b.first+e.To].Program)
		bare := func(i int) bool { return b.steps[i].runsIn }
		if shells[to] && bare(e.To) && net(e.From) && (fifo || b.leadsTo(e.To, net)) || shells[from] && bare(e.From) && net(e.To) {
			b.actOf(ActShellReverse, to, from+" | "+to)
		}
	}
}

func (b *builder) leadsTo(id int, what func(int) bool) bool {
	for _, e := range b.a.Edges {
		if e.From == id && e.To < len(b.steps) && what(e.To) {
			return true
		}
	}
	return false
}

// hook is a command that a program is told to run.
func (b *builder) hook(option, value string) {
	if spawnsShell(value) {
		b.act(ActShellSpawn, option+" "+value)
		return
	}
	b.act(ActCommandHook, option+" "+value)
}

// library is code that a program loads.
func (b *builder) library(c *call, word string) {
	if word == "" {
		return
	}
	p := b.place(word, b.dir())
	switch c.prog {
	case "perl", "ruby", "node", "lua", "python", "pytest", "go", "mocha", "eslint", "jest", "vitest", "tsx", "ts-node", "php", "awk":
		if !strings.HasPrefix(word, "/") && !strings.HasSuffix(word, ".so") {
			return
		}
	case "curl", "ssh", "scp", "sftp", "yt-dlp", "vi":
		// A file of settings; a library by --engine.
		if p.class == ClassCredential || p.class == ClassSystemAuth {
			b.put(p, AccessRead, c.prog, false, false)
		}
		if !strings.HasSuffix(word, ".so") && !strings.Contains(word, ".so.") && !strings.HasSuffix(word, ".dylib") && !strings.HasSuffix(word, ".dll") {
			return
		}
	}
	b.put(p, AccessExecute, c.prog, false, false)
	b.act(ActCodeLoad, word)
}

// loaders are variables whose value is code that programs load or run.
var loaders = words(`LD_PRELOAD LD_AUDIT LD_LIBRARY_PATH_FORCE DYLD_INSERT_LIBRARIES BASH_ENV GIT_SSH_COMMAND GIT_EXTERNAL_DIFF GIT_PROXY_COMMAND LESSOPEN LESSCLOSE PERL5OPT PERL5DB PYTHONSTARTUP PYTHONINSPECT RUBYOPT OPENSSL_CONF OPENSSL_ENGINES
	AUTOM4TE PROMPT_COMMAND GTK_MODULES LUA_INIT PHPRC TAR_CHECKPOINT GCONV_PATH HOSTALIASES TERMINFO_EXEC BROWSER_EXEC MANPAGER PS4`)

// askers run a command where they need one: quiet with a pager or an editor.
var askers = words("PAGER GIT_PAGER EDITOR VISUAL GIT_EDITOR GIT_SEQUENCE_EDITOR SUDO_EDITOR BROWSER GIT_SSH SSH_ASKPASS SUDO_ASKPASS GIT_ASKPASS MANPAGER SYSTEMD_PAGER AWS_PAGER KUBE_EDITOR FCEDIT CC CXX MAKE ACLOCAL AUTOCONF AUTOMAKE RSYNC_RSH CVS_RSH SHELL_EXEC")

// assigns looks at variables that change what programs do.
func (b *builder) assigns(k *shellcommand.Command) {
	for i := range k.Assigns {
		b.assign(k, k.Assigns[i].Name, k.Assigns[i].Value.Value)
	}
	for i := range k.Wrappers {
		w := &k.Wrappers[i]
		if w.Program != "env" && w.Program != "sudo" {
			continue
		}
		for j := range w.Args {
			if name, value, ok := strings.Cut(w.Args[j].Value, "="); ok && !strings.HasPrefix(name, "-") {
				b.assign(k, name, value)
			}
		}
	}
}

func (b *builder) assign(k *shellcommand.Command, name, value string) {
	switch {
	case loaders[name]:
		if value == "" || name == "GIT_SSH_COMMAND" && strings.HasPrefix(value, "ssh ") && !strings.Contains(value, "ProxyCommand") || name == "PERL5OPT" && strings.HasPrefix(value, "-M") || name == "MANPAGER" && !strings.Contains(value, "bin/") || name == "RUBYOPT" && strings.HasPrefix(value, "-W") || name == "PS4" && !strings.Contains(value, "$(") || name == "LESSOPEN" && strings.Contains(value, "lesspipe") || name == "OPENSSL_CONF" && value == "/dev/null" {
			return
		}
		b.act(ActCodeLoad, name+"="+value)
		b.words(value)
	case askers[name]:
		if spawnsShell(value) && strings.Contains(value, "sh") {
			b.act(ActShellSpawn, name+"="+value)
		} else if strings.HasPrefix(value, "/tmp/") || strings.HasPrefix(value, "/path/") || strings.HasPrefix(value, "./") {
			b.act(ActCodeLoad, name+"="+value)
		}
	case name == "HISTFILE" && (value == "" || value == "/dev/null"), name == "HISTSIZE" && value == "0", name == "HISTFILESIZE" && value == "0", name == "HISTCONTROL" && strings.Contains(value, "ignore") && k.Program != "":
		b.act(ActEvadeHistory, name+"="+value)
	case name == "CLAUDE_CODE_ENABLE_TELEMETRY" && (value == "0" || value == ""), name == "OTEL_SDK_DISABLED" && value == "true", name == "OTEL_LOGS_EXPORTER" && value == "none", name == "DISABLE_TELEMETRY" && value == "1" && (k.Program == "claude" || k.Program == ""):
		b.act(ActTelemetryDisable, name+"="+value)
	case name == "NODE_TLS_REJECT_UNAUTHORIZED" && value == "0", name == "GIT_SSL_NO_VERIFY" && value != "", name == "PYTHONHTTPSVERIFY" && value == "0":
		b.act(ActSupplyKey, name+"="+value)
	case name == "PIP_INDEX_URL" || name == "PIP_EXTRA_INDEX_URL" || name == "NPM_CONFIG_REGISTRY" || name == "npm_config_registry" || name == "UV_INDEX_URL":
		b.registry(value, name)
	case name == "TAR_OPTIONS" && k.Program == "" && strings.Contains(value, "--file="):
		b.act(ActEvadeAlias, name+"="+value)
		b.pendingTar = value
	}
}

// encoded is the name of a program that is written so that nobody reads it.
func (b *builder) encoded(k *shellcommand.Command) {
	w := k.Text
	if i := strings.IndexAny(w, " \t\n"); i >= 0 {
		w = w[:i]
	}
	if k.Program == "" || len(w) < 3 || !strings.ContainsAny(w, `\'"`) {
		return
	}
	inner := w[1:]
	hit := strings.HasPrefix(w, "$'\\") || strings.Contains(inner, "$'\\") || strings.Contains(inner, "''") || strings.Contains(inner, `""`)
	for i := 1; i+1 < len(w) && !hit; i++ {
		hit = w[i] == '\\' && isLetter(w[i+1]) && isLetter(w[i-1]) && !strings.Contains(w, `:\`)
	}
	if hit && len(k.Via) == 0 {
		b.act(ActEvadeEncoding, w)
	}
}

// words looks for paths that matter among the words of a text.
func (b *builder) words(text string) {
	n := 0
	for w := range strings.FieldsSeq(cut(text, maxText)) {
		if n++; n > 32 {
			return
		}
		b.any(&b.call, strings.Trim(w, `'"`))
	}
}

// bareShell looks for a shell in code of a language that is not known.
func (b *builder) bareShell(code string) {
	if strings.Contains(code, "bin/") && hasAny(code, "system", "exec", "shell", "!", "write18", "Command", "popen", "print |", "|&", "| \"") && spawnsShell(code) {
		b.act(ActShellSpawn, cut(code, 120))
	}
}
