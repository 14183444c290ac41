package redact

// value is what can stand behind a name: a quoted text or one word.
const value = "(?P<secret>\"[^\"\\n]*\"|'[^'\\n]*'|[^\\s\"'&;|,)}\\]]+)"

// rules run in this order; a later one sees what an earlier one left.
var rules = []rule{
	{
		name:  "private-key",
		hints: []string{"private key"},
		expr:  `-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?:[^-]|-[^-])*(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----)?`,
	},
	{
		name:  "url-credentials",
		hints: []string{"://"},
		expr:  `(?P<keep>(?i:[a-z][a-z0-9+.-]*)://[^\s/:@"'\[]*:)(?P<secret>[^\s/"']+)(?P<tail>@)`,
	},
	{
		name:  "url-credentials",
		hints: []string{"://"},
		expr:  `(?P<keep>(?i:[a-z][a-z0-9+.-]*)://)(?P<secret>[^\s/:@"'\[]{16,})(?P<tail>@)`,
	},
	{
		name:  "authorization",
		hints: []string{"authorization"},
		expr:  `(?i)(?P<keep>\b(?:proxy-)?authorization["']?\s*[:=]\s*["']?(?:(?:bearer|basic|token|digest|negotiate|apikey|aws4-hmac-sha256)\s+)?)(?P<secret>[^\s"',;]+)`,
	},
	{
		name:  "bearer",
		hints: []string{"bearer "},
		expr:  `(?i)(?P<keep>\bbearer\s+)(?P<secret>[a-z0-9._~+/=-]{12,})`,
	},
	{
		name:  "cookie",
		hints: []string{"cookie:"},
		expr:  `(?i)(?P<keep>\b(?:set-)?cookie:\s*)(?P<secret>[^"'\n]+)`,
	},
	{
		name:  "aws-key",
		hints: []string{"akia", "asia"},
		expr:  `\b(?:AKIA|ASIA)[0-9A-Z]{16}\b`,
	},
	{
		name:  "github-token",
		hints: []string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"},
		expr:  `\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})`,
	},
	{
		name:  "api-key",
		hints: []string{"sk-", "sk_", "rk_", "pk_live", "aiza", "glpat-", "npm_", "pypi-", "hf_", "dckr_pat_", "sg.", "xox", "dop_v1_", "shpat_", "lin_api_", "ya29."},
		expr: `\b(?:sk-[A-Za-z0-9_-]{16,}|[sr]k_(?:live|test)_[A-Za-z0-9]{10,}|pk_live_[A-Za-z0-9]{10,}|AIza[0-9A-Za-z_-]{30,}|glpat-[A-Za-z0-9_-]{16,}` +
			`|npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_-]{30,}|hf_[A-Za-z0-9]{20,}|dckr_pat_[A-Za-z0-9_-]{20,}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}` +
			`|xox[abeoprs]-[A-Za-z0-9-]{10,}|dop_v1_[a-f0-9]{32,}|shpat_[a-fA-F0-9]{32}|lin_api_[A-Za-z0-9]{32,}|ya29\.[A-Za-z0-9_-]{20,})`,
	},
	{
		name:  "slack-webhook",
		hints: []string{"hooks.slack.com"},
		expr:  `(?P<keep>hooks\.slack\.com/services/)(?P<secret>[A-Za-z0-9/_-]+)`,
	},
	{
		name:  "jwt",
		hints: []string{"eyj"},
		expr:  `\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*`,
	},
	{
		name:  "password-option",
		hints: []string{"mysql", "mariadb"},
		expr:  `(?P<keep>\b(?:mysql|mysqldump|mysqladmin|mysqlimport|mariadb|mariadb-dump)\b[^\n|;&]*?\s-p)(?P<secret>"[^"\n]*"|'[^'\n]*'|[^\s"'|;&]+)`,
	},
	{
		name:  "password-option",
		hints: []string{"sshpass"},
		expr:  `(?P<keep>\bsshpass\s+(?:-[a-oq-z]\S*\s+)*-p\s*)` + value,
	},
	{
		name:  "user-credentials",
		hints: []string{"-u", "--user", "--proxy-user"},
		expr:  `(?P<keep>(?:^|\s)(?:-u|--user|--proxy-user)[ =]?["']?[^\s:"'=/]+:)(?P<secret>[^\s"'/][^\s"']*)`,
	},
	{
		name:  "secret-option",
		hints: []string{"-pass", "-token", "-secret", "-api", "-auth", "-access", "-private"},
		expr:  `(?i)(?P<keep>(?:^|\s)--?(?:[a-z0-9]+-)*(?:password|passwd|passphrase|pass|token|secret|api-?key|access-?key|secret-?key|private-?key|auth)[ \t]+)(?P<secret>"[^"\n]*"|'[^'\n]*'|[^\s"'&;|,)}\]-][^\s"'&;|,)}\]]*)`,
	},
	{
		name:  "assigned-secret",
		hints: []string{"passw", "pwd", "passphrase", "secret", "token", "api_key", "api-key", "apikey", "access_key", "access-key", "accesskey", "private_key", "credential", "account_key", "accountkey", "auth_key"},
		expr: `(?i)(?P<keep>[a-z0-9_.-]*(?:password|passwd|pwd|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|account[_-]?key|auth[_-]?key|credentials?)` +
			`(?:[_-]?(?:key|value|id|access[_-]?key))?\\?["']?\s*(?:=>|:=|=|:)\s*\\?)` + value,
	},
}
