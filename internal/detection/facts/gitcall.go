package facts

import "strings"

// gitCall is a subcommand's words told apart.
type gitCall struct {
	sub  string
	pos  []string
	opts []opt
	dash int // operands before --, -1 without --
}

// gitValues are the options of subcommands whose value is the next word.
var gitValues = map[string]map[string]bool{
	"checkout": words("-b -B --orphan --conflict"), "switch": words("-c --orphan --conflict"), "push": words("-o --push-option --repo --receive-pack --exec"),
	"clean": words("-e --exclude"), "restore": words("-s --source --conflict --pathspec-from-file"), "commit": words("-m -F -C -c --author --date --message --file -t --fixup"),
	"tag": words("-m -F -u --message --file"), "rebase": words("-x --exec --onto -s -X"), "gc": words(""), "stash": words("-m --message"), "branch": words("-u --set-upstream-to"), "worktree": words("-b -B"), "filter-repo": words("--path --refs --replace-text"), "log": words("-n --format --author --since --until -S -G -L"), "reset": words("--pathspec-from-file"),
}

func (g *gitCall) parse(args []string) {
	g.dash = -1
	takes := gitValues[g.sub]
	for i := 0; i < len(args); i++ {
		w := args[i]
		switch {
		case g.dash >= 0 || len(w) < 2 || w[0] != '-':
			g.pos = append(g.pos, w)
		case w == "--":
			g.dash = len(g.pos)
		case w[1] == '-':
			name, value, has := strings.Cut(w, "=")
			if !has && takes[name] && i+1 < len(args) {
				i++
				value, has = args[i], true
			}
			g.opts = append(g.opts, opt{name, value, has})
		default:
			for j := 1; j < len(w); j++ {
				name := short(w[j])
				if !takes[name] {
					g.opts = append(g.opts, opt{name: name})
					continue
				}
				o := opt{name: name, has: true}
				if j+1 < len(w) {
					o.value = w[j+1:]
				} else if i+1 < len(args) {
					i++
					o.value = args[i]
				}
				g.opts = append(g.opts, o)
				break
			}
		}
	}
}

// has is as call.has; git takes shorter beginnings of long options.
func (g *gitCall) has(names ...string) bool {
	for i := range g.opts {
		for _, n := range names {
			o := &g.opts[i]
			if o.name == n || len(n) > 3 && len(o.name) >= 3 && o.name[1] == '-' && n[1] == '-' && strings.HasPrefix(n, o.name) {
				return true
			}
		}
	}
	return false
}

// undone reports whether --no-… stands behind the last of an option.
func (g *gitCall) undone(name string) bool {
	no := "--no-" + name[2:]
	for i := len(g.opts) - 1; i >= 0; i-- {
		switch o := &g.opts[i]; {
		case len(o.name) > 5 && strings.HasPrefix(no, o.name):
			return true
		case o.name == "-n" || len(o.name) > 2 && strings.HasPrefix(name, o.name):
			return false
		}
	}
	return false
}

func (g *gitCall) value(names ...string) string {
	for i := range g.opts {
		for _, n := range names {
			if g.opts[i].name == n {
				return g.opts[i].value
			}
		}
	}
	return ""
}

func (g *gitCall) word(i int) string {
	if i < len(g.pos) {
		return g.pos[i]
	}
	return ""
}
