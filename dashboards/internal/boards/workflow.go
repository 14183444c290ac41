package boards

import (
	"github.com/agent-telemetry/agent-telemetry/dashboards/internal/style"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// noUsage is said where Claude Code's own telemetry would be.
const noUsage = "Start Claude Code with CLAUDE_CODE_ENABLE_TELEMETRY=1: see the README"

// Workflow shows what agents are used for, and what comes of it.
func Workflow() style.Board {
	return style.Board{
		UID: style.UIDWorkflow, Title: "Agents: workflow", From: "now-12h", Refresh: "5m",
		About:       "What agents are used for: tools, SuperClaude commands and personas, tasks, edits, cost and tokens.",
		Variables:   []style.Variable{projects, sessions},
		Annotations: []style.Annotation{worstAlerts},
		Sections: []style.Section{
			{Rows: []style.Row{
				style.Even(4,
					sumStat("Prompts", "Prompts that people gave.", semconv.RollupPrompts),
					sumStat("Edits", "Calls that changed a file and did not fail.", semconv.RollupEdits),
					editsPerSession(),
					sumStat("Tasks done", "Tasks that agents set to completed.", semconv.RollupTasksDone),
					sumStat("Sub-agents", "Sub-agents that were started.", semconv.RollupAgents),
					costStat()),
				style.Even(9, kindOfWork(), linesOverTime()),
				style.Even(9, productivity(), tasks()),
			}},
			{Title: "SuperClaude", Rows: []style.Row{
				{Height: 8, Panels: []style.Placed{
					{Width: 6, Panel: ranking("Commands", "Commands of prompts", semconv.RollupWhatCommand)},
					{Width: 6, Panel: ranking("Personas", "Personas of prompts", semconv.RollupWhatPersona)},
					{Width: 6, Panel: ranking("Flags", "Flags of prompts", semconv.RollupWhatFlag)},
					{Width: 6, Panel: ranking("Reasoning and workflow", "Levels of reasoning, and kinds of workflow, of prompts", semconv.RollupWhatReasoning, semconv.RollupWhatWorkflow)},
				}},
			}},
			{Title: "Cost and tokens, as Claude Code tells them: of all projects", Rows: []style.Row{
				style.Even(8, costOverTime(), models(), costlySessions()),
			}},
			{Title: "More: tokens, tools, skills, sub-agents, MCP servers", Folded: true, Rows: []style.Row{
				style.Wide(8, tokensOverTime()),
				style.Even(9, toolMix(),
					ranking("Skills", "Skills that were invoked", semconv.RollupWhatSkill),
					ranking("Sub-agents by type", "Sub-agents that were started", semconv.RollupWhatAgent),
					ranking("MCP servers asked for", "MCP servers that prompts asked for", semconv.RollupWhatMCPServer)),
			}},
		},
	}
}

// ofSessions are roll-ups of the chosen sessions.
func ofSessions(c counts) counts { return c.with(one(semconv.RollupFieldSession, style.VarSession)) }

func sumStat(title, about, number string) style.Panel {
	return style.Stat(style.Spec{
		Title: title, Unit: "short", Empty: unknown, Steps: style.Plain(), About: about + " In this time.",
		Targets: []style.Target{style.Now(orZero(ofSessions(sessionCounts).sum(number, whole), whole))},
	})
}

func editsPerSession() style.Panel {
	return style.Stat(style.Spec{
		Title: "Edits per session", Unit: "short", Empty: nothingCounted, Steps: style.Plain(), Decimals: style.Bound(1),
		About: "Edits divided by the sessions that made any.",
		Targets: []style.Target{style.Now(ratio(
			ofSessions(sessionCounts).sum(semconv.RollupEdits, whole),
			"count("+ofSessions(sessionCounts).sum(semconv.RollupEdits, whole, semconv.RollupFieldSession)+")"))},
	})
}

func costStat() style.Panel {
	return style.Stat(style.Spec{
		Title: "Cost", Unit: "currencyUSD", Empty: "Needs Claude Code's telemetry", Steps: style.Plain(), Decimals: style.Bound(2),
		About:   "What Claude Code says its requests to the model cost, in all projects. " + noUsage + ".",
		Targets: []style.Target{style.Now(ofSessions(usageCounts).sum(semconv.RollupCost, whole))},
	})
}

// allTools are the calls of the chosen projects; roll-ups of tools know no session.
var allTools = counts{kind: semconv.RollupTool, project: true}

func kindOfWork() style.Panel {
	return style.Bars(style.Spec{
		Title: "What calls did", Unit: "short", Empty: nothingCounted,
		About: "Calls that ended, by what they did, for each bar's time, of the chosen projects and all sessions. " +
			"Much reading before the first edit is normal; edits without reads are not.",
		Targets: []style.Target{style.Over(allTools.sum(semconv.RollupCalls, interval, semconv.RollupFieldEvent), "{{"+semconv.RollupFieldEvent+"}}")},
	})
}

func linesOverTime() style.Panel {
	return style.Bars(style.Spec{
		Title: "Lines changed", Unit: "short", Empty: "No lines changed in this time",
		About:     "Lines that calls of file tools added and removed. Files that commands wrote are not in it.",
		Overrides: []style.Override{style.Colour("added", style.Good), style.Colour("removed", style.Bad)},
		Targets: []style.Target{
			style.Over(ofSessions(sessionCounts).sum(semconv.RollupLinesAdded, interval), "added"),
			style.Over(ofSessions(sessionCounts).sum(semconv.RollupLinesRemoved, interval), "removed"),
		},
	})
}

func productivity() style.Panel {
	labels := []string{semconv.LabelProject}
	c := ofSessions(sessionCounts)
	return style.Numbers(style.Spec{
		Title: "Projects", Unit: "short", Empty: nothingCounted,
		About: "Work by project. Edits per prompt says how much a prompt brings about; failed answers are turns that ended in an error.",
		Targets: []style.Target{
			style.Now(c.sum(semconv.RollupPrompts, whole, labels...)), style.Now(c.sum(semconv.RollupEdits, whole, labels...)),
			style.Now(c.sum(semconv.RollupTasksDone, whole, labels...)),
			style.Now(c.sum(semconv.RollupTurnFailures, whole, labels...)),
		},
	}, style.Value(1),
		style.Column{Field: semconv.LabelProject, Name: "Project"},
		style.Column{Field: style.Value(0), Name: "Prompts", Width: 80},
		style.Column{Field: style.Value(1), Name: "Edits", Bar: true},
		style.Column{Field: "per prompt", Name: "Edits per prompt", Width: 130, Part: style.Value(1), Of: style.Value(0), None: "–"},
		style.Column{Field: style.Value(2), Name: "Tasks done", Width: 95},
		style.Column{Field: style.Value(3), Name: "Failed answers", Width: 110, Steps: style.FromZero(style.Warn)},
	)
}

func tasks() style.Panel {
	return style.Bars(style.Spec{
		Title: "Tasks", Unit: "short", Empty: "No task changed in this time",
		About: "Tasks of agents by the status that they got. More begun than completed over days: work is left lying.",
		Targets: []style.Target{style.Over(ofSessions(workflowCounts).about(semconv.RollupWhatTask).
			sum(semconv.RollupN, interval, semconv.RollupFieldValue), "{{"+semconv.RollupFieldValue+"}}")},
	})
}

// ranking lists values of a kind of workflow.
func ranking(title, about string, what ...string) style.Panel {
	return style.Ranking(style.Spec{
		Title: title, Unit: "short", Empty: "None in this time", About: about + ", by how often.",
		Targets: []style.Target{style.Now(top("15", ofSessions(workflowCounts).about(what...).
			sum(semconv.RollupN, whole, semconv.RollupFieldValue)))},
	})
}

func toolMix() style.Panel {
	return style.Shares(style.Spec{
		Title: "Tools", Unit: "short", Empty: nothingCounted,
		About:   "Shares of the tool calls that ended, of the chosen projects and all sessions.",
		Targets: []style.Target{style.Now(top("15", allTools.sum(semconv.RollupCalls, whole, byTool...)))},
	})
}

func costOverTime() style.Panel {
	return style.Bars(style.Spec{
		Title: "Cost by model", Unit: "currencyUSD", Empty: noUsage,
		About:   "What Claude Code says its requests cost, for each bar's time.",
		Targets: []style.Target{style.Over(ofSessions(usageCounts).sum(semconv.RollupCost, interval, semconv.RollupFieldModel), "{{"+semconv.RollupFieldModel+"}}")},
	})
}

func tokensOverTime() style.Panel {
	c := ofSessions(usageCounts)
	return style.Bars(style.Spec{
		Title: "Tokens", Unit: "short", Empty: noUsage,
		About: "Tokens of the requests to the model. Reads of the cache are cheap, writes to it are not.",
		Targets: []style.Target{
			style.Over(c.sum(semconv.RollupTokensIn, interval), "in"), style.Over(c.sum(semconv.RollupTokensOut, interval), "out"),
			style.Over(c.sum(semconv.RollupTokensRead, interval), "cache read"), style.Over(c.sum(semconv.RollupTokensWritten, interval), "cache written"),
		},
	})
}

func models() style.Panel {
	c, labels := ofSessions(usageCounts), []string{semconv.RollupFieldModel}
	return style.Numbers(style.Spec{
		Title: "Models", Unit: "short", Empty: noUsage, About: "Requests, those that failed, and cost by model.",
		Targets: []style.Target{
			style.Now(c.sum(semconv.RollupRequests, whole, labels...)), style.Now(c.sum(semconv.RollupRequestErrors, whole, labels...)),
			style.Now(c.sum(semconv.RollupCost, whole, labels...)),
		},
	}, style.Value(2),
		style.Column{Field: semconv.RollupFieldModel, Name: "Model"},
		style.Column{Field: style.Value(0), Name: "Requests", Width: 90},
		style.Column{Field: style.Value(1), Name: "Failed", Width: 70, Steps: style.FromZero(style.Warn)},
		style.Column{Field: style.Value(2), Name: "Cost", Unit: "currencyUSD", Bar: true},
	)
}

func costlySessions() style.Panel {
	labels := []string{semconv.RollupFieldSession}
	c := ofSessions(usageCounts)
	return style.Numbers(style.Spec{
		Title: "Costliest sessions", Unit: "currencyUSD", Empty: noUsage,
		About: "Sessions by what their requests cost. Click one to see what it did.",
		Targets: []style.Target{
			style.Now(top("20", c.sum(semconv.RollupCost, whole, labels...))),
		},
	}, style.Value(0),
		style.Column{Field: semconv.RollupFieldSession, Name: "Session", Links: []style.Link{style.ToSession()}},
		style.Column{Field: style.Value(0), Name: "Cost", Bar: true},
	)
}
