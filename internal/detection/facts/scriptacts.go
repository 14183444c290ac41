package facts

import "strings"

// deletesTrees are what takes a directory away with all below it, in the libraries of
// interpreters.
var deletesTrees = []string{"rmtree", "rm_rf", "rm_r(", "recursive", "remove_tree", "remove_all", "removetree", "deltree", "deletetree", "delete_tree", "deletedirectory", "deleterecursively", "removedirsync", "emptydir(", "emptydirsync(", "fs.remove(", "removeall(", "unlink(recursive", "rimraf"}

// killsAll are calls that send a signal to every process there is.
var killsAll = []string{"kill(-1,", "kill(9,-1)", "kill(15,-1)", "kill9,-1", "kill15,-1", "kill-9,-1", "kill('kill',-1", `kill("kill",-1`, "kill'kill',-1", `kill"kill",-1`, `kill(:kill,-1`, "kill('term',-1", `kill("term",-1`, "kill(signal.sigkill,-1"}

// scriptActs looks at what a script does by the libraries of its language, without a
// program: signals to everybody, resources of a cloud.
func (b *builder) scriptActs(low, code string) {
	if strings.Contains(low, "kill") && strings.Contains(low, "-1") && hasAny(unspaced(low), killsAll...) {
		b.act(ActProcessKill, cut(code, 120))
	}
	if b.cloudScript(low) {
		b.act(ActInfraDelete, cut(code, 120))
	}
}

func unspaced(s string) string { return strings.ReplaceAll(cut(s, maxText), " ", "") }

// cloudLibraries talk to services on which resources live.
var cloudLibraries = []string{
	"boto3", "botocore", "aws-sdk", "aws_sdk", "google.cloud", "@google-cloud", "google/cloud", "googleapiclient", "azure.mgmt", "azure.storage", "azure.identity", "@azure/", "import kubernetes", "from kubernetes", "@kubernetes", "digitalocean", "pydo", "hcloud", "linode_api", "openstack", "libcloud", "novaclient", "ovh.client", "oci.core", "pyvmomi",
	"from github import", "import github", "pygithub", "octokit", "gitlab.gitlab", "import gitlab", "cloudflare", "stripe", "elasticsearch", "opensearchpy", "minio", "hvac", "import consul", "pulumi", "auth0", "okta", "datadog", "pagerduty", "launchdarkly",
}

// cloudDeletes are the calls of such libraries that take a resource away; each is
// followed by the rest of a name or by a bracket.
var cloudDeletes = []string{".delete(", ".delete_", ".terminate(", ".terminate_instances", ".destroy(", ".destroy_", ".purge_", ".remove_bucket", ".remove_object", ".schedule_key_deletion", ".deletebucket", ".deleteobject", ".deletetable", ".deletestack", ".deletefunction", ".deletedbinstance", ".terminateinstances", ".deletenamespace", ".begin_delete", ".batch_delete", ".deregister_"}

// cloudScript reports whether a script deletes resources of a cloud or a service by the
// library for it, on more than an imitation of them on this machine.
func (b *builder) cloudScript(low string) bool {
	if !hasAny(low, cloudLibraries...) || hasAny(low, "dryrun=true", "dry_run=true", "localhost", "127.0.0.1", "localstack", "moto", "mock_") {
		return false
	}
	if hasAny(low, cloudDeletes...) {
		return true
	}
	for rest := low; ; { // new DeleteBucketCommand(…)
		i := strings.Index(rest, "command(")
		if i < 0 {
			return false
		}
		name := rest[max(0, i-40):i]
		if hasAny(name, "new delete", "new terminate", "new purge") {
			return true
		}
		rest = rest[i+len("command("):]
	}
}

// sourcesURL reports whether a script of R runs what it fetches.
func sourcesURL(low string) bool {
	return hasAny(low, `source("http`, "source('http", "source(url(", "source_url(", "source_gist(", `parse("http`, "parse('http", "parse(url(", "parse(text=readlines(")
}
