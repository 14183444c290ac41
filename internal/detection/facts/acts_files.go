package facts

import "strings"

// topDirs are the directories in which everything lives.
var topDirs = words(`/ /* /bin /boot /dev /etc /home /lib /lib32 /lib64 /libx32 /media /mnt /opt /proc /root /run /sbin /srv /sys /tmp /usr /var /usr/bin /usr/sbin /usr/lib /usr/local /usr/share /var/lib /var/log /var/tmp /Users /System /Library /Applications /Volumes /private /usr/local/bin /usr/lib64 /etc/* /usr/* /home/* /var/* /Users/* ~ /root/* C:/ C:/* C:/Windows C:/Users ~/*`)

// root reports whether a path is one of a system's or a user's own directories
// itself.
func (b *builder) root(p string) bool {
	if topDirs[p] && p != "/tmp/*" && p != "/var/tmp/*" {
		return true
	}
	if p == b.c.Home && p != "" || b.c.Home != "" && p == b.c.Home+"/*" {
		return true
	}
	if b.remoteHome(p) {
		return true
	}
	return false
}

// remoteHome is the home directory of anybody.
func (b *builder) remoteHome(p string) bool {
	for _, dir := range [...]string{"/home/", "/Users/"} {
		if rest, ok := strings.CutPrefix(p, dir); ok && rest != "" && !strings.Contains(strings.TrimSuffix(rest, "/*"), "/") {
			return true
		}
	}
	return false
}

// removal is rm, rmdir and mv.
func (b *builder) removal(c *call) {
	if c.prog == "mv" {
		for i, w := range c.pos {
			if i == len(c.pos)-1 && c.value("-t", "--target-directory") == "" {
				break
			}
			p := b.place(w, b.dir())
			if b.root(p.path) || p.class == ClassRoot || p.class == ClassSystem && strings.HasPrefix(p.path, "/var/lib/") && strings.Count(p.path, "/") <= 3 {
				b.act(ActFileDeleteRoot, p.path)
			}
			if p.class == ClassTelemetry {
				b.act(ActTelemetryDisable, p.path)
			}
		}
		return
	}
	recursive := c.has("-r", "-R", "--recursive", "-Recurse", "/s", "/S") || c.prog == "rmdir" && c.arg("/s", "/S")
	force := c.has("-f", "--force", "-Force") || c.arg("/q", "/Q")
	if strings.HasPrefix(c.cmd.Program, "rimraf") { // always
		recursive, force = true, true
	}
	b.deletedWith(c, c.pos, recursive, force, false)
	for i := range c.at {
		if u := c.cmd.Args[c.at[i]].IfUnset; u != "" && recursive {
			if p := b.place(u, b.dir()); b.root(p.path) {
				b.act(ActFileDeleteRoot, p.path+" when a variable is unset")
			}
		}
	}
	if recursive && force {
		b.found(c)
	}
	b.foundByInput(c)
}

// foundByInput is a deletion of the names that find gives to xargs.
func (b *builder) foundByInput(c *call) {
	n := len(c.cmd.Wrappers)
	if n == 0 || c.cmd.Wrappers[n-1].Program != "xargs" && c.cmd.Wrappers[n-1].Program != "parallel" {
		return
	}
	limited := false
	for id, hops := c.cmd.ID, 0; hops < 4; hops++ {
		from := -1
		for _, e := range b.a.Edges {
			if e.To == id && e.From < id {
				from = e.From
			}
		}
		if from < 0 || from >= len(b.a.Commands) {
			return
		}
		k := &b.a.Commands[from]
		switch canonical(k.Program) {
		case "find":
			args := make([]string, min(len(k.Args), maxArgs))
			for i := range args {
				args[i] = k.Args[i].Value
			}
			b.deletedWith(c, findRoots(args), true, true, limited || findLimits(args))
			return
		case "grep", "head", "tail", "awk", "sed", "rg":
			limited = true
		}
		id = from
	}
}

// found is a deletion of what find finds.
func (b *builder) found(c *call) {
	for i := range c.cmd.Wrappers {
		w := &c.cmd.Wrappers[i]
		if w.Program != "find" && w.Program != "fd" {
			continue
		}
		args := make([]string, len(w.Args))
		for j := range w.Args {
			args[j] = w.Args[j].Value
		}
		if b.named(c, args) {
			return
		}
		b.deletedWith(c, findRoots(args), true, true, findLimits(args))
	}
}

// findRoots are the directories that find begins at.
func findRoots(args []string) []string {
	var roots []string
	for _, a := range args {
		if a == "-H" || a == "-L" || a == "-P" {
			continue
		}
		if strings.HasPrefix(a, "-") || a == "(" || a == "!" || len(roots) == 16 {
			break
		}
		roots = append(roots, a)
	}
	if len(roots) == 0 {
		roots = []string{"."}
	}
	return roots
}

func (b *builder) deleted(c *call, names []string, recursive, limited bool) {
	b.deletedWith(c, names, recursive, true, limited)
}

// deletedWith tells how much a deletion takes away.
func (b *builder) deletedWith(c *call, names []string, recursive, force, limited bool) {
	for _, w := range names {
		if w == "" { // a variable that is not set: nothing is deleted
			continue
		}
		p := b.place(w, b.dir())
		switch p.class {
		case ClassTelemetry:
			b.act(ActTelemetryDisable, p.path)
		case ClassLog:
			if strings.Contains(p.path, "history") {
				b.act(ActHistoryClear, p.path)
			} else if strings.HasPrefix(p.path, "/var/log") {
				b.act(ActLogClear, p.path)
			}
		}
		if hasAny(strings.ToLower(p.path), "backup", "/snapshots") && (recursive || strings.HasPrefix(p.path, "/var/")) && p.class != ClassProject && p.class != ClassTemp {
			b.act(ActBackupDelete, p.path)
		}
		if !recursive {
			continue
		}
		base := strings.TrimSuffix(strings.TrimSuffix(p.path, "/*"), "/.*")
		if p.class == ClassUnknown && strings.HasPrefix(p.path, ellipsis+"/") && !strings.Contains(w, "..") && hasAny(c.cmd.Text, "$TMPDIR/", "${TMPDIR}/", "${TMPDIR:", "$(mktemp", "$RUNNER_TEMP/", "$TEMP/", "$TMP/") {
			continue
		}
		switch {
		case limited && p.class == ClassTemp:
		case limited && (b.root(p.path) || p.class == ClassRoot):
			b.act(ActFileDeleteMany, p.path)
		case b.root(p.path), p.class == ClassRoot:
			b.act(ActFileDeleteRoot, p.path)
		case w == "." || w == ".." || w == "./" || w == "../" || w == ".*" || w == "./*" || w == "*" || w == "$PWD" || b.above(base) || p.path == b.c.Dir && b.c.Dir != "":
			if limited || !force {
				if force {
					b.act(ActFileDeleteTree, p.path)
				}
				break
			}
			if w == "*" || w == "./*" {
				b.act(ActFileDeleteMany, p.path)
				break
			}
			b.act(ActFileDeleteRoot, p.path)
		case p.class == ClassGit && (strings.HasSuffix(p.path, "/.git") || p.path == ".git"):
			b.act(ActFileDeleteRoot, p.path)
		case !force:
		case p.class == ClassTemp:
		case p.class == ClassProject, p.class == ClassUnknown && !strings.HasPrefix(w, "..") && w != "" && p.path[0] != '/':
			if strings.HasPrefix(w, "/") && b.project == "" {
				b.act(ActFileDeleteMany, p.path)
			} else {
				b.act(ActFileDeleteTree, p.path)
			}
		case p.class == ClassDevNull:
		case p.class == ClassHome && b.cache(p.path):
			b.act(ActFileDeleteTree, p.path)
		default:
			b.act(ActFileDeleteMany, p.path)
		}
	}
}

// above reports whether a path is the project's directory or one above it.
func (b *builder) above(p string) bool {
	return b.project != "" && p != "" && p[0] == '/' && within(b.project, p)
}

// BuildOutput reports whether a directory's name is one that builds make anew.
func BuildOutput(path string) bool {
	path = strings.TrimSuffix(strings.TrimSuffix(path, "/*"), "/")
	name := path[strings.LastIndexByte(path, '/')+1:]
	return buildDirs[name] || strings.HasSuffix(name, ".egg-info") || strings.HasSuffix(name, "-cache") || strings.HasSuffix(name, "_cache") || strings.HasPrefix(name, "cmake-build") || strings.HasPrefix(name, "tmp") || strings.HasPrefix(name, "test-")
}

var buildDirs = words(`node_modules build dist out target bin obj .next .nuxt .cache .turbo .parcel-cache coverage .nyc_output __pycache__ .pytest_cache .mypy_cache .ruff_cache .tox .venv venv env .gradle Pods DerivedData _build deps .terraform vendor tmp temp logs log .output .svelte-kit storybook-static site public .eggs htmlcov .vite .angular bazel-out generated gen output artifacts release debug cache test-results playwright-report .expo .dart_tool elm-stuff .stack-work dist-newstyle .serverless cdk.out .aws-sam .vercel .netlify .docusaurus`)

// named is a deletion by find of all files of one name.
func (b *builder) named(c *call, args []string) bool {
	name := afterWord(args, "-name", "-iname")
	switch {
	case name == ".git":
		b.act(ActFileDeleteRoot, "every .git")
		return true
	case name == "" || strings.ContainsAny(name, "*?["):
		return false
	}
	for _, r := range findRoots(args) {
		b.add(strings.TrimSuffix(r, "/")+"/"+name, AccessDelete, c.prog, false, false)
	}
	return false
}

// caches are directories below a home directory whose contents tools fetch and build
// again.
var caches = []string{".cache", ".npm", ".gradle/caches", ".gradle/daemon", ".m2/repository", ".cargo/registry", ".cargo/git", "go/pkg/mod", "library/caches", "library/developer/xcode/deriveddata", "library/developer/coresimulator/caches", ".pub-cache", ".yarn/cache", ".pnpm-store", ".local/share/pnpm", ".nuget/packages", ".ivy2", ".cocoapods", ".bun/install/cache", ".composer/cache", ".local/share/trash", ".nvm/.cache", ".terraform.d/plugin-cache", ".electron", ".node-gyp", ".vite", ".expo/cache", ".android/cache", ".sbt", ".hex", ".mix/archives", ".local/share/virtualenvs", ".pyenv/cache"}

func (b *builder) cache(p string) bool {
	_, rest := b.home(strings.ToLower(p))
	for _, dir := range caches {
		if within(rest, dir) {
			return true
		}
	}
	return false
}
