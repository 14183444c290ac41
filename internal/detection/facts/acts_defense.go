package facts

import "strings"

var securityAgents = []string{"falcon", "crowdstrike", "sentinel", "carbonblack", "cbagent", "defender", "mdatp", "wazuh", "ossec", "auditd", "osquery", "clamav", "clamd", "freshclam", "sophos", "eset", "cylance", "tanium", "aide", "tripwire", "fail2ban", "apparmor", "selinux", "rsyslog", "syslog", "journald", "ufw", "firewalld", "iptables", "nftables", "snort", "suricata", "falco", "elastic-agent", "auditbeat", "filebeat", "samhain", "rkhunter", "windefend", "symantec", "mcafee", "trendmicro", "ds_agent", "splunkforwarder", "datadog-agent", "rapid7", "qualys", "sysmon", "ir_agent", "xagt", "littlesnitch", "santa", "jamf"}

func securityAgent(s string) bool {
	low := strings.ToLower(s)
	for _, a := range securityAgents {
		if i := strings.Index(low, a); i >= 0 && (i == 0 || !isLetter(low[i-1])) {
			return true
		}
	}
	return false
}

func telemetryName(s string) bool {
	return hasAny(s, "otelcol-claude", "claude-hook", "agent-telemetry", "otelcol")
}

func (b *builder) defense(c *call) {
	line := c.line()
	low := strings.ToLower(line)
	switch c.prog {
	case "iptables", "ip6tables", "ebtables":
		if c.has("-F", "--flush", "-X", "-D", "-Z", "--delete") || hasAny(line, "-P INPUT ACCEPT", "-P FORWARD ACCEPT", "-P OUTPUT ACCEPT") || c.has("-A", "-I") && hasAny(line, "ACCEPT", "REDIRECT", "DNAT", "OUTPUT") && !hasAny(line, "-L") {
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
