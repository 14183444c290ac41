package facts

import (
	"strings"
)

// loaderOptions are variables that hold options of a program, with what says in them
// that code is loaded.
var loaderOptions = map[string][]string{
	"NODE_OPTIONS": {"--require", "-r ", "--import", "--loader", "--experimental-loader"}, "JAVA_TOOL_OPTIONS": {"-javaagent:", "-agentpath:"}, "_JAVA_OPTIONS": {"-javaagent:", "-agentpath:"},
	"JDK_JAVA_OPTIONS": {"-javaagent:", "-agentpath:"}, "MAVEN_OPTS": {"-javaagent:", "-agentpath:"}, "GOFLAGS": {"-toolexec", "-vettool", "-exec"}, "PERL5OPT": {"-I"}, "RUBYOPT": {"-r", "-I"},
	"CARGO_BUILD_RUSTC": {""}, "RUSTC": {""}, "ZDOTDIR": {""}, "PERL5LIB": {""}, "RUBYLIB": {""}, "GIT_EXEC_PATH": {""}, "GEM_PATH": {""}, "LUA_PATH": {""}, "LUA_CPATH": {""},
}

// loaderVariable looks at a variable that makes a program load code from a place where
// anybody may leave some.
func (b *builder) loaderVariable(name, value string) bool {
	marks, ok := loaderOptions[name]
	if !ok || loaders[name] {
		return false
	}
	if hasAny(value, marks...) && anybodys(value) {
		b.act(ActCodeLoad, name+"="+value)
		return true
	}
	return false
}

// anybodys reports whether a value names a place where anybody may leave code.
func anybodys(value string) bool {
	return hasAny(value, "/tmp/", "/dev/shm/", "data:", "http://", "https://", "/dev/fd/", "/proc/self/fd/")
}

// loadsByOption looks at options of programs that load code, whatever else they do.
func (b *builder) loadsByOption(c *call) {
	for i := range c.args {
		w := c.args[i]
		switch c.prog {
		case "git":
			if v, ok := strings.CutPrefix(w, "--exec-path="); ok && v != "" {
				b.act(ActCodeLoad, w)
			}
			if v, ok := strings.CutPrefix(w, "--template="); ok && anybodys(v) {
				b.act(ActCodeLoad, w)
			}
		case "sqlite3", "duckdb":
			if v, ok := strings.CutPrefix(strings.TrimSpace(w), ".load "); ok && anybodys(v) || strings.Contains(strings.ToLower(w), "load_extension(") && anybodys(w) {
				b.act(ActCodeLoad, w)
			}
		case "php":
			if hasAny(w, "auto_prepend_file=", "auto_append_file=", "allow_url_include=1", "allow_url_include=on") {
				b.act(ActCodeLoad, w)
			}
		case "kubectl":
			if i > 0 && c.args[0] == "debug" && strings.HasPrefix(w, "node/") {
				b.act(ActContainerPrivileged, c.line())
			}
		}
	}
}
