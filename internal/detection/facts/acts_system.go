package facts

import "strings"

func (b *builder) keys(c *call) {
	switch c.prog {
	case "ssh-copy-id":
		b.act(ActPersistSSHKey, c.line())
	case "ssh-add":
		if c.has("-d", "-D") {
			b.act(ActInfraDelete, c.line())
		}
	case "gpg":
		if hasAny(c.line(), "--delete-secret", "--delete-key") {
			b.act(ActInfraDelete, c.line())
		}
		if hasAny(c.line(), "--export-secret") {
			b.act(ActSecretPrint, c.line())
		}
	case "ssh":
		for i := range c.opts {
			if c.opts[i].name == "-o" && hasAny(strings.ToLower(c.opts[i].value), "proxycommand", "localcommand", "knownhostscommand") && spawnsShell(c.opts[i].value) {
				b.act(ActShellSpawn, c.opts[i].value)
			}
		}
	}
}

// service is what starts, stops and plans.
func (b *builder) service(c *call) {
	line := c.line()
	switch c.prog {
	case "crontab":
		switch {
		case c.has("-r"):
			b.act(ActInfraDelete, line)
		case c.has("-l"), c.help():
		default:
			b.act(ActPersistCron, line)
		}
		return
	case "at", "batch":
		if !c.has("-l", "-r", "-d", "-c") && c.prog == "at" && len(c.args) > 0 || c.prog == "batch" {
			b.act(ActPersistCron, line)
		}
		return
	case "schtasks":
		if hasAny(strings.ToLower(line), "/create", "/change") {
			b.act(ActPersistCron, line)
		}
		return
	case "systemd-run":
		// A scope ends with its command.
		if !hasAny(line, "--scope", "--wait", "--pipe", "--pty") || hasAny(line, "--on-", "--timer-property", "--path-property") {
			b.act(ActPersistService, line)
		}
		return
	case "net":
		low := strings.ToLower(line)
		if strings.HasPrefix(low, "user ") && strings.Contains(low, "/add") || strings.HasPrefix(low, "localgroup") && strings.Contains(low, "/add") {
			b.act(ActPrivilegeAccount, line)
		}
		if strings.HasPrefix(low, "stop") {
			b.act(ActSystemStop, line)
		}
		return
	}
	verb, unit := c.word(0), c.word(1)
	if c.prog == "pm2" && verb == "startup" {
		b.act(ActPersistService, line)
	}
	if pathShell(verb) {
		b.act(ActShellSpawn, line)
	}
	switch c.prog {
	case "service", "rc-service", "stop", "start":
		verb, unit = c.word(1), c.word(0)
		if c.prog == "stop" {
			verb = "stop"
		}
		if c.prog == "start" {
			verb = "start"
		}
	case "update-rc.d", "rc-update":
		if c.prog == "update-rc.d" {
			verb, unit = c.word(1), c.word(0)
		}
	}
	if c.help() || unit == "" && verb != "isolate" && verb != "reboot" && verb != "poweroff" && verb != "halt" && verb != "emergency" && verb != "rescue" {
		return
	}
	switch verb {
	case "stop", "disable", "mask", "kill", "isolate", "unload", "bootout", "remove", "delete", "emergency", "rescue", "quit", "down":
		if telemetryName(line) {
			b.act(ActTelemetryKill, line)
		}
		if securityAgent(line) {
			b.act(ActDefenseStop, line)
		}
		if c.prog == "pm2" {
			return
		}
		if c.prog == "supervisorctl" {
			b.act(ActInfraStop, line)
			return
		}
		b.act(ActSystemStop, line)
	case "reboot", "poweroff", "halt", "kexec", "suspend", "hibernate":
		b.act(ActSystemShutdown, line)
	case "enable", "link", "load", "bootstrap", "create", "add", "preset", "edit", "defaults", "set-default":
		if c.prog == "pm2" || c.prog == "loginctl" {
			return
		}
		b.act(ActPersistService, line)
	case "enable-linger":
		b.act(ActPersistService, line)
	case "set-environment", "set-property":
		b.act(ActCodeLoad, line)
	}
}

func (b *builder) account(c *call) {
	line := c.line()
	switch c.prog {
	case "passwd":
		if c.has("-S", "--status") {
			return
		}
	case "chsh":
		if c.has("-l") {
			return
		}
	case "dscl", "dseditgroup", "sysadminctl":
		if !hasAny(line, "create", "append", "passwd", "delete", "-a ", "addUser", "deleteUser", "resetPassword") {
			return
		}
	}
	b.act(ActPrivilegeAccount, line)
	switch c.prog {
	case "useradd", "adduser", "newusers", "new-localuser":
		b.act(ActPersistAccount, line)
	}
}

// servers are programs that serve others, not the one who develops.
var servers = words("nginx haproxy traefik envoy apache2 httpd caddy keepalived mysqld postgres mongod redis-server named sshd kubelet dockerd containerd etcd rabbitmq-server loki")

func (b *builder) kills(c *call) {
	line := c.line()
	if c.arg("-l", "-L", "--list", "--table", "-0") {
		return
	}
	all := line + b.searched(c)
	if telemetryName(all) {
		b.act(ActTelemetryKill, all)
	}
	if securityAgent(line) {
		b.act(ActDefenseStop, line)
	}
	for _, w := range c.pos {
		if servers[w] && c.prog != "kill" {
			b.act(ActInfraStop, line)
		}
	}
	switch c.prog {
	case "kill":
		for i, a := range c.args {
			if i > 0 && (c.args[i-1] == "-s" || c.args[i-1] == "-n" || c.args[i-1] == "--signal") {
				continue
			}
			if a == "-1" && (i > 0 || len(c.args) == 1) || a == "1" && len(c.args) > 1 && i > 0 {
				b.act(ActProcessKill, line)
			}
		}
	case "killall", "pkill", "skill":
		if c.has("-u", "-U", "--user", "--euid") && len(c.pos) <= 1 || c.arg(".", ".*", "init", "systemd", "dbus-daemon", "sshd", "gnome-shell", "Xorg") || c.has("-9", "-KILL", "-SIGKILL") || c.arg("-9", "-KILL", "-SIGKILL") && len(c.pos) > 0 && len(c.word(0)) < 3 {
			if c.arg(".", ".*", "init", "systemd", "dbus-daemon", "sshd", "gnome-shell", "Xorg") || c.has("-u", "-U", "--user", "--euid") {
				b.act(ActProcessKill, line)
			}
		}
	}
}

func (b *builder) shutdown(c *call) {
	switch c.prog {
	case "shutdown":
		if c.has("-c", "-k") {
			return
		}
	case "init", "telinit":
		if w := c.word(0); w != "0" && w != "6" && w != "1" && w != "s" && w != "S" {
			return
		}
	case "halt", "reboot", "poweroff":
		if c.has("-w") || c.has("--wtmp-only") {
			return
		}
	}
	b.act(ActSystemShutdown, c.prog+" "+c.line())
}

func (b *builder) kernel(c *call) {
	switch c.prog {
	case "sysctl":
		if c.has("-w", "-p", "--write", "--load", "--system") || strings.Contains(c.line(), "=") {
			b.act(ActPrivilegeKernel, c.line())
		}
	case "modprobe":
		if !c.has("-n", "--show-depends", "-D", "-c") {
			b.act(ActPrivilegeKernel, c.line())
		}
	case "depmod":
	default:
		if len(c.args) > 0 {
			b.act(ActPrivilegeKernel, c.line())
		}
	}
}

// searched is what pgrep, pidof and the like looked for, whose output a command gets.
func (b *builder) searched(c *call) string {
	var out string
	for _, e := range b.a.Edges {
		if e.To != c.cmd.ID || e.From < 0 || e.From >= len(b.a.Commands) {
			continue
		}
		switch k := &b.a.Commands[e.From]; k.Program {
		case "docker", "pgrep", "pidof", "grep", "lsof", "ps", "cat", "awk":
			out += " " + cut(k.Text, maxDetail)
		}
		if len(out) > 2*maxDetail {
			break
		}
	}
	return out
}
