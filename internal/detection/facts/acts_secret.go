package facts

import (
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/shellcommand"
)

// secrets are programs that guard secrets, and those that take them.
func (b *builder) secrets(c *call) {
	line := c.line()
	low := strings.ToLower(line)
	sub, obj := strings.ToLower(c.word(0)), strings.ToLower(c.word(1))
	kind := ""
	switch c.prog {
	case "security":
		switch {
		case hasAny(sub, "dump-keychain", "export"):
			kind = ActSecretDump
		case hasAny(sub, "find-generic-password", "find-internet-password", "unlock-keychain"):
			kind = ActSecretDump
			if !c.has("-w", "-g") && sub != "unlock-keychain" {
				kind = ActSecretPrint
			}
		case hasAny(sub, "delete-", "set-keychain"):
			kind = ActInfraDelete
		}
	case "reg":
		if (sub == "save" || sub == "export" || sub == "query") && hasAny(low, `\sam`, `\security`, `\system`, "hklmsam", "hklmsecurity", "hklmsystem", "machinesam", "machinesecurity") && (sub != "query" || hasAny(low, `hklm\sam`)) {
			kind = ActSecretDump
		}
		if sub == "add" && hasAny(strings.ReplaceAll(low, `\`, ""), "currentversionrun", "winlogon", "image file execution") {
			b.act(ActPersistStartup, line)
		}
		if sub == "delete" {
			b.act(ActInfraRemove, line)
		}
	case "procdump", "gcore", "mimikatz", "secretsdump.py", "secretsdump", "hashdump", "lsadump", "pwdump", "lazagne", "mimipenguin", "pypykatz", "nanodump", "dumpert", "unshadow", "ntdsutil", "john", "hashcat":
		if len(c.args) > 0 || c.prog == "mimikatz" || c.prog == "hashdump" || c.prog == "mimipenguin" || c.prog == "lazagne" {
			kind = ActSecretDump
		}
	case "gdb":
		if hasAny(line, "-p ", "--pid", "attach", "dump memory", "gcore") && !onlyShows(c) {
			kind = ActSecretDump
		}
	case "strings":
		for _, w := range c.pos {
			if strings.HasPrefix(w, "/proc/") && (strings.HasSuffix(w, "/mem") || strings.HasSuffix(w, "/environ") || strings.HasSuffix(w, "/kcore")) || w == "/dev/mem" || w == "/dev/kmem" {
				kind = ActSecretDump
			}
		}
	case "secret-tool":
		if sub == "lookup" || sub == "search" {
			kind = ActSecretPrint
		}
		if sub == "clear" {
			kind = ActInfraDelete
		}
	case "trufflehog", "gitleaks":
	case "vault":
		if sub == "read" || sub == "kv" && (obj == "get") || sub == "token" && (obj == "create" || obj == "lookup") || sub == "print" && obj == "token" {
			kind = ActSecretPrint
		}
	case "op":
		if sub == "read" || sub == "item" && obj == "get" || sub == "document" && obj == "get" || sub == "inject" || sub == "signin" && c.has("--raw") {
			kind = ActSecretPrint
		}
	case "aws":
		if sub == "secretsmanager" && hasAny(obj, "get-secret-value", "batch-get") || sub == "configure" && (obj == "get" || obj == "export-credentials") || sub == "ssm" && hasAny(obj, "get-parameter") && hasAny(line, "--with-decryption") || sub == "sts" && hasAny(obj, "get-session-token", "assume-role", "get-federation") || sub == "ecr" && obj == "get-login-password" || sub == "iam" && hasAny(obj, "get-credential-report") || sub == "kms" && obj == "decrypt" {
			kind = ActSecretPrint
		}
	case "gcloud":
		if sub == "auth" && hasAny(line, "print-access-token", "print-identity-token", "application-default print") || sub == "secrets" && hasAny(line, "versions access") || sub == "iam" && hasAny(line, "service-accounts keys create") {
			kind = ActSecretPrint
		}
	case "az":
		if sub == "account" && obj == "get-access-token" || sub == "keyvault" && hasAny(line, "secret show", "secret download") || sub == "storage" && hasAny(line, "account keys list") || hasAny(line, "show-connection-string", "list-keys") {
			kind = ActSecretPrint
		}
	case "gh", "glab":
		if sub == "auth" && (obj == "token" || obj == "status" && c.has("-t", "--show-token")) {
			kind = ActSecretPrint
		}
	case "kubectl":
		if (sub == "get" || sub == "describe") && strings.HasPrefix(obj, "secret") && (c.has("-o", "--output", "--template") && !c.arg("-o=name", "name", "wide") && !fieldsOnly(c)) || sub == "config" && obj == "view" && c.has("--raw") || sub == "create" && obj == "token" {
			kind = ActSecretPrint
		}
	case "doppler":
		if sub == "secrets" && (obj == "download" || obj == "get" && c.has("--plain") || obj == "" && c.has("--json")) {
			kind = ActSecretPrint
		}
	case "heroku":
		if sub == "config" || sub == "auth:token" {
			kind = ActSecretPrint
		}
	case "pass", "gopass", "lpass", "bw":
		if sub == "show" || sub == "get" || sub == "export" || c.prog == "pass" && sub != "" && !hasAny(sub, "ls", "list", "insert", "generate", "init", "git", "rm", "mv", "cp", "edit", "find", "grep", "help", "version") {
			kind = ActSecretPrint
		}
	case "sops", "age", "ansible-vault":
		if c.has("-d", "--decrypt") || sub == "decrypt" || sub == "view" {
			kind = ActSecretPrint
		}
	case "cmdkey", "vaultcmd":
		if hasAny(low, "/list", "/delete") {
			kind = ActSecretPrint
		}
	case "esentutl", "vssadmin":
		if hasAny(low, "ntds", "create shadow") {
			kind = ActSecretDump
		}
	case "credstash", "chamber", "infisical", "berglas", "keepassxc-cli":
		if hasAny(sub, "get", "export", "show", "access", "read", "secrets") {
			kind = ActSecretPrint
		}
	}
	if kind != "" {
		if kind != ActSecretPrint || !substituted(c.cmd) {
			b.act(kind, line)
		}
		if b.step != nil && (kind == ActSecretDump || kind == ActSecretPrint) {
			b.step.own.add(0, c.prog+" "+line)
		}
	}
}

// search is a search for secrets in files.
func (b *builder) search(c *call) {
	switch c.prog {
	case "grep", "rg", "ag":
		if !c.has("-r", "-R", "--recursive") && c.prog == "grep" {
			return
		}
		pattern := strings.ToLower(c.word(0))
		if v := c.value("-e", "--regexp"); v != "" {
			pattern = strings.ToLower(v)
		}
		hit := hasAny(pattern, "aws_secret", "begin rsa", "begin openssh", "private key", "begin.*private", "akia", "ghp_", "sk_live", "xox[bp]", "sk-ant", "aws_access_key")
		broad := false
		for _, w := range c.pos[min(1, len(c.pos)):] {
			p := b.place(w, b.dir())
			broad = broad || b.root(p.path) || p.class == ClassRoot || p.class == ClassHome || p.class == ClassOtherHome || p.class == ClassSystem && p.path == "/etc"
		}
		if hit && broad || broad && hasAny(pattern, "password", "passwd", "secret", "api_key", "apikey", "token", "credential") {
			b.act(ActSecretSearch, c.line())
		}
	case "find", "fd", "locate":
		if c.help() {
			return
		}
		for i, a := range c.args {
			low := strings.ToLower(a)
			if (i > 0 && (c.args[i-1] == "-name" || c.args[i-1] == "-iname" || c.args[i-1] == "-path") || c.prog != "find") && hasAny(low, "id_rsa", "id_ed25519", "id_dsa", ".pem", ".kdbx", "wallet.dat", ".pgpass", ".netrc", "credentials", "shadow", ".p12", ".pfx", "*.key", ".ppk", ".git-credentials", "keychain") {
				if r := c.word(0); r != "" && r[0] != '.' || c.prog == "locate" {
					b.act(ActSecretSearch, c.line())
				}
			}
			if c.prog == "find" && a == "-perm" && i+1 < len(c.args) && hasAny(c.args[i+1], "4000", "u=s", "6000", "2000", "u+s") {
				b.act(ActPrivilegeSearch, c.line())
			}
		}
	}
}

// substituted reports whether the output of a command is a word of another one, and
// is not shown by itself.
func substituted(k *shellcommand.Command) bool {
	return len(k.Via) > 0 && k.Via[len(k.Via)-1] == shellcommand.ViaSubstitution
}

// fieldsOnly reports whether kubectl is asked for fields by name, and none of them
// is what a secret holds.
func fieldsOnly(c *call) bool {
	v := c.value("-o", "--output")
	for _, form := range [...]string{"jsonpath=", "custom-columns=", "go-template="} {
		if fields, ok := strings.CutPrefix(v, form); ok {
			return !hasAny(strings.ReplaceAll(strings.ToLower(fields), "metadata.", ""), "data", "..", "*", "{.}", "{@}", "{{.}}", "annotations", "range", "index", shellcommand.Unknown)
		}
	}
	return false
}

// stackWords are commands of a debugger that show where a process is.
var stackWords = words("bt where thread info set quit detach q backtrace frame")

// onlyShows reports whether a debugger is told to show where a process is, and
// nothing else.
func onlyShows(c *call) bool {
	n := 0
	for i := range c.opts {
		if name := c.opts[i].name; name != "-ex" && name != "-iex" && name != "--eval-command" {
			continue
		}
		if !stackWords[cutAt(c.opts[i].value, " ")] {
			return false
		}
		n++
	}
	return n > 0 && c.has("-batch", "--batch") && c.cmd.Stdin.Value == ""
}
