package facts

import "strings"

// contents looks at a text that is written to a file whose lines make programs do
// something: tasks of an editor, workflows, sources of packages, start files.
func (b *builder) contents(c *call, word string) {
	kind := contentsKind(word)
	if kind == 0 {
		return
	}
	text, _ := output(c)
	if text == "" {
		return
	}
	b.contentsOf(kind, word, text)
}

// Kinds of files whose lines count.
const (
	contentEditor = iota + 1
	contentWorkflow
	contentRegistry
	contentPath
)

// contentsKind is the kind of a file by its name.
func contentsKind(word string) int {
	if len(word) > maxText || len(word) < 4 {
		return 0
	}
	low := word
	if hasUpper(word) {
		low = strings.ToLower(word)
	}
	name := low[strings.LastIndexByte(low, '/')+1:]
	switch name {
	case "settings.json", "tasks.json", "launch.json":
		if hasAny(low, ".vscode/", "code/user/", "code-server/", "codium/user/", "cursor/user/", "windsurf/user/", ".zed/", ".fleet/") {
			return contentEditor
		}
	case ".npmrc", "npmrc", ".yarnrc", ".yarnrc.yml", "pip.conf", "pip.ini", ".pydistutils.cfg", "uv.toml", "bunfig.toml", ".gemrc", ".condarc", "nuget.config", "init.gradle", "init.gradle.kts", "sources.list", ".pip.conf":
		return contentRegistry
	case "config", "config.toml":
		if hasAny(low, ".cargo/", ".bundle/") {
			return contentRegistry
		}
	case "settings.xml":
		if strings.Contains(low, ".m2/") {
			return contentRegistry
		}
	}
	switch {
	case strings.HasSuffix(name, ".code-workspace"):
		return contentEditor
	case strings.HasSuffix(name, ".pth"):
		return contentPath
	case strings.HasSuffix(name, ".yml") || strings.HasSuffix(name, ".yaml"):
		if hasAny(low, ".github/workflows/", ".gitea/workflows/", ".forgejo/workflows/") {
			return contentWorkflow
		}
	case strings.Contains(low, "sources.list.d/") || strings.Contains(low, "yum.repos.d/"):
		return contentRegistry
	}
	return 0
}

// approving are settings of editors by which an agent asks nobody any more.
var approving = []string{"autoapprove", "alwaysallowexecute", "alwaysallowwrite", "allowdangerouslyskippermissions", "bypasspermissions", "yolomode", "enableyolo"}

func (b *builder) contentsOf(kind int, word, text string) {
	low := strings.ToLower(cut(text, maxText))
	switch kind {
	case contentEditor:
		b.editorSettings(word, low)
	case contentWorkflow:
		sends := hasAny(low, "curl", "wget", "nc ", "invoke-webrequest", "/dev/tcp/", "requests.post", "http.client", "fetch(")
		switch all := strings.Contains(strings.ReplaceAll(low, " ", ""), "tojson(secrets)"); {
		case sends && (all || strings.Contains(low, "secrets.") && b.bareAddress(low)):
			b.addFlow(FlowSecret, FlowNetwork, "secrets of a workflow → its network")
		case all:
			b.act(ActSecretPrint, "all secrets of a workflow")
		}
	case contentRegistry:
		if b.bareAddress(low) {
			b.act(ActSupplyRegistry, word)
		}
	case contentPath:
		for line := range strings.Lines(low) {
			if line = strings.TrimLeft(line, `"'`); strings.HasPrefix(line, "import ") && strings.ContainsAny(line, ";(") {
				b.act(ActPersistStartup, word+": "+cut(line, 120))
				return
			}
		}
	}
}

// editorSettings are those by which agents and tasks run without being asked for.
func (b *builder) editorSettings(word, low string) {
	flat := strings.Join(strings.Fields(low), "")
	for _, key := range approving {
		rest := flat
		for i := strings.Index(rest, key); i >= 0; i = strings.Index(rest, key) {
			rest = rest[i+len(key):]
			if _, value, ok := strings.Cut(cutAt(rest, ","), `":`); key == "bypasspermissions" || ok && !strings.HasPrefix(value, "false") && !strings.HasPrefix(value, "{}") {
				b.act(ActAgentConfig, word+": "+key)
				return
			}
		}
	}
	if hasAny(flat, `"task.allowautomatictasks":"on"`, `"security.workspace.trust.enabled":false`) {
		b.act(ActAgentConfig, word+": "+cut(flat, 120))
	}
	if strings.Contains(flat, `"runon":"folderopen"`) {
		b.act(ActPersistStartup, word+" at the opening of the folder")
	}
}

// edits looks for the same in code that changes such a file.
func (b *builder) edits(low, code string) {
	switch {
	case hasAny(low, ".vscode/settings.json", "code/user/settings.json") && hasAny(low, approving...):
		if flat := unspaced(low); hasAny(flat, "=true", ":true", "bypasspermissions") {
			b.act(ActAgentConfig, cut(code, 120))
		}
	case strings.Contains(low, ".github/workflows/") && hasAny(low, "secrets)", "secrets."):
		b.contentsOf(contentWorkflow, "", code)
	}
}

// bareAddress reports whether a text names a host of nobody knows whom by its number, or
// a place where anybody leaves what he likes.
func (b *builder) bareAddress(text string) bool {
	for range maxLiterals {
		i := strings.Index(text, "://")
		if i < 0 {
			return false
		}
		if bareHost(text[max(0, i-5):]) {
			return true
		}
		text = text[i+3:]
	}
	return false
}

// bareHost reports whether an address that begins a text is bare.
func bareHost(text string) bool {
	_, rest, ok := strings.Cut(text, "://")
	if !ok {
		return false
	}
	if i := strings.IndexAny(rest, "/\"' \n\\<>)}`|&;"); i >= 0 {
		rest = rest[:i]
	}
	_, host, _, _ := splitURL("http://" + rest)
	host = strings.ToLower(host)
	switch hostClass(host) {
	case HostCollect:
		return true
	case HostPublic:
		return host != "" && (host[0] >= '0' && host[0] <= '9' && strings.Trim(host, "0123456789.x") == "" || host[0] == '[')
	}
	return false
}
