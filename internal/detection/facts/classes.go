package facts

import (
	"path"
	"strings"
)

// classify tells what kind of place a path is. It is lexical: the path is one of
// the machine on which the agent runs.
func (b *builder) classify(p string) string {
	if p == "" || p == ellipsis {
		return ClassUnknown
	}
	if p[0] == '/' && len(p) > 4 && p[:5] == "/dev/" {
		return device(p[5:])
	}
	low := p
	if hasUpper(p) {
		low = strings.ToLower(p)
	}
	name := low[strings.LastIndexByte(low, '/')+1:]
	if b.telemetry(p, low, name) {
		return ClassTelemetry
	}
	inHome, rest := b.home(low)
	if agentConfig(low, name, inHome, rest) {
		return ClassAgentConfig
	}
	if credential(low, name) && (name != ".npmrc" || !b.ofProject(p)) {
		return ClassCredential
	}
	if persistence(low, name, inHome, rest) {
		return ClassPersistence
	}
	if p[0] == '/' {
		if c := b.absolute(p, low, name); c != "" {
			return c
		}
	} else if c := windowsClass(low); c != "" {
		return c
	}
	if historyFile(name) {
		return ClassLog
	}
	relative := isRelative(p)
	if b.ofProject(p) {
		if strings.Contains(low, "/.git/") || strings.HasPrefix(low, ".git/") || name == ".git" {
			return ClassGit
		}
		return ClassProject
	}
	if strings.Contains(low, "/.git/") {
		return ClassGit
	}
	switch {
	case inHome && b.own(p):
		return ClassHome
	case inHome:
		return ClassOtherHome
	case relative:
		return ClassUnknown
	}
	return ClassOther
}

// ofProject reports whether a path is below the project, or is relative to a
// directory that is not known.
func (b *builder) ofProject(p string) bool {
	if b.project != "" && b.project != b.c.Home && within(p, b.project) {
		return true
	}
	return isRelative(p) && !strings.HasPrefix(p, "..") && !strings.HasPrefix(p, ellipsis)
}

func isRelative(p string) bool {
	return p[0] != '/' && p[0] != '~' && (len(p) < 2 || p[1] != ':')
}

func hasUpper(s string) bool {
	for i := range len(s) {
		if s[i] >= 'A' && s[i] <= 'Z' {
			return true
		}
	}
	return false
}

// home splits a path into a home directory and what is below it.
func (b *builder) home(low string) (bool, string) {
	if b.lowHome != "" && within(low, b.lowHome) {
		return true, strings.TrimPrefix(low[len(b.lowHome):], "/")
	}
	if low[0] == '~' {
		_, rest, _ := strings.Cut(low, "/")
		return true, rest
	}
	for _, dir := range [...]string{"/home/", "/users/", "c:/users/"} {
		if strings.HasPrefix(low, dir) && len(low) > len(dir) {
			_, rest, _ := strings.Cut(low[len(dir):], "/")
			return true, rest
		}
	}
	if within(low, "/root") {
		return true, strings.TrimPrefix(low[len("/root"):], "/")
	}
	return false, ""
}

// own reports whether a path of a home directory is in the user's own.
func (b *builder) own(p string) bool {
	if p[0] == '~' {
		return true
	}
	return b.c.Home != "" && within(p, b.c.Home)
}

func device(rest string) string {
	first, _, _ := strings.Cut(rest, "/")
	switch first {
	case "null", "stdout", "stderr", "stdin", "tty", "fd", "zero", "full", "random", "urandom", "ptmx", "pts", "console":
		return ClassDevNull
	case "tcp", "udp":
		return ClassOther
	case "shm":
		return ClassTemp
	}
	if strings.HasPrefix(first, "tty") {
		return ClassDevNull
	}
	return ClassDevice
}

// absolute classifies what every Unix has at the same place.
func (b *builder) absolute(p, low, name string) string {
	if p == "/" || p == "/*" || p == "/.*" {
		return ClassRoot
	}
	rest := low[1:]
	top, below, deep := strings.Cut(rest, "/")
	switch top {
	case "etc":
		if systemAuth(below) {
			return ClassSystemAuth
		}
		return ClassSystem
	case "proc", "sys":
		if name == "release_agent" || name == "notify_on_release" {
			return ClassContainer
		}
		if top == "proc" && !strings.HasPrefix(below, "sys/") && below != "sys" && below != "sysrq-trigger" && below != "kcore" && below != "kmem" && deep {
			return ClassOther
		}
		if !deep {
			return ClassSystem
		}
		return ClassDevice
	case "tmp":
		if !b.projectIn(p) {
			return ClassTemp
		}
		return ""
	case "var":
		switch {
		case within(below, "tmp"), within(below, "folders"):
			if b.projectIn(p) {
				return ""
			}
			return ClassTemp
		case within(below, "log"), within(below, "audit"):
			return ClassLog
		case within(below, "db/shadow"), within(below, "db/dslocal"):
			return ClassSystemAuth
		case below == "run/docker.sock", strings.HasSuffix(below, "containerd.sock"), strings.HasSuffix(below, "crio.sock"), strings.HasSuffix(below, "podman.sock"):
			return ClassContainer
		}
		return ClassSystem
	case "run":
		if strings.HasSuffix(below, "docker.sock") || strings.HasSuffix(below, "containerd.sock") || strings.HasSuffix(below, "crio.sock") || strings.HasSuffix(below, "podman.sock") {
			return ClassContainer
		}
		if b.projectIn(p) {
			return ""
		}
		return ClassSystem
	case "usr", "bin", "sbin", "boot", "lib", "lib32", "lib64", "libx32", "opt", "system", "library", "srv", "applications", "efi", "initrd.img", "vmlinuz", "lost+found", "nix":
		if b.projectIn(p) {
			return ""
		}
		return ClassSystem
	case "home", "users", "root":
		if !deep {
			return ClassSystem
		}
	case "dev":
		return ClassDevice
	}
	if top == "root" {
		return ""
	}
	return ""
}

// projectIn reports whether a path belongs to a project that stands in a place
// which is the system's or temporary elsewhere.
func (b *builder) projectIn(p string) bool {
	return b.project != "" && b.project != "/" && within(p, b.project)
}

func windowsClass(low string) string {
	if len(low) < 3 || low[1] != ':' {
		return ""
	}
	rest := low[3:]
	switch {
	case rest == "" || rest == "*":
		return ClassRoot
	case within(rest, "windows/system32/config"):
		return ClassSystemAuth
	case within(rest, "windows/temp"), strings.Contains(rest, "/appdata/local/temp"), within(rest, "temp"):
		return ClassTemp
	case within(rest, "windows"), within(rest, "program files"), within(rest, "program files (x86)"), within(rest, "programdata"):
		return ClassSystem
	}
	return ""
}

var systemAuthFiles = set("passwd", "shadow", "gshadow", "group", "sudoers", "master.passwd", "security/opasswd", "passwd-", "shadow-", "gshadow-",
	"doas.conf", "krb5.keytab", "login.defs", "securetty", "nsswitch.conf", "sudo.conf", "ssh/sshd_config", "shadow.bak", "passwd.bak", "security/passwd", "pam.conf", "subuid", "subgid", "libuser.conf")

func systemAuth(below string) bool {
	if systemAuthFiles[below] {
		return true
	}
	if i := strings.IndexAny(below, "*?["); i > 1 && len(below) < 64 {
		for _, name := range [...]string{"shadow", "gshadow", "sudoers", "master.passwd"} {
			if ok, err := path.Match(negated(below), name); ok && err == nil {
				return true
			}
		}
	}
	for _, dir := range [...]string{"sudoers.d", "pam.d", "polkit-1", "ssh/sshd_config.d", "security", "sssd", "openldap", "authselect"} {
		if within(below, dir) {
			return true
		}
	}
	return strings.HasPrefix(below, "shadow") || strings.HasPrefix(below, "ssh/ssh_host_") && !strings.HasSuffix(below, ".pub")
}

// telemetry tells what is ours.
func (b *builder) telemetry(p, low, name string) bool {
	switch name {
	case ".telemetry-enabled", "claude-hook", "otelcol-claude", "agent-telemetry.yaml", "otelcol-claude.service":
		return true
	}
	if b.c.StateDir != "" && within(p, b.c.StateDir) {
		return true
	}
	return strings.Contains(low, "/.local/state/agent-telemetry") || strings.HasSuffix(low, "/bin/agent-telemetry")
}

var agentFiles = set("claude.md", "claude.local.md", "agents.md", "gemini.md", "agent.md", ".mcp.json", "mcp.json", ".cursorrules", ".windsurfrules", ".clinerules", ".roorules", ".claude.json",
	"copilot-instructions.md", "managed-settings.json", "managed-mcp.json", "claude_desktop_config.json", ".aider.conf.yml", ".goosehints", ".rules", "opencode.json", ".roomodes", "conventions.md.agent")

// agentDirs are the directories of coding agents, and what of them is no
// configuration.
var agentDirs = []string{".claude", ".cursor", ".codex", ".gemini", ".windsurf", ".continue", ".aider", ".roo", ".cline", ".opencode", ".amazonq", ".junie", ".augment", ".kiro", ".crush"}

var agentIndex = newDirIndex(agentDirs, false)

var agentState = set("projects", "todos", "statsig", "shell-snapshots", "logs", "history.jsonl", "ide", "local", "cache", "file-history", "debug", "tmp", "sessions", "plans", "telemetry", "image-cache",
	"paste-cache", "session-env", "downloads", "backups", "extensions", "log", "worktrees", "tasks", "teams", "stats-cache.json")

func agentConfig(low, name string, inHome bool, rest string) bool {
	if agentFiles[name] {
		return true
	}
	if !strings.Contains(low, ".") && !strings.Contains(low, "claude") {
		return false
	}
	if i, after := agentIndex.find(low); i >= 0 {
		return after == "" || !agentState[cutAt(after[1:], "/")] && !credential(low, name)
	}
	if inHome && (within(rest, ".config/claude") || within(rest, ".config/github-copilot") || within(rest, ".config/opencode") || within(rest, ".config/goose")) && !credential(low, name) {
		return true
	}
	return strings.HasPrefix(low, "/etc/claude-code") || strings.HasPrefix(low, "/library/application support/claudecode")
}
