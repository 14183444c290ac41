package boards

import (
	"github.com/agent-telemetry/agent-telemetry/dashboards/internal/style"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Sessions shows one session from its first prompt to its last command.
func Sessions() style.Board {
	return style.Board{
		UID: style.UIDSessions, Title: "Agents: sessions", From: "now-24h", Refresh: "",
		About:       "Pick a session and read what it did: prompts, commands, files, web, agents, alerts. Every other dashboard leads here.",
		Variables:   []style.Variable{projects, sessionOne, tools, agents},
		Annotations: []style.Annotation{sessionAlerts},
		Sections: []style.Section{
			{Title: "1. Pick a session", Rows: []style.Row{style.Wide(8, sessionList())}},
			{Title: "2. What it did", Rows: []style.Row{
				{Height: 4, Panels: []style.Placed{
					{Width: 3, Panel: firstEvent()},
					{Width: 3, Panel: lastEvent()},
					{Width: 3, Panel: sessionStat("Tool calls", "Tool calls that ended, well or not.", style.Plain(), semconv.RollupCalls)},
					{Width: 3, Panel: sessionStat("Failed", "Tool calls that failed.", style.FromZero(style.Warn), semconv.RollupErrors)},
					{Width: 3, Panel: sessionStat("Outside the project", "Records of actions that reached outside the project. A call that ended has two.", style.FromZero(style.Outside), semconv.RollupOutside)},
					{Width: 3, Panel: sessionStat("Denied", "Tool calls that were denied.", style.FromZero(style.Denied), semconv.RollupDenied)},
					{Width: 3, Panel: alertsOfSession()},
					{Width: 3, Panel: sessionStat("Risk", "Sum of the risk scores of the session's alerts, 0 to 100 each.", style.Rising(50, 100), semconv.RollupRisk)},
				}},
				style.Wide(7, sessionOverTime()),
				style.Wide(14, sessionStory()),
				style.Even(9, sessionAlertTable(), prompts()),
				style.Even(10, filesTouched(), commands()),
				style.Even(8, webAndMCP(), agentTable()),
			}},
			{Title: "More: how long tools took, cost, everything as it was recorded", Folded: true, Rows: []style.Row{
				style.Even(9, sessionDurations(), sessionCost()),
				style.Wide(16, everything()),
				style.Wide(10, nativeEvents()),
			}},
		},
	}
}

// endedCalls are the records of the session's calls that ended.
var endedCalls = ofSession(one(semconv.LabelTool, style.VarTool)) + ` | hook_event=~"PostToolUse|PostToolUseFailure"`

var sessionAlerts = style.Annotation{
	Name: "Alerts of the session", Colour: style.Bad, Lines: 100,
	Expr: ofSession(is(semconv.LabelEvent, semconv.EventSecurityAlert)) + fields(fieldTitle) + " | line_format `{{ .severity }}: {{ .title }}`",
}

func sessionList() style.Panel {
	labels := []string{semconv.RollupFieldSession, semconv.LabelProject}
	toThis := style.ToSession()
	toThis.Title = "Show this session below"
	return style.Numbers(style.Spec{
		Title: "Sessions in this time", Unit: "short", Empty: nothingCounted, Overrides: nil,
		About: "Sessions with their numbers, the riskiest and busiest first. Click one to see it below; the time range stays.",
		Targets: []style.Target{
			style.Now(top("200", sessionCounts.sum(semconv.RollupN, whole, labels...))),
			style.Now(sessionCounts.sum(semconv.RollupErrors, whole, labels...)),
			style.Now(sessionCounts.sum(semconv.RollupOutside, whole, labels...)),
			style.Now(sessionCounts.sum(semconv.RollupRisk, whole, labels...)),
		},
	}, style.Value(3),
		style.Column{Field: semconv.RollupFieldSession, Name: "Session", Links: []style.Link{toThis}},
		style.Column{Field: semconv.LabelProject, Name: "Project", Width: 160},
		style.Column{Field: style.Value(0), Name: "Records", Width: 100},
		style.Column{Field: style.Value(1), Name: "Failed", Width: 90, Steps: style.FromZero(style.Warn)},
		style.Column{Field: style.Value(2), Name: "Outside", Width: 90, Steps: style.FromZero(style.Outside)},
		style.Column{Field: style.Value(3), Name: "Risk", Bar: true, Steps: style.Rising(50, 100)},
	)
}

func firstEvent() style.Panel { return momentStat("First event", "min") }

func lastEvent() style.Panel { return momentStat("Last event", "max") }

// sessionRollups are the session's. A session can be a thousand times as many records.
var sessionRollups = sessionCounts.ofChosenSession()

func momentStat(title, which string) style.Panel {
	return style.Stat(style.Spec{
		Title: title, Unit: "dateTimeAsLocal", Empty: noSession, Steps: style.Plain(),
		About: "Of the session, in this time, to the minute. Widen the time range when the session may be longer.",
		Targets: []style.Target{style.Now(which + "(" + which + "_over_time(" + sessionRollups.texts() +
			" | label_format at=`{{ __timestamp__ | unixEpochMillis }}` | unwrap at [" + whole + "]) by ())")},
	})
}

// ofIt is a number of the session: 0 where it is known and has none.
func ofIt(expr string) string {
	return expr + " or 0 * sum(count_over_time(" + sessionRollups.texts() + " [" + whole + "]))"
}

// sessionStat is a number of the session's roll-ups.
func sessionStat(title, about string, steps []style.Step, number string) style.Panel {
	return style.Stat(style.Spec{
		Title: title, Unit: "short", Empty: noSession, Steps: steps, About: about + " Of the session, in this time; the last minute is not counted yet.",
		Targets: []style.Target{style.Now(ofIt(sessionRollups.sum(number, whole)))},
	})
}

func alertsOfSession() style.Panel {
	return style.Stat(style.Spec{
		Title: "Alerts", Unit: "short", Empty: noSession, Steps: style.FromZero(style.Bad),
		About:   "Alerts of any severity. Of the session, in this time; the last minute is not counted yet.",
		Targets: []style.Target{style.Now(ofIt(counts{kind: semconv.RollupAlert, project: true}.ofChosenSession().sum(semconv.RollupN, whole)))},
	})
}

func sessionOverTime() style.Panel {
	return style.Bars(style.Spec{
		Title: "What it did when", Unit: "short", Empty: noSession, Least: "10s",
		About:   "Records of the session by event type. Drag over a stretch to look at it closer. Red lines are alerts.",
		Targets: []style.Target{style.Over("sum by ("+semconv.LabelEvent+") (count_over_time("+ofSession()+ended+" ["+interval+"]))", "{{"+semconv.LabelEvent+"}}")},
	})
}

func everything() style.Panel {
	return style.Log(style.Spec{
		Title: "Everything, as it was recorded", Unit: "short", Empty: noSession,
		About:   "The session's last 500 records, those before a call too. Open one to see all of its fields.",
		Targets: []style.Target{style.Latest(ofSession(one(semconv.LabelTool, style.VarTool)), 500)},
	})
}

func nativeEvents() style.Panel {
	return style.Log(style.Spec{
		Title: "Claude Code's own telemetry", Unit: "short",
		Empty: "None. It is there when Claude Code runs with CLAUDE_CODE_ENABLE_TELEMETRY=1: see the README",
		About: "What Claude Code itself told of the session: requests to the model, decisions, tool results.",
		Targets: []style.Target{style.Latest(stream(is(semconv.LabelService, nativeService), semconv.LabelSession+"=~`${"+style.VarSession+":regex}|"+overflow+"|`")+
			" | "+one(semconv.MetadataSessionID, style.VarSession), 200)},
	})
}

// nativeService is the service.name of Claude Code's own telemetry.
const nativeService = "claude-code"
