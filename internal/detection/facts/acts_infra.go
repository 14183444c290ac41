package facts

import "strings"

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
