package facts

import "strings"

// resourceCLIs manage resources that others use: clouds, clusters, platforms, CI,
// DNS, CDNs, mail, payment, feature flags, monitoring, messages, search, storage,
// secrets, backup, load balancers.
var resourceCLIs = words(`aws gcloud az gsutil bq azcopy doctl linode-cli hcloud vultr-cli scw oci ibmcloud aliyun tccli ovh civo exoscale exo openstack nova cinder upctl equinix metal packet triton yc
	etcdctl kubectl helm kustomize k3d kind minikube eksctl kops kubeadm argocd flux istioctl linkerd rancher oc crossplane kn tkn velero kubeone talosctl cilium calicoctl clusterctl vcluster skaffold tilt werf helmfile karmor nomad consul
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
	deactivate clear-permissions clear_permissions truncate schedule-key-deletion rmtree dedupe delete-remote-ref unset remove-secret remove-all remove_all rollback abandon yank delete-objects reset deprecate shred trash evict undefine clear void rmdirs uninstrument unlist deleteall unregistervm delist flushall deletevhost discard unassign unpin unbind sql-drop`)

// stopping are verbs that take a service away for a while.
var stopping = words("cancel off down suspend-all safe-shutdown quiet-down stop kill deallocate drain cordon pause disable suspend shutdown shutoff halt power-off poweroff scale-down hibernate stop-instances disable-alarm-actions fence unload offline deactivate taint archive lock block silence mute")

// changing are verbs that overwrite what cannot be got back.
var changing = words("rotate put-secret-value create-invalidation invalidate rotate-secret restore reset-db force-unlock rekey rotate-keys update-secret failover switchover promote reboot restart-services transfer import-override generate-root")

// asking are verbs that only look.
var asking = words(`get list ls describe show view info status search find query help version whoami diff plan validate check ping inspect logs log tail top exists stat stats export cat head watch history events lookup test preview config-view login whois read events dump lint fmt print options explain summary doctor template can-i`)

// verbs of the program that say nothing: words of local meaning.
var quietRemoves = map[string]map[string]bool{
	"docker":     words("rmi"),
	"gh":         words("cache"),
	"serverless": words("offline"), "sls": words("offline"),
	"ip":             words("addr route link"),
	"docker-compose": words(""),
	"kind":           words(""), "minikube": words(""), "k3d": words(""), "vagrant": words(""), "act": words(""),
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
