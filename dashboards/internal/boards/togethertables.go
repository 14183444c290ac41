package boards

import (
	"github.com/agent-telemetry/agent-telemetry/dashboards/internal/style"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// rows are records as rows of a table: with these fields and nothing else.
func (t together) rows(parsed []field, labels ...string) string {
	return t.lines(parsed...) + keep(append(names(parsed), labels...)...) + " | line_format `.`"
}

var (
	whenColumn    = style.Column{Field: style.Time, Name: "Time", Width: 170}
	sessionColumn = style.Column{Field: fieldSession.label, Name: "Session", Width: 130, Links: []style.Link{style.ToAgents(), style.ToSession()}}
)

func recommendations() style.Panel {
	parsed := []field{fieldSession, fieldAdvice}
	lines := workedAs.lines(parsed...) + " | " + fieldAdvice.label + "!=``" + plain(fieldAdvice) + keep(append(names(parsed), semconv.LabelProject)...) + " | line_format `.`"
	return style.Records(style.Spec{
		Title: "Recommendations", Unit: "none", Empty: "None in this time: no session that ended had any",
		About:   "What the figures of a session suggest, and no more: the evidence of each, and what cannot be known, is in agent-telemetry agents stats. A session that went on after it was quiet is there again; its last row counts.",
		Targets: []style.Target{style.Latest(lines, maxRows)},
	},
		whenColumn, sessionColumn,
		style.Column{Field: semconv.LabelProject, Name: "Project", Width: 140},
		style.Column{Field: fieldAdvice.label, Name: "What could be done", Long: true},
	)
}

func conflictTable() style.Panel {
	parsed := []field{fieldSession, fieldChanged, fieldKind, fieldFirst, fieldSecond, fieldGap, fieldBase}
	return style.Records(style.Spec{
		Title: "Conflicts, the last first", Unit: "none", Empty: "No two agents changed one file within ten minutes",
		About:   "Who changed a file soon after another agent. Found: first is the file as the first agent left it; other is another content, so something else changed it too; unknown: no hash was recorded.",
		Targets: []style.Target{style.Latest(conflicts.rows(parsed), maxRows)},
	},
		whenColumn,
		style.Column{Field: fieldChanged.label, Name: "File", Long: true},
		style.Column{Field: fieldKind.label, Name: "Kind", Width: 100},
		style.Column{Field: fieldFirst.label, Name: "First", Width: 120},
		style.Column{Field: fieldSecond.label, Name: "Then", Width: 120},
		style.Column{Field: fieldGap.label, Name: "After", Width: 80, Unit: "ms"},
		style.Column{Field: fieldBase.label, Name: "Found", Width: 80},
		sessionColumn,
	)
}

func repeatTable() style.Panel {
	parsed := []field{fieldSession, fieldKind, fieldTarget, fieldDetail, fieldFirst, fieldSecond, fieldTimes}
	return style.Records(style.Spec{
		Title: "Repeated work, the last first", Unit: "none", Empty: "No agent did again what another one had done",
		About:   "Reads of the same part of a file, and searches, that another agent of the session had made, with no change recorded in between. Agents do not share what they have read: some of it has to be.",
		Targets: []style.Target{style.Latest(repeats.rows(parsed), maxRows)},
	},
		whenColumn,
		style.Column{Field: fieldKind.label, Name: "Kind", Width: 80},
		style.Column{Field: fieldTarget.label, Name: "What", Long: true},
		style.Column{Field: fieldDetail.label, Name: "Part, or searched for", Width: 160},
		style.Column{Field: fieldFirst.label, Name: "First", Width: 120},
		style.Column{Field: fieldSecond.label, Name: "Again", Width: 120},
		style.Column{Field: fieldTimes.label, Name: "Times", Width: 70},
		sessionColumn,
	)
}

func conflictFiles() style.Panel {
	return style.Ranking(style.Spec{
		Title: "Files in conflict most often", Unit: "short", Empty: "No two agents changed one file within ten minutes",
		About:   "Files that agents changed soon after each other. One file that all want: let one agent own it.",
		Targets: []style.Target{style.Now(top("15", conflicts.countOf([]field{fieldChanged}, whole, fieldChanged.label)))},
	})
}

func repeatedTargets() style.Panel {
	return style.Ranking(style.Spec{
		Title: "Repeated most often", Unit: "short", Empty: "No agent did again what another one had done",
		About:   "Files and directories that agents read or searched again. What all of them need can be told in the prompt, or in CLAUDE.md.",
		Targets: []style.Target{style.Now(top("15", repeats.countOf([]field{fieldTarget}, whole, fieldTarget.label)))},
	})
}

func delegationTable() style.Panel {
	parsed := []field{fieldSession, fieldPurpose, fieldCaller, fieldOutcome, fieldLasted, fieldWaiting, fieldToolCalls, fieldToolErrors, fieldTokens}
	return style.Records(style.Spec{
		Title: "Delegations, the last first", Unit: "none", Empty: noTogether,
		About:   "What agents were called for, by whom, and what it took. Tokens of -1: nothing tells them. Waiting: for agents that it called itself.",
		Targets: []style.Target{style.Latest(delegated.rows(parsed, semconv.MetadataAgentType, semconv.MetadataAgentDepth), maxRows)},
	},
		whenColumn,
		style.Column{Field: semconv.MetadataAgentType, Name: "Agent", Width: 130, Links: []style.Link{toAgentType(semconv.MetadataAgentType)}},
		style.Column{Field: fieldPurpose.label, Name: "What for", Long: true},
		style.Column{Field: fieldCaller.label, Name: "Called by", Width: 120},
		style.Column{Field: semconv.MetadataAgentDepth, Name: "Depth", Width: 70},
		style.Column{Field: fieldOutcome.label, Name: "Outcome", Width: 95, Outcome: true},
		style.Column{Field: fieldLasted.label, Name: "Took", Width: 90, Unit: "ms"},
		style.Column{Field: fieldWaiting.label, Name: "Waiting", Width: 90, Unit: "ms"},
		style.Column{Field: fieldToolCalls.label, Name: "Calls", Width: 70},
		style.Column{Field: fieldToolErrors.label, Name: "Failed", Width: 70},
		style.Column{Field: fieldTokens.label, Name: "Tokens", Width: 90},
		sessionColumn,
	)
}
