package facts

import "strings"

// infraSpecial are deletions that are not a verb.
func (b *builder) infraSpecial(c *call) {
	sub, obj := c.word(0), c.word(1)
	hit := ""
	switch c.prog {
	case "terraform":
		switch {
		case sub == "apply" && c.has("-destroy"), sub == "destroy", sub == "state" && (obj == "rm" || obj == "push" || obj == "mv"), sub == "workspace" && obj == "delete", sub == "force-unlock", sub == "taint", sub == "run-all" && obj == "destroy":
			hit = ActInfraDelete
		case sub == "init" && strings.Contains(c.line(), "-from-module=http") && !hasAny(c.line(), "github.com", "gitlab.com", "registry.terraform.io"):
			b.act(ActSupplyRemote, c.line())
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
		case sub == "create" && strings.HasSuffix(obj, "rolebinding") && hasAny(c.line(), "cluster-admin", "system:masters"):
			b.act(ActPrivilegeAccount, c.line())
		case sub == "replace" && c.has("--force"), sub == "apply" && c.has("--prune"):
			hit = ActInfraDelete
		case sub == "scale" && c.value("--replicas") == "0", sub == "rollout" && (obj == "undo" || obj == "pause"), sub == "taint":
			hit = ActInfraStop
		case sub == "patch" && hasAny(c.line(), "finalizers"):
			hit = ActInfraDelete
		}
	case "gcloud":
		if hasAny(c.line(), "add-iam-policy-binding") && hasAny(c.line(), "roles/owner", "roles/editor", "Admin", "allUsers", "allAuthenticatedUsers", "serviceAccountTokenCreator") {
			b.act(ActPrivilegeAccount, c.line())
		}
	case "az":
		if sub == "role" && obj == "assignment" && c.arg("create") && hasAny(c.line(), "Owner", "Contributor", "Administrator") {
			b.act(ActPrivilegeAccount, c.line())
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
	case "ansible-pull":
		if u := c.value("-U", "--url"); u != "" && repositoryClass(u) != HostKnown {
			b.act(ActSupplyRemote, c.line())
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
		if (sub == "ssh-key" || sub == "gpg-key" || sub == "deploy-key") && obj == "add" || sub == "repo" && obj == "deploy-key" && c.arg("add") || sub == "api" && hasAny(c.line(), "user/keys", "user/gpg_keys", "/keys ", "/deploy_keys") && hasAny(c.line(), "POST") {
			b.act(ActPersistAccount, c.line())
		}
		if sub == "api" {
			m := strings.ToUpper(c.value("-X", "--method"))
			switch {
			case m == "DELETE":
				hit = ActHTTPDelete
			case (m == "PUT" || m == "POST" || m == "PATCH") && hasAny(c.line(), "hooks", "keys", "collaborators", "protection", "secrets", "transfer", "visibility", "teams", "orgs/", "environments", "rulesets", "merge", "variables", "members", "refs"):
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
		if sub == "ecs" && obj == "update-service" && hasAny(c.line(), "--desired-count 0", "--desired-count=0") {
			b.act(ActInfraStop, c.line())
		}
		if sub == "sns" && obj == "unsubscribe" || sub == "ec2" && hasAny(obj, "revoke-security", "modify-instance-attribute") || sub == "iam" && hasAny(obj, "attach-user-policy", "attach-role-policy", "create-access-key", "create-user", "create-login-profile", "update-assume-role-policy", "put-user-policy", "add-user-to-group", "update-login-profile") || sub == "cloudtrail" && (obj == "stop-logging" || obj == "update-trail") || sub == "guardduty" && hasAny(obj, "update-detector", "delete") {
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
		if !localApplication(url) {
			b.act(ActHTTPDelete, url)
		}
	case "PUT", "POST", "PATCH":
		low := strings.ToLower(url)
		if localApplication(url) || strings.HasSuffix(low, "/-/reload") && strings.Contains(low, "localhost") {
			return
		}
		if hasAny(low, "/_cluster/settings", "/_delete_by_query", "/_close", "/_shutdown", "/_reindex", "/_aliases", "/_forcemerge", "/_ilm", "/_snapshot", "/_all", "/admin/tsdb/delete_series", "/admin/tsdb/clean_tombstones", "/-/quit", "/-/reload", "/shutdown", "/delete", "/purge", "/_flush", "/api/admin", "/actuator/shutdown", "/actuator/refresh", "/script", "/dodelete", "/dodisable", "/doDelete", "/quietdown", "/safeexit", "/safeRestart", "/exit", "/destroy", "/terminate", "/_security", "/swap-indexes", "/dumps", "/disable", "/reset", "/truncate", "/drop", "/cancel", "/revoke", "/archive") && !strings.Contains(low, "/_search") {
			b.act(ActHTTPAdmin, method+" "+url)
		}
	}
}

// adminPorts are where stores, proxies and the like listen for orders.
var adminPorts = map[int]bool{
	2019: true, 2375: true, 2376: true, 2379: true, 3100: true, 4242: true, 4646: true, 5601: true, 5984: true, 6333: true, 6443: true, 7700: true, 8001: true, 8086: true, 8089: true, 8091: true, 8108: true,
	8200: true, 8444: true, 8500: true, 8983: true, 9090: true, 9093: true, 9180: true, 9200: true, 9411: true, 15672: true, 19530: true, 55672: true,
}

// localApplication reports whether an address is one of a program that is being
// developed on this machine, and not of a store or a service that is managed there.
func localApplication(url string) bool {
	_, host, port, path := splitURL(url)
	if hostClass(host) != HostLoopback {
		return false
	}
	if hasAny(path, "-test", "test-", "_test", "test_") && !strings.ContainsAny(path, "*,") {
		return true
	}
	return !adminPorts[port] && !hasAny(path, "/api/dashboards", "/api/datasources", "/api/alert", "/api/admin", "/api/v1/admin", "/_all", "/v1/kv", "/v1/secret", "/containers/", "/volumes/", "/queues/", "/vhosts/", "/-/")
}
