package boards

import (
	"strings"

	"github.com/agent-telemetry/agent-telemetry/dashboards/internal/style"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// maxRows is how many records a table of a session shows.
const maxRows = 500

// told are records that are told in a table: parsed, with few labels, and with
// nothing in the line, which makes the answer small.
func told(lines string, parsed []field, labels ...string) string {
	return lines + fields(parsed...) + keep(append(names(parsed), labels...)...) + " | line_format `.`"
}

func sessionStory() style.Panel {
	texts := []field{
		fieldPrompt, fieldTitle, fieldCommand, fieldFile, fieldURL, fieldPattern, fieldAbout,
		{"status", semconv.BodyActionDetails + "." + semconv.ActionToolContext + ".status"},
		{"source", semconv.BodyActionDetails + "." + semconv.ActionToolContext + ".source"},
		{"reason", semconv.BodyActionDetails + "." + semconv.ActionToolContext + ".reason"},
		{"message", semconv.BodyActionDetails + "." + semconv.ActionToolContext + ".message"},
	}
	numbers := []field{fieldDuration, fieldAdded, fieldRemoved}
	what := " | label_format what=`{{ or ." + strings.Join(names(texts), " .") + " }}`"
	lines := ofSession(one(semconv.LabelTool, style.VarTool)) + " | " + agentFilter(semconv.MetadataAgentType) + ended +
		fields(append(texts, numbers...)...) + what + outcome +
		keep(append(names(numbers), "what", "outcome", semconv.MetadataSeq, semconv.LabelEvent, semconv.LabelTool, semconv.MetadataAgentType, semconv.MetadataSeverity)...) +
		" | line_format `.`"
	return style.Records(style.Spec{
		Title: "The story", Unit: "none", Empty: noSession,
		About: "The session's first 500 records in their order: prompts, calls as they ended, alerts. Calls that were begun and never ended are only in " +
			"“Everything” below. For more than 500, narrow the time range, or: agent-telemetry timeline.",
		Targets: []style.Target{style.First(lines, maxRows)},
	},
		style.Column{Field: style.Time, Name: "Time", Width: 170},
		style.Column{Field: semconv.MetadataSeq, Name: "No.", Width: 60},
		style.Column{Field: semconv.LabelEvent, Name: "Event", Width: 160},
		style.Column{Field: semconv.LabelTool, Name: "Tool", Width: 130},
		style.Column{Field: "what", Name: "What", Long: true},
		style.Column{Field: "outcome", Name: "Outcome", Width: 85, Outcome: true},
		style.Column{Field: semconv.MetadataSeverity, Name: "Alert", Width: 80, Severity: true},
		style.Column{Field: fieldDuration.label, Name: "Took", Width: 80, Unit: "ms"},
		style.Column{Field: fieldAdded.label, Name: "Lines +", Width: 70},
		style.Column{Field: fieldRemoved.label, Name: "Lines −", Width: 70},
		style.Column{Field: semconv.MetadataAgentType, Name: "Agent", Width: 120},
	)
}

func sessionAlertTable() style.Panel {
	parsed := []field{fieldTitle, fieldEvidence, fieldResponse, fieldAttack}
	return style.Records(style.Spec{
		Title: "What the rules found", Unit: "none", Empty: "No alerts of this session in this time",
		About: "What the rules found in the session, with evidence, techniques of ATT&CK, and what to do.",
		Targets: []style.Target{style.First(ofSession(is(semconv.LabelEvent, semconv.EventSecurityAlert))+fields(parsed...)+plain(fieldEvidence)+plain(fieldAttack)+
			keep(append(names(parsed), semconv.MetadataSeverity)...)+" | line_format `.`", maxRows)},
	},
		style.Column{Field: style.Time, Name: "Time", Width: 170},
		style.Column{Field: semconv.MetadataSeverity, Name: "Severity", Width: 85, Severity: true},
		style.Column{Field: fieldTitle.label, Name: "What was found", Width: 230},
		style.Column{Field: fieldEvidence.label, Name: "Evidence", Long: true},
		style.Column{Field: fieldAttack.label, Name: "ATT&CK", Width: 140},
		style.Column{Field: fieldResponse.label, Name: "What to do", Long: true},
	)
}

func prompts() style.Panel {
	parsed := []field{
		fieldPrompt,
		{"reasoning", semconv.BodySuperClaude + "." + semconv.SuperBodyReasoning},
		{"workflow", semconv.BodySuperClaude + "." + semconv.SuperBodyWorkflow},
	}
	return style.Records(style.Spec{
		Title: "Prompts", Unit: "none", Empty: "No prompt of this session in this time",
		About:   "The first 120 characters of each prompt, redacted, or nothing where previews are off.",
		Targets: []style.Target{style.First(told(ofSession(is(semconv.LabelEvent, semconv.EventUserPrompt)), parsed), maxRows)},
	},
		style.Column{Field: style.Time, Name: "Time", Width: 170},
		style.Column{Field: fieldPrompt.label, Name: "Prompt", Long: true},
		style.Column{Field: "reasoning", Name: "Reasoning", Width: 100},
		style.Column{Field: "workflow", Name: "Workflow", Width: 120},
	)
}

// changing are events of tools that change files.
var changing = is(semconv.LabelEvent, semconv.EventFileEdit, semconv.EventFileWrite, semconv.EventNotebookOperation)

func filesTouched() style.Panel {
	all := ofSession(is(semconv.LabelEvent, semconv.EventFileRead, semconv.EventFileEdit, semconv.EventFileWrite, semconv.EventNotebookOperation)) +
		` | hook_event="PostToolUse"`
	changed := ofSession(changing) + ` | hook_event="PostToolUse"`
	lines := func(f field) string {
		return "sum by (file) (sum_over_time(" + changed + fields(fieldFile, f) + " | " + f.label + `!="" | unwrap ` + f.label + " [" + whole + "]))"
	}
	count := func(records string) string {
		return "sum by (file) (count_over_time(" + records + fields(fieldFile) + ` | file!="" [` + whole + "]))"
	}
	return style.Numbers(style.Spec{
		Title: "Files", Unit: "short", Empty: "No file was read or changed in this time",
		About: "Files that tools read or changed, with the lines added and removed. What commands did to files is not in it.",
		Targets: []style.Target{
			style.Now(top("200", count(all))), style.Now(count(changed)), style.Now(lines(fieldAdded)), style.Now(lines(fieldRemoved)),
		},
	}, style.Value(1),
		style.Column{Field: fieldFile.label, Name: "File", Long: true},
		style.Column{Field: style.Value(0), Name: "Calls", Width: 70},
		style.Column{Field: style.Value(1), Name: "Changes", Width: 80, Steps: style.FromZero(style.Neutral)},
		style.Column{Field: style.Value(2), Name: "Lines +", Width: 75, Steps: []style.Step{{Colour: style.Quiet}, {Value: 1, Colour: style.Good}}},
		style.Column{Field: style.Value(3), Name: "Lines −", Width: 75, Steps: []style.Step{{Colour: style.Quiet}, {Value: 1, Colour: style.Bad}}},
	)
}

func commands() style.Panel {
	parsed := []field{fieldCommand, fieldExit, fieldDuration}
	lines := ofSession(is(semconv.LabelEvent, semconv.EventCommandExecution, semconv.EventPermissionDenied)) + ended + fields(parsed...) + ` | command!=""` + outcome +
		keep(append(names(parsed), "outcome", semconv.MetadataAgentType)...) + " | line_format `.`"
	return style.Records(style.Spec{
		Title: "Commands", Unit: "none", Empty: "No command was run in this time",
		About:   "Commands as they were run, redacted, with exit code and duration; those that were denied, too.",
		Targets: []style.Target{style.First(lines, maxRows)},
	},
		style.Column{Field: style.Time, Name: "Time", Width: 170},
		style.Column{Field: fieldCommand.label, Name: "Command", Long: true},
		style.Column{Field: "outcome", Name: "Outcome", Width: 85, Outcome: true},
		style.Column{Field: fieldExit.label, Name: "Exit", Width: 60},
		style.Column{Field: fieldDuration.label, Name: "Took", Width: 80, Unit: "ms"},
	)
}

func webAndMCP() style.Panel {
	parsed := []field{fieldURL, fieldPattern, fieldDuration}
	lines := ofSession(is(semconv.LabelEvent, semconv.EventWebFetch, semconv.EventWebSearch, semconv.EventMCPCall)) + ended + fields(parsed...) +
		" | label_format what=`{{ or .url .searched .tool }}`" + outcome +
		keep("what", "outcome", semconv.LabelEvent, semconv.LabelTool, fieldDuration.label) + " | line_format `.`"
	return style.Records(style.Spec{
		Title: "Web and MCP", Unit: "none", Empty: "No web request or MCP call in this time",
		About:   "Pages that were fetched, searches, and calls of MCP servers.",
		Targets: []style.Target{style.First(lines, maxRows)},
	},
		style.Column{Field: style.Time, Name: "Time", Width: 170},
		style.Column{Field: semconv.LabelTool, Name: "Tool", Width: 200},
		style.Column{Field: "what", Name: "What", Long: true},
		style.Column{Field: "outcome", Name: "Outcome", Width: 85, Outcome: true},
		style.Column{Field: fieldDuration.label, Name: "Took", Width: 80, Unit: "ms"},
	)
}

func agentTable() style.Panel {
	labels := []string{semconv.MetadataAgentType, semconv.MetadataAgentID, semconv.MetadataAgentParent, semconv.MetadataAgentDepth}
	count := func(lines string) style.Target {
		return style.Now("sum" + by(labels) + "(count_over_time(" + lines + ` | agent_id!="" [` + whole + "]))")
	}
	return style.Numbers(style.Spec{
		Title: "Agents", Unit: "short", Empty: "No sub-agent acted in this time",
		About: "Sub-agents of the session, who called them, and what they did. An agent whose parent turned out later has two rows. The agent's story: put its type into the field Agent at the top.",
		Targets: []style.Target{
			count(ofSession() + ` | hook_event=~"PostToolUse|PostToolUseFailure|SubagentStart"`),
			count(ofSession(is(semconv.LabelLevel, "WARN")) + ` | hook_event="PostToolUseFailure"`), // a failed call is always WARN
		},
	}, style.Value(0),
		style.Column{Field: semconv.MetadataAgentType, Name: "Agent", Links: []style.Link{{Title: "Who called whom in this session?", UID: style.UIDHierarchy, Keep: []string{style.VarSession}}}},
		style.Column{Field: semconv.MetadataAgentID, Name: "Id"},
		style.Column{Field: semconv.MetadataAgentParent, Name: "Called by"},
		style.Column{Field: semconv.MetadataAgentDepth, Name: "Depth", Width: 70},
		style.Column{Field: style.Value(0), Name: "Calls, and starts", Width: 130},
		style.Column{Field: style.Value(1), Name: "Failed", Width: 90, Steps: style.FromZero(style.Warn)},
	)
}

func sessionDurations() style.Panel {
	timed := endedCalls + fields(fieldDuration) + ` | ms!="" | unwrap ms [` + whole + "]"
	by := " by (" + semconv.LabelTool + ")"
	return style.Numbers(style.Spec{
		Title: "How long tools took", Unit: "ms", Empty: noSession,
		About: "From each call of the session: these quantiles are exact, unlike the bounds on the dashboard of performance.",
		Targets: []style.Target{
			style.Now("sum" + by + " (sum_over_time(" + timed + "))"),
			style.Now("quantile_over_time(0.5, " + timed + ")" + by), style.Now("quantile_over_time(0.95, " + timed + ")" + by),
			style.Now("max_over_time(" + timed + ")" + by),
		},
	}, style.Value(0),
		style.Column{Field: semconv.LabelTool, Name: "Tool"},
		style.Column{Field: style.Value(0), Name: "In all", Bar: true},
		style.Column{Field: style.Value(1), Name: "Median", Width: 110},
		style.Column{Field: style.Value(2), Name: "p95", Width: 110},
		style.Column{Field: style.Value(3), Name: "Longest", Width: 110},
	)
}

func sessionCost() style.Panel {
	usage := usageCounts.ofChosenSession()
	labels := []string{semconv.RollupFieldModel}
	return style.Numbers(style.Spec{
		Title: "Cost and tokens", Unit: "short", Empty: noUsage,
		About: "What Claude Code itself told of its requests to the model in this session.",
		Targets: []style.Target{
			style.Now(usage.sum(semconv.RollupCost, whole, labels...)), style.Now(usage.sum(semconv.RollupRequests, whole, labels...)),
			style.Now(usage.sum(semconv.RollupTokensIn, whole, labels...)), style.Now(usage.sum(semconv.RollupTokensOut, whole, labels...)),
		},
	}, style.Value(0),
		style.Column{Field: semconv.RollupFieldModel, Name: "Model"},
		style.Column{Field: style.Value(0), Name: "Cost", Width: 110, Unit: "currencyUSD"},
		style.Column{Field: style.Value(1), Name: "Requests", Width: 100},
		style.Column{Field: style.Value(2), Name: "Tokens in", Width: 110},
		style.Column{Field: style.Value(3), Name: "Tokens out", Width: 110},
	)
}
