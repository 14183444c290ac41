package facts

import (
	"slices"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/shellcommand"
)

// git tells what a call of git throws away, rewrites or sends.
func (b *builder) git(c *call) {
	args := c.args
	sub, rest := "", []string(nil)
	config := ""
	for i := 0; i < len(args); i++ {
		w := args[i]
		switch {
		case w == "-c" || w == "-C" || w == "--git-dir" || w == "--work-tree" || w == "--namespace" || w == "--exec-path" || w == "--config-env":
			if i+1 < len(args) {
				if w == "-c" {
					config += args[i+1] + "\n"
				}
				i++
			}
		case strings.HasPrefix(w, "-") && sub == "":
			if w == "--help" || w == "-h" || w == "--version" {
				return
			}
			if v, ok := strings.CutPrefix(w, "-c"); ok && v != "" {
				config += v + "\n"
			}
		default:
			sub, rest = w, args[i+1:]
			i = len(args)
		}
	}
	if config != "" {
		b.gitConfig(config)
	}
	if sub == "" {
		return
	}
	g := gitCall{sub: sub}
	g.parse(rest)
	detail := cut(sub+" "+strings.Join(rest[:min(len(rest), 12)], " "), maxDetail)
	for i := range g.opts {
		if n := g.opts[i].name; n == "--help" || n == "--version" && len(g.pos) == 0 && len(g.opts) == 1 || n == "-h" && sub != "grep" && sub != "log" {
			return
		}
	}
	dry := g.has("-n", "--dry-run") && sub != "commit" && sub != "merge" && sub != "fetch" && sub != "pull" && !g.undone("--dry-run")
	switch sub {
	case "reset":
		if g.has("--hard", "--merge", "--keep") {
			b.act(ActGitDiscard, detail)
		}
	case "clean":
		forced := g.has("-f", "--force") || strings.Contains(strings.ToLower(config), "clean.requireforce=false") || strings.Contains(strings.ToLower(config), "clean.requireforce=no") || strings.Contains(strings.ToLower(config), "clean.requireforce=0") || strings.Contains(strings.ToLower(config), "clean.requireforce=off")
		if forced && !dry {
			if g.has("-X") {
				b.act(ActGitDiscardFile, detail) // which git ignores: what a build makes
			} else {
				b.discard(g.pos, detail)
			}
		}
	case "checkout":
		b.gitCheckout(&g, detail)
	case "restore":
		if !g.has("-S", "--staged") || g.has("-W", "--worktree") {
			if len(g.pos) > 0 || g.has("--pathspec-from-file") {
				b.discard(g.pos, detail)
			}
		}
	case "switch":
		if g.has("-f", "--force", "--discard-changes", "-C", "--force-create") {
			b.act(ActGitDiscard, detail)
		}
	case "stash":
		if w := g.word(0); w == "drop" || w == "clear" {
			b.act(ActGitDiscard, detail)
		}
	case "branch":
		if g.has("-D") || g.has("-d", "--delete") && g.has("-f", "--force") || g.has("-M", "-C") || g.has("-f", "--force") && len(g.pos) > 0 {
			switch {
			case g.has("-M"):
			case g.has("-D", "-d", "--delete") && !trunk(g.pos):
				b.discard(g.pos, detail) // whose commits the reflog has
			default:
				b.act(ActGitDiscard, detail)
			}
		}
	case "tag":
		if g.has("-d", "--delete") {
			b.discard(g.pos, detail)
		}
	case "worktree":
		if g.word(0) == "remove" && g.has("-f", "--force") {
			b.discard(g.pos[1:], detail)
		}
	case "reflog":
		if w := g.word(0); !dry && (w == "delete" || w == "expire") {
			b.act(ActGitDiscard, detail)
		}
	case "gc", "prune":
		if v := g.value("--prune", "--expire"); !dry && (v == "now" || v == "all") {
			b.act(ActGitDiscard, detail)
		} else if sub == "prune" && !dry && v == "" {
			b.act(ActGitDiscard, detail)
		}
	case "rm":
		if !dry && !g.has("--cached") {
			for _, w := range g.pos {
				if p := b.place(w, b.dir()); p.class == ClassTelemetry || p.class == ClassAgentConfig {
					b.put(p, AccessDelete, "git", false, false)
				}
			}
		}
		if g.has("-r") && g.has("-f", "--force") && !g.has("--cached") && !dry {
			b.discard(g.pos, detail)
		}
	case "filter-branch", "filter-repo", "replace":
		if sub != "replace" && !dry && !g.has("--analyze") {
			b.act(ActGitRewrite, detail)
		}
	case "update-ref", "symbolic-ref":
		if g.has("-d", "--delete") || g.has("--stdin") {
			b.act(ActGitRewrite, detail)
		}
	case "checkout-index":
		if g.has("-f", "--force") && (g.has("-a", "--all", "--stdin") || len(g.pos) > 0) && !g.has("--prefix", "--temp") {
			if g.has("-a", "--all", "--stdin") {
				b.act(ActGitDiscard, detail)
			} else {
				b.discard(g.pos, detail)
			}
		}
	case "read-tree":
		if g.has("--reset") || g.has("-u") && g.has("-m") && g.has("--reset") {
			b.act(ActGitDiscard, detail)
		}
	case "rebase":
		if g.has("--root") {
			b.act(ActGitRewrite, detail)
		}
		if g.has("--root", "-x", "--exec") {
			if v := g.value("-x", "--exec"); v != "" && spawnsShell(v) {
				b.act(ActShellSpawn, v)
			}
		}
	case "push", "send-pack":
		if !dry {
			b.gitPush(&g, detail)
		}
	case "submodule":
		if g.word(0) == "deinit" && g.has("-f", "--force") {
			b.act(ActGitDiscard, detail)
		}
	case "lfs":
		if g.word(0) == "prune" && g.has("-f", "--force") {
			b.act(ActGitDiscard, detail)
		}
	case "config":
		if strings.EqualFold(g.word(0), "core.hookspath") && g.word(1) == "/dev/null" {
			b.act(ActGitHookOff, detail)
		}
		b.gitConfig(strings.Join(g.pos, "="))
	case "remote":
		switch w := g.word(0); {
		case w == "add" && g.word(1) != "origin" && g.word(1) != "upstream" && g.word(2) != "":
			b.remotes = append(b.remotes, g.word(1))
		case w == "remove", w == "rm", w == "set-url" && repositoryClass(g.word(2)) != HostKnown:
			b.act(ActGitTamper, detail)
		}
	case "commit":
		if g.has("--no-verify", "-n") {
			b.act(ActGitNoVerify, detail)
		}
	case "credential":
		if g.word(0) == "fill" {
			b.act(ActSecretPrint, detail)
		}
	case "fast-import", "replace-ref":
		b.act(ActGitRewrite, detail)
	case "bundle", "archive":
	}
}

// gitCheckout tells a change of branches from files that are thrown away.
func (b *builder) gitCheckout(g *gitCall, detail string) {
	if g.has("-f", "--force") {
		b.act(ActGitDiscard, detail)
		return
	}
	if g.has("-b", "-B", "--orphan", "--detach", "-p", "--patch") {
		return
	}
	paths := 0
	switch {
	case g.dash >= 0:
		paths = len(g.pos) - g.dash
	case g.has("--pathspec-from-file"):
		paths = 1
	case len(g.pos) >= 2:
		paths = len(g.pos) - 1
		if g.has("-t", "--track") && !g.has("--track") {
			paths = 0
		}
	case len(g.pos) == 1:
		w := g.pos[0]
		if w == "." || w == ".." || strings.HasPrefix(w, "./") || strings.HasPrefix(w, ":") || strings.HasSuffix(w, "/*") {
			paths = 1
		}
	}
	switch {
	case paths == 0 || looksLikeSentence(g.pos):
	case g.dash >= 0:
		b.discard(g.pos[g.dash:], detail)
	default: // a word that git may take for a branch
		b.act(ActGitDiscard, detail)
	}
}

// discard is work that is thrown away: that of a few named files, or more.
func (b *builder) discard(names []string, detail string) {
	kind := ActGitDiscardFile
	if len(names) == 0 || len(names) > 8 {
		kind = ActGitDiscard
	}
	for _, w := range names {
		if w == "" || strings.HasPrefix(w, ".") && strings.Trim(w, "./") == "" || w[0] == ':' || w[0] == '/' || strings.HasPrefix(w, "..") || strings.ContainsAny(w, "*?[") || strings.Contains(w, shellcommand.Unknown) || strings.HasSuffix(w, "/") && !BuildOutput(w) {
			kind = ActGitDiscard
		}
	}
	for _, w := range names {
		if p := b.place(w, b.dir()); p.class == ClassTelemetry || p.class == ClassAgentConfig && !strings.HasSuffix(p.path, ".md") {
			b.put(p, AccessWrite, "git", false, false)
		}
	}
	b.act(kind, detail)
}

// repositoryClass is the class of the host of a repository's address.
func repositoryClass(address string) string {
	switch cutAt(address, ":") {
	case "github", "gitlab", "bitbucket", "gist":
		return HostKnown
	}
	host, _, _ := remoteFile(address)
	if strings.Contains(address, "://") {
		_, host, _, _ = splitURL(address)
	}
	return hostClass(strings.ToLower(host))
}

func looksLikeSentence(pos []string) bool { return len(pos) > 12 }

func (b *builder) gitPush(g *gitCall, detail string) {
	switch {
	case g.has("--mirror"):
		b.act(ActGitRewrite, detail)
	case g.has("-d", "--delete"), g.has("--prune"):
		b.act(ActGitDeleteRemote, detail)
	}
	for i := range g.opts {
		if n := g.opts[i].name; n == "-f" || n == "--force" || n == "--forc" || n == "--for" || n == "--fo" {
			b.act(ActGitForcePush, detail)
		}
	}
	for i, w := range g.pos {
		if i == 0 {
			if slices.Contains(b.remotes, w) || strings.Contains(w, "://") && strings.Contains(w, "@") || strings.Contains(w, "://") && repositoryClass(w) != HostKnown {
				b.act(ActGitPushElsewhere, detail)
			}
			continue
		}
		switch {
		case strings.HasPrefix(w, "+"):
			b.act(ActGitForcePush, detail)
		case strings.HasPrefix(w, ":refs/tags/"):
		case strings.HasPrefix(w, ":") && (len(w) > 1 || computed(b.call.cmd.Text)):
			b.act(ActGitDeleteRemote, detail)
		}
		dst := strings.TrimPrefix(w, "+")
		if _, to, ok := strings.Cut(dst, ":"); ok {
			dst = to
		}
		dst = strings.TrimPrefix(dst, "refs/heads/")
		if dst == "main" || dst == "master" || dst == "production" || dst == "release" {
			b.act(ActGitPushDefault, dst)
		}
	}
}

// computed reports whether a branch that is to be deleted stands in a variable which
// the command line does not set.
func computed(text string) bool { return hasAny(text, ":$", `:"$`, ":'$") }

// outsideTree reports whether a directory of hooks is not one of the repository's
// own, which everybody can read.
func outsideTree(dir string) bool {
	return dir != "/dev/null" && (dir[0] == '/' || dir[0] == '~' || dir[0] == '$' || strings.HasPrefix(dir, "..") || strings.Contains(dir, shellcommand.Unknown))
}

// trunk reports whether one of some branches is the one that others start from.
func trunk(names []string) bool {
	for _, n := range names {
		switch n {
		case "main", "master", "develop", "trunk", "production", "release", "staging":
			return true
		}
	}
	return false
}

// usualTools show and edit text, or compare it.
var usualTools = words("less more most cat bat delta diff-so-fancy diffnav riff moar tee vim vi nvim nano emacs emacsclient code cursor subl hx micro kak helix ed mcedit difft difftastic meld kdiff3 vimdiff opendiff bcomp gpg gpg2 true false head tail")

// usualTool reports whether a command line is one program that shows or edits text.
func usualTool(value string) bool {
	if strings.ContainsAny(value, ";|&`<>") && !strings.Contains(value, "| less") || strings.Contains(value, "$(") {
		return false
	}
	word := cutAt(strings.TrimSpace(value), " ")
	return word == "" || usualTools[strings.TrimSuffix(word[strings.LastIndexByte(word, '/')+1:], ".exe")] && !strings.HasPrefix(word, "/tmp/") && !strings.HasPrefix(word, "./") || word == "true" || word == "false"
}
