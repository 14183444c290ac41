package boards

import (
	"github.com/agent-telemetry/agent-telemetry/dashboards/internal/style"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Hierarchy shows which agents called which.
func Hierarchy() style.Board {
	return style.Board{
		UID: style.UIDHierarchy, Title: "Agents: hierarchy", From: "now-6h", Refresh: "",
		About:       "Which agents called which: by type in all sessions, and one by one in the session that you pick, from its first agent to the deepest.",
		Variables:   []style.Variable{projects, sessionOne},
		Annotations: []style.Annotation{sessionAlerts},
		Sections: []style.Section{
			{Title: "1. Pick a session", Rows: []style.Row{
				style.Even(4,
					startsStat("Agents called", "Sub-agents that began.", "short", style.Plain(), sessionCounts.sum(semconv.RollupAgents, whole)),
					startsStat("Deepest", "How deep agents called each other: 1 is whom the main agent called.", "short", style.Plain(), "max_over_time("+knownDepth+" ["+whole+"]) by ()"),
					startsStat("Caller not known", "Sub-agents of which nothing says who called them: the call was not recorded, or they are Claude Code's own helpers.", "short", style.FromZero(style.Warn),
						"sum(count_over_time("+starts+" | "+semconv.MetadataAgentParent+"=`` ["+whole+"]))"),
					startsStat("Put right later", "Agents whose caller turned out to be another one than their first records say. Those records stay as they are; this dashboard goes by the last word.", "short", style.Plain(),
						"sum(count_over_time("+links+" ["+whole+"]))")),
				style.Split(12, 13, agentSessions(), typeGraph()),
			}},
			{Title: "2. Its agents", Rows: []style.Row{
				style.Wide(18, agentGraph()),
				style.Wide(12, agentTree()),
				style.Even(9, agentsAtWork(), asked()),
			}},
			{Title: "More: callers that turned out otherwise", Folded: true, Rows: []style.Row{style.Wide(9, corrections())}},
		},
	}
}

var (
	starts     = records(is(semconv.LabelEvent, semconv.EventSubagentStart), one(semconv.LabelProject, style.VarProject))
	links      = records(is(semconv.LabelEvent, semconv.EventAgentLink), one(semconv.LabelProject, style.VarProject))
	knownDepth = starts + " | " + semconv.MetadataAgentDepth + ">=0 | unwrap " + semconv.MetadataAgentDepth
)

// startsStat is 0 where the collector was there to see agents begin.
func startsStat(title, about, unit string, steps []style.Step, expr string) style.Panel {
	return style.Stat(style.Spec{
		Title: title, Unit: unit, Empty: unknown, Steps: steps, About: about + " In this time, of the chosen projects.",
		Targets: []style.Target{style.Now(orZero(expr, whole))},
	})
}

func agentSessions() style.Panel {
	labels := []string{semconv.RollupFieldSession, semconv.LabelProject}
	here := style.ToAgents()
	here.Title = "Show its agents below"
	return style.Numbers(style.Spec{
		Title: "Sessions with sub-agents", Unit: "short", Empty: "No sub-agent was called in this time. Widen it, or see agent-telemetry status",
		About: "Sessions in which agents were called, those with most of them first. Click one to see its agents below; the time range stays.",
		Targets: []style.Target{
			style.Now(top("200", sessionCounts.sum(semconv.RollupAgents, whole, labels...))),
			style.Now("max" + by(labels) + "(max_over_time(" + starts + " | " + semconv.MetadataAgentDepth + ">=0" + labelled(semconv.RollupFieldSession, semconv.MetadataSessionID) +
				" | unwrap " + semconv.MetadataAgentDepth + " [" + whole + "])" + by(labels) + ")"),
		},
	}, style.Value(0),
		style.Column{Field: semconv.RollupFieldSession, Name: "Session", Links: []style.Link{here, style.ToSession()}},
		style.Column{Field: semconv.LabelProject, Name: "Project", Width: 140},
		style.Column{Field: style.Value(0), Name: "Agents", Bar: true, Width: 170},
		style.Column{Field: style.Value(1), Name: "Deepest", Width: 85},
	)
}

// typeGraph shows types of agents and who calls whom, of all sessions.
func typeGraph() style.Panel {
	labels := []string{style.NodeID, style.NodeTitle}
	called := "{{ or ." + semconv.MetadataAgentType + " \"agent\" }}"
	caller := "{{ or ." + fieldCaller.label + " \"not known\" }}"
	of := func(t together, number field) string {
		return "sum" + by(labels) + "(sum_over_time(" + t.lines(number) + " | " + number.label + ">=0" +
			labelled(style.NodeID, called, style.NodeTitle, called) + " | unwrap " + number.label + " [" + whole + "]))"
	}
	edge := []string{style.NodeID, style.EdgeSource, style.EdgeTarget}
	return style.Graph(style.Spec{
		Title: "Which types call which", Unit: "short", Empty: noTogether,
		About: "Types of agents, of all sessions and chosen projects: in a circle their tool calls, and below it how many of them failed. On an arrow: how often the one called the other. " +
			"What the main agent did itself is not in its circle.",
		Overrides: []style.Override{style.Field(style.NodeTitle, style.LinksTo(toAgentType(style.NodeTitle)))},
		Targets: []style.Target{
			style.Now(orNodes(of(everyType, fieldToolCalls), "sum"+by(labels)+"(count_over_time("+everyType.lines(fieldCaller)+
				labelled(style.NodeID, caller, style.NodeTitle, caller)+" ["+whole+"]))")),
			style.Now(of(everyType.without(`"`+fieldToolErrors.path+`":0,`), fieldToolErrors)),
			style.Now("sum" + by(edge) + "(count_over_time(" + everyType.lines(fieldCaller) +
				labelled(style.NodeID, caller+" → "+called, style.EdgeSource, caller, style.EdgeTarget, called) + " [" + whole + "]))"),
		},
	}, "")
}

func agentsAtWork() style.Panel {
	agent := []string{semconv.MetadataAgentType, semconv.MetadataAgentID}
	return style.Bars(style.Spec{
		Title: "Agents at work", Unit: "short", Empty: noAgents, Least: "10s",
		About: "Sub-agents of which there is a record in the interval, by type. Bars of one after another: agents that waited for each other.",
		Targets: []style.Target{style.Over("count"+by(byType)+"(sum"+by(agent)+"(count_over_time("+ofSession()+" | "+semconv.MetadataAgentID+"!=`` ["+interval+"])))",
			"{{"+semconv.MetadataAgentType+"}}")},
	})
}

// asked are the calls of agents in the session.
func asked() style.Panel {
	call := semconv.BodyAgent + "." + semconv.AgentBodyCall + "."
	parsed := []field{
		{"called", call + semconv.CallBodyAgentType}, {"purpose", call + "description"}, {"status", call + "status"}, {"tokens", call + "tokens"}, fieldDuration,
	}
	lines := ofSession(is(semconv.LabelEvent, semconv.EventSubAgentDelegation)) + ended + fields(parsed...) +
		labelled("caller", "{{ if .agent_id }}{{ or .agent_type \"agent\" }}{{ else }}"+mainTitle+"{{ end }}") + outcome +
		keep(append(names(parsed), "caller", "outcome")...) + " | line_format `.`"
	return style.Records(style.Spec{
		Title: "What agents were called for", Unit: "none", Empty: noAgents,
		About:   "Calls of agents as they were answered, failed or were denied. Async_launched: the caller did not wait.",
		Targets: []style.Target{style.First(lines, maxRows)},
	},
		style.Column{Field: style.Time, Name: "Answered", Width: 170},
		style.Column{Field: "caller", Name: "By", Width: 120},
		style.Column{Field: "called", Name: "Agent", Width: 130},
		style.Column{Field: "purpose", Name: "What for", Long: true},
		style.Column{Field: "status", Name: "Status", Width: 110},
		style.Column{Field: "outcome", Name: "Outcome", Width: 85, Outcome: true},
		style.Column{Field: fieldDuration.label, Name: "Took", Width: 90, Unit: "ms"},
		style.Column{Field: "tokens", Name: "Tokens", Width: 90},
	)
}

func corrections() style.Panel {
	agent := semconv.BodyAgent + "."
	before := agent + semconv.AgentBodyPrevious + "."
	parsed := []field{
		{"before", before + semconv.AgentBodyParent}, {"link_before", before + semconv.AgentBodyLink}, {"known_by", agent + semconv.AgentBodyLink},
	}
	return style.Records(style.Spec{
		Title: "Callers that turned out otherwise", Unit: "none", Empty: "None in this time: first records were right, as far as is known",
		About: "Agents of the chosen projects whose first records name another caller than is known now, and by what it is known: provisional is a guess, span and sidecar are Claude Code's own files, confirmed is the call's answer.",
		Targets: []style.Target{style.Latest(links+fields(parsed...)+labelled(style.VarSession, semconv.MetadataSessionID)+
			keep(append(names(parsed), style.VarSession, semconv.MetadataAgentID, semconv.MetadataAgentType, semconv.MetadataAgentParent)...)+" | line_format `.`", maxRows)},
	},
		whenColumn,
		style.Column{Field: semconv.MetadataAgentType, Name: "Agent", Width: 150},
		style.Column{Field: semconv.MetadataAgentID, Name: "Id", Width: 170},
		style.Column{Field: "before", Name: "Said to be called by", Width: 180},
		style.Column{Field: "link_before", Name: "Known by", Width: 110},
		style.Column{Field: semconv.MetadataAgentParent, Name: "Called by", Width: 180},
		style.Column{Field: "known_by", Name: "Known by, now", Width: 120},
		style.Column{Field: style.VarSession, Name: "Session", Links: []style.Link{style.ToAgents()}},
	)
}
