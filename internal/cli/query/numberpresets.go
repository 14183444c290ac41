package query

import "github.com/agent-telemetry/agent-telemetry/internal/semconv"

// Stages that several measures have.
var (
	ended  = hooks("PostToolUse", "PostToolUseFailure")
	failed = ` |= "error_type"` + ended
	// warned is the level of what failed. Asking for it is ten times as fast as looking
	// into every line.
	warned = among(semconv.LabelLevel, "WARN", "")
)

var callMeasures = []measure{
	{name: "calls", rollup: semconv.RollupCalls, stage: ended},
	{name: "errors", rollup: semconv.RollupErrors, more: []matcher{warned}, stage: failed},
	{name: "denied", rollup: semconv.RollupDenied, more: []matcher{is(semconv.LabelEvent, semconv.EventPermissionDenied)}},
	{name: "outside", rollup: semconv.RollupOutside, more: []matcher{is(semconv.LabelScope, semconv.ScopeOutside)}},
}

var (
	byTool = preset{
		name: "by-tool", question: "Which tools were called how often?",
		detail: "Tool calls that ended, those of them that failed, calls that were denied, and records of what reached outside the project.",
		counts: &counts{by: []string{semconv.RollupFieldTool}, kind: semconv.RollupTool, measures: callMeasures, stage: ` | tool!=""`, prepare: ` | tool!=""`},
	}
	byAgent = preset{
		name: "by-agent", question: "Which kinds of agents did how much?",
		detail: "The same by the type of the agent; main is the one that people talk to.",
		counts: &counts{
			by: []string{semconv.RollupFieldAgent}, kind: semconv.RollupAgent, measures: callMeasures,
			prepare: ` | label_format agent_type="{{if .agent_id}}{{.agent_type}}{{else}}` + semconv.RollupMainAgent + `{{end}}"`,
		},
	}
	byProject = preset{
		name: "by-project", question: "In which projects was how much done?",
		detail: "The same by project.",
		counts: &counts{by: []string{semconv.LabelProject}, kind: semconv.RollupAgent, measures: callMeasures},
	}
	bySession = preset{
		name: "by-session", question: "Which sessions did how much?",
		detail: "The same by session. agent-telemetry sessions tells more of them.",
		counts: &counts{
			by: []string{semconv.RollupFieldSession}, lineBy: []string{semconv.MetadataSessionID}, kind: semconv.RollupSession, measures: callMeasures,
		},
	}
	byEvent = preset{
		name: "by-event", question: "What kinds of events were there?",
		detail: "All records by their type. It counts lines.",
		counts: &counts{by: []string{semconv.LabelEvent}, measures: []measure{{name: "events"}}},
	}
	byRule = preset{
		name: "by-rule", question: "Which rules found something how often?",
		detail: "Security alerts by rule and severity. Those that were only counted, since one like them had been raised, are not among them.",
		counts: &counts{
			by: []string{semconv.RollupFieldRule, semconv.RollupFieldSeverity}, kind: semconv.RollupAlert,
			measures: []measure{{name: "alerts", rollup: semconv.RollupN, more: []matcher{is(semconv.LabelEvent, semconv.EventSecurityAlert)}}},
		},
	}
	superclaude = preset{
		name: "superclaude", question: "Which SuperClaude commands were used?",
		detail: "The first command of prompts that have one.",
		counts: &counts{
			by: []string{semconv.RollupFieldValue}, lineBy: []string{"command"}, kind: semconv.RollupWorkflow, stage: ` | what="` + semconv.RollupWhatCommand + `"`,
			measures: []measure{{
				name: "prompts", rollup: semconv.RollupN, more: []matcher{is(semconv.LabelEvent, semconv.EventUserPrompt)},
				stage: ` | json command="superclaude_context.commands[0]" | command!=""`,
			}},
		},
	}
	topFiles = preset{
		name: "top-files", question: "Which files were changed most often?",
		detail: "Changes of files by calls of Write, Edit, MultiEdit and NotebookEdit. It counts lines: for many thousands of files ask about a shorter time.",
		counts: &counts{
			by: []string{"file"},
			measures: []measure{{
				name: "changes", more: []matcher{among(semconv.LabelEvent, semconv.EventFileWrite, semconv.EventFileEdit)},
				stage: hooks("PostToolUse") + ` | json file="action_details.file_path" | file!=""`,
			}},
		},
	}
)
