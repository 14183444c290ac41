package facts

import "strings"

// quietShell are programs among whose words a shell's name is nothing: they look
// at files, change accounts, or run it where it belongs.
var quietShell = words(`grep ls cat file stat which whereis readlink realpath dpkg apt rpm dnf pacman apk brew chsh usermod useradd adduser cp ln mv rm test [ [[ git docker kubectl helm docker-compose lxc nerdctl vagrant getent cmake configure ./configure shellcheck strings ldd head tail less more wc diff chmod chown setfacl
	type command hash echo printf export declare local find fd basename dirname man sha256sum md5sum objdump nm readelf bd gh glab jq yq touch mkdir install code ansible terraform aws gcloud az flyctl fly heroku tmux screen zellij expect dialog sort uniq cut cd pushd shopt set trap tee shfmt packer nix nix-shell nix-build update-alternatives case alias rg ag crontab systemctl podman sudoedit editor pkill pgrep killall ps kill locate tree du curl wget http rsync`)

// spawnsShell reports whether a text runs a shell: /bin/sh, exec bash -i, !sh.
func spawnsShell(s string) bool {
	if len(s) > 16<<10 {
		s = s[:16<<10]
	}
	for rest, off := s, 0; ; {
		i := strings.Index(rest, "bin/")
		if i < 0 {
			break
		}
		at := off + i
		end := at + 4
		for end < len(s) && isLetter(s[end]) {
			end++
		}
		if shells[s[at+4:end]] && (end == len(s) || !isWord(s[end])) && !strings.HasSuffix(strings.TrimRight(s[:at], "/usrloca "), "#!") && (at == 0 || s[at-1] == '/') {
			return true
		}
		rest, off = s[end:], end
	}
	t := strings.TrimLeft(s, " !'\"\\(|;%")
	for range 4 {
		word, after, _ := strings.Cut(t, " ")
		switch word {
		case "exec", "env", "nice", "reset;", "nohup", "command", "shell", "setsid", "-u", "X", "-n", "5", "sudo":
			t = strings.TrimLeft(after, " ")
			continue
		}
		if !shells[word] || word == "rc" || word == "es" || word == "nu" {
			return false
		}
		after = strings.TrimSpace(after)
		return after == "" || after == "-i" || after == "-li" || after == "-p" || after == "-s" || after == "-il" || after == "-l" || after[0] == '#' || strings.ContainsAny(cut(after, 3), "<>&")
	}
	return false
}

func isWord(c byte) bool {
	return isLetter(c) || c >= '0' && c <= '9' || c == '_' || c == '.' || c == '-'
}

// pathShell is spawnsShell for a word that may be anything.
func pathShell(v string) bool {
	return strings.Contains(v, "bin/") && spawnsShell(v)
}

// execShell reports whether a text tells something to become a shell.
func execShell(v string) bool {
	if !strings.Contains(v, "sh") {
		return false
	}
	for _, start := range [...]string{"exec /bin/", "exec /usr/bin/", "! /bin/", "!/bin/", "syscmd(/bin/", "system(\"/bin/", "execve(\"/bin/", `Exec("/bin/`, `"SYSTEM" USING "/bin/`, `Command("/bin/`, `system "/bin/`, `(system "/bin/`, `Process.Start("/bin/`, `exec("/bin/`, `exec '/bin/`, `exec "/bin/`, `system('/bin/`, `execl("/bin/`} {
		if i := strings.Index(v, start); i >= 0 && (i == 0 || v[i-1] != '#') && spawnsShell(v[i:]) {
			return true
		}
	}
	if hasAny(v, `system("sh")`, `system('sh')`, `system("bash")`, `system("sh -`, `system("reset; exec sh`, "; exec sh", `execute("reset; exec sh`) {
		return true
	}
	i := strings.Index(v, "bin/")
	if i < 0 {
		return false
	}
	rest := v[i+4:]
	end := 0
	for end < len(rest) && isLetter(rest[end]) {
		end++
	}
	if !shells[rest[:end]] {
		return false
	}
	rest = strings.TrimLeft(rest[end:], " -is")
	return len(rest) > 2 && (rest[0] == '<' || rest[0] == '>' || rest[0] >= '0' && rest[0] <= '2' && (rest[1] == '<' || rest[1] == '>'))
}

// bareShell looks for a shell in code of a language that is not known.
func (b *builder) bareShell(code string) {
	if strings.Contains(code, "bin/") && hasAny(code, "system", "exec", "shell", "!", "write18", "Command", "popen", "print |", "|&", "| \"") && spawnsShell(code) {
		b.act(ActShellSpawn, cut(code, 120))
	}
}
