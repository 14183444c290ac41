package facts

import "strings"

var profileFiles = set(".bashrc", ".bash_profile", ".bash_login", ".profile", ".bash_logout", ".bash_aliases", ".zshrc", ".zshenv", ".zprofile", ".zlogin", ".zlogout", ".kshrc", ".cshrc",
	".tcshrc", ".login", ".xinitrc", ".xprofile", ".xsessionrc", ".xsession", ".inputrc", ".pam_environment", ".config/fish/config.fish", ".vimrc", ".exrc", ".emacs", ".gdbinit", ".lesskey",
	".pythonrc", ".ssh/authorized_keys", ".ssh/authorized_keys2", ".ssh/rc", ".ssh/environment", ".ssh/config", ".forward", ".procmailrc", ".config/nvim/init.lua", ".config/nvim/init.vim", ".tmux.conf", ".screenrc", ".irbrc",
	".gitconfig", ".config/git/config", ".envrc", ".config/environment.d", ".mkshrc", ".octaverc", ".rprofile", ".psqlrc", ".perldb", ".rhosts", ".shosts")

var homeStartDirs = []string{".config/autostart", ".config/systemd", ".config/fish", ".config/environment.d", "library/launchagents", ".kde/autostart", ".local/share/systemd", ".zsh", ".bashrc.d", ".profile.d", ".local/share/dbus-1/services"}

var etcStartDirs = []string{
	"cron", "profile.d", "systemd/", "init.d", "init/", "rc", "ld.so.preload", "ld.so.conf", "xdg/autostart", "update-motd.d", "environment", "bash.bashrc", "bashrc", "zsh", "profile", "crontab", "anacrontab",
	"at.allow", "udev/rules.d", "modules-load.d", "modprobe.d", "inittab", "apt/apt.conf.d", "networkmanager/dispatcher.d", "network/if-up.d", "dbus-1/system.d", "launchd.conf", "sysctl.d", "sv/", "runit/", "ppp/ip-up.d", "logrotate.d", "skel", "binfmt.d", "at.deny",
}

func persistence(low, name string, inHome bool, rest string) bool {
	if strings.HasPrefix(name, "authorized_keys") || name == "usercustomize.py" || name == "sitecustomize.py" || strings.HasSuffix(name, ".pth") && strings.Contains(low, "-packages/") {
		return true
	}
	if i := strings.Index(low, ".git/hooks"); i >= 0 && (i == 0 || low[i-1] == '/') && !strings.HasSuffix(name, ".sample") {
		return true
	}
	rest = strings.TrimPrefix(rest, ellipsis+"/") // which find found
	if inHome || profileFiles[name] && low == name {
		if inHome && profileFiles[rest] || profileFiles[low] {
			return true
		}
		for _, dir := range homeStartDirs {
			if within(rest, dir) {
				return true
			}
		}
		return strings.Contains(rest, "start menu/programs/startup")
	}
	if below, ok := strings.CutPrefix(low, "/etc/"); ok {
		for _, dir := range etcStartDirs {
			if strings.HasPrefix(below, dir) && (len(below) == len(dir) || dir[len(dir)-1] == '/' || below[len(dir)] == '/' || below[len(dir)] == '.' || dir == "cron" || dir == "rc" || dir == "zsh" && below != "zsh_command_not_found") {
				return dir != "rc" || strings.HasPrefix(below, "rc.") || len(below) > 2 && below[2] >= '0' && below[2] <= '9'
			}
		}
		return false
	}
	for _, dir := range [...]string{"/var/spool/cron", "/usr/lib/systemd", "/lib/systemd", "/library/launchagents", "/library/launchdaemons", "/system/library/launchdaemons", "/library/startupitems", "/usr/lib/pam", "/var/at/", "/var/spool/at", "/run/systemd/system", "/usr/share/dbus-1/system-services"} {
		if strings.HasPrefix(low, dir) {
			return true
		}
	}
	return strings.Contains(low, "start menu/programs/startup")
}

var historyNames = set(".bash_history", ".zsh_history", ".sh_history", ".history", ".python_history", ".mysql_history", ".psql_history", ".sqlite_history", ".rediscli_history", ".node_repl_history", ".lesshst", ".viminfo", "consolehost_history.txt", ".irb_history", ".ash_history", ".zhistory", "fish_history", ".histfile")

func historyFile(name string) bool { return historyNames[name] }
