package shellcommand

import "strings"

// addRunners tells of the programs that run others besides what they do themselves.
func addRunners(t map[string]*program) {
	for names, handle := range map[string]func(*analyzer, *command){
		"ssh autossh slogin scp sftp mosh": sshRun,
		"docker podman nerdctl kubectl oc lxc incus docker-compose podman-compose buildah crictl ctr machinectl lxc-attach runc crun k3s microk8s apptainer singularity distrobox toolbox finch": containerRun,
		"make gmake":      makeRun,
		"at batch":        atRun,
		"git":             gitRun,
		"tar gtar bsdtar": tarRun,
		"rsync":           optionCommand("-e", "--rsh", "--rsync-path"),
		"vi vim nvim view vimdiff rvim ex ed red less more man nano pico vimx gvim most": editorRun,
		"gdb lldb": gdbRun,
		"socat":    socatRun,
		"nc ncat netcat nc.traditional nc.openbsd": ncRun,
		"tmux":   muxRun,
		"screen": screenRun,
		"xterm uxterm rxvt urxvt st alacritty foot konsole xfce4-terminal gnome-terminal mate-terminal lxterminal terminator tilix terminology kgx x-terminal-emulator": terminalRun,
		"xdotool ydotool wtype zellij kitty wezterm": typeRun,
		"tee":              teeRun,
		"cp mv ln install": copyRun,
		"dd":               ddRun,
		"mkfifo mknod":     mkfifoRun,
		"curl":             outputFile("o", "--output"),
		"wget":             outputFile("O", "--output-document"),
		"gpg age sort":     outputFile("o", "--output"),
		"openssl":          outputFile("", "-out"),
		"npx bunx pnpx":    npxRun,
		"uv poetry pipenv pdm hatch rye bundle npm pnpm yarn conda mamba micromamba mise asdf pyenv rbenv direnv op aws-vault doppler chamber nix nix-shell volta cargo bun pipx deno devbox flox perf dotenvx infisical guix tox composer pixi heroku lerna nx teller pueue": subRun,
		"rails spring django-admin flask jupyter wp drush mix sage blender sops vault execlineb az manage.py artisan":                                                                                                                                                         frameworkRun,
		"aws":                                    ssmRun,
		"pee":                                    codesRun,
		"go tinygo":                              goRun,
		"java javaw":                             javaRun,
		"apt apt-get aptitude":                   aptRun,
		"dpkg":                                   optionCommand("--pre-invoke", "--post-invoke", "--status-logger"),
		"rpm rpmbuild rpmspec":                   rpmRun,
		"bazel bazelisk":                         optionCommand("--run_under"),
		"zip":                                    optionCommand("-TT", "--unzip-command"),
		"concurrently conc":                      concurrentlyRun,
		"onchange tsc-watch":                     behindDashes,
		"chokidar":                               optionCommand("-c", "--command"),
		"cmake":                                  cmakeRun,
		"just":                                   justRun,
		"salt salt-call salt-ssh":                saltRun,
		"pssh parallel-ssh pdsh clush mpssh dsh": fleetRun,
		"vagrant":                                remoteOption("ssh", "-c", "--command"),
		"gcloud":                                 remoteOption("ssh", "--command"),
		"flyctl fly":                             remoteOption("ssh", "-C", "--command"),
		"tex latex pdftex pdflatex xetex xelatex lualatex luahbtex context": texRun,
		"complete compgen": completeRun,
		"fc":               optionCommand("-e"),
		"test [ let":       subscriptRun,
		"nu elvish xonsh rc es osh ysh ion murex": foreignShellRun,
		"split":                            optionCommand("--filter"),
		"dmsetup":                          optionCommand("--exec"),
		"tcpdump":                          optionCommand("-z"),
		"watchexec":                        watchexecRun,
		"nodemon":                          optionCommand("-x", "--exec"),
		"expect tclsh wish tclsh8.6 jimsh": tclRun,
		"pwsh powershell":                  powershellRun,
		"cmd":                              cmdRun,
		"sed gsed":                         sedRun,
		"osascript":                        interpreterRun,
	} {
		for name := range strings.FieldsSeq(names) {
			switch p := t[name]; {
			case p == nil:
				t[name] = &program{handle: handle}
			case p.builtin && p.handle == nil:
				own := *p
				own.handle = handle
				t[name] = &own
			}
		}
	}
	t["tee"].output = func(_ *analyzer, k *command) (string, bool) { return inText(k) }
	t["dd"].output = func(_ *analyzer, k *command) (string, bool) { return inText(k) }
	for name := range strings.FieldsSeq("cp mv ln install mkfifo mknod mkdir rm rmdir touch chmod chown chgrp ln kill") {
		if t[name] == nil {
			t[name] = &program{}
		}
		t[name].silent, t[name].deaf = true, true
	}
	t["openssl"].output = opensslOut
	t["sed"].output = sedOut
	t["gsed"].output = sedOut
	t["sort"].output = passOut("kto")
}

// addFilters tells what programs write, where that can be told from what they read.
func addFilters(t map[string]*program) {
	for names, out := range map[string]func(*analyzer, *command) (string, bool){
		"cat gcat bat batcat":          catOut,
		"base64 base32 basenc gbase64": base64Out,
		"xxd":                          xxdOut,
		"rev":                          revOut,
		"tac":                          tacOut,
		"tr gtr":                       trOut,
		"head tail ghead gtail":        passOut("nc"),
		"uniq fold fmt expand unexpand pv sponge mbuffer": passOut("wcLn"),
		"cut":              cutOut,
		"basename dirname": basenameOut,
	} {
		for name := range strings.FieldsSeq(names) {
			t[name] = &program{output: out}
		}
	}
}
