package facts

import (
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/shellcommand"
)

// infra looks for resources that are deleted, stopped or overwritten.
func (b *builder) infra(c *call) {
	prog := c.prog
	if prog == "agent-telemetry" {
		return // of which telemetryCommand tells
	}
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
	if b.localResource(c, prog) || b.migrated(c) {
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
		if kind == "" || namesWhat(prog, verb, c.pos[i+1:]) {
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
			if line := strings.ToLower(c.line()); c.has("-f", "-y", "--force", "--yes", "--all", "--recursive", "--no-confirm", "--auto-approve", "--cascade", "--purge", "-rf") || hasAny(line, "prod", "--confirm", "force") {
				b.act(ActInfraRemove, c.line())
			} else {
				b.act(ActLocalRemove, c.line())
			}
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

// migrated reports whether a command was told of as a framework's.
func (b *builder) migrated(c *call) bool {
	for i := len(b.f.Acts) - 1; i >= 0; i-- {
		if a := &b.f.Acts[i]; (a.Kind == ActDBReset || a.Kind == ActDBDestroy) && a.Program == c.prog && a.Detail == c.line() {
			return true
		}
	}
	return false
}

// localResource reports whether what is managed is of this machine only and made
// anew in a minute: a cluster in containers, an emulator of a cloud.
func (b *builder) localResource(c *call, prog string) bool {
	switch prog {
	case "kind", "minikube", "k3d", "vagrant", "act", "colima", "lima", "adb":
		return true
	case "aws", "awslocal", "az", "gcloud", "s3cmd", "mc":
		u := c.value("--endpoint-url")
		if u == "" {
			u = variable(c.cmd, "AWS_ENDPOINT_URL")
		}
		if u == "" {
			return prog == "awslocal"
		}
		_, host, _, _ := splitURL(u)
		return hostClass(host) == HostLoopback || host == "localstack"
	case "terraform":
		return c.word(0) == "providers" || c.word(0) == "fmt" || c.word(0) == "validate"
	case "docker":
		return b.localContainers(c)
	case "docker-compose":
		return !b.production(c)
	case "kubectl":
		if w := c.word(1); c.word(0) == "delete" && (w == "pod" || w == "po" || w == "pods" || w == "job" || w == "jobs") && len(c.pos) > 2 && !c.has("--all", "-A", "--all-namespaces", "-l", "--selector", "--force") {
			return true // which its controller starts anew
		}
	}
	return false
}

// localContainers reports whether containers are stopped or removed by name, images
// and caches pruned, or the project's own set taken down.
func (b *builder) localContainers(c *call) bool {
	if c.has("-H", "--host", "-c", "--context") || variable(c.cmd, "DOCKER_HOST") != "" {
		return false
	}
	for _, w := range c.pos {
		if strings.Contains(w, shellcommand.Unknown) && !b.selected(c) || servers[w] && c.word(0) != "rm" {
			return false
		}
	}
	switch sub, obj := c.word(0), c.word(1); sub {
	case "stop", "kill", "pause", "restart":
		return true
	case "rm":
		if b.startedHere(c) {
			return true
		}
		n := 0
		for _, a := range c.args[1:] {
			switch {
			case strings.Contains(a, shellcommand.Unknown) && !b.selected(c), a == "--volumes", len(a) > 1 && a[0] == '-' && a[1] != '-' && strings.Contains(a, "v"):
				return false
			case a[:min(1, len(a))] != "-":
				n++
			}
		}
		return n > 0 && n < 6
	case "network":
		return (obj == "rm" || obj == "remove") && len(c.pos) > 2
	case "image", "builder", "buildx":
		return obj == "prune" && !c.has("-a", "--all")
	case "compose":
		return !b.production(c)
	}
	return false
}

// selected reports whether the containers that a command gets are some of many.
func (b *builder) selected(c *call) bool {
	return hasAny(b.searched(c), "--filter", " -f ", "grep ") || b.startedHere(c)
}

// startedHere reports whether all that a command gets are containers which the same
// command line started.
func (b *builder) startedHere(c *call) bool {
	started := false
	for _, w := range c.pos[min(len(c.pos), 1):] {
		if !strings.HasPrefix(w, shellcommand.Unknown) {
			return false // one that it names
		}
	}
	for _, e := range b.a.Edges {
		if e.To != c.cmd.ID || e.Kind != shellcommand.EdgeVariable && e.Kind != shellcommand.EdgeArgument {
			continue
		}
		from := &b.a.Commands[e.From]
		if canonical(from.Program) != "docker" || len(from.Args) == 0 || from.Args[0].Value != "run" && from.Args[0].Value != "create" {
			return false
		}
		started = true
	}
	return started
}
