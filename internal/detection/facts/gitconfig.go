package facts

import "strings"

// gitConfig looks at settings that run programs.
func (b *builder) gitConfig(config string) {
	low := strings.ToLower(config)
	for line := range strings.SplitSeq(low, "\n") {
		key, value, _ := strings.Cut(line, "=")
		switch {
		case value == "":
		case key == "core.sshcommand" && (!strings.HasPrefix(value, "ssh") || hasAny(value, "proxycommand", "localcommand")), key == "core.fsmonitor" && value != "true" && value != "false", key == "core.hookspath" && outsideTree(value), key == "core.gitproxy", key == "init.templatedir", strings.HasPrefix(key, "filter.") && (strings.HasSuffix(key, ".clean") || strings.HasSuffix(key, ".smudge")) && !strings.Contains(value, "lfs"), strings.HasSuffix(key, ".textconv"), key == "credential.helper" && strings.HasPrefix(value, "!"), strings.HasPrefix(key, "alias.") && strings.HasPrefix(value, "!"), key == "uploadpack.packobjectshook":
			if key == "core.hookspath" {
				b.act(ActPersistGitHook, line)
				continue
			}
			b.act(ActCodeLoad, line)
			if spawnsShell(value) {
				b.act(ActShellSpawn, line)
			}
		case (key == "core.pager" || key == "core.editor" || key == "sequence.editor" || key == "diff.external" || key == "gpg.program" || strings.HasPrefix(key, "pager.") || strings.HasSuffix(key, ".cmd")) && !usualTool(value):
			if spawnsShell(value) || strings.HasPrefix(value, "!") {
				b.act(ActShellSpawn, line)
			} else {
				b.act(ActCodeLoad, line)
			}
		case strings.HasPrefix(key, "url.") && strings.HasSuffix(key, ".insteadof"):
			if u := strings.TrimSuffix(key[4:], ".insteadof"); repositoryClass(u) != HostKnown && repositoryClass(u) != HostUnknown {
				b.act(ActGitTamper, line)
			}
		case strings.HasPrefix(key, "remote.") && strings.HasSuffix(key, ".push") && strings.HasPrefix(value, "+"):
			b.act(ActGitForcePush, line)
		case strings.HasPrefix(key, "remote.") && strings.HasSuffix(key, ".mirror") && (value == "true" || value == "1"):
			b.act(ActGitRewrite, line)
		case key == "http.sslverify" && value == "false":
			b.act(ActSupplyKey, line)
		}
	}
}
