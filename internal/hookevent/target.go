package hookevent

import (
	"path"
	"strings"
)

// Target returns the file or directory that the payload acts on as Claude Code
// wrote it, or "". Commands have targets too, but those need a shell parser.
func (p Payload) Target() string {
	if p.Err != nil {
		return ""
	}
	if !p.isToolCall() {
		switch p.HookEvent() {
		case "CwdChanged":
			return p.Text("new_cwd")
		case "DirectoryAdded":
			return p.Text("directory")
		}
		return ""
	}
	in := p.input()
	switch tool := p.ToolName(); tool {
	case "Read", "Write", "Edit", "MultiEdit":
		return text(in, "file_path")
	case "NotebookRead", "NotebookEdit":
		return text(in, "notebook_path")
	case "Glob":
		return globRoot(text(in, "path"), text(in, "pattern"))
	case "Grep", "LS":
		return text(in, "path")
	default:
		if strings.HasPrefix(tool, mcpPrefix) {
			return mcpPath(in)
		}
	}
	return ""
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

// mcpPath returns the path that an MCP tool is given, when it clearly is one.
func mcpPath(in map[string]any) string {
	for _, key := range []string{"file_path", "path", "filePath", "directory", "filename", "uri"} {
		v := strings.TrimPrefix(text(in, key), "file://")
		if path.IsAbs(v) || strings.HasPrefix(v, "~/") || strings.HasPrefix(v, "../") {
			return v
		}
	}
	return ""
}
