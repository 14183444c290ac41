package facts

import (
	"path"
	"strings"
)

// credentialDirs are directories whose files are credentials, from their last part
// but one on: the directory must stand somewhere in the path.
var credentialDirs = []string{
	"/.ssh", "/.gnupg", "/.aws", "/.azure", "/.password-store", "/.kube", "/.config/gcloud", "/.config/op", "/.config/sops", "/.config/age", "/.vault", "/.minikube", "/.electrum", "/.bitcoin", "/.ethereum/keystore", "/.solana", "/.config/solana", "/.monero",
	"/.local/share/keyrings", "/library/keychains", "/.gnome2/keyrings", "/.local/share/kwalletd", "/.kde/share/apps/kwallet", "/.docker/config.json", "/.oci", "/.aliyun", "/.ibmcloud", "/.bluemix", "/.fly", "/.config/doctl", "/.config/hub", "/.config/heroku",
	"/.terraform.d/credentials", "/.config/configstore", "/.mozilla/firefox", "/.thunderbird", "/run/secrets", "/var/run/secrets", "/etc/kubernetes/pki", "/etc/ssl/private", "/etc/pki/tls/private", "/etc/letsencrypt/live", "/etc/letsencrypt/archive", "/etc/letsencrypt/keys", "/etc/wpa_supplicant", "/etc/networkmanager/system-connections", "/etc/openvpn", "/etc/wireguard", "/etc/ipsec.secrets", "/etc/ppp/chap-secrets", "/.local/share/containers/auth", "/.config/rclone", "/.cloudflared", "/.step", "/.chef", "/.pulumi/credentials", "/.supabase", "/.railway", "/.config/netlify", "/.wrangler/config", "/.config/.wrangler", "/.databricks", "/.snowflake", "/.snowsql", "/.mc/config.json", "/.config/filezilla", "/.purple", "/.config/slack", "/.config/discord", "/library/application support/slack", "/etc/rancher/k3s", "/etc/docker/key", "/appdata/roaming/microsoft/credentials", "/appdata/local/microsoft/credentials", "/appdata/roaming/microsoft/protect", "/appdata/local/microsoft/vault", "/microsoft/crypto",
}

// credentialFiles are names that only credentials have, wherever they stand.
var credentialFiles = set(
	".netrc", "_netrc", ".pgpass", "pgpass.conf", ".my.cnf", ".mylogin.cnf", ".git-credentials", ".npmrc", ".yarnrc.yml.auth", ".pypirc", ".htpasswd", ".vault-token", ".vault_pass", ".vault_pass.txt", "vault-password", ".s3cfg", ".boto", ".passwd-s3fs", ".dockercfg", ".terraformrc", "terraform.rc",
	"id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "id_ecdsa_sk", "id_ed25519_sk", "id_xmss", ".credentials.json", "credentials.db", "access_tokens.db", "application_default_credentials.json", "legacy_credentials", "service-account.json", "service_account.json", "serviceaccount.json", "gcp-key.json", "keyfile.json",
	"login data", "login data for account", "cookies.sqlite", "key4.db", "key3.db", "logins.json", "signons.sqlite", "web data", "cookies.binarycookies", "login.keychain-db", "login.keychain", "system.keychain", "secrets.yml", "secrets.yaml", "secrets.json", "secrets.toml", "secrets.env", "credentials.toml", "credentials.tfrc.json", "credentials.xml",
	"master.key", "keystore.jks", "truststore.jks", ".keystore", "wallet.dat", "wallet.json", "mnemonic.txt", "kubeconfig", "kubelet.conf", "admin.conf", "htpasswd", ".smbcredentials", ".cifs", "ntds.dit", "sam", "security.hiv", "sam.hive", "sam.save", "system.save", "lsass.dmp", "unattend.xml", "sysprep.xml", "web.config.secret",
	"rclone.conf", ".rediscli_auth", ".databrickscfg", ".bw-session", "bitwarden.json", "database.kdbx", ".envrc.local", ".envrc", "local.settings.json", "oauth_creds.json", "client_secret.json", "client_secrets.json", ".env", "environ", "proxychains.conf.auth", "sftp-config.json", ".ftpconfig", "recentservers.xml", "sitemanager.xml", "confcons.xml", ".fetchmailrc", ".msmtprc", ".mutt_auth", "wp-config.php", ".erlang.cookie", ".sentryclirc", ".gem/credentials", ".composer/auth.json", ".pip/pip.conf.auth", ".heroku-netrc", ".claude-credentials", "jenkins.security", "hudson.util.secret", "initialadminpassword")

// credentialEnds are pairs of a directory and a name.
var credentialEnds = []string{
	".aws/credentials", ".gem/credentials", ".cargo/credentials", "gh/hosts.yml", "glab-cli/config.yml", "pypoetry/auth.toml", "containers/auth.json", "composer/auth.json", ".docker/config.json", ".kube/config", ".config/hub", ".config/gh/config.yml.token", ".gradle/gradle.properties", ".m2/settings.xml", ".m2/settings-security.xml", ".nuget/nuget.config", "nuget/nuget.config",
	"chrome/default/cookies", "chromium/default/cookies", "default/cookies", "default/network/cookies", "profile 1/cookies", "bravesoftware/brave-browser/default/cookies", "1password/data", "config/master.key", "secrets/kubernetes.io", "etc/krb5.keytab", "stripe/config.toml", ".config/pip/pip.conf.auth", "proc/self/environ", ".config/age/keys.txt", ".lastpass/trusted_id", "codex/auth.json", ".codex/auth.json", "opencode/auth.json", ".claude/.credentials.json", "etc/ipsec.secrets", "etc/mysql/debian.cnf", "etc/grafana/grafana.ini", "etc/shadow.enc", "keepassxc/keepassxc.ini", ".bundle/config", ".config/hetzner/cli.toml", ".config/linode-cli", ".ngrok2/ngrok.yml", "ngrok/ngrok.yml", "tailscale/tailscaled.state", ".config/sentry/auth", ".config/stripe/config.toml", "doctl/config.yaml", ".doppler/.doppler.yaml", ".circleci/cli.yml", ".travis/config.yml", ".local/share/fish/fish_private", ".irssi/config", ".config/weechat/sec.conf", ".remmina", "winscp.ini",
}

var credentialExts = set("pem", "key", "p12", "pfx", "kdbx", "kdb", "jks", "ppk", "keystore", "tfstate", "tfvars", "asc.key", "keytab", "ovpn", "agekey", "pkcs12", "keychain", "keychain-db", "p8", "psafe3", "agilekeychain", "opvault", "1pux", "gpg-key", "pgp-key", "mobileprovision.key", "htpasswd", "netrc", "secret")

// plainExts are of files that are about something rather than being it.
var plainExts = set("md", "mdx", "rst", "adoc", "html", "go", "py", "js", "ts", "tsx", "jsx", "rs", "c", "h", "cc", "cpp", "java", "kt", "rb", "ex", "exs", "erl", "cs", "swift", "php", "lua", "sh", "css", "scss", "svg", "png", "vue", "svelte", "snap", "po", "scala", "test", "feature", "proto")

// credential reports whether a path, in lower case, is one where secrets are kept.
func credential(low, name string) bool {
	if name == "" {
		return false
	}
	if !credentialCandidate(low) {
		return false
	}
	if strings.HasSuffix(name, ".pub") || strings.HasPrefix(name, "known_hosts") || strings.HasPrefix(name, "authorized_keys") || strings.HasSuffix(name, ".crt") || strings.HasSuffix(name, ".cer") || strings.HasSuffix(name, ".csr") {
		return false
	}
	if strings.ContainsAny(low, "?*[") && globCredential(low, name) {
		return true
	}
	ext := ""
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		ext = name[i+1:]
	}
	if inCredentialDir(low, name) {
		return true
	}
	if plainExts[ext] && name != "wp-config.php" {
		return false
	}
	if credentialFiles[name] {
		return name != "environ" || strings.HasPrefix(low, "/proc/")
	}
	if envFile(name) {
		return true
	}
	if strings.HasPrefix(name, "id_rsa") || strings.HasPrefix(name, "id_dsa") || strings.HasPrefix(name, "id_ecdsa") || strings.HasPrefix(name, "id_ed25519") {
		return true
	}
	if browserProfile(low, name) {
		return true
	}
	if credentialEnd(low) {
		return true
	}
	if credentialExts[ext] {
		switch {
		case ext == "pem" && (strings.Contains(name, "cert") && !strings.Contains(name, "key") || strings.HasPrefix(name, "ca") || strings.Contains(name, "chain") || strings.Contains(name, "public") || strings.Contains(name, "bundle")),
			strings.Contains(name, "example"), strings.Contains(name, ".pub."), strings.Contains(low, "/etc/ssl/certs/"), strings.Contains(name, "public.key"), strings.Contains(low, "/usr/share/"):
			return false
		}
		return true
	}
	if (strings.Contains(name, "credential") || strings.Contains(name, "private_key") || strings.Contains(name, "privatekey") || strings.Contains(name, "private-key") || strings.Contains(name, "service-account") || strings.Contains(name, "service_account") || strings.Contains(name, "serviceaccount")) &&
		(ext == "json" || ext == "yml" || ext == "yaml" || ext == "toml" || ext == "ini" || ext == "cfg" || ext == "conf" || ext == "txt" || ext == "env" || ext == "csv" || ext == "xml" || ext == "bak" || ext == "db") {
		return !strings.Contains(name, "example") && !strings.Contains(name, "sample") && !strings.Contains(name, "template") && !strings.Contains(low, "/test")
	}
	return strings.HasPrefix(low, "/proc/") && (strings.HasSuffix(low, "/mem") && low != "/proc/mem" || strings.HasSuffix(low, "/maps.mem"))
}

// credentialEndNames are the names of credentialEnds.
var credentialEndNames = func() map[string]bool {
	names := map[string]bool{}
	for _, end := range credentialEnds {
		names[end[strings.LastIndexByte(end, '/')+1:]] = true
	}
	return names
}()

// credentialEnd looks for the ends in those paths only whose last part is one of theirs.
func credentialEnd(low string) bool {
	last := low[strings.LastIndexByte(low, '/')+1:] // find's -name is more than that
	if !credentialEndNames[last] && strings.IndexByte(last, '~') < 0 {
		return false
	}
	for _, end := range credentialEnds {
		if strings.HasSuffix(low, end) && (len(low) == len(end) || low[len(low)-len(end)-1] == '/' || low[len(low)-len(end)-1] == '~') {
			return true
		}
	}
	return false
}

// credentialCandidate is a cheap look that most paths do not pass.
func credentialCandidate(low string) bool {
	return strings.IndexByte(low, '.') >= 0 || strings.HasPrefix(low, "/proc/") || strings.Contains(low, "secret") || strings.Contains(low, "id_") || strings.Contains(low, "key") ||
		strings.Contains(low, "cred") || strings.Contains(low, "passw") || strings.Contains(low, "token") || strings.Contains(low, "login data") || strings.Contains(low, "cookies") || strings.Contains(low, "local state") || strings.HasSuffix(low, "/sam") || strings.HasPrefix(low, "/etc/") || strings.Contains(low, "microsoft")
}

var credentialIndex = newDirIndex(credentialDirs, true)

func inCredentialDir(low, name string) bool {
	i, after := credentialIndex.find(low)
	if i < 0 {
		return false
	}
	switch credentialDirs[i] {
	case "/.ssh":
		return name != "config" && name != "rc" && name != "environment" && name != "config.d" && !strings.Contains(after, "/config.d/")
	case "/.aws":
		return name != "config"
	case "/.gnupg":
		return name != "gpg.conf" && name != "gpg-agent.conf"
	case "/.mozilla/firefox", "/.thunderbird":
		return after == "" || strings.HasSuffix(name, ".sqlite") || strings.HasSuffix(name, ".db") || strings.HasSuffix(name, ".json") || !strings.Contains(name, ".")
	}
	return true
}

// browserProfile reports whether a directory is where a browser keeps passwords and
// cookies among the rest.
func browserProfile(low, name string) bool {
	switch name {
	case "google-chrome", "chromium", "brave-browser", "microsoft-edge":
		return strings.Contains(low, ".config/") || strings.Contains(low, "application support/")
	case "default", "profile 1", "profile 2", "user data":
		return hasAny(low, "google-chrome/", "chromium/", "google/chrome/", "brave-browser/", "microsoft-edge/", "microsoft/edge/")
	}
	return false
}

// envFile tells files of environment variables from their examples.
func envFile(name string) bool {
	rest, ok := strings.CutPrefix(name, ".env")
	if !ok {
		rest, ok = strings.CutSuffix(name, ".env")
		if !ok || rest == "" {
			return false
		}
		return !exampleName(rest)
	}
	if rest == "" || rest == "*" || rest == "?" {
		return true
	}
	return rest[0] == '.' && !exampleName(rest) || rest[0] == '_' && !exampleName(rest)
}

func exampleName(s string) bool {
	for _, word := range [...]string{"example", "sample", "template", "dist", "default", "defaults", "schema", "tpl", "test", "d.ts", "vault", "enc", "ci", "spec"} {
		if strings.Contains(s, word) {
			return word != "vault" && word != "ci" || strings.HasSuffix(s, word)
		}
	}
	return false
}

// homeCredentials are what a pattern below a home directory is tried on.
var homeCredentials = strings.Fields(".ssh/id_rsa .ssh/id_ed25519 .ssh/id_ecdsa .aws/credentials .docker/config.json .kube/config .netrc .npmrc .pypirc .pgpass .git-credentials .config/gh/hosts.yml .azure/accesstokens.json .vault-token .my.cnf .gnupg/secring.gpg .config/gcloud/credentials.db .config/gcloud/application_default_credentials.json .claude/.credentials.json .cargo/credentials.toml")

// negated gives a pattern's classes the sign that path.Match takes: [!x] is [^x].
func negated(pattern string) string { return strings.ReplaceAll(pattern, "[!", "[^") }

// globCredential reports whether a pattern could mean a name of a credential.
func globCredential(low, name string) bool {
	if i := strings.IndexAny(low, "?*["); i >= 0 && len(low) < 256 {
		for _, dir := range [...]string{"/.", "~/."} {
			if j := strings.Index(low, dir); j >= 0 {
				rest := negated(low[j+len(dir)-1:])
				for _, n := range homeCredentials {
					if ok, err := path.Match(rest, n); ok && err == nil {
						return true
					}
				}
			}
		}
	}
	if name == "*" || name == "*.*" {
		return false
	}
	i := strings.IndexAny(name, "?*[")
	if i < 0 {
		return false
	}
	prefix := name[:i]
	if len(prefix) < 4 {
		return strings.HasSuffix(name, ".pem") || strings.HasSuffix(name, ".key")
	}
	for _, n := range [...]string{"id_rsa", "id_ed25519", ".env", ".netrc", ".pgpass", "credentials", ".npmrc", ".pypirc", ".git-credentials", "shadow", "wallet.dat"} {
		if strings.HasPrefix(n, prefix) {
			return true
		}
	}
	return strings.HasPrefix(low, "/proc/") && name == "environ"
}
