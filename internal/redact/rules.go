package redact

import "strings"

// value is what can stand behind a name: a quoted text or one word.
const value = "(?P<secret>\"(?:[^\"\\\\\\n]|\\\\.)*\"|'[^'\\n]*'|[^\\s\"'&;|,)}\\]]+)"

// base64Line is a line of a key: long, and of letters and digits, as no command
// but a single word could be.
const base64Line = `(?:\s|\\[nr])*[A-Za-z0-9+/=]{24,}`

// secretName is the end of a name under which a secret stands.
const secretName = `(?:passwords?|passwds?|passphrases?|secrets?|tokens?|credentials?` +
	`|(?:api|access|private|account|auth|encryption|signing|secret|service|master|openai|anthropic|stripe|azure|storage|jwt|hmac|ssh|webhook|license)[_-]?keys?` +
	`|signature|(?:db|my|user|root|admin|mysql|pg|smtp|ftp)[_-]?pwd)`

// Named reports whether a field or variable of this name holds a secret.
func Named(name string) bool {
	if len(name) > maxName {
		name = name[len(name)-maxName:]
	}
	low := strings.ToLower(name)
	return hasSecretEnd(low) && !counted(low) && named.pattern().MatchString(name)
}

// hasSecretEnd is a cheap look before named, whose expression takes longer to
// compile than a whole event takes to make.
func hasSecretEnd(low string) bool {
	for _, s := range []string{"value", "hash"} {
		if cut, ok := strings.CutSuffix(low, s); ok {
			low = strings.TrimRight(cut, "_-")
			break
		}
	}
	if low == "" || !lastOfEnd[low[len(low)-1]] {
		return false
	}
	for _, end := range nameEnds {
		if strings.HasSuffix(low, end) {
			return true
		}
	}
	return false
}

// lastOfEnd are the last letters of nameEnds.
var lastOfEnd = func() (t [256]bool) {
	for _, end := range nameEnds {
		t[end[len(end)-1]] = true
	}
	return t
}()

// nameEnds are the ends of all names that named accepts.
var nameEnds = [...]string{
	"password", "passwd", "passphrase", "secret", "token", "credential", "key",
	"passwords", "passwds", "passphrases", "secrets", "tokens", "credentials", "keys",
	"signature", "pwd", "pass", "pw", "pat", "authorization", "x-auth", "cookie", "basic_auth", "bearer",
}

// counted recognises tokens of a language model, which are counted, not kept.
func counted(lower string) bool {
	for _, w := range []string{"max", "min", "count", "total", "limit", "budget", "input", "output", "context", "num", "cache", "thinking", "reasoning", "used", "usage"} {
		if strings.Contains(lower, w) && strings.Contains(lower, "token") {
			return true
		}
	}
	return false
}

const maxName = 128

// socatType is not one of the rules: it looks at what stands before an address.
var socatType = rule{expr: `\s(?:OPEN|PIPE|EXEC|FILE|FD|SYSTEM|CREATE|GOPEN|STDIN|STDOUT|STDIO|PTY|TCP|UDP|UNIX|SSL|OPENSSL|SOCKS|PROXY)[A-Z0-9-]*:$`}

// named is not one of the rules: it looks at a name alone.
var named = rule{expr: `(?i)(?:` + secretName + `|(?:^|[^a-z])(?:pass|pwd|pw|pat|authorization|x-auth|cookie|set-cookie|basic_auth|bearer))(?:[_-]?(?:value|hash))?$`}

// rules run in this order; a later one sees what an earlier one left.
var rules = []rule{
	{
		name:  "private-key",
		token: true,
		hints: []string{"private key"},
		expr: `-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?:(?:\s|\\[nr])*(?:Proc-Type|DEK-Info|Version|Comment): [A-Za-z0-9,. -]+)*` +
			`(?:` + base64Line + `)+(?:(?:\s|\\[nr])*[A-Za-z0-9+/=]+)?(?:\s|\\[nr])*(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----)?` +
			`|-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?:(?:\s|\\[nr])*[A-Za-z0-9+/=]+)(?:\s|\\[nr])*-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----`,
	},
	{
		name:  "url-credentials",
		hints: []string{"://"},
		needs: "@",
		expr:  `(?P<keep>(?i:[a-z][a-z0-9+.-]*)://[^\s/:@"'\[]*:)(?P<secret>[^\s"'@]*[^\s/"'@](?:@[^\s/"'@]+)*)(?P<tail>@)`,
	},
	{
		name:  "url-credentials",
		hints: []string{"://"},
		needs: "@",
		expr:  `(?P<keep>(?i:[a-z][a-z0-9+.-]*)://)(?P<secret>[A-Za-z0-9_.~-]{16,})(?P<tail>@)`,
	},
	{
		name:  "authorization",
		hints: []string{"authorization", "x-auth"},
		expr:  `(?i)(?P<keep>\b(?:(?:proxy-)?authorization|x-auth[a-z-]*)\\?["']?\s*[:=]\s*\\?["']?(?:(?:bearer|basic|token|digest|negotiate|apikey|aws4-hmac-sha256)\s+)?)(?P<secret>[^\s"',;\\]+)`,
	},
	{
		name:  "authorization",
		hints: []string{"bearer ", "basic "},
		expr:  `(?P<keep>\b(?i:bearer|basic)\s+)(?P<secret>[A-Za-z0-9._~+/=-]{12,})`,
		accept: func(_, secret string) bool {
			return strings.ContainsAny(secret, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ=")
		},
	},
	{
		name:  "cookie",
		hints: []string{"cookie:"},
		expr:  `(?i)(?P<keep>\b(?:set-)?cookie:\s*)(?P<secret>[A-Za-z0-9_.-]+=[^\s"';|&<>$` + "`" + `()\\]*(?:;\s*[A-Za-z0-9_.-]+=[^\s"';|&<>$` + "`" + `()\\]*)*)`,
		// Behind a semicolon stands another cookie or another command: the pairs
		// alone are taken, and a shell would only assign them.
		accept: func(string, string) bool { return true },
	},
	{name: "aws-key", token: true, hints: []string{"akia", "asia"}, expr: `\b(?:AKIA|ASIA)[0-9A-Z]{16}\b`},
	{
		name: "github-token", token: true,
		hints: []string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"},
		expr:  `\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})`,
	},
	{
		name: "api-key", token: true,
		hints: []string{
			"sk-", "sk_", "rk_", "pk_live", "aiza", "glpat-", "npm_", "pypi-", "hf_", "dckr_pat_", "sg.", "xox", "xapp-", "dop_v1_", "shpat_",
			"lin_api_", "ya29.", "age-secret-key-", "nrak-",
		},
		expr: `\b(?:sk-[A-Za-z0-9_-]{16,}|[sr]k_(?:live|test)_[A-Za-z0-9]{10,}|pk_live_[A-Za-z0-9]{10,}|AIza[0-9A-Za-z_-]{30,}|glpat-[A-Za-z0-9_-]{16,}` +
			`|npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_-]{30,}|hf_[A-Za-z0-9]{20,}|dckr_pat_[A-Za-z0-9_-]{20,}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}` +
			`|xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,}|dop_v1_[a-f0-9]{32,}|shpat_[a-fA-F0-9]{32}|lin_api_[A-Za-z0-9]{32,}|ya29\.[A-Za-z0-9_-]{20,}` +
			`|AGE-SECRET-KEY-1[A-Z0-9]{20,}|NRAK-[A-Z0-9]{27})`,
	},
	{
		name: "bot-token", token: true,
		hints: []string{":aa"},
		expr:  `(?P<keep>\b(?:bot)?)(?P<secret>[0-9]{8,10}:AA[A-Za-z0-9_-]{30,})`,
	},
	{
		name: "slack-webhook", token: true,
		hints: []string{"hooks.slack.com"},
		expr:  `(?P<keep>hooks\.slack\.com/services/)(?P<secret>[A-Za-z0-9/_-]+)`,
	},
	{
		name: "jwt", token: true,
		hints: []string{"eyj"},
		expr:  `\beyJ[A-Za-z0-9_-]{8,}\.(?:eyJ)?[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*){1,3}`,
	},
	{
		name:  "password-option",
		hints: []string{"mysql", "mariadb", "7z"},
		expr:  `(?P<keep>\b(?:mysql|mysqldump|mysqladmin|mysqlimport|mariadb|mariadb-dump|7z|7za|7zr)\b[^\n|;&]*?\s-p)(?P<secret>"[^"\n]*"|'[^'\n]*'|[^\s"'|;&]+)`,
	},
	{
		name:  "password-option",
		hints: []string{"sshpass", "redis-cli", "docker login", "podman login", "zip ", "openssl"},
		expr: `(?P<keep>\b(?:sshpass\b[^\n|;&]*?\s-p|redis-cli\b[^\n|;&]*?\s-a|(?:docker|podman)\s+login\b[^\n|;&]*?\s-p|zip\b[^\n|;&]*?\s-P` +
			`|openssl\b[^\n|;&]*?\s(?:-k\s|-pass(?:in|out)?\s+pass:))\s*)` + value,
	},
	{
		name:   "user-credentials",
		hints:  []string{"-u", "--user", "--proxy-user"},
		places: atOptions,
		expr:   `^(?P<keep>\s?(?:-u|--user|--proxy-user)[ =]?["']?[^\s:"'=/]+:)(?P<secret>[^\s"'/][^\s"']*)`,
		// socat -u TYPE:address
		accept: func(keep, _ string) bool { return !socatType.pattern().MatchString(keep) },
	},
	{
		name:   "secret-option",
		hints:  []string{"-pass", "-token", "-secret", "-api", "-auth", "-access", "-private", "-key "},
		places: atOptions,
		expr: `(?i)^(?P<keep>\s?--?(?:[a-z0-9]+-)*(?:password|passwd|passphrase|pass|token|secret|api-?key|access-?key|secret-?key|private-?key|auth|[a-z0-9]+-key)[ \t]+)` +
			`(?P<secret>"[^"\n]*"|'[^'\n]*'|[^\s"'&;|,)}\]-][^\s"'&;|,)}\]]*)`,
		accept: option,
	},
	{
		name:  "assigned-secret",
		hints: []string{"aws_secret_access_key ", "login "},
		expr:  `(?P<keep>\baws_secret_access_key\s+|\blogin\s+\S+\s+password\s+)` + value,
	},
	{
		name:   "assigned-secret",
		hints:  []string{"pass", "pwd", "pw=", "secret", "token", "key", "credential", "_pat", "signature", "sig="},
		places: atSigns,
		expr: `(?i)^(?P<keep>[a-z0-9_.-]*?(?:` + secretName + `|(?:_|\b)(?:pass|pw|pat)|\bsig)` +
			`(?:[_-]?(?:value|id|access[_-]?key))?\\?["']?\s*(?:=>|=|:)\s*\\?)` + value,
		accept: assigned,
	},
}

// option tells a secret behind an option from a number, and from the name of a key.
func option(keep, secret string) bool {
	name := strings.ToLower(strings.TrimRight(keep, " \t"))
	if before, isKey := strings.CutSuffix(name, "key"); isKey {
		switch {
		case strings.HasSuffix(strings.TrimSuffix(before, "-"), "api"), strings.HasSuffix(strings.TrimSuffix(before, "-"), "access"),
			strings.HasSuffix(strings.TrimSuffix(before, "-"), "secret"), strings.HasSuffix(strings.TrimSuffix(before, "-"), "private"):
		default:
			return len(secret) >= 20 && !strings.ContainsAny(secret, "/.$") && strings.ContainsAny(secret, "0123456789")
		}
	}
	return len(secret) > 5 || strings.Trim(secret, "0123456789") != ""
}

// assigned tells an assignment from prose and code about tokens.
func assigned(keep, secret string) bool {
	if strings.HasPrefix(secret, "=") { // token := next(), token == x
		return false
	}
	if strings.HasPrefix(secret, "./") || strings.HasPrefix(secret, "../") || strings.HasPrefix(secret, "~/") {
		return false // the file that it is in
	}
	if counted(strings.ToLower(keep)) && strings.Trim(secret, "0123456789_,.k\"'") == "" {
		return false
	}
	name, _, spaced := strings.Cut(keep, ": ")
	switch strings.ToLower(name) {
	case "token", "tokens", "secret", "secrets", "credential", "credentials", "key", "keys", "pass":
		// "the token: is", a commit's "fix token: parse"
		if spaced && len(secret) < 8 && strings.Trim(secret, "0123456789,.") == "" {
			return false // a count
		}
		return !spaced || strings.ContainsAny(secret, "0123456789\"'_-") || len(secret) >= 16
	}
	return true
}
