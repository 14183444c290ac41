package facts

import (
	"slices"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/shellcommand"
)

func (b *builder) serve(c *call) {
	line := c.line()
	var hit bool
	switch c.prog {
	case "python":
		hit = hasAny(line, "-m http.server", "-m SimpleHTTPServer", "-m pyftpdlib", "-m smtpd", "-m twisted")
	case "ruby":
		hit = strings.Contains(line, "-run") && strings.Contains(line, "httpd")
	case "php":
		hit = hasAny(line, "-S ") && c.has("-S")
	case "busybox":
		hit = hasAny(line, "httpd", "telnetd", "ftpd", "tftpd", "nc ")
	case "caddy":
		hit = c.word(0) == "file-server"
	case "npx":
		hit = hasAny(c.word(0), "http-server", "serve", "live-server")
	default:
		hit = true
	}
	if !hit || c.help() {
		return
	}
	class := HostUnknown
	for _, a := range c.args {
		if h := cutAt(a, ":"); h == "localhost" || strings.HasPrefix(h, "127.") || strings.HasPrefix(a, "[::1]") || a == "::1" {
			class = HostLoopback
		}
	}
	b.addNet(Net{Direction: DirectionListen, Class: class})
	if class != HostLoopback && !b.servesProject(c) {
		b.act(ActNetServe, line)
	}
}

// servesProject reports whether a server of every day's work serves a directory of
// the project.
func (b *builder) servesProject(c *call) bool {
	var dir string
	switch {
	case b.privileged:
		return false
	case c.prog == "python" && strings.Contains(c.line(), "-m http.server"):
		dir = afterWord(c.args, "-d", "--directory")
	case c.prog == "serve" || c.prog == "http-server" || c.prog == "live-server":
		dir = c.word(0)
	case c.prog == "npx":
		dir = c.word(1)
	default:
		return false
	}
	p := b.place(dir, b.dir())
	if dir == "" {
		p = b.place(".", b.dir())
	}
	return p.class == ClassProject || p.class == ClassTemp || p.class == ClassUnknown && dir == ""
}

// afterWord is the argument behind one of some options, or what they are set to.
func afterWord(args []string, names ...string) string {
	for i, a := range args {
		for _, n := range names {
			if a == n && i+1 < len(args) {
				return args[i+1]
			}
			if v, ok := strings.CutPrefix(a, n+"="); ok {
				return v
			}
		}
	}
	return ""
}

func (b *builder) tunnel(c *call) {
	switch c.prog {
	case "socat", "autossh":
		return
	case "tailscale":
		if w := c.word(0); w != "funnel" && w != "serve" {
			return
		}
	case "cloudflared":
		switch c.word(0) {
		case "tunnel":
			switch c.word(1) {
			case "list", "info", "delete", "cleanup", "token", "login":
				return
			}
		case "access", "version", "update", "login", "service":
			return
		}
	case "ngrok":
		if w := c.word(0); w == "config" || w == "version" || w == "diagnose" || w == "update" {
			return
		}
	}
	if c.help() || len(c.args) == 0 && c.prog != "tor" {
		return
	}
	b.act(ActNetTunnel, c.prog+" "+c.line())
	if c.prog == "iodine" || strings.HasPrefix(c.prog, "dnscat") || c.prog == "dns2tcp" {
		b.act(ActNetDNSTunnel, c.line())
	}
	b.addNet(Net{Direction: DirectionConnect, Class: HostCollect})
}

func (b *builder) scan(c *call) {
	if len(c.args) == 0 || c.help() {
		return
	}
	switch c.prog {
	case "tcpdump", "tshark":
		if v := c.value("-z"); v != "" || c.arg("-z") {
			b.hook("-z", "a command after each file")
		}
		return
	case "nmap":
		if hasAny(c.line(), "--interactive", "--script") && hasAny(c.line(), "os.execute", "--interactive") {
			b.act(ActShellSpawn, c.line())
		}
	}
	own := len(c.pos) > 0
	for _, w := range c.pos {
		own = own && hostClass(strings.ToLower(w)) == HostLoopback
	}
	if !own {
		b.act(ActNetScan, c.prog+" "+c.line())
	}
}

func (b *builder) mine(c *call) { b.act(ActResourceMine, c.line()) }

// bypasses reports whether an option lets an agent do what it likes.
func bypasses(option string) bool {
	for _, p := range [...]string{"--allow-all", "--skip-permissions", "--dangerously-", "--auto-approve", "--trust-tools=*", "--no-confirm"} {
		if strings.HasPrefix(option, p) {
			return true
		}
	}
	return false
}

func (b *builder) agent(c *call) {
	line := c.line()
	if c.prog == "q" && c.word(0) != "chat" {
		return
	}
	if c.has("-y") && c.prog == "gemini" || c.prog == "codex" && hasAny(line, "-a never", "-anever", "--ask-for-approval never", "--ask-for-approval=never", "approval_policy=never", `approval_policy="never"`) || slices.ContainsFunc(c.args, bypasses) || hasAny(line, "--auto high") ||
		hasAny(line, "--dangerously-skip-permissions", "--yolo", "--dangerously-bypass-approvals", "--allow-dangerously", "bypassPermissions", "--yes-always", "--full-auto", "danger-full-access", "--trust-all-tools", "--approval-mode=yolo", "--approval-mode yolo") || c.has("--force", "-f") && c.prog == "cursor-agent" || hasAny(line, "Bash(*)", "Bash(:*)") {
		b.act(ActAgentBypass, line)
	}
	if hasAny(line, "disableAllHooks", "--setting-sources", "--bare") {
		b.act(ActTelemetryDisable, line)
	}
	if strings.Contains(line, "--settings") && hasAny(line, "OTEL_", "CLAUDE_CODE_ENABLE_TELEMETRY", "ANTHROPIC_BASE_URL") {
		b.act(ActAgentConfig, line)
	}
	if c.has("-p", "--print") || c.word(0) == "exec" || c.word(0) == "run" {
		b.step.runsIn = true // what it reads it does
	}
	if c.word(0) == "mcp" && (c.word(1) == "add" || c.word(1) == "add-json" || c.word(1) == "remove") || c.word(0) == "config" && c.word(1) == "set" || c.word(0) == "plugin" && c.word(1) == "install" {
		b.act(ActAgentConfig, line)
	}
}

// getent reads the databases of accounts.
func (b *builder) getent(c *call) {
	if w := c.word(0); w == "shadow" || w == "gshadow" {
		b.add("/etc/"+w, AccessRead, c.prog, false, false)
		b.reads("/etc/" + w)
	}
}

// written reports whether a command's output goes to a file.
func written(c *call) bool {
	for i := range c.cmd.Redirects {
		r := &c.cmd.Redirects[i]
		if r.FD == 1 && r.Writes() && !strings.HasPrefix(r.Path.Value, "/dev/") && !strings.HasPrefix(r.Op, ">&") {
			return true
		}
	}
	return false
}

func (b *builder) waste(c *call) {
	switch c.prog {
	case "dd":
		line := c.line()
		if hasAny(line, "if=/dev/zero", "if=/dev/urandom", "if=/dev/random") && !hasAny(line, "count=", "of=/dev/") && strings.Contains(line, "of=") {
			b.act(ActResourceWaste, line)
		}
		return
	case "cat":
		if c.arg("/dev/zero", "/dev/urandom", "/dev/random") && written(c) {
			b.act(ActResourceWaste, c.line())
		}
		return
	case "yes":
		if written(c) {
			b.act(ActResourceWaste, c.line())
			return
		}
	}
	if c.prog == "yes" && (len(b.a.Commands) > 1 && !c.cmd.Background || slices.ContainsFunc(b.a.Edges, func(e shellcommand.Edge) bool {
		return e.From == c.cmd.ID && e.Kind == shellcommand.EdgePipe
	})) {
		return // who reads it ends it
	}
	if c.prog == "yes" && !c.cmd.Background {
		return
	}
	b.act(ActResourceWaste, c.line())
}
