package facts

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestClasses(t *testing.T) {
	b := newBuilder(&Facts{}, Context{Dir: "/home/test/work/shop", Home: "/home/test"})
	for want, paths := range map[string][]string{
		ClassCredential:  {"~/.ssh/id_rsa", "~/.ssh/id_ed25519.backup", "~/.aws/credentials", "/home/test/.netrc", ".env", ".env.production", "prod.env", "config/master.key", "certs/server.key", "x.pem", "~/.kube/config", "~/.docker/config.json", "~/.config/gh/hosts.yml", "~/.git-credentials", "~/.npmrc", "~/.pypirc", "~/.pgpass", "~/.gnupg/secring.gpg", "~/.password-store/x.gpg", "terraform.tfstate", "prod.tfvars", "~/.vault-token", "service-account.json", "~/.claude/.credentials.json", "~/.config/google-chrome/Default/Login Data", "~/.mozilla/firefox/x.default/logins.json", "~/Library/Keychains/login.keychain-db", "/proc/self/environ", "/proc/1/environ", "wallet.dat", "~/.electrum/wallets/default_wallet", "/etc/wireguard/wg0.conf", "/var/run/secrets/kubernetes.io/serviceaccount/token", "~/.config/sops/age/keys.txt", "x.kdbx", "x.p12", "/root/.ssh/id_rsa", "~other/.ssh/id_rsa", "~/.m2/settings.xml", "~/.codex/auth.json", "~/.ssh", "/proc/1234/mem", "~/.cargo/credentials.toml"},
		ClassSystemAuth:  {"/etc/passwd", "/etc/shadow", "/etc/sudoers", "/etc/sudoers.d/x", "/etc/pam.d/sshd", "/etc/ssh/sshd_config", "/etc/../etc/shadow", "/proc/self/root/etc/shadow", "/private/etc/sudoers", "/etc//shadow", "/etc/ssh/ssh_host_rsa_key"},
		ClassPersistence: {"~/.bashrc", "~/.zshrc", "~/.profile", "/etc/profile.d/x.sh", "/etc/cron.d/x", "/etc/crontab", "/var/spool/cron/root", "~/.config/systemd/user/x.service", "/etc/systemd/system/x.service", "~/Library/LaunchAgents/x.plist", ".git/hooks/pre-commit", "~/.ssh/authorized_keys", "/etc/ld.so.preload", "/etc/rc.local", "/etc/init.d/x", "~/.config/autostart/x.desktop", "~/.ssh/config", "~/.gitconfig"},
		ClassAgentConfig: {"CLAUDE.md", "AGENTS.md", ".claude/settings.json", ".claude/settings.local.json", "~/.claude/settings.json", ".claude/hooks/x.sh", ".claude/commands/x.md", ".mcp.json", "~/.claude.json", ".cursor/rules/x.mdc", ".cursorrules", "~/.codex/config.toml", ".gemini/settings.json", ".github/copilot-instructions.md", "/etc/claude-code/managed-settings.json", "~/.claude/CLAUDE.md"},
		ClassTelemetry:   {".telemetry-enabled", "config/.telemetry-enabled", "~/.local/state/agent-telemetry/audit/x", "/usr/local/bin/claude-hook"},
		ClassRoot:        {"/", "//", "/../", "/*"},
		ClassDevice:      {"/dev/sda", "/dev/nvme0n1", "/dev/mem", "/proc/sys/kernel/core_pattern", "/sys/kernel/x"},
		ClassDevNull:     {"/dev/null", "/dev/stderr", "/dev/tty", "/dev/fd/3"},
		ClassContainer:   {"/var/run/docker.sock", "/run/containerd/containerd.sock", "/sys/fs/cgroup/rdma/release_agent"},
		ClassLog:         {"/var/log/auth.log", "~/.bash_history", "~/.zsh_history"},
		ClassSystem:      {"/etc/hosts", "/usr/bin/ls", "/bin", "/boot/vmlinuz", "/lib/x", "/opt/x", "/var/lib/x", "/home", "/proc"},
		ClassTemp:        {"/tmp/x", "/var/tmp/x", "/dev/shm/x", "/private/tmp/x", "/var/folders/a/b/T/x"},
		ClassProject:     {"src/a.go", "./x", "/home/test/work/shop/x", "docs/credentials.md", ".env.example", ".env.sample", "src/secrets.go", "src/token.py", "test/fixtures/ca-cert.pem", "locales/key.json", "package.json", "config/environments.rb"},
		ClassGit:         {".git/config", ".git", "/home/test/work/shop/.git/HEAD"},
		ClassHome:        {"~/x", "~/.claude/projects/x/y.jsonl", "~/work/other/a.go", "../other/a.go", "~", "~/.ssh/id_rsa.pub", "~/.ssh/known_hosts", "~/.aws/config"},
		ClassOtherHome:   {"/home/other/x", "~other/x", "/root/x", "/Users/other/x"},
		ClassOther:       {"/data/x", "/proc/cpuinfo", "/some/path"},
	} {
		for _, p := range paths {
			r := b.resolve(p, b.c.Dir)
			assert.Equal(t, want, b.classify(r), "%s is %s", p, r)
		}
	}
}

func TestHostClasses(t *testing.T) {
	for want, hosts := range map[string][]string{
		HostLoopback: {"localhost", "127.0.0.1", "::1", "0.0.0.0", "2130706433", "0x7f.1", "0177.0.0.1", "app.localhost"},
		HostPrivate:  {"10.0.0.1", "192.168.1.1", "172.16.0.9", "db", "x.local", "api.internal", "fe80::1"},
		HostMetadata: {"169.254.169.254", "metadata.google.internal", "2852039166"},
		HostKnown:    {"github.com", "raw.githubusercontent.com", "registry.npmjs.org", "files.pythonhosted.org"},
		HostCollect:  {"webhook.site", "transfer.sh", "x.ngrok.io", "pastebin.com", "a.b.oastify.com", "api.telegram.org"},
		HostPublic:   {"example.com", "8.8.8.8", "evilgithub.com"},
		HostUnknown:  {"", "…"},
	} {
		for _, h := range hosts {
			assert.Equal(t, want, hostClass(h), h)
		}
	}
}
