package hookevent

import (
	"net/url"
	"path"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Target returns the file or directory that the payload acts on as Claude Code
// wrote it, or "". Commands have targets too, but those need a shell parser.
func (p Payload) Target() string {
	if t := p.Targets(); len(t) > 0 {
		return t[0]
	}
	return ""
}

// maxTargets bounds the paths that are looked at for one event.
const maxTargets = 16

// Targets returns every file or directory that the payload acts on, the one that
// it is about first.
func (p Payload) Targets() []string {
	if p.Err != nil {
		return some(p.path)
	}
	if !p.isToolCall() {
		return some(p.Text("new_cwd"), p.Text("directory"), p.changedFile())
	}
	in := p.input()
	switch tool := p.ToolName(); tool {
	case "Read", "Write", "Edit", "MultiEdit":
		return some(text(in, "file_path"))
	case "NotebookRead", "NotebookEdit":
		return some(text(in, "notebook_path"))
	case "Glob":
		return globTargets(text(in, "path"), text(in, "pattern"))
	case "Grep":
		return append(some(text(in, "path")), reaching(text(in, "glob"))...)
	case "LS":
		return some(text(in, "path"))
	case "Bash", "PowerShell", "Monitor", "REPL", "Agent", "Task", "WebFetch", "WebSearch":
		return nil
	}
	return pathsIn(in)
}

// RunsCommand reports whether the payload is of a tool that runs a command line.
func (p Payload) RunsCommand() bool {
	return p.Err == nil && p.isToolCall() && EventOfTool(p.ToolName()) == semconv.EventCommandExecution
}

func (p Payload) changedFile() string {
	if p.HookEvent() == "FileChanged" {
		return p.Text("file_path")
	}
	return ""
}

func some(paths ...string) []string {
	var out []string
	for _, p := range paths {
		if p != "" {
			out = append(out, p)
		}
	}
	return out
}

// globTargets returns the directory that a pattern searches, and every part of
// the pattern that leads elsewhere.
func globTargets(dir, pattern string) []string {
	return append(some(globRoot(dir, pattern)), reaching(pattern)...)
}

// reaching returns the parts of a pattern that could leave the directory it
// starts in: an alternative that is absolute, or what goes up behind a wildcard.
func reaching(pattern string) []string {
	var out []string
	for _, part := range strings.FieldsFunc(pattern, func(r rune) bool { return r == '{' || r == '}' || r == ',' }) {
		if path.IsAbs(part) || strings.HasPrefix(part, "~/") {
			out = append(out, globRoot("", part))
		}
	}
	if strings.Contains(pattern, "..") && strings.ContainsAny(pattern, "*?[{") {
		// How far up cannot be told: as far as it goes.
		out = append(out, strings.Repeat("../", strings.Count(pattern, "..")+1))
	}
	return out[:min(len(out), maxTargets)]
}

// globRoot returns the directory that a pattern searches: its part before the
// first wildcard, taken from the given directory.
func globRoot(dir, pattern string) string {
	if i := strings.IndexAny(pattern, "*?[{"); i >= 0 {
		pattern = pattern[:strings.LastIndexByte(pattern[:i], '/')+1]
	}
	switch {
	case pattern == "":
		return dir
	case path.IsAbs(pattern), strings.HasPrefix(pattern, "~/"), dir == "":
		return pattern
	}
	return dir + "/" + pattern
}

// pathsIn returns what clearly is a path in the input of a tool that is not known
// in detail, such as an MCP server's.
func pathsIn(in map[string]any) []string {
	var out []string
	for _, key := range sortedKeys(in) {
		switch v := in[key].(type) {
		case string:
			out = append(out, asPath(key, v))
		case []any:
			for _, e := range v[:min(len(v), maxTargets)] {
				s, _ := e.(string)
				out = append(out, asPath(key, s))
			}
		}
	}
	out = some(out...)
	return out[:min(len(out), maxTargets)]
}

// isPathField reports whether a field's name says that it holds a path.
func isPathField(key string) bool {
	lower := strings.ToLower(key)
	for _, end := range []string{"path", "paths", "file", "files", "filename", "dir", "directory", "folder", "uri", "source", "destination", "root", "cwd"} {
		if strings.HasSuffix(lower, end) {
			return true
		}
	}
	return false
}

// asPath returns a value when it is a path or a file URI, else "".
func asPath(key, v string) string {
	if !isPathField(key) || len(v) > 8192 || strings.ContainsRune(v, '\n') {
		return ""
	}
	if strings.HasPrefix(v, "file:") {
		if u, err := url.Parse(v); err == nil {
			return u.Path // without host and escapes
		}
		return strings.TrimPrefix(v, "file://")
	}
	if strings.Contains(v, "://") {
		return ""
	}
	return v
}
