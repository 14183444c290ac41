package eventgen

import (
	"strings"
)

// calling is one call of a tool.
type calling struct {
	input    map[string]any
	response any
	changed  string // the file that is changed
	extra    map[string]any
}

// fields are those of an event of the call.
func (c calling) fields(tool, id string) map[string]any {
	f := map[string]any{"tool_name": tool, "tool_input": c.input, "tool_use_id": id}
	for k, v := range c.extra {
		f[k] = v
	}
	return f
}

// tool is how a tool is used.
type tool struct {
	name    string
	weight  float64
	millis  float64 // median of its durations
	sigma   float64
	fails   float64 // how often, compared with others
	errors  []string
	call    func(*session) calling
	outside func(*session) calling // nil: it has no paths
}

var tools = []*tool{
	{name: "Read", weight: 25, millis: 12, sigma: 0.8, fails: 0.5, errors: []string{"File does not exist."}, call: readCall, outside: readOutside},
	{name: "Bash", weight: 24, millis: 900, sigma: 1.6, fails: 2, errors: []string{"Exit code 1\nFAIL", "Exit code 2\nmake: *** [all] Error 2", "Exit code 127\ncommand not found"}, call: bashCall},
	{name: "Edit", weight: 14, millis: 35, sigma: 0.7, fails: 0.8, errors: []string{"String to replace not found in file."}, call: editCall, outside: editOutside},
	{name: "Grep", weight: 9, millis: 60, sigma: 1, fails: 0.2, errors: []string{"ripgrep: regex parse error: unclosed group"}, call: grepCall, outside: grepOutside},
	{name: "Write", weight: 4, millis: 25, sigma: 0.7, fails: 0.4, errors: []string{"EACCES: permission denied"}, call: writeCall, outside: writeOutside},
	{name: "Glob", weight: 4, millis: 40, sigma: 0.9, fails: 0.1, errors: []string{"Directory does not exist"}, call: globCall, outside: globOutside},
	{name: "TodoWrite", weight: 4, millis: 4, sigma: 0.5, fails: 0, errors: []string{"invalid todos"}, call: todoCall},
	{name: "TaskUpdate", weight: 1.5, millis: 5, sigma: 0.5, fails: 0.1, errors: []string{"Task not found"}, call: taskCall},
	{name: "WebFetch", weight: 1.5, millis: 1800, sigma: 0.9, fails: 2, errors: []string{"Request failed with status code 404", "connect ECONNREFUSED"}, call: fetchCall},
	{name: "WebSearch", weight: 1, millis: 2600, sigma: 0.6, fails: 0.5, errors: []string{"search is not available"}, call: searchCall},
	{name: "MultiEdit", weight: 1, millis: 45, sigma: 0.7, fails: 0.8, errors: []string{"String to replace not found in file."}, call: multiEditCall},
	{name: "LS", weight: 1, millis: 15, sigma: 0.7, fails: 0.2, errors: []string{"Path does not exist"}, call: listCall, outside: listOutside},
	{name: "BashOutput", weight: 1, millis: 6, sigma: 0.5, fails: 0.2, errors: []string{"No shell with that id"}, call: shellCall},
	{name: "NotebookEdit", weight: 0.5, millis: 40, sigma: 0.7, fails: 0.5, errors: []string{"Cell not found"}, call: notebookCall},
	{name: "Skill", weight: 0.5, millis: 20, sigma: 0.6, fails: 0.2, errors: []string{"Unknown skill"}, call: skillCall},
	{name: "AskUserQuestion", weight: 0.3, millis: 20_000, sigma: 1, fails: 0, errors: []string{"interrupted"}, call: askCall},
	{name: "ExitPlanMode", weight: 0.3, millis: 12_000, sigma: 1, fails: 0, errors: []string{"interrupted"}, call: planCall},
	{name: "mcp__tracker__get_issue", weight: 0.9, millis: 420, sigma: 0.6, fails: 1, errors: []string{"issue not found"}, call: mcpCall("tracker")},
	{name: "mcp__tracker__comment", weight: 0.4, millis: 480, sigma: 0.6, fails: 1, errors: []string{"forbidden"}, call: mcpCall("tracker")},
	{name: "mcp__browser__navigate", weight: 0.6, millis: 1500, sigma: 0.7, fails: 1.5, errors: []string{"net::ERR_NAME_NOT_RESOLVED"}, call: mcpCall("browser")},
	{name: "mcp__docs__search", weight: 0.8, millis: 650, sigma: 0.6, fails: 0.6, errors: []string{"timeout"}, call: mcpCall("docs")},
}

var toolWeights = func() []float64 {
	w := make([]float64, len(tools))
	for i, k := range tools {
		w[i] = k.weight
	}
	return w
}()

func readCall(s *session) calling {
	return reading(s, s.file())
}

func readOutside(s *session) calling { return reading(s, pick(s.r, outsideFiles)) }

func reading(s *session, path string) calling {
	lines := 20 + s.r.IntN(400)
	return calling{
		input: map[string]any{"file_path": path},
		response: map[string]any{"type": "text", "file": map[string]any{
			"filePath": path, "content": "…", "numLines": lines, "startLine": 1, "totalLines": lines,
		}},
	}
}

func bashCall(s *session) calling {
	command := s.command()
	input := map[string]any{"command": command, "description": phrase(s.r, 4)}
	if s.r.Float64() < 0.05 {
		input["timeout"] = 600_000
	}
	return calling{input: input, response: map[string]any{"stdout": "ok " + phrase(s.r, 6), "stderr": "", "interrupted": false, "isImage": false}}
}

func editCall(s *session) calling    { return editing(s, s.file()) }
func editOutside(s *session) calling { return editing(s, pick(s.r, outsideFiles)) }

func editing(s *session, path string) calling {
	before, after := "x := "+phrase(s.r, 2), "x := "+phrase(s.r, 3)
	return calling{
		input: map[string]any{"file_path": path, "old_string": before, "new_string": after, "replace_all": false},
		response: map[string]any{
			"filePath": path, "oldString": before, "newString": after, "originalFile": "package x\n",
			"structuredPatch": patch(1+int(s.r.ExpFloat64()*9), int(s.r.ExpFloat64()*5)), "userModified": false,
		},
		changed: path,
	}
}

// patch is a patch with so many lines added and removed.
func patch(added, removed int) []any {
	lines := make([]any, 0, added+removed+1)
	lines = append(lines, " a")
	for range min(removed, 200) {
		lines = append(lines, "-b")
	}
	for range min(added, 200) {
		lines = append(lines, "+c")
	}
	return []any{map[string]any{"oldStart": 10, "oldLines": removed + 1, "newStart": 10, "newLines": added + 1, "lines": lines}}
}

func multiEditCall(s *session) calling {
	c := editing(s, s.file())
	c.input = map[string]any{"file_path": c.changed, "edits": []any{
		map[string]any{"old_string": "a", "new_string": "b"}, map[string]any{"old_string": "c", "new_string": "d", "replace_all": true},
	}}
	return c
}

func writeCall(s *session) calling    { return writing(s, s.file()) }
func writeOutside(s *session) calling { return writing(s, pick(s.r, outsideFiles)) }

func writing(s *session, path string) calling {
	content := strings.Repeat("line\n", 1+int(s.r.ExpFloat64()*40))
	return calling{
		input:    map[string]any{"file_path": path, "content": content},
		response: map[string]any{"type": "create", "filePath": path, "structuredPatch": []any{}, "originalFile": nil, "userModified": false},
		changed:  path,
	}
}

func grepCall(s *session) calling    { return grepping(s, s.project.path) }
func grepOutside(s *session) calling { return grepping(s, pick(s.r, outsideDirs)) }

func grepping(s *session, dir string) calling {
	return calling{
		input:    map[string]any{"pattern": "func " + word(s.r), "path": dir, "output_mode": "files_with_matches"},
		response: map[string]any{"mode": "files_with_matches", "numFiles": s.r.IntN(30), "filenames": []any{}},
	}
}

func globCall(s *session) calling    { return globbing(s, s.project.path) }
func globOutside(s *session) calling { return globbing(s, pick(s.r, outsideDirs)) }

func globbing(s *session, dir string) calling {
	return calling{
		input:    map[string]any{"pattern": "**/*." + s.project.suffix, "path": dir},
		response: map[string]any{"filenames": []any{}, "numFiles": s.r.IntN(100), "durationMs": 9, "truncated": false},
	}
}

func listCall(s *session) calling {
	return calling{input: map[string]any{"path": s.project.path}, response: "- a\n  - b"}
}

func listOutside(s *session) calling {
	return calling{input: map[string]any{"path": pick(s.r, outsideDirs)}, response: "- a"}
}

func todoCall(s *session) calling {
	todos := make([]any, 2+s.r.IntN(6))
	done := s.r.IntN(len(todos) + 1)
	for i := range todos {
		status := "pending"
		switch {
		case i < done:
			status = "completed"
		case i == done:
			status = "in_progress"
		}
		todos[i] = map[string]any{"content": phrase(s.r, 4), "status": status, "activeForm": phrase(s.r, 4)}
	}
	return calling{input: map[string]any{"todos": todos}, response: map[string]any{"oldTodos": []any{}, "newTodos": todos}}
}

func taskCall(s *session) calling {
	return calling{
		input:    map[string]any{"taskId": "7", "status": pick(s.r, []string{"in_progress", "completed", "completed"})},
		response: map[string]any{"success": true, "taskId": "7", "updatedFields": []any{"status"}},
	}
}

func fetchCall(s *session) calling {
	url := "https://" + pick(s.r, hosts) + "/" + word(s.r) + "/" + word(s.r)
	return calling{
		input:    map[string]any{"url": url, "prompt": phrase(s.r, 8)},
		response: map[string]any{"bytes": 2000 + s.r.IntN(90_000), "code": 200, "codeText": "OK", "result": "…", "durationMs": 800, "url": url},
	}
}

func searchCall(s *session) calling {
	query := phrase(s.r, 5)
	return calling{input: map[string]any{"query": query}, response: map[string]any{"query": query, "results": []any{}, "durationSeconds": 2.4}}
}

func shellCall(s *session) calling {
	id := "b" + s.hex(2)
	return calling{input: map[string]any{"bash_id": id}, response: map[string]any{"shellId": id, "status": "running", "stdout": "", "stderr": ""}}
}

func notebookCall(s *session) calling {
	path := s.project.path + "/notebooks/" + word(s.r) + ".ipynb"
	return calling{
		input:    map[string]any{"notebook_path": path, "cell_id": "c1", "new_source": "print(1)", "cell_type": "code", "edit_mode": "replace"},
		response: map[string]any{"cell_id": "c1", "cell_type": "code", "language": "python", "edit_mode": "replace", "error": "", "notebook_path": path},
		changed:  path,
	}
}

func skillCall(s *session) calling {
	skill := pick(s.r, []string{"release-notes", "code-review", "pdf", "db-migration"})
	return calling{input: map[string]any{"skill": skill}, response: map[string]any{"success": true, "commandName": skill}}
}

func askCall(s *session) calling {
	return calling{input: map[string]any{"questions": []any{map[string]any{"question": phrase(s.r, 6), "header": "Which"}}}, response: map[string]any{"answers": map[string]any{}}}
}

func planCall(s *session) calling {
	return calling{input: map[string]any{"plan": "# Plan\n" + phrase(s.r, 20)}, response: map[string]any{"isAgent": false}}
}

func mcpCall(server string) func(*session) calling {
	return func(s *session) calling {
		input := map[string]any{"query": phrase(s.r, 3)}
		if server == "browser" {
			input = map[string]any{"url": "https://" + pick(s.r, hosts) + "/" + word(s.r)}
		}
		return calling{
			input: input, response: []any{map[string]any{"type": "text", "text": phrase(s.r, 10)}},
			extra: map[string]any{"mcp_server": map[string]any{"name": server, "source": "project"}},
		}
	}
}
