package facts

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

func (r *recordFacts) command(command string) {
	if command == "" {
		return
	}
	l := POSIX
	if r.e.Tool == "PowerShell" {
		l = PowerShell
	}
	r.b.analysis(command, analyse(l, command, r.b.c))
}

// toolVerb is the part of an MCP tool's name that says what it does.
func toolVerb(tool string) string {
	if i := strings.LastIndex(tool, "__"); i >= 0 {
		tool = tool[i+2:]
	}
	return strings.ToLower(tool)
}

func mcpAccess(verb string) string {
	switch {
	case hasAny(verb, "delete", "remove", "unlink", "trash"):
		return AccessDelete
	case hasAny(verb, "move", "rename"):
		return AccessMove
	case hasAny(verb, "write", "edit", "create", "save", "update", "append", "put", "copy", "upload", "insert", "replace"):
		return AccessWrite
	case hasAny(verb, "list", "tree", "search", "glob", "stat", "info", "find"):
		return AccessList
	}
	return AccessRead
}

// arguments looks at what an MCP tool, or one that is not known, is told by the
// names of its arguments.
func (r *recordFacts) arguments(m pcommon.Map, verb string, depth int) {
	if depth > 3 {
		return
	}
	n := 0
	m.Range(func(k string, v pcommon.Value) bool {
		if n++; n > 64 {
			r.b.f.Truncated = true
			return false
		}
		r.argument(strings.ToLower(k), v, verb, depth)
		return true
	})
}

func (r *recordFacts) argument(key string, v pcommon.Value, verb string, depth int) {
	switch v.Type() {
	case pcommon.ValueTypeMap:
		r.arguments(v.Map(), verb, depth+1)
	case pcommon.ValueTypeSlice:
		s := v.Slice()
		for i := range min(s.Len(), 32) {
			if depth < 3 {
				r.argument(key, s.At(i), verb, depth+1)
			}
		}
	case pcommon.ValueTypeStr:
		s := v.Str()
		switch {
		case s == "" || len(s) > 64<<10:
		case key == "command" || key == "cmd" || key == "script" || key == "commandline" || key == "command_line" || key == "shell_command":
			r.command(s)
		case key == "sql" || key == "query" && hasAny(verb, "query", "sql", "execute"):
			r.b.sqlBare(s)
		case strings.Contains(s, "://") && !strings.ContainsAny(s, " \n"):
			r.web(s, r.e.Tool)
		case pathKey(key) && !strings.ContainsAny(s, "\n"):
			r.path(s, argumentAccess(key, verb))
		}
	}
}

func pathKey(key string) bool {
	for _, end := range [...]string{"path", "paths", "file", "files", "filename", "file_name", "dir", "directory", "folder", "source", "destination", "target", "uri"} {
		if strings.HasSuffix(key, end) {
			return true
		}
	}
	return false
}

func argumentAccess(key, verb string) string {
	access := mcpAccess(verb)
	switch {
	case key == "source" && access == AccessWrite:
		return AccessRead
	case key == "destination" && access == AccessMove:
		return AccessWrite
	}
	return access
}
