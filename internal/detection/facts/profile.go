package facts

import "strings"

// plainness is what is known of the texts that were written to a file.
type plainness int

const (
	plainUnknown plainness = iota // nothing was written
	plainText                     // nothing but variables and lines of tools
	plainOther
)

// profile notes what is written to the profile of a shell.
func (b *builder) profile(c *call, word string, appends bool) {
	if !strings.Contains(word, "rc") && !strings.Contains(word, "profile") && !strings.Contains(word, "zshenv") && !strings.Contains(word, "config.fish") {
		return
	}
	p := b.place(word, b.dir())
	text, known := output(c)
	if known && (p.class == ClassPersistence || strings.HasSuffix(word, ".envrc")) {
		b.profileVariables(text)
	}
	if p.class != ClassPersistence || len(b.plain) > 32 {
		return
	}
	kind := plainOther
	if known && appends && plainProfile(text) {
		kind = plainText
	}
	if b.plain == nil {
		b.plain = map[string]plainness{}
	}
	b.plain[p.path] = max(kind, b.plain[p.path])
}

// output is the text that a command writes, when it can be told.
func output(c *call) (string, bool) {
	switch c.prog {
	case "echo":
		return strings.Join(c.pos, " "), true
	case "printf":
		if len(c.args) == 0 {
			return "", false
		}
		return strings.ReplaceAll(strings.Join(c.args, "\n"), `\n`, "\n"), true
	case "cat", "tee":
		return c.cmd.Stdin.Value, c.cmd.Stdin.Known
	}
	return "", false
}

// plainProfile reports whether lines of a profile set variables and start tools, as
// the instructions of tools say, and nothing else.
func plainProfile(text string) bool {
	if text == "" || len(text) > maxText {
		return false
	}
	for line := range strings.Lines(text) {
		if !plainLine(strings.TrimSpace(line)) {
			return false
		}
	}
	return true
}

// profileTools print what a shell is to run, and are asked to by its profile.
var profileTools = words("pyenv rbenv nodenv goenv jenv direnv starship zoxide fnm mise asdf brew opam rtx atuin thefuck fzf gh kubectl helm docker poetry uv pip rustup luarocks dircolors ssh-agent /opt/homebrew/bin/brew /usr/local/bin/brew /home/linuxbrew/.linuxbrew/bin/brew")

func plainLine(line string) bool {
	if line == "" || line[0] == '#' || line == "%s" {
		return true
	}
	if strings.ContainsAny(line, "`;|&<>") {
		return false
	}
	if code, ok := strings.CutPrefix(line, `eval "$(`); ok {
		return profileTools[cutAt(code, " ")] && strings.HasSuffix(code, `)"`) && strings.Count(code, "(") == 0
	}
	if strings.Contains(line, "$(") {
		return false
	}
	if short, ok := strings.CutPrefix(line, "alias "); ok {
		name, value, ok := strings.Cut(short, "=")
		value = strings.Trim(value, `"'`)
		return ok && (!commonPrograms[name] || strings.HasPrefix(value, name+" ")) && !strings.Contains(value, "/tmp/") && !hasAny(value, "curl", "wget", "sudo", "base64", "eval", "rm -", "nc ", "ncat ", "/dev/tcp", "core.pager", "ProxyCommand")
	}
	line = strings.TrimPrefix(line, "export ")
	name, value, ok := strings.Cut(line, "=")
	if !ok || name == "" {
		return false
	}
	for i := range len(name) {
		if !isLetter(name[i]) && name[i] != '_' && (name[i] < '0' || name[i] > '9') {
			return false
		}
	}
	return plainVariable(name, strings.Trim(value, `"'`))
}

// plainVariable reports whether a variable is one that runs and redirects nothing.
func plainVariable(name, value string) bool {
	up := strings.ToUpper(name)
	if loaders[up] || askers[up] || hasAny(up, "LD_", "DYLD", "HIST", "PROMPT", "PROXY", "GIT_", "PYTHON", "NODE_TLS", "PERL", "RUBY", "ANTHROPIC", "CLAUDE", "OTEL", "BASH", "SHELL", "SSL", "CA_BUNDLE", "INDEX_URL", "REGISTRY", "AGENT_TELEMETRY") || up == "ENV" || up == "IFS" {
		return false
	}
	if up == "NODE_OPTIONS" && hasAny(value, "require", "import", "loader") {
		return false
	}
	if up != "PATH" {
		return true
	}
	for dir := range strings.SplitSeq(value, ":") {
		if dir == "" || dir[0] == '.' || hasAny(dir, "/tmp", "/dev/", "/..", "/.cache") {
			return false
		}
	}
	return true
}
