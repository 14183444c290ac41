package detection

import (
	"fmt"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/detection/facts"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Where a test's event happens when the test does not say it.
const (
	testHome    = "/home/user"
	testProject = "/home/user/project"
	testState   = "/home/user/.local/state/agent-telemetry"
)

// TestResult is how one test of a rule went.
type TestResult struct {
	Rule   string `json:"rule"`
	Source string `json:"source"`
	Line   int    `json:"line"`
	// Want says that the rule is to match.
	Want bool `json:"want_match"`
	OK   bool `json:"ok"`
	// Event is the event in a line; Why says why the rule did not match.
	Event string `json:"event"`
	Why   string `json:"why,omitempty"`
}

// RunTests runs the tests of all rules that are not switched off, each for its own
// rule, without exceptions and overrides of severity having a say.
func RunTests(rs *Ruleset) []TestResult {
	var results []TestResult
	for _, c := range rs.rules {
		if c.Disabled {
			continue
		}
		for _, want := range []bool{true, false} {
			cases := c.Tests.NoMatch
			if want {
				cases = c.Tests.Match
			}
			for i := range cases {
				results = append(results, rs.runTest(c, &cases[i], want))
			}
		}
	}
	return results
}

func (rs *Ruleset) runTest(c *compiled, t *TestCase, want bool) TestResult {
	r := TestResult{Rule: c.Slug, Source: c.Source, Line: t.Line, Want: want, Event: clean(t.String(), 200)}
	f := t.Facts()
	j := judging{f: f, s: &t.Session, vars: vars{f: f, s: &t.Session}}
	defer j.done()
	e := Explanation{Rule: c.Rule, Outcome: OutcomeNoKey}
	if c.hasKey(f, &t.Session) {
		bare := *c
		plain := *c.Rule
		plain.Exceptions = nil
		bare.Rule = &plain
		e = rs.judgeRule(&bare, &j)
	}
	got := e.Outcome == OutcomeMatched && e.Match.Failed == ""
	r.OK = got == want
	switch {
	case r.OK:
	case e.Outcome == OutcomeMatched:
		r.Why = strings.Join(e.Match.Evidence, "; ")
	default:
		r.Why = e.Outcome
	}
	return r
}

func (t *TestCase) String() string {
	if t.Command != "" {
		return t.Command
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s %s%s", t.eventType(), t.tool(), t.FilePath, t.URL))
}

// Facts are those of the test's event.
func (t *TestCase) Facts() *facts.Facts {
	c := facts.Context{Dir: t.Dir, Home: or(t.Home, testHome), Project: or(t.Project, testProject), StateDir: testState}
	c.Dir = or(c.Dir, c.Project)
	resource, record := t.record()
	return facts.FromRecord(resource, record, c)
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// toolEvents are the event types of tools.
var toolEvents = map[string]string{
	"Read": "file_read", "Write": "file_write", "Edit": "file_edit", "MultiEdit": "file_edit",
	"Bash": "command_execution", "PowerShell": "command_execution", "Monitor": "command_execution",
	"Grep": "code_search", "Glob": "file_search", "LS": "directory_list", "WebFetch": "web_fetch",
	"WebSearch": "web_search", "NotebookRead": "notebook_operation", "NotebookEdit": "notebook_operation",
	"Agent": "sub_agent_delegation", "Task": "sub_agent_delegation", "Skill": "skill_invocation",
}

func (t *TestCase) tool() string {
	switch {
	case t.Tool != "":
		return t.Tool
	case t.Command != "":
		return "Bash"
	case t.URL != "":
		return "WebFetch"
	case t.Server != "":
		return "mcp__" + t.Server + "__call"
	}
	for _, tool := range []string{"Read", "Write", "Edit"} {
		if toolEvents[tool] == t.Event {
			return tool
		}
	}
	return ""
}

func (t *TestCase) eventType() string {
	if t.Event != "" {
		return t.Event
	}
	tool := t.tool()
	if e := toolEvents[tool]; e != "" {
		return e
	}
	if strings.HasPrefix(tool, "mcp__") {
		return "mcp_call"
	}
	return "tool_use"
}

// record is the event as the hook would record it.
func (t *TestCase) record() (pcommon.Map, plog.LogRecord) {
	logs := plog.NewLogs()
	rl := logs.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr("service.name", semconv.ServiceNameValue)
	lr := rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	typ := t.eventType()
	lr.SetEventName(semconv.EventNamePrefix + typ)
	a, b := lr.Attributes(), lr.Body().SetEmptyMap()
	both := func(attribute, field, value string) {
		if value != "" {
			a.PutStr(attribute, value)
			b.PutStr(field, value)
		}
	}
	both(semconv.EventType, "event_type", typ)
	both(semconv.HookEvent, "hook_event", or(t.Hook, "PreToolUse"))
	both(semconv.SessionID, "session_id", "test")
	both(semconv.ProjectPath, "project_path", or(t.Project, testProject))
	both(semconv.ToolName, "tool_name", t.tool())
	a.PutStr(semconv.ToolCallID, "test")
	if t.PermissionMode != "" {
		a.PutStr(semconv.PermissionMode, t.PermissionMode)
	}
	if t.Server != "" {
		a.PutStr(semconv.MCPServerName, t.Server)
	}
	if t.Failed || t.Denied {
		a.PutStr(semconv.ErrorType, "test")
	}
	if t.Outside {
		a.PutBool(semconv.OutsideProject, true)
	}
	details := b.PutEmptyMap("action_details")
	input := b.PutEmptyMap("raw_input").PutEmptyMap("tool_input")
	put := func(attribute, detail, field, value string) {
		if value != "" {
			a.PutStr(attribute, value)
			details.PutStr(detail, value)
			input.PutStr(field, value)
		}
	}
	put(semconv.CommandLine, "command", "command", t.Command)
	put(semconv.FilePath, "file_path", "file_path", t.FilePath)
	put(semconv.URLFull, "url", "url", t.URL)
	for k, v := range t.Input {
		input.PutStr(k, v)
	}
	raw, _ := b.Get("raw_input")
	raw.Map().PutStr("cwd", or(t.Dir, or(t.Project, testProject)))
	return rl.Resource().Attributes(), lr
}
