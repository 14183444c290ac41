package facts

import "strings"

// windowsFetch are programs of Windows that take code from an address and run it, or
// leave it as a file.
func (b *builder) windowsFetch(c *call) {
	line := c.line()
	if !strings.Contains(line, "://") && !strings.Contains(line, `\\\\`) {
		return
	}
	switch c.prog {
	case "bitsadmin", "desktopimgdownldr", "certreq":
		b.act(ActNetProtocol, line)
	default:
		b.addFlow(FlowDownload, FlowExecute, cut(line, 120)+" → "+c.prog)
	}
}

// install copies programs, with a mode.
func (b *builder) install(c *call) {
	if m := c.value("-m", "--mode"); m != "" && setuid(m) {
		b.act(ActPrivilegeSetuid, c.line())
	}
}

// encrypts notes files that are encrypted.
func (b *builder) encrypts(c *call) {
	hit := false
	switch c.prog {
	case "openssl":
		hit = hasAny(c.word(0), "enc", "smime", "cms", "aes", "chacha") && !c.has("-d", "-decrypt") && c.value("-in") != ""
		if hit {
			b.encrypted = append(b.encrypted, b.resolve(c.value("-in"), b.dir()))
		}
		return
	case "gpg":
		hit = c.has("-c", "-e", "--symmetric", "--encrypt")
	case "7z", "7za", "rar":
		hit = c.word(0) == "a" && (c.has("-p") || hasAny(c.line(), " -p", "-hp"))
	case "zip":
		hit = c.has("-e", "-P", "--encrypt", "--password")
	case "age", "ccrypt":
		hit = !c.has("-d", "--decrypt")
	}
	if !hit {
		return
	}
	for _, w := range c.pos {
		if len(b.encrypted) < maxStepFiles {
			b.encrypted = append(b.encrypted, b.resolve(w, b.dir()))
		}
	}
}

// ransomed looks for files that are deleted after they were encrypted: one by one
// outside of the project, or as many as are found.
func (b *builder) ransomed() {
	for _, e := range b.encrypted {
		for i := range b.f.Paths {
			p := &b.f.Paths[i]
			many := e == ellipsis || strings.HasPrefix(e, ellipsis)
			if p.Access == AccessDelete && p.Path == e && (many || p.OutsideProject) && p.Class != ClassTemp {
				b.actOf(ActFileEncrypt, p.Program, e)
				return
			}
		}
	}
}

// configure is what changes how the system works.
func (b *builder) configure(c *call) {
	sub := c.word(0)
	line := c.line()
	hit := false
	switch c.prog {
	case "update-alternatives":
		hit = hasAny(line, "--install", "--set", "--remove")
	case "hostnamectl", "localectl", "timedatectl":
		hit = strings.HasPrefix(sub, "set-") || sub == "hostname" && c.word(1) != ""
	case "apt-key":
		if sub == "add" || sub == "adv" {
			b.act(ActSupplyKey, line)
		}
	case "trust":
		hit = sub == "anchor"
	case "update-ca-trust", "update-ca-certificates", "grub-install", "update-grub", "update-initramfs":
		hit = !c.help()
	case "resolvectl", "systemd-resolve":
		hit = sub == "dns" && c.word(2) != "" || sub == "domain" || c.has("--set-dns")
	case "networksetup":
		hit = hasAny(line, "-set")
	case "scutil":
		hit = c.has("--set")
	case "authconfig", "efibootmgr":
		hit = len(c.args) > 0
	case "nmcli":
		hit = (sub == "con" || sub == "connection" || sub == "c") && hasAny(c.word(1), "mod", "add", "edit")
	}
	if hit {
		b.act(ActSystemConfigure, c.prog+" "+line)
	}
}

// runParts runs every program of a directory.
func (b *builder) runParts(c *call) {
	if c.has("--test", "--list") || len(c.pos) == 0 {
		return
	}
	dir := c.pos[len(c.pos)-1]
	p := b.place(dir, b.dir())
	switch {
	case hasAny(p.path, "/etc/cron.", "/etc/update-motd.d", "/etc/network/"):
	case p.path == "/bin" || p.path == "/usr/bin" || p.path == "/sbin" || p.path == "/usr/sbin":
		b.act(ActShellSpawn, c.line())
	default:
		b.act(ActCommandHook, c.line())
	}
}

// getcap looks for programs with rights of their own.
func (b *builder) getcap(c *call) {
	if c.has("-r") {
		b.act(ActPrivilegeSearch, c.prog+" "+c.line())
	}
}

// lxc are containers that may become what their host is.
func (b *builder) lxc(c *call) {
	line := c.line()
	if hasAny(line, "security.privileged=true", "security.nesting=true", "raw.lxc", "source=/ ", "source=/etc", "source=/root") || strings.HasSuffix(line, "source=/") {
		b.act(ActContainerPrivileged, line)
	}
}

// elevates are programs that ask for an administrator's rights in their own ways.
func (b *builder) elevates(c *call) {
	switch c.prog {
	case "runas":
		if len(c.args) > 0 {
			b.act(ActPrivilegeSwitch, c.prog+" "+c.line())
		}
	case "osascript":
		if strings.Contains(strings.ToLower(c.cmd.Script+c.line()), "administrator privileges") {
			b.act(ActPrivilegeSwitch, c.prog+" "+c.line())
		}
	}
}

// telemetryCommand is what the operator's tool does to what watches the agent.
func (b *builder) telemetryCommand(c *call) {
	switch sub := c.word(0); sub {
	case "down", "uninstall", "stop", "install":
		if c.help() {
			return
		}
		b.act(ActTelemetryDisable, c.line())
	case "alerts":
		if c.word(1) == "ack" {
			b.act(ActTelemetryAck, c.line())
		}
	}
}

// macDefaults are settings of macOS that start programs.
func (b *builder) macDefaults(c *call) {
	if c.word(0) == "write" && hasAny(strings.ToLower(c.line()), "loginhook", "logouthook", "autolaunchedapplicationdictionary") {
		b.act(ActPersistStartup, c.line())
	}
	if c.word(0) == "write" || c.word(0) == "delete" {
		low := strings.ToLower(c.line())
		off := hasAny(low, "-bool no", "-bool false", "-int 0", "-bool 0") || c.word(0) == "delete"
		if hasAny(low, "lsquarantine", "gkautorearm", "com.apple.alf globalstate") && off || hasAny(low, "disablesecurityupdates", "com.apple.security.libraryvalidation disable") && !off {
			b.act(ActDefenseMAC, c.line())
		}
	}
}

// fuser kills what uses a port or a file.
func (b *builder) fuser(c *call) {
	if !c.has("-k", "--kill") {
		return
	}
	for _, w := range c.pos {
		if w == "4317/tcp" || w == "4318/tcp" || b.place(w, b.dir()).class == ClassTelemetry {
			b.act(ActTelemetryKill, c.line())
		}
	}
}
