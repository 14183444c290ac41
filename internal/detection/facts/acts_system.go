package facts

import (
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/shellcommand"
)

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

var securityAgents = []string{"falcon", "crowdstrike", "sentinel", "carbonblack", "cbagent", "defender", "mdatp", "wazuh", "ossec", "auditd", "osquery", "clamav", "clamd", "freshclam", "sophos", "eset", "cylance", "tanium", "aide", "tripwire", "fail2ban", "apparmor", "selinux", "rsyslog", "syslog", "journald", "ufw", "firewalld", "iptables", "nftables", "snort", "suricata", "falco", "elastic-agent", "auditbeat", "filebeat", "samhain", "rkhunter", "windefend", "symantec", "mcafee", "trendmicro", "ds_agent", "splunkforwarder", "datadog-agent", "rapid7", "qualys", "sysmon", "ir_agent", "xagt", "littlesnitch", "santa", "jamf"}

func securityAgent(s string) bool {
	low := strings.ToLower(s)
	for _, a := range securityAgents {
		if strings.Contains(low, a) {
			return true
		}
	}
	return false
}

func telemetryName(s string) bool {
	return hasAny(s, "otelcol-claude", "claude-hook", "agent-telemetry", "otelcol")
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
		b.act(ActPersistService, line)
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
	case "useradd", "adduser", "newusers":
		b.act(ActPersistAccount, line)
	}
}

func (b *builder) defense(c *call) {
	line := c.line()
	low := strings.ToLower(line)
	switch c.prog {
	case "iptables", "ip6tables", "ebtables":
		if c.has("-F", "--flush", "-X", "-D", "-Z", "--delete") || hasAny(line, "-P INPUT ACCEPT", "-P FORWARD ACCEPT", "-P OUTPUT ACCEPT") || c.has("-A", "-I") && hasAny(line, "ACCEPT", "REDIRECT", "DNAT") && !hasAny(line, "-L") {
			b.act(ActDefenseFirewall, line)
		}
	case "nft":
		if hasAny(low, "flush", "delete") {
			b.act(ActDefenseFirewall, line)
		}
	case "ufw":
		if hasAny(low, "disable", "reset", "delete", "allow", "default allow") {
			b.act(ActDefenseFirewall, line)
		}
	case "firewall-cmd":
		if hasAny(low, "--remove", "--panic-off", "--add-port", "--add-service", "--set-target=accept", "--set-default-zone=trusted") {
			b.act(ActDefenseFirewall, line)
		}
	case "pfctl":
		if c.has("-d", "-F") {
			b.act(ActDefenseFirewall, line)
		}
	case "ipset":
		if hasAny(low, "flush", "destroy") {
			b.act(ActDefenseFirewall, line)
		}
	case "netsh":
		if hasAny(low, "state off", "disable", "portproxy", "delete rule") {
			b.act(ActDefenseFirewall, line)
		}
	case "setenforce":
		if c.word(0) == "0" || strings.EqualFold(c.word(0), "permissive") {
			b.act(ActDefenseMAC, line)
		}
	case "apparmor_parser":
		if c.has("-R", "--remove") {
			b.act(ActDefenseMAC, line)
		}
	case "aa-disable", "aa-complain", "aa-teardown":
		b.act(ActDefenseMAC, line)
	case "auditctl":
		if c.value("-e") == "0" || hasAny(line, "-e 0", "-D", "-e0") {
			b.act(ActDefenseAudit, line)
		}
	case "csrutil", "spctl":
		if hasAny(low, "disable", "--add") {
			b.act(ActDefenseMAC, line)
		}
	case "set-mppreference":
		if hasAny(low, "disable", "exclusion") {
			b.act(ActDefenseStop, line)
		}
	}
}

// servers are programs that serve others, not the one who develops.
var servers = words("nginx haproxy traefik envoy apache2 httpd caddy keepalived mysqld postgres mongod redis-server named sshd kubelet dockerd containerd etcd rabbitmq-server")

func (b *builder) kills(c *call) {
	line := c.line()
	if c.has("-l", "-L") || c.arg("-0") {
		return
	}
	if telemetryName(line) {
		b.act(ActTelemetryKill, line)
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

// commonPrograms are names that nobody redefines for a good reason.
var commonPrograms = words("cd ls cat rm sudo su ssh git echo cp mv curl wget ps grep find kill chmod chown login passwd docker kubectl python python3 node npm bash sh")

func (b *builder) logs(c *call) {
	line := c.line()
	switch c.prog {
	case "history":
		if c.has("-c", "-w", "-d") && c.has("-c", "-d") {
			b.act(ActHistoryClear, line)
		}
	case "fc":
		if c.has("-p", "-P") {
			b.act(ActHistoryClear, line)
		}
	case "clear-history":
		b.act(ActHistoryClear, line)
	case "set", "shopt":
		if hasAny(line, "+o history", "-u histappend") {
			b.act(ActEvadeHistory, line)
		}
	case "unset":
		if c.arg("HISTFILE", "HISTSIZE", "HISTFILESIZE", "HISTCONTROL", "PROMPT_COMMAND") {
			b.act(ActEvadeHistory, line)
		}
	case "export":
		for _, a := range c.args {
			if name, value, ok := strings.Cut(a, "="); ok {
				b.assign(c.cmd, name, value)
			}
		}
	case "alias":
		for _, a := range c.args {
			if name, value, ok := strings.Cut(a, "="); ok && commonPrograms[name] && !strings.HasPrefix(value, name+" ") && hasAny(value, "rm ", "curl", "wget", "nc ", "bash", "sh ", "tee", ";", "|") {
				b.act(ActEvadeAlias, a)
			}
		}
	case "hash":
		if c.has("-p") {
			b.act(ActEvadeAlias, line)
		}
	case "journalctl":
		if hasAny(line, "--vacuum", "--rotate", "--flush") && hasAny(line, "vacuum") {
			b.act(ActLogClear, line)
		}
	case "logrotate":
		if c.has("-f", "--force") {
			b.act(ActLogClear, line)
		}
	case "wevtutil":
		if w := strings.ToLower(c.word(0)); w == "cl" || w == "clear-log" {
			b.act(ActLogClear, line)
		}
	case "clear-eventlog":
		b.act(ActLogClear, line)
	case "dmesg":
		if c.has("-C", "-c", "--clear", "--read-clear") {
			b.act(ActLogClear, line)
		}
	}
}

func (b *builder) times(c *call) {
	switch c.prog {
	case "touch":
		if c.has("-t", "-d", "-r", "--date", "--reference") {
			b.act(ActTimeForge, c.line())
		}
	case "date":
		if c.has("-s", "--set") {
			b.act(ActTimeForge, c.line())
		}
	case "timedatectl":
		if w := c.word(0); w == "set-time" || w == "set-ntp" {
			b.act(ActTimeForge, c.line())
		}
	case "hwclock":
		if c.has("--set", "-w", "--systohc") {
			b.act(ActTimeForge, c.line())
		}
	}
}

// container looks at what a container may do to its host.
func (b *builder) container(c *call) {
	if w := c.word(0); (w == "save" || w == "export") && b.step != nil {
		b.step.own.add(1, c.line())
	}
	b.containerWords(c.prog, c.cmd.Args)
}

func (b *builder) containerWords(prog string, args []shellcommand.Word) {
	sub := ""
	for i := range args {
		v := args[i].Value
		if sub == "" && !strings.HasPrefix(v, "-") {
			sub = v
		}
		next := ""
		if i+1 < len(args) {
			next = args[i+1].Value
		}
		name, value, has := strings.Cut(v, "=")
		if !has {
			value = next
		}
		switch name {
		case "--privileged":
			if value != "false" || !has {
				b.actOf(ActContainerPrivileged, prog, v)
			}
		case "--pid", "--ipc", "--userns", "--uts", "--cgroupns":
			if value == "host" {
				b.actOf(ActContainerPrivileged, prog, name+" host")
			}
		case "--cap-add":
			up := strings.ToUpper(value)
			if hasAny(up, "ALL", "SYS_ADMIN", "SYS_PTRACE", "SYS_MODULE", "DAC_READ", "SYS_RAWIO", "NET_ADMIN", "BPF") {
				b.actOf(ActContainerPrivileged, prog, name+" "+value)
			}
		case "--security-opt":
			if hasAny(value, "unconfined", "disable", "label:disable") {
				b.actOf(ActContainerPrivileged, prog, name+" "+value)
			}
		case "--device":
			if hasAny(value, "/dev/sd", "/dev/nvme", "/dev/mem", "/dev/kmsg", "/dev/vd") {
				b.actOf(ActContainerPrivileged, prog, name+" "+value)
			}
		case "-v", "--volume", "--mount":
			src := value
			if strings.Contains(value, "source=") || strings.Contains(value, "src=") {
				for part := range strings.SplitSeq(value, ",") {
					if s, ok := strings.CutPrefix(part, "source="); ok {
						src = s
					} else if s, ok := strings.CutPrefix(part, "src="); ok {
						src = s
					}
				}
			} else {
				src = cutAt(value, ":")
			}
			if src == "" || src[0] != '/' && src[0] != '~' {
				continue
			}
			p := b.place(src, b.dir())
			switch {
			case p.class == ClassRoot, p.class == ClassContainer, p.class == ClassDevice, p.class == ClassSystemAuth, p.path == "/etc" || p.path == "/root" || p.path == "/var" || p.path == "/proc" || p.path == "/sys" || p.path == "/boot" || p.path == "/var/run" || p.path == "/run" || p.path == "/var/lib/docker":
				b.actOf(ActContainerPrivileged, prog, name+" "+value)
			case p.class == ClassCredential:
				b.put(p, AccessRead, prog, false, true)
			}
		}
	}
}

func (b *builder) escape(c *call) { b.escapeWords(c.prog, c.cmd.Args) }

func (b *builder) escapeWords(prog string, args []shellcommand.Word) {
	line := ""
	for i := range args {
		line += args[i].Value + " "
		if len(line) > maxDetail {
			break
		}
	}
	switch prog {
	case "nsenter":
		if hasAny(line, "-t 1 ", "-t1 ", "--target 1 ", "--target=1 ", "-a", "--all", "/proc/1/") {
			b.actOf(ActContainerEscape, prog, line)
		}
	case "chroot":
		if hasAny(line, "/host", "/mnt", "/proc/1/root", "/rootfs") {
			b.actOf(ActContainerEscape, prog, line)
		}
	case "mount":
		if hasAny(line, "cgroup", "--bind / ", "-o bind / ", "--rbind / ", "/dev/sd", "/dev/nvme", "/dev/vd", "remount,rw", "-o remount", "/proc/sys") {
			b.actOf(ActContainerEscape, prog, line)
		}
	case "pivot_root":
		b.actOf(ActContainerEscape, prog, line)
	case "unshare":
		if hasAny(line, "-UrmC", "--cgroup", "-UrC") {
			b.actOf(ActContainerEscape, prog, line)
		}
	}
}
