package shellcommand

import (
	"slices"
	"strings"
)

// Bounds of a makefile that is read.
const (
	maxRules = 256
	maxDeps  = 64
)

// makeRule is a target of a makefile.
type makeRule struct {
	name   string
	deps   []string
	recipe []string
}

// makeRun analyses the recipes of make that the command line has: of --eval, of a
// makefile at the standard input, and of one that was written before.
func makeRun(a *analyzer, k *command) {
	var text strings.Builder
	var from []int
	var targets []string
	add := func(s *stream) {
		if s == nil || strings.Trim(s.text, Unknown) == "" {
			return
		}
		text.WriteString("\n" + s.text)
		from = append(from, s.from...)
	}
	args := k.args()
	named := false
	for i := 0; i < len(args); i++ {
		v := args[i].v
		name, value, has := strings.Cut(v, "=")
		switch {
		case name == "SHELL" && has && strings.ContainsAny(value, " ;|&"):
			f := args[i]
			f.v = value
			a.argumentCode(k, f)
		case v == "-E" && i+1 < len(args):
			i++
			add(&stream{text: args[i].v})
		case name == "--eval" && has, strings.HasPrefix(v, "--eval"):
			if !has && i+1 < len(args) {
				i++
				value = args[i].v
			}
			add(&stream{text: value})
		case v == "-f", name == "--file", name == "--makefile":
			f := args[i]
			f.v = value
			if !has && i+1 < len(args) {
				i++
				f = args[i]
			}
			named = true
			add(a.fileStream(&k.c, f))
		case strings.HasPrefix(v, "-"):
			if v == "-C" || v == "-j" || v == "-I" {
				i++
			}
		case !strings.Contains(v, "=") && len(targets) < maxDeps:
			targets = append(targets, v)
		}
	}
	if !named && len(a.files) > 0 {
		for _, name := range []string{"GNUmakefile", "makefile", "Makefile"} {
			if a.files[k.c.sh.key(name)] != nil {
				s := a.fileStream(&k.c, field{v: name})
				for _, id := range s.from {
					a.edge(id, k.id, EdgeFile, s.path)
				}
				add(s)
				break
			}
		}
	}
	if text.Len() == 0 {
		return
	}
	code := shellFunctions(text.String()) + recipes(makeRules(text.String()), targets)
	if code == "" {
		return
	}
	f := field{v: code}
	for _, id := range from {
		f.from = append(f.from, source{id: id, kind: EdgeFile})
	}
	a.codeOf(k.fresh(ViaFile), k, f, nil)
}

// shellFunctions are the commands of $(shell …), which run while the file is read.
func shellFunctions(text string) string {
	var b strings.Builder
	for range maxDeps {
		_, rest, ok := strings.Cut(text, "$(shell ")
		if !ok {
			break
		}
		depth, end := 1, 0
		for end < len(rest) && depth > 0 {
			switch rest[end] {
			case '(':
				depth++
			case ')':
				depth--
			}
			end++
		}
		b.WriteString(strings.ReplaceAll(strings.TrimSuffix(rest[:end], ")"), "$$", "$") + "\n")
		text = rest[end:]
	}
	return b.String()
}

// makeRules reads the rules of a makefile.
func makeRules(text string) []makeRule {
	var rules []makeRule
	for line := range strings.Lines(strings.ReplaceAll(text, "\\\n", " ")) {
		line = strings.TrimSuffix(line, "\n")
		if recipe, ok := strings.CutPrefix(line, "\t"); ok {
			if n := len(rules); n > 0 {
				rules[n-1].recipe = append(rules[n-1].recipe, recipe)
			}
			continue
		}
		head, recipe, semicolon := strings.Cut(line, ";")
		name, deps, ok := strings.Cut(head, ":")
		if !ok || strings.HasPrefix(deps, "=") || strings.HasPrefix(strings.TrimSpace(line), "#") || len(rules) == maxRules {
			continue
		}
		r := makeRule{name: strings.TrimSpace(name), deps: strings.Fields(deps)}
		if semicolon {
			r.recipe = []string{recipe}
		}
		rules = append(rules, r)
	}
	return rules
}

// recipes are the shell code of targets and of what they need; of the first target
// when none is named.
func recipes(rules []makeRule, targets []string) string {
	if len(targets) == 0 {
		for _, r := range rules {
			if !strings.HasPrefix(r.name, ".") {
				targets = []string{r.name}
				break
			}
		}
	}
	var b strings.Builder
	var done []string
	for len(targets) > 0 && len(done) < maxDeps {
		name := targets[0]
		targets = targets[1:]
		if slices.Contains(done, name) {
			continue
		}
		done = append(done, name)
		for _, r := range rules {
			if !slices.Contains(strings.Fields(r.name), name) {
				continue
			}
			for _, l := range r.recipe {
				l = strings.TrimLeft(l, "@-+ \t")
				if strings.Contains(strings.ReplaceAll(l, "$$", ""), "$(") {
					continue // make's own variables and functions are not followed
				}
				b.WriteString(strings.ReplaceAll(l, "$$", "$") + "\n")
			}
			targets = append(targets, r.deps[:min(len(r.deps), maxDeps)]...)
		}
	}
	return b.String()
}
