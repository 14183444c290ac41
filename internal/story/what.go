package story

import (
	"cmp"
	"strings"
)

// What is the one thing to know of the entry, without what it was done to. project
// is the path that is left out at the beginning of others.
func (n *Entry) What(project string) string {
	switch {
	case n.Tool != nil:
		return n.Tool.what(project)
	case n.Alert != nil:
		return n.Alert.what()
	}
	return n.Text
}

func (a *Alert) what() string {
	found := cmp.Or(a.Title, a.Rule, a.RuleID)
	if len(a.Evidence) > 0 {
		found += ": " + a.Evidence[0]
	}
	return found
}

func (t *Tool) what(project string) string {
	switch {
	case t.Command != "":
		return t.Command
	case t.Name == "Agent" || t.Name == "Task":
		return strings.TrimPrefix(t.Delegate+": "+t.Description, ": ")
	case t.MCPTool != "":
		return strings.TrimSpace(strings.TrimPrefix(t.MCPServer+": "+t.MCPTool, ": ") + " " + Inside(t.File, project))
	case t.Pattern != "" && t.SearchPath != "":
		return t.Pattern + " in " + Inside(t.SearchPath, project)
	case t.Pattern != "":
		return t.Pattern
	case t.File != "":
		return Inside(t.File, project)
	case t.URL != "":
		return t.URL
	}
	return t.Description
}

// Inside returns a path as seen from the project's directory, when it is below it;
// the directory itself is ".".
func Inside(path, project string) string {
	project = strings.TrimRight(project, "/")
	switch {
	case project == "":
		return path
	case strings.TrimRight(path, "/") == project:
		return "."
	}
	return strings.TrimPrefix(path, project+"/")
}
