package facts

import (
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/shellcommand"
)

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
	GIT_TEMPLATE_DIR AUTOM4TE PROMPT_COMMAND GTK_MODULES LUA_INIT PHPRC TAR_CHECKPOINT GCONV_PATH HOSTALIASES TERMINFO_EXEC BROWSER_EXEC MANPAGER PS4`)

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
		b.unsetFor(k, w)
		for j := range w.Args {
			if name, value, ok := strings.Cut(w.Args[j].Value, "="); ok && !strings.HasPrefix(name, "-") {
				b.assign(k, name, value)
			}
		}
	}
}

func (b *builder) assign(k *shellcommand.Command, name, value string) {
	if b.telemetryVariable(k, name, value) || b.loaderVariable(name, value) {
		return
	}
	switch {
	case loaders[name]:
		if value == "" || name == "GIT_SSH_COMMAND" && strings.HasPrefix(value, "ssh ") && !strings.Contains(value, "ProxyCommand") || name == "PERL5OPT" && strings.HasPrefix(value, "-M") || name == "MANPAGER" && !strings.Contains(value, "bin/") || name == "RUBYOPT" && strings.HasPrefix(value, "-W") || name == "PS4" && (!strings.Contains(value, "$(") || shells[canonical(k.Program)]) || name == "LESSOPEN" && strings.Contains(value, "lesspipe") || name == "OPENSSL_CONF" && value == "/dev/null" || strings.HasSuffix(name, "PRELOAD") && systemLibrary(value) && !b.privileged {
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
	case name == "NODE_TLS_REJECT_UNAUTHORIZED" && value == "0", name == "GIT_SSL_NO_VERIFY" && value != "", name == "PYTHONHTTPSVERIFY" && value == "0":
		b.act(ActSupplyKey, name+"="+value)
	case name == "PIP_INDEX_URL" || name == "PIP_EXTRA_INDEX_URL" || name == "NPM_CONFIG_REGISTRY" || name == "npm_config_registry" || name == "UV_INDEX_URL":
		b.registry(value, name)
	case strings.Contains(value, "://") && registryVariable(name):
		if bareHost(value) {
			b.act(ActSupplyRegistry, name+"="+value)
		}
	case strings.EqualFold(name, "HTTPS_PROXY"), strings.EqualFold(name, "HTTP_PROXY"), strings.EqualFold(name, "ALL_PROXY"):
		if _, host, _, _ := splitURL(value); hostClass(strings.ToLower(host)) == HostPublic {
			b.act(ActNetProxy, name+"="+value)
		}
	case name == "ANTHROPIC_BASE_URL", name == "OPENAI_BASE_URL", name == "CLAUDE_CODE_API_BASE_URL", name == "ANTHROPIC_BEDROCK_BASE_URL", name == "ANTHROPIC_VERTEX_BASE_URL":
		if _, host, _, _ := splitURL(value); hostClass(strings.ToLower(host)) == HostPublic || hostClass(strings.ToLower(host)) == HostCollect {
			b.act(ActNetProxy, name+"="+value)
		}
	case name == "CLAUDE_CONFIG_DIR" && value != "" && !strings.HasSuffix(strings.TrimSuffix(value, "/"), "/.claude") && (k.Program == "" || k.Program == "export" || k.Program == "claude"):
		b.act(ActAgentConfig, name+"="+value)
	case (name == "AGENT_TELEMETRY_HOME" || name == "XDG_STATE_HOME") && (k.Program == "claude-hook" || k.Program == "claude"):
		b.act(ActTelemetryDisable, name+"="+value)
	case name == "TAR_OPTIONS" && k.Program == "" && strings.Contains(value, "--file="):
		b.act(ActEvadeAlias, name+"="+value)
		b.pendingTar = value
	}
}

// encoded is the name of a program that is written so that nobody reads it. What only
// shows, or is judged by what it is told, hides nothing by it.
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
	if hit && len(k.Via) == 0 && !plainTools[b.call.prog] {
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

// systemLibrary reports whether a library is one that the system has installed.
func systemLibrary(value string) bool {
	if strings.ContainsAny(value, ": ") || strings.Contains(value, "..") {
		return false
	}
	for _, dir := range [...]string{"/usr/lib", "/lib/", "/lib64/", "/usr/local/lib/", "/opt/homebrew/lib/"} {
		if strings.HasPrefix(value, dir) {
			return true
		}
	}
	return false
}

// plainTools show what they are given, or are judged by their words alone.
var plainTools = words("ls git echo printf pwd date cat head tail wc sort uniq cut tr grep rg whoami id uname hostname which true false test mkdir clear less more man df du ps env printenv basename dirname realpath stat file diff jq column nl fold sleep")
