package shellcommand

import (
	"maps"
	"path"
	"slices"
	"strings"
)

// ctx is where a statement stands. It is passed by value: what is changed in it
// holds for what is below.
type ctx struct {
	sh       *shell
	src      string     // that the statement's positions point into
	in       *stream    // what its standard input gives; nil when nothing is known of it
	out      *collector // takes its output; nil when nobody looks
	redirs   []Redirect // of the groups around it
	fds      map[int]descriptor
	sinks    []*stream // of >(…): what reads its output
	via      []Via
	wrappers []Wrapper
	noAlias  string // an alias that is being expanded
	cond     bool   // it may not run: an assignment adds a value
	loop     bool   // it is the condition of a loop
	bg       bool
}

func (c ctx) within(v Via) ctx {
	c.via = append(c.via[:len(c.via):len(c.via)], v)
	return c
}

// shell is the state of one shell.
type shell struct {
	vars    map[string]*variable
	funcs   map[string]function
	aliases map[string]string
	hashed  map[string]string // hash -p
	fds     map[int]descriptor
	redirs  []Redirect // exec >file
	in      *stream    // exec <file
	dir     string
	prevDir string
	dirs    []string // pushd
	home    string
	args    []val  // $1, …
	zero    string // $0; "" is bash
	// exported are the variables that the command line exported.
	exported []string
	// sourced says that code which is not known ran in it, so that any variable
	// may be set.
	sourced bool
}

func newShell(o Options) *shell {
	return &shell{dir: o.Dir, home: o.Home}
}

// clone is the state of a subshell.
func (s *shell) clone() *shell {
	n := *s
	n.vars = maps.Clone(s.vars)
	n.funcs, n.aliases, n.hashed, n.fds = maps.Clone(s.funcs), maps.Clone(s.aliases), maps.Clone(s.hashed), maps.Clone(s.fds)
	return &n
}

// function is a shell function with the source that its body points into.
type function struct {
	body any // *syntax.Stmt
	src  string
}

// source is a command whose output is in a value, and how it came there.
type source struct {
	id   int
	kind EdgeKind
	name string
}

// val is a value, with Unknown for the parts that are.
type val struct {
	s       string
	from    []source
	decoded bool
	// maybe says that it is Unknown only because the environment may have it.
	maybe bool
	// abs says that it is an absolute path of which no more is known.
	abs bool
}

// variable has one or more possible values, or is an array.
type variable struct {
	vals  []val
	array []val
	keys  []string // of an associative array's elements, in the order of array
	ref   string   // declare -n
}

// commonEnv are variables which an environment commonly has, so that they are not
// taken for unset.
var commonEnv = wordSet(`HOME PWD OLDPWD USER LOGNAME SHELL TMPDIR TEMP TMP PATH LANG LC_ALL TERM HOSTNAME HOST UID EUID
	GID PPID EDITOR VISUAL PAGER DISPLAY SSH_AUTH_SOCK SSH_CONNECTION SSH_CLIENT SSH_TTY XDG_CONFIG_HOME XDG_DATA_HOME
	XDG_CACHE_HOME XDG_STATE_HOME XDG_RUNTIME_DIR RANDOM SECONDS LINENO BASHPID BASH BASH_VERSION BASH_SOURCE BASHOPTS
	SHELLOPTS OSTYPE MACHTYPE HOSTTYPE SHLVL COLUMNS LINES EPOCHSECONDS EPOCHREALTIME SRANDOM MAIL MANPATH VIRTUAL_ENV
	CONDA_PREFIX GOPATH GOROOT GOBIN JAVA_HOME NVM_DIR CARGO_HOME RUSTUP_HOME PYENV_ROOT HOMEBREW_PREFIX ANDROID_HOME
	GITHUB_TOKEN GH_TOKEN GITLAB_TOKEN NPM_TOKEN OPENAI_API_KEY ANTHROPIC_API_KEY AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
	AWS_SESSION_TOKEN AWS_PROFILE AWS_REGION DATABASE_URL KUBECONFIG DOCKER_HOST HTTP_PROXY HTTPS_PROXY NO_PROXY
	http_proxy https_proxy no_proxy CI GITHUB_ACTIONS GITHUB_WORKSPACE WORKSPACE CLAUDE_PROJECT_DIR CLAUDECODE REPLY
	PIPESTATUS FUNCNAME DIRSTACK GROUPS COPROC OPTARG OPTIND PS1 PS2 PS4 USERPROFILE APPDATA LOCALAPPDATA PROGRAMFILES`)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}

// lookup returns the possible values of a variable; never none.
func (s *shell) lookup(name string) *variable {
	for range 4 {
		v := s.vars[name]
		if v == nil {
			break
		}
		if v.ref == "" {
			return v
		}
		name = v.ref
	}
	switch name {
	case "HOME":
		if s.home != "" {
			return &variable{vals: []val{{s: s.home}}}
		}
		return &variable{vals: []val{{s: "~"}}}
	case "PWD":
		if s.dir != "" {
			return &variable{vals: []val{{s: s.dir}}}
		}
	case "OLDPWD":
		if s.prevDir != "" {
			return &variable{vals: []val{{s: s.prevDir}}}
		}
	case "SHELL": // whichever it is
		return &variable{vals: []val{{s: "bash"}}}
	case "IFS":
		return &variable{vals: []val{{s: " \t\n"}}}
	}
	switch {
	case commonEnv[name]:
		return &variable{vals: []val{{s: Unknown}}}
	case s.sourced, strings.ToUpper(name) == name && strings.ToLower(name) != name:
		return &variable{vals: []val{{s: Unknown, maybe: true}}}
	}
	return &variable{vals: []val{{}}}
}

// isSet reports whether the command line assigns the variable.
func (s *shell) isSet(name string) bool { return s.vars[name] != nil }

// make returns a variable to be changed; another shell's is not touched by it.
func (s *shell) make(name string) *variable {
	if s.vars == nil {
		s.vars = make(map[string]*variable, 4)
	}
	for range 4 {
		v := s.vars[name]
		if v == nil || v.ref == "" {
			break
		}
		name = v.ref
	}
	v := &variable{}
	if have := s.vars[name]; have != nil {
		*v = *have
	}
	s.vars[name] = v
	return v
}

// assign gives a variable values; add keeps those that it may have.
func (s *shell) assign(name string, vals []val, add bool) {
	if len(s.vars) >= maxWords {
		return
	}
	v := s.make(name)
	if !add {
		v.vals, v.array, v.keys = nil, nil, nil
	}
	for _, n := range vals {
		if len(v.vals) >= maxValues {
			return
		}
		known := false
		for _, have := range v.vals {
			if have.s == n.s && len(n.from) == 0 {
				known = true
				break
			}
		}
		if !known {
			v.vals = append(v.vals[:len(v.vals):len(v.vals)], n)
		}
	}
}

func (s *shell) assignArray(name string, elems []val, keys []string) {
	if len(s.vars) >= maxWords {
		return
	}
	v := s.make(name)
	if len(elems) > maxBraces {
		elems = elems[:maxBraces]
	}
	v.array, v.keys, v.vals = elems, keys, nil
	if len(elems) > 0 {
		v.vals = elems[:1]
	}
}

// chdir is what cd does.
func (s *shell) chdir(to string) {
	s.prevDir, s.dir = s.dir, s.resolve(to)
}

// resolve makes a path absolute; "" when that cannot be told.
func (s *shell) resolve(p string) string {
	switch {
	case p == "" || strings.Contains(p, Unknown):
		return ""
	case p[0] == '/':
		return path.Clean(p)
	case p[0] == '~' && (len(p) == 1 || p[1] == '/'):
		return path.Clean(p) // the home directory is not known, but the same
	case s.dir == "":
		return ""
	}
	return path.Join(s.dir, p)
}

// key is under which name a file is remembered.
func (s *shell) key(p string) string {
	if k := s.resolve(p); k != "" {
		return k
	}
	if strings.Contains(p, Unknown) {
		return ""
	}
	return path.Clean(p)
}

// export notes that commands get a variable.
func (s *shell) export(name string) {
	if len(s.exported) >= maxValues || slices.Contains(s.exported, name) {
		return
	}
	s.exported = append(s.exported[:len(s.exported):len(s.exported)], name)
}

// environment are the variables that commands get, with each possible value.
func (s *shell) environment() []Assign {
	var out []Assign
	for _, name := range s.exported {
		v := s.vars[name]
		if v == nil {
			continue
		}
		for _, x := range v.vals {
			if len(out) < maxValues {
				out = append(out, Assign{Name: name, Value: Word{Value: x.s, Known: !strings.Contains(x.s, Unknown)}})
			}
		}
	}
	return out
}
