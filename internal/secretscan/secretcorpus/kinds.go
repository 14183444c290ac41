package secretcorpus

// Kinds returns a secret of each kind that must be found.
func Kinds() []Kind {
	var kinds []Kind
	for _, k := range []struct {
		name, env, form string
		secret          func(m maker) string
	}{
		{"anthropic-api-key", "ANTHROPIC_API_KEY", "", func(m maker) string { return "sk-" + "ant-api03-" + m.of(mixed, 93) + "AA" }},
		{"anthropic-oauth-token", "CLAUDE_CODE_OAUTH_TOKEN", "", func(m maker) string { return "sk-" + "ant-oat01-" + m.of(mixed, 93) + "AA" }},
		{"openai-project-key", "OPENAI_API_KEY", "", func(m maker) string { return "sk-" + "proj-" + m.of(mixed, 74) + "T3Blbk" + "FJ" + m.of(mixed, 74) }},
		{"openai-old-key", "OPENAI_API_KEY", "", func(m maker) string { return "sk" + "-" + m.of(mixed, 20) + "T3Blbk" + "FJ" + m.of(mixed, 20) }},
		{"huggingface-token", "HF_TOKEN", "", func(m maker) string {
			return "hf" + "_" + m.of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 34)
		}},
		{"perplexity-key", "PPLX_KEY", "", func(m maker) string { return "pplx" + "-" + m.of(mixed, 48) }},
		{"aws-access-key-id", "AWS_ACCESS_KEY_ID", "", func(m maker) string { return "AK" + "IA" + m.of(uppers, 16) }},
		{"aws-secret-key", "AWS_SECRET_ACCESS_KEY", "", func(m maker) string { return m.of(mixed+"+", 40) }},
		{"gcp-api-key", "GOOGLE_API_KEY", "", func(m maker) string { return "AI" + "za" + m.of(mixed, 35) }},
		{"gcp-oauth-token", "GCLOUD", "", func(m maker) string { return "ya" + "29." + m.of(mixed, 60) }},
		{"gcp-service-account", "", `echo '{"type":"service_account","private_key":"%s"}' > sa.json`, func(m maker) string { return m.pem("PRIVATE" + " KEY") }},
		{"azure-client-secret", "AZURE_CLIENT_SECRET", "", func(m maker) string { return m.of(mixed, 3) + "8" + "Q~" + m.of(mixed, 34) }},
		{"azure-storage-key", "", "az storage blob list --connection-string 'DefaultEndpointsProtocol=https;AccountName=x;AccountKey=%s;EndpointSuffix=core.windows.net'", func(m maker) string { return m.of(mixed, 86) + "==" }},
		{"digitalocean-token", "DO_PAT", "", func(m maker) string { return "dop" + "_v1_" + m.of(hexes, 64) }},
		{"heroku-key", "HEROKU_API_KEY", "", func(m maker) string { return m.uuid() }},
		{"cloudflare-key", "CLOUDFLARE_API_KEY", "", func(m maker) string { return m.of(lowers, 40) }},
		{"flyio-token", "FLY", "", func(m maker) string { return "fo" + "1_" + m.of(mixed, 43) }},
		{"github-pat", "GH", "", func(m maker) string { return "gh" + "p_" + m.of(mixed, 36) }},
		{"github-oauth", "GH", "", func(m maker) string { return "gh" + "o_" + m.of(mixed, 36) }},
		{"github-app", "GH", "", func(m maker) string { return "gh" + "s_" + m.of(mixed, 36) }},
		{"github-fine-grained", "GH", "", func(m maker) string { return "github" + "_pat_" + m.of(mixed, 82) }},
		{"gitlab-pat", "GL", "", func(m maker) string { return "gl" + "pat-" + m.of(mixed, 20) }},
		{"gitlab-runner", "GL", "", func(m maker) string { return "gl" + "rt-" + m.of(mixed, 20) }},
		{"gitlab-deploy", "GL", "", func(m maker) string { return "gl" + "dt-" + m.of(mixed, 20) }},
		{"npm-token", "NPM", "", func(m maker) string { return "npm" + "_" + m.of(lowers, 36) }},
		{"npmrc", "", "echo '//registry.example.com/:_authToken=%s' >> ~/.npmrc", func(m maker) string { return m.uuid() }},
		{"pypi-token", "TWINE", "", func(m maker) string { return "pypi" + "-AgEIcHlwaS5vcmc" + m.of(mixed, 60) }},
		{"rubygems-key", "GEM", "", func(m maker) string { return "rubygems" + "_" + m.of(hexes, 48) }},
		{"docker-pat", "DOCKER", "", func(m maker) string { return "dckr" + "_pat_" + m.of(mixed, 27) }},
		{"vault-token", "VAULT", "", func(m maker) string { return "hv" + "s." + m.of(mixed, 95) }},
		{"terraform-token", "TFC", "", func(m maker) string { return m.of(lowers, 14) + ".atlas" + "v1." + m.of(mixed, 65) }},
		{"pulumi-token", "PULUMI", "", func(m maker) string { return "pu" + "l-" + m.of(hexes, 40) }},
		{"doppler-token", "DOPPLER", "", func(m maker) string { return "dp" + ".pt." + m.of(mixed, 43) }},
		{"databricks-token", "DATABRICKS", "", func(m maker) string { return "da" + "pi" + m.of(hexes, 32) }},
		{"planetscale-token", "PSCALE", "", func(m maker) string { return "pscale" + "_tkn_" + m.of(mixed, 43) }},
		{"slack-bot", "SLACK", "", func(m maker) string {
			return "xo" + "xb-" + m.of(digits, 12) + "-" + m.of(digits, 12) + "-" + m.of(mixed, 24)
		}},
		{"slack-user", "SLACK", "", func(m maker) string {
			return "xo" + "xp-" + m.of(digits, 12) + "-" + m.of(digits, 12) + "-" + m.of(digits, 12) + "-" + m.of(hexes, 32)
		}},
		{"slack-app", "SLACK", "", func(m maker) string {
			return "xa" + "pp-1-A" + m.of(uppers, 10) + "-" + m.of(digits, 13) + "-" + m.of(lowers, 64)
		}},
		{"slack-webhook", "", "curl -X POST https://hooks." + "slack.com/services/%s", func(m maker) string { return "T" + m.of(uppers, 9) + "/B" + m.of(uppers, 9) + "/" + m.of(mixed, 24) }},
		{"telegram-bot", "", "curl https://api.telegram.org/bot%s/sendMessage", func(m maker) string { return "7" + m.of(digits, 9) + ":A" + "A" + m.of(mixed, 33) }},
		{"discord-token", "DISCORD_TOKEN", "", func(m maker) string { return m.of(hexes, 64) }},
		{"stripe-secret", "STRIPE", "", func(m maker) string { return "sk" + "_live_" + m.of(mixed, 24) }},
		{"stripe-restricted", "STRIPE", "", func(m maker) string { return "rk" + "_live_" + m.of(mixed, 24) }},
		{"square-token", "SQUARE", "", func(m maker) string { return "sq0" + "atp-" + m.of(mixed, 22) }},
		{"shopify-token", "SHOPIFY", "", func(m maker) string { return "shp" + "at_" + m.of(hexes, 32) }},
		{"sendgrid-key", "SENDGRID", "", func(m maker) string { return "S" + "G." + m.of(mixed, 22) + "." + m.of(mixed, 43) }},
		{"mailgun-key", "MAILGUN_KEY", "", func(m maker) string { return "key" + "-" + m.of(hexes, 32) }},
		{"mailchimp-key", "MAILCHIMP_KEY", "", func(m maker) string { return m.of(hexes, 32) + "-us12" }},
		{"twilio-key", "TWILIO", "", func(m maker) string { return "S" + "K" + m.of(hexes, 32) }},
		{"grafana-service-account", "GRAFANA", "", func(m maker) string { return "gl" + "sa_" + m.of(mixed, 32) + "_" + m.of(hexes, 8) }},
		{"grafana-cloud", "GRAFANA", "", func(m maker) string { return "gl" + "c_" + m.of(mixed, 64) }},
		{"newrelic-key", "NEWRELIC", "", func(m maker) string { return "NR" + "AK-" + m.of(uppers, 27) }},
		{"datadog-key", "DATADOG_API_KEY", "", func(m maker) string { return m.of(hexes, 32) }},
		{"sentry-user", "SENTRY", "", func(m maker) string { return "sntry" + "u_" + m.of(hexes, 64) }},
		{"postman-key", "POSTMAN", "", func(m maker) string { return "PM" + "AK-" + m.of(hexes, 24) + "-" + m.of(hexes, 34) }},
		{"notion-token", "NOTION", "", func(m maker) string { return "nt" + "n_" + m.of(digits, 11) + m.of(mixed, 35) }},
		{"linear-key", "LINEAR", "", func(m maker) string { return "lin" + "_api_" + m.of(mixed, 40) }},
		{"atlassian-token", "JIRA", "", func(m maker) string { return "ATA" + "TT3" + m.of(mixed, 186) }},
		{"age-key", "AGE", "", func(m maker) string { return "AGE-" + "SECRET-KEY-1" + m.of("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58) }},
		{"rsa-pem", "", "cat > id_rsa <<'KEY'\n%s\nKEY", func(m maker) string { return m.pem("RSA PRIVATE" + " KEY") }},
		{"openssh-pem", "", "cat > id_ed25519 <<'KEY'\n%s\nKEY", func(m maker) string { return m.pem("OPENSSH PRIVATE" + " KEY") }},
		{"jwt", "SESSION", "", func(m maker) string { return m.jwt() }},
		{"generic-token", "DEPLOY_TOKEN", "", func(m maker) string { return m.of(mixed, 32) }},
		{"generic-password", "APP_PASSWORD", "", func(m maker) string { return "Tr0ub4dor-" + m.of(lowers, 8) }},
		{"claude-messaging-token", "CLAUDE_CODE_MESSAGING_TOKEN", "", func(m maker) string { return m.of(mixed, 40) }},
		{"postgres-url", "", "psql postgresql://app:%s@db.example.com:5432/app", func(m maker) string { return "pg" + m.of(mixed, 12) }},
		{"mongodb-url", "", "mongosh 'mongodb+srv://app:%s@cluster0.example.net/app'", func(m maker) string { return "mg" + m.of(mixed, 12) }},
		{"redis-url", "", "redis-cli -u redis://:%s@cache.example.com:6379/0 ping", func(m maker) string { return "rd" + m.of(mixed, 12) }},
		{"amqp-url", "", "amqp-get --url amqps://app:%s@mq.example.com/v -q jobs", func(m maker) string { return "mq" + m.of(mixed, 12) }},
		{"git-url", "", "git clone https://deploy:%s@git.example.com/x/y.git", func(m maker) string { return "gt" + m.of(mixed, 18) }},
		{"mysql-option", "", "mysql -uapp -p%s -h db.example.com app -e 'select 1'", func(m maker) string { return "my" + m.of(mixed, 10) }},
		{"sshpass-option", "", "sshpass -p %s ssh app@host.example.com uptime", func(m maker) string { return "sp" + m.of(mixed, 10) }},
		{"pgpassword-env", "", "PGPASSWORD=%s psql -h db.example.com -U app", func(m maker) string { return "pp" + m.of(mixed, 10) }},
		{"authorization-bearer", "", "curl -H 'Authorization: Bearer %s' https://api.example.com/", func(m maker) string { return m.of(mixed, 40) }},
		{"authorization-basic", "", "curl -H 'Authorization: Basic %s' https://api.example.com/", func(m maker) string { return m.of(mixed, 28) }},
		{"curl-user", "", "curl -u 'app:%s' https://api.example.com/", func(m maker) string { return "cu" + m.of(mixed, 10) }},
		{"x-api-key-header", "", "curl -H 'X-API-Key: %s' https://api.example.com/", func(m maker) string { return m.of(mixed, 32) }},
		{"cookie-header", "", "curl -H 'Cookie: session=%s' https://app.example.com/", func(m maker) string { return m.of(mixed, 32) }},
		{"docker-login", "", "docker login -u app -p %s registry.example.com", func(m maker) string { return "dl" + m.of(mixed, 12) }},
		{"netrc", "", "echo 'machine git.example.com login app password %s' >> ~/.netrc", func(m maker) string { return "nr" + m.of(mixed, 12) }},
	} {
		kinds = append(kinds, Kind{Name: k.name, Env: k.env, Form: k.form, Formless: formless[k.name], Secret: k.secret(newMaker(k.name))})
	}
	return kinds
}

var formless = map[string]bool{
	"aws-secret-key": true, "heroku-key": true, "cloudflare-key": true, "discord-token": true, "mailgun-key": true, "mailchimp-key": true,
	"datadog-key": true, "generic-token": true, "generic-password": true, "claude-messaging-token": true,
}
