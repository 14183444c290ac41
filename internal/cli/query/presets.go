package query

import (
	"slices"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// preset is a question that has a name.
type preset struct {
	name, question string
	// detail says what is found and what is not; it is a sentence or two.
	detail string
	// lines makes the LogQL of a preset that answers with records.
	lines func(a *Args) string
	// counts are those of a preset that answers with numbers.
	counts *counts
}

// presets, in the order in which they are listed.
var presets = []preset{
	{
		name: "outside-scope", question: "What reached outside the project?",
		detail: "Records of the scope outside: files, searches and MCP calls beyond the project's directory, and commands that were run there. What a command line itself names is judged by rules: see alerts.",
		lines:  func(a *Args) string { return a.selector(is(semconv.LabelScope, semconv.ScopeOutside)) },
	},
	{
		name: "file-modifications", question: "Which files were changed?",
		detail: "Ends of calls of Write, Edit, MultiEdit and NotebookEdit that succeeded, with lines added and removed. Files that commands change are not among them.",
		lines: func(a *Args) string {
			return a.selector(among(semconv.LabelEvent, semconv.EventFileWrite, semconv.EventFileEdit, semconv.EventNotebookOperation)) +
				hooks("PostToolUse") + ` | tool!="NotebookRead"`
		},
	},
	{
		name: "file-reads", question: "Which files were read?",
		detail: "Calls of Read, NotebookRead, as they begin.",
		lines: func(a *Args) string {
			return a.selector(among(semconv.LabelEvent, semconv.EventFileRead, semconv.EventNotebookOperation)) + hooks("PreToolUse") + ` | tool!="NotebookEdit"`
		},
	},
	{
		name: "commands", question: "Which commands were run?",
		detail: "Calls of Bash, PowerShell and Monitor as they begin: also those that were denied or did not end.",
		lines: func(a *Args) string {
			return a.selector(is(semconv.LabelEvent, semconv.EventCommandExecution)) + hooks("PreToolUse")
		},
	},
	{
		name: "web", question: "What was fetched or searched in the web?",
		detail: "Calls of WebFetch and WebSearch as they begin. What commands such as curl fetch is among commands.",
		lines: func(a *Args) string {
			return a.selector(among(semconv.LabelEvent, semconv.EventWebFetch, semconv.EventWebSearch)) + hooks("PreToolUse")
		},
	},
	{
		name: "mcp", question: "What was asked of MCP servers?",
		detail: "Calls of tools of MCP servers as they begin.",
		lines: func(a *Args) string {
			return a.selector(is(semconv.LabelEvent, semconv.EventMCPCall)) + hooks("PreToolUse")
		},
	},
	{
		name: "searches", question: "What was looked for in the code?",
		detail: "Calls of Grep, Glob and LS as they begin.",
		lines: func(a *Args) string {
			return a.selector(among(semconv.LabelEvent, semconv.EventCodeSearch, semconv.EventFileSearch, semconv.EventDirectoryList)) + hooks("PreToolUse")
		},
	},
	{
		name: "prompts", question: "What did people ask for?",
		detail: "The first 120 characters of prompts, where they are kept.",
		lines:  func(a *Args) string { return a.selector(is(semconv.LabelEvent, semconv.EventUserPrompt)) },
	},
	{
		name: "agents", question: "Which sub-agents were at work?",
		detail: "Calls of agents, their starts and their stops.",
		lines: func(a *Args) string {
			return a.selector(among(semconv.LabelEvent, semconv.EventSubAgentDelegation, semconv.EventSubagentStart, semconv.EventSubagentStop)) +
				hooks("PreToolUse", "SubagentStart", "SubagentStop")
		},
	},
	{
		name: "errors", question: "What failed?",
		detail: "Tool calls that failed, were interrupted or ran out of time, and answers that were not given.",
		lines: func(a *Args) string {
			return a.selector(warned) + ` |= "error_type"` + hooks("PostToolUse", "PostToolUseFailure", "StopFailure")
		},
	},
	{
		name: "denied", question: "What was denied?",
		detail: "Tool calls that a person or a permission mode denied. Those that a rule denied are alerts, too.",
		lines:  func(a *Args) string { return a.selector(is(semconv.LabelEvent, semconv.EventPermissionDenied)) },
	},
	{
		name: "permissions", question: "For what was a person asked?",
		detail: "Permissions that were asked for. What was answered is told by denied, and by the call's end.",
		lines:  func(a *Args) string { return a.selector(is(semconv.LabelEvent, semconv.EventPermissionRequest)) },
	},
	{
		name: "alerts", question: "What did the rules find?",
		detail: "Security alerts. agent-telemetry alerts tells more of them, and which are open.",
		lines:  func(a *Args) string { return a.selector(is(semconv.LabelEvent, semconv.EventSecurityAlert)) },
	},
	{
		name: "slow", question: "Which tool calls were slow?",
		detail: "Tool calls that took longer than --longer-than, 10 seconds unless set.",
		lines: func(a *Args) string {
			return a.selector() + ` |= "duration_ms"` + hooks("PostToolUse", "PostToolUseFailure") +
				` | json took="action_details.tool_context.duration_ms" | took > ` + a.milliseconds()
		},
	},
	{
		name: "secrets-redacted", question: "Where was a secret taken out?",
		detail: "Records in which a mark stands for a secret. The same mark is the same secret: docs/redaction.md.",
		lines:  func(a *Args) string { return a.selector() + ` |= "[REDACTED:"` },
	},
	{
		name: "config-changes", question: "Which settings changed?",
		detail: "Changes of Claude Code's settings while it ran.",
		lines:  func(a *Args) string { return a.selector(is(semconv.LabelEvent, semconv.EventConfigChange)) },
	},
	{
		name: "gaps", question: "Which records are missing?",
		detail: "Reports that numbers of a session did not come, and that they came after all. agent-telemetry reconcile looks for them itself.",
		lines:  func(a *Args) string { return a.selector(is(semconv.LabelEvent, semconv.EventTelemetryGap)) },
	},
	byTool, byAgent, byProject, bySession, byEvent, byRule, superclaude, topFiles,
}

// find returns the preset of that name.
func find(name string) (*preset, bool) {
	i := slices.IndexFunc(presets, func(p preset) bool { return p.name == name })
	if i < 0 {
		return nil, false
	}
	return &presets[i], true
}

// hooks keeps records of these hook events.
func hooks(names ...string) string {
	if len(names) == 1 {
		return " | " + semconv.MetadataHookEvent + `="` + names[0] + `"`
	}
	return " | " + semconv.MetadataHookEvent + `=~"` + strings.Join(names, "|") + `"`
}
