package facts

import (
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/shellcommand"
)

// call is a command with its words told apart.
type call struct {
	cmd  *shellcommand.Command
	prog string // canonical name
	args []string
	pos  []string // operands
	at   []int    // their indices in args
	opts []opt
	spec *spec

	joined  string // see line
	hasLine bool
}

// opt is an option of a call.
type opt struct {
	name  string // with its dashes: -o, --output
	value string
	has   bool
}

// canonical is the name by which a program is known: without version, in lower
// case.
func canonical(name string) string {
	if hasUpper(name) && name != "R" && name != "Rscript" {
		name = strings.ToLower(name)
	}
	name = strings.TrimSuffix(name, ".exe")
	if s := aliases[name]; s != "" {
		return s
	}
	end := len(name)
	for end > 1 && (name[end-1] >= '0' && name[end-1] <= '9' || name[end-1] == '.' || name[end-1] == '-') {
		end--
	}
	if end < len(name) && versioned[name[:end]] {
		return name[:end]
	}
	return name
}

var versioned = words("python perl ruby php lua node bash zsh gcc clang java go pip psql tclsh wish ksh gawk guile ghc jruby pypy luajit nodejs emacs vim postgres mysql")

var aliases = map[string]string{
	"nodejs": "node", "netcat": "nc", "nc.openbsd": "nc", "nc.traditional": "nc", "ncat": "nc", "nodejs18": "node", "gawk": "awk", "mawk": "awk", "nawk": "awk", "original-awk": "awk",
	"vim": "vi", "nvim": "vi", "view": "vi", "rvim": "vi", "vim.basic": "vi", "vim.tiny": "vi", "vimdiff": "vi", "gvim": "vi", "rview": "vi", "ex": "vi",
	"pip3": "pip", "pipx": "pip", "gmake": "make", "gsed": "sed", "gtar": "tar", "bsdtar": "tar", "egrep": "grep", "fgrep": "grep", "zgrep": "grep", "bat": "cat", "batcat": "cat", "gcat": "cat", "tac": "cat", "bzcat": "zcat", "xzcat": "zcat", "zstdcat": "zcat", "lz4cat": "zcat", "zstd": "gzip", "xz": "gzip", "bzip2": "gzip", "lz4": "gzip", "brotli": "gzip", "pigz": "gzip", "bunzip2": "gunzip", "unxz": "gunzip", "unzstd": "gunzip", "uncompress": "gunzip", "funzip": "zcat",
	"rimraf": "rm", "claude-code": "claude", "gemini-cli": "gemini",
	"unlink": "rm", "grm": "rm", "gcp": "cp", "gmv": "mv", "gfind": "find", "fdfind": "fd", "docker-compose": "docker-compose", "openjdk": "java", "pypy": "python", "ipython": "python", "luajit": "lua", "texlua": "lua", "opentofu": "terraform", "tofu": "terraform", "terragrunt": "terraform",
	"vboxmanage": "vboxmanage", "oc": "kubectl", "k3s": "kubectl", "kubectl.exe": "kubectl", "k": "kubectl", "microk8s.kubectl": "kubectl", "nerdctl": "docker", "podman": "docker", "mariadb": "mysql", "pgcli": "psql", "mycli": "mysql", "litecli": "sqlite3", "sqlite": "sqlite3", "mongo": "mongosh", "valkey-cli": "redis-cli", "keydb-cli": "redis-cli",
	"https": "http", "xh": "http", "xhs": "http", "curlie": "curl", "remove-item": "rm", "ri": "rm", "del": "rm", "erase": "rm", "rd": "rmdir", "yarnpkg": "yarn", "apt-get": "apt", "aptitude": "apt", "microdnf": "dnf", "yum": "dnf", "pnpx": "npx", "bunx": "npx",
	"invoke-webrequest": "curl", "iwr": "curl", "invoke-restmethod": "curl", "irm": "curl", "get-content": "cat", "gc": "cat", "type": "type", "copy-item": "cp", "move-item": "mv", "set-content": "tee", "add-content": "tee", "out-file": "tee", "invoke-expression": "eval", "iex": "eval",
}

// parse tells the words of a command apart.
func (c *call) parse(cmd *shellcommand.Command) {
	*c = call{cmd: cmd, prog: canonical(cmd.Program), args: c.args[:0], pos: c.pos[:0], at: c.at[:0], opts: c.opts[:0]}
	for i := range cmd.Args {
		if i == maxArgs {
			break
		}
		c.args = append(c.args, cmd.Args[i].Value)
	}
	c.spec = specOf(c.prog)
	sp := c.spec
	rest := false
	for i := 0; i < len(c.args); i++ {
		w := c.args[i]
		if rest || len(w) < 2 || w[0] != '-' {
			c.operand(i)
			rest = rest || sp.posix && len(c.pos) > 0
			continue
		}
		if w == "--" {
			rest = true
			continue
		}
		if w[1] == '-' || sp.single {
			name, value, has := strings.Cut(w, "=")
			if !has && i+1 < len(c.args) && sp.takes(name) {
				i++
				value, has = c.args[i], true
			}
			c.opts = append(c.opts, opt{name, value, has})
			continue
		}
		for j := 1; j < len(w); j++ {
			name := short(w[j])
			if !sp.takes(name) {
				c.opts = append(c.opts, opt{name: name})
				if j > 24 {
					break
				}
				continue
			}
			o := opt{name: name, has: true}
			if j+1 < len(w) {
				o.value = strings.TrimPrefix(w[j+1:], "=")
			} else if i+1 < len(c.args) {
				i++
				o.value = c.args[i]
			}
			c.opts = append(c.opts, o)
			break
		}
	}
}

func (c *call) operand(i int) {
	c.pos = append(c.pos, c.args[i])
	c.at = append(c.at, i)
}

var shorts [256]string

func init() {
	for i := range shorts {
		shorts[i] = "-" + string(rune(i))
	}
}

func short(b byte) string { return shorts[b] }

// has reports whether one of the options is given. A long one may be shortened, as
// getopt lets it.
func (c *call) has(names ...string) bool {
	for i := range c.opts {
		for _, n := range names {
			if c.opts[i].is(n) {
				return true
			}
		}
	}
	return false
}

func (o *opt) is(name string) bool {
	if o.name == name {
		return true
	}
	return len(name) > 5 && len(o.name) >= 5 && o.name[1] == '-' && name[1] == '-' && strings.HasPrefix(name, o.name)
}

// value is the value of the first of the options that is given.
func (c *call) value(names ...string) string {
	for i := range c.opts {
		for _, n := range names {
			if c.opts[i].has && c.opts[i].is(n) {
				return c.opts[i].value
			}
		}
	}
	return ""
}

// word is an operand, "" where there is none.
func (c *call) word(i int) string {
	if i < len(c.pos) {
		return c.pos[i]
	}
	return ""
}

// arg reports whether a word is among the arguments as it is.
func (c *call) arg(words ...string) bool {
	for _, a := range c.args {
		for _, w := range words {
			if a == w {
				return true
			}
		}
	}
	return false
}

// help reports whether the call only asks what the program can do, or what it
// would do.
func (c *call) help() bool {
	if c.asks() {
		return true
	}
	for i, a := range c.args {
		switch a {
		case "help", "version":
			if i == 0 || c.prog == "aws" && i == len(c.args)-1 && !strings.HasPrefix(c.args[i-1], "-") {
				return true
			}
		case "-h", "-V":
			if len(c.args) == 1 || i == len(c.args)-1 && i > 0 && !strings.HasPrefix(c.args[i-1], "-") && c.prog != "ls" && c.prog != "psql" && c.prog != "mysql" {
				return len(c.args) == 1 || a == "-h"
			}
		}
	}
	return false
}

// asks reports whether an option says that nothing is done. What looks like one and
// is the value of another is none.
func (c *call) asks() (asks bool) {
	for i := range c.opts {
		switch c.opts[i].name {
		case "--version":
			if len(c.pos) == 0 {
				return true
			}
		case "--help", "--dry-run", "--dryrun", "-help", "--what-if", "--noop", "--simulate", "--just-print", "-WhatIf":
			asks = c.opts[i].value != "none" && c.opts[i].value != "false" // the last one counts
		case "--no-dry-run", "--no-dryrun":
			asks = false
		}
	}
	return asks
}

// line is the arguments as one text, bounded. It is made once, and not at all for
// most calls.
func (c *call) line() string {
	if !c.hasLine {
		c.joined, c.hasLine = c.join(), true
	}
	return c.joined
}

func (c *call) join() string {
	var b strings.Builder
	for i, a := range c.args {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(cut(a, maxDetail))
		if b.Len() > maxDetail {
			break
		}
	}
	return show(cut(b.String(), maxDetail))
}
