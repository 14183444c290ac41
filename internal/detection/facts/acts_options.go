package facts

import "strings"

// hookOptions are options whose value is a command that the program runs, whatever
// the program.
var hookOptions = words("--to-command --checkpoint-action --pre-hook --post-hook --deploy-hook --renew-hook --on-download-complete --on-download-error --on-download-start --on-download-stop --on-bt-download-complete --use-askpass --filter --pipe --shell --exec-cmd --run-cmd --command-exec --pager --preview-exec --hook --pre-script --post-script --pre-cmd --post-cmd --script-security --up --down --password-command --passwordcommand --postrotate --use-compress-program --rsh --rsh-command --rmt-command --info-script --unsafe-perm --pre --lua-exec --sh-exec --compress-program --pre-exec --post-exec --alert --action --ipchange --tls-verify --run --start-command --stop-command")

// options looks at what options mean whatever the program: code that is loaded,
// commands that are run, miners' pools, verification that is off.
func (b *builder) options(c *call) {
	if c.spec.text || c.prog == "git" && c.word(0) == "commit" || c.prog == "grep" {
		return
	}
	for i, a := range c.args {
		if len(a) < 4 {
			continue
		}
		if a[0] == '-' {
			name, value, has := strings.Cut(a, "=")
			if !has && i+1 < len(c.args) {
				value = c.args[i+1]
			}
			switch {
			case (name == "--engine" || name == "-engine" || name == "-provider" || name == "--plugin" || name == "--load-extension" || name == "--init-sql" || name == "--loadable" || name == "-agentpath" || name == "--extension" || name == "--plugin-path" || name == "--plugin-dir" || name == "--custom-dir" || name == "--external-dir" || name == "--library" || name == "--load" || name == "--require" || name == "--module-path" || name == "--plugins") && (strings.Contains(value, ".so") || strings.Contains(value, ".dll") || strings.Contains(value, ".dylib") || strings.HasPrefix(value, "/tmp/") || strings.HasPrefix(value, "/path/")):
				b.act(ActCodeLoad, name+" "+value)
			case hookOptions[name] && (strings.ContainsAny(value, " /") && value != "/" || spawnsShell(value)) && !strings.HasPrefix(value, "-") && !strings.HasPrefix(value, "@"):
				if !hookLooksQuiet(c.prog, name, value) {
					b.hook(name, value)
				}
			case strings.Contains(a, "unixexec:"):
				b.act(ActShellSpawn, a)
			case name == "-wrapper":
				b.hook(name, strings.ReplaceAll(value, ",", " "))
			case name == "--config" && hasAny(value, "rustc-wrapper", "runner=", "linker=") && c.prog == "cargo":
				b.act(ActCodeLoad, value)
			case (name == "--coin" || name == "--algo" || name == "-a") && miningWord(value), strings.IndexByte(value, '.') > 0 && hasAny(value, pools...):
				b.act(ActResourceMine, c.line())
			case name == "--stratum" || strings.Contains(value, "stratum+") || strings.Contains(a, "stratum+") || strings.Contains(a, "--donate-level"):
				b.act(ActResourceMine, c.line())
			case (name == "-shell-escape" || name == "--shell-escape" || name == "-enable-write18" || name == "--enable-write18") && (strings.Contains(c.line(), `\`) || len(c.pos) == 0) && c.prog != "latexmk":
				b.act(ActCommandHook, c.line())
				if spawnsShell(c.line()) || strings.Contains(c.line(), "directlua") {
					b.act(ActShellSpawn, c.line())
				}
			case (a == "-k" || a == "--insecure") && c.prog == "curl":
			}
			continue
		}
		if strings.Contains(a, "stratum+") || hasAny(a, "xmrig", "minerd", "cpuminer", "ethminer") && (c.prog == "docker" || c.prog == "kubectl" || (c.prog == "pip" || c.prog == "apt") && c.word(0) == "install" || c.prog == "git" && c.word(0) == "clone" || c.prog == "systemctl" || c.prog == "chmod") {
			b.act(ActResourceMine, c.line())
		}
		if strings.Contains(a, "unixexec:") || strings.HasPrefix(a, "EXEC:") && c.prog != "socat" {
			b.act(ActShellSpawn, a)
		}
	}
	switch c.prog {
	case "tcpdump":
		b.afterLetter(c, "-z")
	case "zip":
		b.afterLetter(c, "-TT")
	case "certutil":
		if hasAny(c.line(), "-decode", "-urlcache") {
			b.act(ActNetProtocol, c.line())
		}
	case "tshark", "wireshark":
		if hasAny(c.line(), "lua_script:") {
			b.act(ActCodeLoad, c.line())
		}
	case "sshfs":
		if v := c.line(); hasAny(v, "ssh_command=", "ProxyCommand") {
			b.hook("-o", v)
		}
	case "scp", "sftp":
		if v := c.value("-S", "-D"); v != "" {
			b.hook("-S", v)
		}
	case "rsync":
		if v := c.value("-e", "--rsh"); v != "" && !strings.HasPrefix(v, "ssh") {
			b.hook("-e", v)
		}
	case "ssh-keygen", "ssh-add":
		if v := c.value("-D", "-s"); v != "" && strings.Contains(v, "/") {
			b.act(ActCodeLoad, v)
		}
	case "m4":
		if hasAny(c.cmd.Stdin.Value, "syscmd(") {
			b.act(ActCommandHook, c.cmd.Stdin.Value)
		}
	case "xterm", "rxvt", "urxvt", "konsole", "gnome-terminal":
		if v := c.line(); hasAny(v, "-display ", "--display") && !hasAny(v, "-display :", "localhost") {
			b.act(ActShellReverse, v)
		}
	case "fastfetch", "minicom", "runscript", "gtester", "distcc":
		if len(c.pos) > 0 || c.has("-c", "-S") {
			for i := range b.f.Paths {
				if p := &b.f.Paths[i]; p.Access == AccessWrite {
					for _, w := range c.args {
						if w == p.Path || b.resolve(w, b.dir()) == p.Path {
							b.act(ActCommandHook, w)
						}
					}
				}
			}
		}
	case "enable":
		if v := c.value("-f"); v != "" || c.arg("-f") {
			b.act(ActCodeLoad, c.line())
		}
	case "zmodload":
		if hasAny(c.line(), "net/tcp", "zsh/system") {
			b.act(ActNetRaw, c.line())
		}
	case "ztcp":
		b.addNet(Net{Host: c.word(0), Direction: DirectionConnect})
		b.act(ActShellReverse, c.line())
	case "rustup":
		if c.word(0) == "toolchain" && c.word(1) == "link" || c.word(0) == "run" && c.word(1) != "" && !hasAny(c.word(1), "stable", "nightly", "beta", "1.") {
			b.act(ActCodeLoad, c.line())
		}
	}
}

func (b *builder) afterLetter(c *call, option string) {
	for i, a := range c.args {
		if a == option && i+1 < len(c.args) {
			b.hook(option, c.args[i+1])
		}
	}
}

func hookLooksQuiet(prog, name, value string) bool {
	switch name {
	case "--filter":
		return prog != "split"
	case "--shell", "--up", "--down", "--run", "--action", "--alert", "--pipe", "--hook", "--pre", "--load", "--pager":
		return !spawnsShell(value)
	case "--use-compress-program", "--compress-program":
		return hasAny(value, "gzip", "zstd", "pigz", "xz", "bzip2", "lz4")
	case "--rsh":
		return strings.HasPrefix(value, "ssh")
	}
	return false
}

// pools are where miners get their work from.
var pools = []string{"moneroocean", "minexmr", "supportxmr", "nanopool.org", "2miners.com", "ethermine.org", "f2pool.com", "nicehash.com", "hashvault.pro", "unmineable.com", "c3pool", "xmrpool", "herominers.com", "miningpoolhub", "flypool.org", "antpool.com", "viabtc.com", "zpool.ca", "prohashing.com", "monerohash", "dwarfpool", "xmr.pool"}

// miningWord reports whether a word is a currency or a proof of work.
func miningWord(w string) bool {
	switch strings.ToLower(w) {
	case "monero", "xmr", "cryptonight", "randomx", "rx/0", "ethash", "kawpow", "cn/r", "ghostrider", "argon2/chukwa", "octopus", "autolykos2", "etchash", "verushash":
		return true
	}
	return false
}
