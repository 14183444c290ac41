package facts

import "strings"

// resourceCLIs manage resources that others use: clouds, clusters, platforms, CI,
// DNS, CDNs, mail, payment, feature flags, monitoring, messages, search, storage,
// secrets, backup, load balancers.
var resourceCLIs = words(`aws gcloud az gsutil bq azcopy doctl linode-cli hcloud vultr-cli scw oci ibmcloud aliyun tccli ovh civo exoscale exo openstack nova cinder upctl equinix metal packet triton yc
	kubectl helm kustomize k3d kind minikube eksctl kops kubeadm argocd flux istioctl linkerd rancher oc crossplane kn tkn velero kubeone talosctl cilium calicoctl clusterctl vcluster skaffold tilt werf helmfile karmor nomad consul
	docker docker-compose crictl ctr buildah skopeo lxc incus vagrant virsh multipass proxmox pvesh qm pct vmrun vboxmanage packer nerdctl
	terraform pulumi cdk cdktf cloudformation sam serverless sls ansible ansible-playbook salt chef knife puppet terraformer infracost atlantis
	heroku fly flyctl vercel netlify railway render wrangler cloudflared now surge firebase amplify copilot eb cf apigeecli deck kong gravitee tyk apisix krakend dokku caprover koyeb northflank
	gh glab hub tea circleci travis buildkite-agent jenkins-cli drone woodpecker act gitlab-runner bk fastlane codemagic appcenter eas expo azure-devops bitbucket spacelift
	route53 cli53 octodns dnscontrol flarectl nsupdate pdnsutil rndc dnsimple namecheap godaddy
	fastly akamai bunny purge cloudfront keycdn stackpath section
	sendgrid mailgun postmark twilio vonage messagebird ses mailchimp resend customerio brevo
	stripe square braintree paypal adyen plaid chargebee recurly paddle
	ldcli launchdarkly flipt unleash split configcat optimizely growthbook statsig posthog
	datadog-ci datadog dog newrelic pd pagerduty grafana-cli grafanactl gcx promtool amtool splunk sentry-cli elastic honeycomb opsgenie victorops dynatrace icinga2 zabbix mimirtool logcli cortextool statuspage rollbar lightstep
	kafka-topics kafka-configs kafka-acls kafka-consumer-groups kafka-delete-records kafka-storage rpk kcat nats nsc rabbitmqctl rabbitmqadmin rabbitmq-plugins pulsar-admin pulsarctl activemq artemis nsq_to_file emqx kafkactl confluent ccloud zookeeper-shell redpanda celery sidekiq
	algolia meilisearch elasticsearch opensearch typesense solr es esctl curator_cli zkcli.sh vespa quickwit
	mc rclone s3cmd s5cmd b2 gcsfuse ossutil cos swift juicefs storj uplink minio gsutil wasabi
	vault op doppler infisical bw lpass chamber akeyless conjur cyberark teleport tsh tctl boundary step sops keybase berglas secretsmanager
	restic borg borgbackup duplicity kopia rsnapshot tarsnap duplicacy rdiff-backup barman pgbackrest wal-g walg bacula bconsole proxmox-backup-client urbackup snapper timeshift rustic autorestic borgmatic bup
	haproxy nginx traefik envoy caddy keepalived ipvsadm varnishadm squid hitch lvs
	supabase neonctl planetscale pscale turso atlas mongocli realm fauna cockroach hasura prisma upstash aiven avn influx snowsql databricks dbt
	auth0 okta keycloak kcadm.sh ory workos clerk descope fusionauth zitadel scim
	tailscale zerotier-cli wg wg-quick netbird headscale nmcli ip
	ipmitool racadm maas juju cobbler foreman hammer satellite subscription-manager
	jira confluence slack notion linear asana shopify wp drush magento contentful sanity strapi hubspot salesforce sf sfdx force webflow
	dataproc databricks airflow dagster prefect mlflow wandb sagemaker vertex huggingface-cli runpodctl modal replicate ollama cf-cli`)

// localTools have subcommands that delete what is their user's own: packages,
// branches, tasks.
var localTools = words(`pm2 forever nodemon git npm pnpm yarn bun npx pip uv poetry pdm pipenv conda mamba cargo go gem bundle composer apt dnf pacman apk brew snap flatpak zypper dpkg rpm port choco winget scoop opam nix nix-env rustup nvm fnm volta asdf mise pyenv rbenv sdk deno code cursor mix rebar3 dotnet flutter dart gradle mvn make cmake ninja just task
	bd beads jj hg svn bzr fossil tmux screen zellij systemctl service journalctl crontab launchctl ssh-keygen ssh-add gpg pass expo cabal stack luarocks cpan rails rake php artisan python node ruby perl find fd rm mv cp ls cat grep rg sed awk curl wget http tar zip unzip echo printf test jq yq xargs tee sort head tail ip ifconfig alias unalias set unset export history
	chezmoi stow direnv gt gs lefthook husky pre-commit claude codex gemini aider todo taskwarrior nb zk dotnet-ef vim nvim vi emacs nano less man npm-check ncu turbo nx lerna changeset rush playwright cypress jest vitest mocha pytest tox nox black ruff eslint prettier xcodebuild xcrun simctl pod carthage swift swiftc kotlin java javac sbt mill lein clj boot elm idris agda coqc lean lake psql mysql sqlite3 redis-cli mongosh id who env true false sleep docker-machine-driver ffmpeg convert magick exiftool rename perl-rename cut tr wc uniq date touch mkdir rmdir chmod chown ln file stat du df ps kill pkill top htop tree which type command cd pushd popd read wait trap return source eval exec exit declare local let shift getopts printenv uname hostname whoami groups diff cmp patch openssl ssh scp rsync nc dig ping`)

// deleting are verbs that take a resource away.
var deleting = words(`delete destroy remove rm del rb drop purge terminate uninstall prune wipe flush revoke deregister detach disassociate erase nuke teardown undeploy unpublish deletefile delete-batch rmb rmdir rmi2 obliterate expunge decommission force_reset delete_vhost delete_user delete_queue purge_queue forget_cluster_node forget cleanup unregister deprovision
	deactivate clear-permissions clear_permissions truncate schedule-key-deletion rmtree dedupe delete-remote-ref unset remove-secret remove-all remove_all rollback abandon yank delete-objects reset deprecate shred trash evict undefine clear void rmdirs uninstrument unlist deleteall unregistervm delist flushall deletevhost discard unassign unpin unbind`)

// stopping are verbs that take a service away for a while.
var stopping = words("cancel off down suspend-all safe-shutdown quiet-down stop kill drain cordon pause disable suspend shutdown shutoff halt power-off poweroff scale-down hibernate stop-instances disable-alarm-actions fence unload offline deactivate taint archive lock block silence mute")

// changing are verbs that overwrite what cannot be got back.
var changing = words("rotate put-secret-value create-invalidation invalidate rotate-secret restore reset-db force-unlock rekey rotate-keys update-secret failover switchover promote reboot restart-services transfer import-override generate-root")

// asking are verbs that only look.
var asking = words(`get list ls describe show view info status search find query help version whoami diff plan validate check ping inspect logs log tail top exists stat stats export cat head watch history events lookup test preview config-view login whois read events dump lint fmt print options explain summary doctor template`)

// verbs of the program that say nothing: words of local meaning.
var quietRemoves = map[string]map[string]bool{
	"docker":         words("rmi"),
	"gh":             words("cache"),
	"ip":             words("addr route link"),
	"docker-compose": words(""),
	"kind":           words(""), "minikube": words(""), "k3d": words(""), "vagrant": words(""), "act": words(""),
}

// infra looks for resources that are deleted, stopped or overwritten.
func (b *builder) infra(c *call) {
	prog := c.prog
	known := resourceCLIs[prog]
	if !known {
		if base, ok := strings.CutSuffix(prog, ".sh"); ok && resourceCLIs[base] {
			known, prog = true, base
		}
	}
	if prog == "java" && strings.Contains(c.line(), "jenkins-cli.jar") {
		known, prog = true, "jenkins-cli"
	}
	if !known && (localTools[prog] || c.spec.text || shells[prog] || interpreters[prog] || prog == "") || c.help() {
		return
	}
	b.infraSpecial(c)
	if prog == "mc" && c.arg("--fake") {
		return
	}
	first := 0
	limit := 4
	switch prog {
	case "aws":
		limit = 3
	case "gcloud", "az":
		limit = 7
	}
	if !known {
		limit = 3
	}
	for i, w := range c.pos {
		if i == limit {
			break
		}
		if i == 0 && prog == "jenkins-cli" {
			first = 1
		}
		if w == "" || len(w) > 48 || strings.ContainsAny(w, "/ =\n\"'{}$") && !strings.Contains(w, ":") {
			if i > 0 {
				break
			}
			continue
		}
		verb := strings.ToLower(w)
		if asking[verb] && (i > 0 || known && prog != "aws" && prog != "gcloud" && prog != "az") && i <= 2 {
			return
		}
		if _, after, ok := strings.Cut(verb, ":"); ok { // apps:destroy, kv:key
			verb = after
		}
		kind := verbKind(verb)
		if kind == "" {
			continue
		}
		if quietRemoves[prog][verb] || quietRemoves[prog][strings.ToLower(c.word(0))] {
			return
		}
		// A name that happens to be a verb: kubectl describe pod delete.
		if kind == ActInfraDelete && !known {
			if i < first || strings.HasPrefix(c.cmd.Path, "./") {
				return
			}
			b.act(ActInfraRemove, c.line())
			return
		}
		if !known {
			return
		}
		if verb == "down" && (prog == "docker-compose" || prog == "docker") {
			return
		}
		if prog == "ip" || prog == "wg" || prog == "nmcli" || prog == "ollama" || prog == "cloudflared" {
			kind = ActInfraStop
		}
		b.act(kind, c.line())
		return
	}
}

// verbKind tells the kind of a verb: delete, delete-stack, remove_secret,
// batch-delete-image, terminate-instances.
func verbKind(verb string) string {
	switch {
	case deleting[verb]:
		return ActInfraDelete
	case stopping[verb]:
		return ActInfraStop
	case changing[verb]:
		return ActInfraDelete
	}
	i := strings.IndexAny(verb, "-_")
	if i < 0 {
		return ""
	}
	head := verb[:i]
	switch {
	case asking[head]:
		return ""
	case deleting[head] && head != "reset" && head != "unset", head == "batch" && hasAny(verb, "delete", "remove", "detach"), head == "cancel", head == "release" && hasAny(verb, "address", "hosts"), head == "admin" && hasAny(verb, "delete", "disable"), head == "force" && hasAny(verb, "delete", "reset"), head == "bulk" && hasAny(verb, "delete"), head == "reset":
		return ActInfraDelete
	case stopping[head], head == "reboot", head == "leave", head == "safe" && hasAny(verb, "shutdown", "restart"):
		return ActInfraStop
	}
	if strings.HasSuffix(verb, "-delete") || strings.HasSuffix(verb, "_delete") || strings.HasSuffix(verb, "-remove") || strings.HasSuffix(verb, "-destroy") || strings.HasSuffix(verb, "-purge") {
		return ActInfraDelete
	}
	return ""
}

// infraSpecial are deletions that are not a verb.
func (b *builder) infraSpecial(c *call) {
	sub, obj := c.word(0), c.word(1)
	hit := ""
	switch c.prog {
	case "terraform":
		switch {
		case sub == "apply" && c.has("-destroy"), sub == "destroy", sub == "state" && (obj == "rm" || obj == "push" || obj == "mv"), sub == "workspace" && obj == "delete", sub == "force-unlock", sub == "taint", sub == "run-all" && obj == "destroy":
			hit = ActInfraDelete
		case sub == "apply" && c.has("-auto-approve", "--auto-approve", "--terragrunt-non-interactive"):
			hit = ActInfraApply
		}
	case "pulumi":
		switch {
		case sub == "destroy", sub == "down", sub == "stack" && obj == "rm", sub == "cancel", sub == "state":
			hit = ActInfraDelete
		case sub == "up" && c.has("-y", "--yes", "--skip-preview"):
			hit = ActInfraApply
		}
	case "docker", "podman":
		switch {
		case c.arg("prune"):
			hit = ActInfraDelete
		case sub == "rm" && c.has("-f", "-v", "--force", "--volumes"), sub == "volume" && (obj == "rm" || obj == "remove"), sub == "network" && obj == "rm", sub == "swarm" && obj == "leave", sub == "stack" && obj == "rm", sub == "service" && obj == "rm", sub == "node" && obj == "rm", sub == "secret" && obj == "rm":
			hit = ActInfraDelete
		case sub == "compose" && (obj == "down" && c.has("-v", "--volumes", "--rmi") || obj == "rm" && c.has("-f", "-v", "--force")):
			hit = ActInfraDelete
		}
	case "docker-compose":
		if sub == "down" && c.has("-v", "--volumes", "--rmi") || sub == "rm" && c.has("-f", "-v", "--force") {
			hit = ActInfraDelete
		}
	case "kubectl":
		switch {
		case (sub == "apply" || sub == "create") && strings.Contains(c.value("-f", "--filename"), "://"):
			if _, host, _, _ := splitURL(c.value("-f", "--filename")); hostClass(host) != HostKnown {
				b.act(ActSupplyRemote, c.line())
			}
		case sub == "replace" && c.has("--force"), sub == "apply" && c.has("--prune"):
			hit = ActInfraDelete
		case sub == "scale" && c.value("--replicas") == "0", sub == "rollout" && (obj == "undo" || obj == "pause"), sub == "taint":
			hit = ActInfraStop
		case sub == "patch" && hasAny(c.line(), "finalizers"):
			hit = ActInfraDelete
		}
	case "kustomize":
	case "helm":
		if sub == "rollback" || sub == "upgrade" && c.has("--force") {
			hit = ActInfraStop
		}
	case "ansible", "ansible-playbook":
		if (hasAny(c.value("-m"), "shell", "command", "raw", "script") || c.value("-m") == "") && hasAny(c.value("-a"), "| sh", "|sh", "| bash", "|bash", "rm -r", "shutdown", "reboot", "mkfs") || hasAny(c.line(), "state=absent", "rm -rf", "destroy", "state: absent") {
			hit = ActInfraDelete
		}
	case "nginx":
		if s := c.value("-s"); s == "stop" || s == "quit" || hasAny(c.line(), "-s stop", "-s quit") {
			hit = ActInfraStop
		}
	case "haproxy":
		if c.has("-s", "-st", "-sf") || hasAny(c.line(), "-st", "-sf") {
			hit = ActInfraStop
		}
	case "caddy", "traefik", "varnishadm", "keepalived", "ipvsadm":
		if sub == "stop" || c.prog == "ipvsadm" && c.has("-C", "-D", "--clear", "-d") || c.prog == "varnishadm" && hasAny(c.line(), "ban", "stop", "purge") {
			hit = ActInfraStop
		}
	case "kafka-topics", "kafka-configs", "kafka-acls", "kafka-consumer-groups", "kafka-delete-records", "kafka-topics.sh", "kafka-configs.sh", "kafka-acls.sh", "kafka-consumer-groups.sh", "kafka-delete-records.sh", "kafka-reassign-partitions", "kafka-reassign-partitions.sh", "kafka-leader-election", "kafka-streams-application-reset", "kafka-storage":
		if hasAny(c.line(), "--delete", "--remove", "--reset-offsets", "--offset-json-file", "--execute", "format", "-application-id") && !hasAny(c.line(), "--dry-run") {
			hit = ActInfraDelete
		}
	case "deck":
		if sub == "reset" || obj == "reset" || sub == "sync" || obj == "sync" {
			hit = ActInfraDelete
		}
	case "gh", "glab", "hub":
		if sub == "api" {
			m := strings.ToUpper(c.value("-X", "--method"))
			switch {
			case m == "DELETE":
				hit = ActHTTPDelete
			case m == "PUT" || m == "POST" || m == "PATCH":
				b.act(ActHTTPAdmin, c.line())
			case hasAny(c.line(), "mutation") && hasAny(strings.ToLower(c.line()), "delete", "remove"):
				hit = ActInfraDelete
			}
		}
		if sub == "repo" && (obj == "archive" || obj == "rename" || obj == "delete") || sub == "repo" && obj == "edit" && hasAny(c.line(), "--visibility public", "--visibility=public") {
			hit = ActInfraDelete
		}
	case "mc":
		if hasAny(c.line(), "--remove") && c.arg("mirror") || c.arg("rb", "rm", "undo") || c.arg("admin") && c.arg("remove", "rm", "stop", "disable") {
			hit = ActInfraDelete
		}
	case "gsutil":
		if sub == "mv" && strings.HasPrefix(obj, "gs://") || c.arg("rb", "rm") || c.arg("rsync") && c.has("-d") || c.arg("iam", "acl") && hasAny(c.line(), "allUsers", "public-read") || c.arg("lifecycle", "versioning", "retention") && c.arg("set", "clear") {
			hit = ActInfraDelete
		}
	case "aws":
		if sub == "s3" && (obj == "rm" || obj == "rb" || obj == "sync" && hasAny(c.line(), "--delete")) || sub == "s3api" && hasAny(obj, "put-bucket-acl", "put-bucket-policy", "put-bucket-versioning", "put-bucket-lifecycle", "put-public-access") {
			hit = ActInfraDelete
		}
		if sub == "sns" && obj == "unsubscribe" || sub == "ec2" && hasAny(obj, "revoke-security", "modify-instance-attribute") || sub == "iam" && hasAny(obj, "attach-user-policy", "attach-role-policy", "create-access-key", "create-login-profile", "update-assume-role-policy", "put-user-policy", "add-user-to-group", "update-login-profile") || sub == "cloudtrail" && (obj == "stop-logging" || obj == "update-trail") || sub == "guardduty" && hasAny(obj, "update-detector", "delete") {
			hit = ActInfraDelete
			if sub == "cloudtrail" || sub == "guardduty" {
				b.act(ActDefenseAudit, c.line())
			}
			if sub == "iam" {
				b.act(ActPersistAccount, c.line())
			}
		}
		if sub == "route53" && obj == "change-resource-record-sets" && hasAny(strings.Join(c.args, " "), "DELETE") || sub == "autoscaling" && hasAny(c.line(), "--desired-capacity 0", "--max-size 0") || hasAny(c.line(), "--no-deletion-protection") || sub == "sqs" && obj == "purge-queue" {
			hit = ActInfraDelete
		}
	case "nsupdate":
		if hasAny(c.cmd.Stdin.Value, "delete") || c.cmd.Stdin.Value == "" {
			hit = ActInfraDelete
		}
	case "bq":
		if c.arg("rm") || hasAny(strings.ToLower(c.line()), "drop table", "drop schema", "delete from") {
			hit = ActInfraDelete
		}
	case "borg", "restic", "borgbackup", "kopia", "duplicity", "rdiff-backup", "tarsnap", "velero", "wal-g", "pgbackrest", "barman", "snapper", "duplicacy":
		deletes := words("delete forget prune remove expire purge uninstall break-lock remove-older-than remove-all-but-n-full compact rm unlock migrate recreate key cleanup")
		if c.has("--remove-older-than", "-d") && (c.prog == "rdiff-backup" || c.prog == "tarsnap") || deletes[sub] && sub != "compact" && sub != "key" || deletes[obj] && obj != "key" && obj != "compact" {
			b.act(ActBackupDelete, c.line())
			hit = ActInfraDelete
		}
		if c.prog == "velero" && sub == "restore" {
			hit = ""
		}
	case "rndc", "pdnsutil":
		if hasAny(sub, "delete", "delzone", "flush", "stop", "halt") {
			hit = ActInfraDelete
		}
	case "vault":
		if sub == "operator" && hasAny(obj, "seal", "step-down", "rekey", "rotate", "generate-root", "raft") || sub == "lease" && obj == "revoke" || sub == "secrets" && (obj == "disable" || obj == "move") || sub == "auth" && obj == "disable" || sub == "policy" && obj == "delete" || sub == "audit" && obj == "disable" || sub == "kv" && hasAny(obj, "destroy", "delete", "metadata") && !c.arg("get") {
			hit = ActInfraDelete
		}
	case "wg-quick", "ip":
		if c.prog == "ip" && (hasAny(c.line(), "link set") && c.arg("down") || sub == "route" && obj == "del" || c.arg("flush")) {
			hit = ActInfraStop
		}
	case "gitlab-rake", "gitlab-ctl", "gitlab-backup":
		if hasAny(c.line(), "restore", "stop", "cleanse", "uninstall", "remove", "drop", "reset", "graceful-kill") {
			hit = ActInfraDelete
		}
	case "amtool":
		if sub == "silence" && (obj == "add" || obj == "expire") {
			hit = ActInfraStop
		}
	case "splunk":
		if hasAny(sub, "clean", "stop", "remove", "offline", "delete") {
			hit = ActInfraDelete
		}
	case "heroku":
		if hasAny(sub, ":destroy", ":remove", ":unset", ":reset", ":delete", "maintenance:on") || sub == "ps:scale" && hasAny(c.line(), "=0") {
			hit = ActInfraDelete
		}
	case "supabase":
		if sub == "db" && obj == "reset" || c.arg("--linked") && c.arg("reset") {
			hit = ActInfraDelete
		}
	case "celery":
		if c.arg("purge") || c.arg("shutdown") {
			hit = ActInfraDelete
		}
	case "nomad", "consul":
		if hasAny(c.line(), "stop", "purge", "deregister", "leave", "force-leave", "drain", "kv delete", "gc") {
			hit = ActInfraStop
		}
	case "fly", "flyctl":
		if sub == "scale" && c.arg("0") {
			hit = ActInfraStop
		}
	case "railway":
		if sub == "down" {
			hit = ActInfraDelete
		}
	}
	if hit != "" {
		b.act(hit, c.line())
	}
}

// http is a request that changes something at the other end.
func (b *builder) http(method, url string) {
	switch method {
	case "DELETE":
		b.act(ActHTTPDelete, url)
	case "PUT", "POST", "PATCH":
		low := strings.ToLower(url)
		if hasAny(low, "/_cluster/settings", "/_delete_by_query", "/_close", "/_shutdown", "/_reindex", "/_aliases", "/_forcemerge", "/_ilm", "/_snapshot", "/_all", "/admin/tsdb/delete_series", "/admin/tsdb/clean_tombstones", "/-/quit", "/-/reload", "/shutdown", "/delete", "/purge", "/_flush", "/api/admin", "/actuator/shutdown", "/actuator/refresh", "/script", "/dodelete", "/dodisable", "/doDelete", "/quietdown", "/safeexit", "/safeRestart", "/exit", "/destroy", "/terminate", "/_security", "/swap-indexes", "/dumps", "/disable", "/reset", "/truncate", "/drop", "/cancel", "/revoke", "/archive") && !strings.Contains(low, "/_search") {
			b.act(ActHTTPAdmin, method+" "+url)
		}
	}
}
