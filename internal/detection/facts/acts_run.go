package facts

import (
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/agent-telemetry/agent-telemetry/internal/shellcommand"
)

// actHandlers are what the options of programs mean, by program.
var actHandlers = sync.OnceValue(func() map[string]func(*builder, *call) {
	m := map[string]func(*builder, *call){}
	lists := map[string]func(*builder, *call){
		"git": (*builder).git,
		"sudo doas su pkexec runuser run0 gosu sudoedit machinectl sg newgrp": (*builder).switches,
		"rm rmdir mv": (*builder).removal,
		"chmod chown chgrp setfacl chattr setcap icacls takeown": (*builder).mode,
		"rsync mc rclone aws gsutil azcopy s5cmd lftp robocopy":  (*builder).syncs,
		"shred srm wipe scrub wipefs truncate cipher":            (*builder).shreds,
		"ssh-keygen ssh-add ssh ssh-copy-id gpg":                 (*builder).keys,
		"docker nerdctl lxc-start":                               (*builder).container,
		"nsenter chroot unshare mount capsh pivot_root":          (*builder).escape,
		"crontab at batch systemctl service launchctl rc-service update-rc.d chkconfig initctl sv supervisorctl pm2 schtasks sc loginctl systemd-run net stop start rc-update":                      (*builder).service,
		"useradd adduser usermod userdel deluser groupadd groupmod groupdel gpasswd passwd chpasswd chsh visudo vipw vigr newusers dscl dseditgroup sysadminctl new-localuser add-localgroupmember": (*builder).account,
		"iptables ip6tables nft ufw firewall-cmd pfctl ipset ebtables netsh setenforce apparmor_parser aa-disable aa-complain aa-teardown auditctl auditd csrutil spctl set-mppreference":           (*builder).defense,
		"kill pkill killall kill-all skill taskkill stop-process xkill":                                                          (*builder).kills,
		"shutdown reboot halt poweroff init telinit stop-computer restart-computer":                                              (*builder).shutdown,
		"insmod modprobe rmmod kexec sysctl depmod bpftool":                                                                      (*builder).kernel,
		"history fc set unset export alias hash shopt journalctl logrotate wevtutil clear-history dmesg ausearch clear-eventlog": (*builder).logs,
		"touch date timedatectl hwclock":                                                                                         (*builder).times,
		"pip uv poetry pdm pipenv npm pnpm yarn npx gem cargo go bundle apt dpkg rpm dnf zypper pacman apk brew snap conda mamba composer luarocks cpan cpanm easy_install nix-env twine bun deno pipx opam choco winget helm code curl wget rustup flit vsce":                                                                                                                                                                                                              (*builder).supply,
		"security reg procdump mimikatz gcore secretsdump.py secretsdump hashdump lsadump john hashcat unshadow pwdump mimipenguin pypykatz nanodump dumpert keychain secret-tool kwallet-query lazagne trufflehog gitleaks vault op aws gcloud az gh glab kubectl doppler heroku pass bw lpass gopass infisical chamber sops age ansible-vault cmdkey vaultcmd ntdsutil vssadmin esentutl strings gdb keepassxc-cli credstash berglas tailscale flyctl fly railway vercel": (*builder).secrets,
		"grep find rg ag fd locate": (*builder).search,
		"python ruby php busybox http-server serve npx caddy twistd darkhttpd miniserve webfsd httpd lighttpd simple-http-server live-server":                                                                                                                                                                                        (*builder).serve,
		"ngrok chisel cloudflared frpc frps localtunnel lt bore socat sshuttle iodine dnscat dnscat2 dns2tcp stunnel proxychains gost rinetd tor ligolo ptunnel inlets zrok autossh wstunnel tailscale pinggy tmate gs-netcat gsocket teleconsole upterm sshx ttyd gotty":                                                            (*builder).tunnel,
		"nmap masscan zmap rustscan arp-scan nbtscan netdiscover nikto gobuster ffuf dirb wfuzz sqlmap hydra medusa ncrack patator crackmapexec nxc enum4linux smbmap responder msfconsole msfvenom nuclei amass subfinder theharvester dnsrecon dnsenum fierce metasploit evil-winrm bettercap ettercap tcpdump tshark aircrack-ng": (*builder).scan,
		"xmrig minerd cpuminer ethminer cgminer bfgminer nbminer t-rex lolminer phoenixminer xmr-stak claymore teamredminer gminer nheqminer ccminer srbminer-multi kawpowminer":                                                                                                                                                     (*builder).mine,
		"claude codex cursor-agent gemini aider goose opencode crush amp qwen": (*builder).agent,
		"yes stress stress-ng dd cat":                                          (*builder).waste,
		"bitsadmin mshta regsvr32 rundll32 msiexec wmic cmstp installutil odbcconf hh cscript wscript desktopimgdownldr certreq": (*builder).windowsFetch,
		"install": (*builder).install, "tar": (*builder).encrypts, "openssl gpg 7z 7za zip age rar ccrypt": (*builder).encrypts,
		"update-alternatives hostnamectl timedatectl localectl grub-install update-grub update-initramfs update-ca-certificates update-ca-trust trust apt-key resolvectl networksetup scutil authconfig nmcli efibootmgr systemd-resolve": (*builder).configure,
		"run-parts": (*builder).runParts, "agent-telemetry": (*builder).telemetryCommand, "getcap": (*builder).getcap, "lxc lxd incus": (*builder).lxc,
		"runas osascript": (*builder).elevates, "defaults": (*builder).macDefaults,
		"fuser":                          (*builder).fuser,
		"git sqlite3 duckdb php kubectl": (*builder).loadsByOption,
		"kubectl":                        (*builder).podOverrides, "docker": (*builder).image,
		"grpcurl ghz evans otel-cli telemetrygen tracegen":          (*builder).exports,
		"unset export set declare typeset launchctl systemctl tmux": (*builder).setsVariables,
		"getent": (*builder).getent, "codium": (*builder).agent,
		"copilot q qchat kiro-cli droid auggie cn kilocode openhands plandex jules letta amazon-q": (*builder).agent,
		"gh glab": (*builder).codeHost, "grubby kernelstub rpm-ostree nvram bcdedit": (*builder).bootOptions,
		"uvx": (*builder).supply, "crudini augtool": (*builder).iniFile,
		"sed jq yq perl": (*builder).notes,
	}
	// In the same order in every process: acts are evidence, and evidence tells alerts apart.
	for _, names := range slices.Sorted(maps.Keys(lists)) {
		f := lists[names]
		for name := range strings.FieldsSeq(names) {
			if old := m[name]; old != nil {
				first, second := old, f
				m[name] = func(b *builder, c *call) { first(b, c); second(b, c) }
			} else {
				m[name] = f
			}
		}
	}
	return m
})

// acts adds what a command does beyond files and connections.
func (b *builder) acts(c *call) {
	if asksItself(c.cmd) || c.prog == "sudo" && c.arg("-h", "--help") && len(c.args) == 1 {
		return
	}
	if c.help() && c.prog != "find" && !strings.HasPrefix(c.prog, "curl") && c.prog != "wget" && c.prog != "git" && c.prog != "chmod" && c.prog != "xmrig" && c.prog != "certbot" && !shells[c.prog] && c.prog != "sudo" {
		return
	}
	b.typed(c)
	b.spawned(c)
	if h := actHandlers()[c.prog]; h != nil {
		h(b, c)
	}
	if c.prog == "make" || c.prog == "cmake" || c.prog == "just" {
		dir := c.value("-C", "--directory")
		if dir != "" && dir[len(dir)-1] != '/' {
			dir += "/"
		}
		b.runs(dir + "Makefile")
	}
	b.options(c)
	b.database(c)
	b.infra(c)
	b.disk(c)
	b.prompt(c)
}

// wrappers looks at what runs a command.
func (b *builder) wrappers(k *shellcommand.Command) {
	b.fromConsole(k)
	for i := range k.Wrappers {
		w := &k.Wrappers[i]
		switch {
		case switchers[w.Program]:
			b.switched(k, w.Program)
		case w.Program == "nsenter", w.Program == "chroot":
			b.call.prog = w.Program
			b.escapeWords(w.Program, w.Args)
			b.call.prog = canonical(k.Program)
		case w.Program == "docker" || w.Program == "podman":
			b.containerWords(w.Program, w.Args)
		case w.Program == "ssh":
			for j := range w.Args {
				if v := w.Args[j].Value; !strings.HasPrefix(v, "-") && (j == 0 || !strings.HasPrefix(w.Args[j-1].Value, "-") || len(w.Args[j-1].Value) < 2 || strings.IndexByte("ipPoFLRDJWbceEIlmOQSwB", w.Args[j-1].Value[1]) < 0) {
					b.addNet(Net{Host: userless(v), Port: 22, Direction: DirectionConnect, Program: "ssh"})
					break
				}
			}
		case strings.HasPrefix(w.Program, "ld-linux") || w.Program == "ld.so":
			for j := range w.Args {
				if v := w.Args[j].Value; strings.Contains(v, ".so") && anybodys(v) {
					b.actOf(ActCodeLoad, w.Program, v)
				}
			}
		default:
			// GTFOBins: a wrapper's own files.
			for j := range w.Args {
				if v := w.Args[j].Value; len(v) > 5 && strings.ContainsAny(v, "/") && !strings.Contains(v, " ") {
					p := b.place(v, k.Dir)
					if p.class == ClassSystemAuth || p.class == ClassCredential || p.class == ClassPersistence {
						access := AccessRead
						if j > 0 && (w.Args[j-1].Value == "-o" || w.Args[j-1].Value == "-l" || w.Args[j-1].Value == "--output") || w.Program == "script" || w.Program == "logsave" {
							access = AccessWrite
						}
						b.put(p, access, w.Program, false, false)
					}
				}
			}
		}
	}
}

// switches is a program that makes another user of whoever runs it, with a shell of
// its own or nothing to run.
func (b *builder) switches(c *call) {
	if c.has("-l", "-v", "-k", "-K", "--list", "--validate", "--reset-timestamp", "--remove-timestamp", "-V") && (c.prog == "sudo" || c.prog == "doas") {
		return
	}
	if c.prog == "newgrp" {
		if len(c.pos) > 0 {
			b.act(ActPrivilegeSwitch, "newgrp "+c.line())
		}
		return
	}
	if c.prog == "machinectl" && c.word(0) != "shell" && c.word(0) != "login" {
		return
	}
	if c.prog == "sudoedit" || c.has("-e", "--edit") && c.prog == "sudo" {
		for _, w := range c.pos {
			was := b.privileged
			b.privileged = true
			b.add(w, AccessWrite, c.prog, false, false)
			b.privileged = was
		}
	}
	b.act(ActPrivilegeSwitch, c.prog+" "+c.line())
	if c.prog != "sudoedit" && !c.has("-c", "--command", "-e", "--edit") {
		was := b.privileged
		b.privileged = true
		b.act(ActShellSpawn, c.prog+" "+c.line())
		b.privileged = was
	}
}

// routine are programs that agents run as root every day, by their subcommands;
// nil is any.
var routine = map[string]map[string]bool{
	"apt": words("update upgrade install remove autoremove purge list show search clean autoclean full-upgrade dist-upgrade policy"), "dnf": words("install update upgrade check-update list info"), "pacman": nil, "apk": words("add update upgrade"), "zypper": words("install update refresh"), "brew": nil, "snap": words("install list refresh"),
	"systemctl": words("status list-units list-unit-files is-active is-enabled show cat restart start reload daemon-reload enable"), "service": nil, "docker": nil, "docker-compose": nil, "journalctl": nil, "ls": nil, "mkdir": nil, "true": nil, "id": nil, "whoami": nil, "ss": nil, "netstat": nil, "lsof": nil, "nginx": words("-t -s"), "apachectl": nil, "git": words("status log diff show fetch pull"), "update-ca-certificates": nil, "ldconfig": nil, "apt-cache": nil, "add-apt-repository": nil, "dpkg-query": nil, "npm": words("install i ci"), "make": words("install"), "playwright": nil, "npx": words("playwright"), "ufw": words("status"), "df": nil, "du": nil, "echo": nil, "date": nil, "hostname": nil, "kill": nil, "n": words("stable lts latest"), "ip": nil, "fdisk": words("-l"), "iptables": words("-L -S --list --list-rules"), "ip6tables": words("-L -S --list --list-rules"), "nft": words("list"), "lsblk": nil, "blkid": nil,
}

// ownFiles reports whether chown or chmod is given files of the project or temporary ones alone, and
// no bits that make another user of who runs them.
func (b *builder) ownFiles(k *shellcommand.Command) bool {
	n := 0
	for i := range k.Args {
		v := k.Args[i].Value
		if strings.HasPrefix(v, "-") {
			continue
		}
		if n++; n == 1 {
			if setuid(v) || strings.HasPrefix(v, "root") {
				return false
			}
			continue
		}
		if strings.HasPrefix(v, "/") || strings.HasPrefix(v, "~") || strings.Contains(v, "..") || strings.Contains(v, shellcommand.Unknown) {
			if p := b.place(v, k.Dir); p.class != ClassTemp && (b.project == "" || !within(p.path, b.project)) {
				return false
			}
		}
	}
	return n > 1
}

// switched is a command that runs as another user.
func (b *builder) switched(k *shellcommand.Command, by string) {
	prog := canonical(k.Program)
	if posixShells[prog] && len(k.Args) == 2 && k.Args[0].Value == "-c" && k.Args[1].Known && strings.TrimSpace(k.Args[1].Value) != "" && !spawnsShell(k.Args[1].Value) {
		return // its commands are looked at themselves
	}
	if b.isRoutine(k, prog, by) {
		b.actOf(ActPrivilegeRoutine, by, cut(k.Text, 120))
		return
	}
	b.actOf(ActPrivilegeSwitch, by, cut(k.Text, 120))
}

// posixShells are those whose command lines are read.
var posixShells = words("sh bash dash zsh ksh ash")

// isRoutine reports whether a command behind sudo is one of every day.
func (b *builder) isRoutine(k *shellcommand.Command, prog, by string) bool {
	switch {
	case by != "sudo" && by != "doas", strings.Contains(k.Path, "/") && !systemProgram(k.Path):
		return false
	case asksItself(k) && !manuals[prog]:
		return true
	case given(k, by, "-S", "--stdin"), pages(k, prog): // a password in the command line; a pager runs commands
		return false
	case (prog == "chown" || prog == "chmod") && b.ownFiles(k), (prog == "cat" || prog == "tail" || prog == "head" || prog == "grep" || prog == "wc") && b.logFiles(k):
		return true
	case databaseTools[prog] && serviceAccount(k, by):
		return true
	}
	subs, ok := routine[prog]
	if !ok || subs == nil {
		return ok
	}
	if installs[prog] && slices.ContainsFunc(k.Args, func(w shellcommand.Word) bool {
		return w.Value == "-c" || hasAny(w.Value, ".rpm", ".deb", ".apk", ".snap", "./", "../") || strings.HasPrefix(w.Value, "/")
	}) {
		return false // a package that is a file
	}
	for i := range k.Args {
		v := k.Args[i].Value
		if subs[v] {
			return true
		}
		if !strings.HasPrefix(v, "-") {
			return false
		}
	}
	return false
}

var installs = words("apt dnf apk snap zypper")

// logFiles reports whether a command reads logs of the system and nothing else.
func (b *builder) logFiles(k *shellcommand.Command) bool {
	n := 0
	for i := range k.Args {
		v := k.Args[i].Value
		if !strings.HasPrefix(v, "/") {
			continue
		}
		if n++; !strings.HasPrefix(path.Clean(v), "/var/log/") {
			return false
		}
	}
	return n > 0
}

// databaseTools are what the account of a database is used for.
var databaseTools = words("psql createdb createuser pg_dump pg_isready pg_ctl pg_ctlcluster pg_lsclusters mysql mongosh redis-cli initdb pg_restore")

// serviceAccount reports whether a command runs as the account of a database, which
// may do less than the user's.
func serviceAccount(k *shellcommand.Command, by string) bool {
	for i := range k.Wrappers {
		if k.Wrappers[i].Program != by {
			continue
		}
		args := k.Wrappers[i].Args
		for j := range args {
			user := strings.TrimPrefix(args[j].Value, "--user=")
			if user == "postgres" || user == "mysql" || user == "redis" || user == "mongodb" {
				return true
			}
		}
	}
	return false
}

// given reports whether a wrapper has one of some options.
func given(k *shellcommand.Command, by string, options ...string) bool {
	for i := range k.Wrappers {
		if k.Wrappers[i].Program != by {
			continue
		}
		for j := range k.Wrappers[i].Args {
			if slices.Contains(options, k.Wrappers[i].Args[j].Value) {
				return true
			}
		}
	}
	return false
}

// pages reports whether a program that shows its output with a pager is given no
// reason not to.
func pages(k *shellcommand.Command, prog string) bool {
	has := func(words ...string) bool {
		return slices.ContainsFunc(k.Args, func(w shellcommand.Word) bool { return slices.Contains(words, w.Value) })
	}
	if has("--no-pager", "-P", "--quiet", "-q", "--no-pager=true") {
		return false
	}
	switch prog {
	case "journalctl":
		return len(k.Args) == 0
	case "systemctl":
		return len(k.Args) == 0 || len(k.Args) == 1 && has("status", "list-units", "show")
	case "git":
		return has("help", "-p", "--paginate")
	case "apt":
		return has("changelog")
	}
	return false
}
