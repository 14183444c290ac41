package boards

import (
	"github.com/agent-telemetry/agent-telemetry/dashboards/internal/style"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Delegation shows what agents were called for, what came of it, and how they worked
// together.
func Delegation() style.Board {
	return style.Board{
		UID: style.UIDDelegation, Title: "Agents: delegation and coordination", From: "now-6h", Refresh: "5m",
		About:       "What sub-agents were called for, how long that took and what came of it; where they got into each other's way, did things twice, or could have worked at the same time.",
		Variables:   []style.Variable{projects, agents},
		Annotations: []style.Annotation{worstAlerts},
		Sections: []style.Section{
			{Rows: []style.Row{
				style.Even(4,
					togetherStat("Delegations", "Sub-agents that were called and are done, and calls of them that made none.", "short", style.Plain(), delegated.count(whole)),
					failedDelegations(),
					durationStat("Median duration", "Half of the delegations took no longer. Exact: of each delegation, waiting for others included.", "0.5"),
					durationStat("95 % took no longer than", "Exact: of each delegation, waiting for others included.", "0.95"),
					togetherStat("Deepest", "How deep agents called each other: 1 is whom the main agent called. Claude Code's own limit is 3.", "short", style.Plain(), "max("+deepestOver(whole)+")"),
					togetherStat("Widest fan-out", "The most agents that one agent called in a session.", "short", style.Plain(), workedAs.max(fieldFanOut, whole))),
				style.Even(4,
					togetherStat("Conflicts", "Two agents changed one file within ten minutes, and neither waited for the other. See the list below.", "short", style.FromZero(style.Warn), conflicts.count(whole)),
					togetherStat("Of these at the same time", "Both agents were at work: what one did may be lost.", "short", style.FromZero(style.Bad), conflicts.saying(fieldKind, kindConcurrent).count(whole)),
					togetherStat("Repeated work", "Reads and searches that another agent of the session had made before, with no change in between.", "short", style.Plain(), repeats.count(whole)),
					parallelStat(),
					sessionsStat("Parallel efficiency", "Mean of the sessions: 100 % is that as many agents as ever were at work at once always were. Low: long stretches with few agents.", "percentunit", "avg", fieldEfficiency),
					sessionsStat("Work delegated", "Mean of the sessions: the part of the agents' time at work that was not the main agent's.", "percentunit", "avg", fieldDelegated)),
				style.Even(9, delegationsOverTime(), delegationDurations()),
				style.Split(10, 15, delegationTypes(), depths()),
				style.Wide(10, togetherSessions()),
			}},
			{Title: "What to look at: recommendations, conflicts, repeated work", Rows: []style.Row{
				style.Wide(8, recommendations()),
				style.Even(10, conflictTable(), repeatTable()),
				style.Even(8, conflictFiles(), repeatedTargets()),
			}},
			{Title: "More: the delegations themselves, parallel work over time", Folded: true, Rows: []style.Row{
				style.Wide(12, delegationTable()),
				style.Even(8, parallelOverTime(), fanOutOverTime()),
			}},
		},
	}
}

// togetherStat is a number that is 0 where sessions with agents are known and have none.
func togetherStat(title, about, unit string, steps []style.Step, expr string) style.Panel {
	return style.Stat(style.Spec{
		Title: title, Unit: unit, Empty: noTogetherShort, Steps: steps, About: about + " In this time, of the chosen projects.",
		Targets: []style.Target{style.Now(orNone(expr, whole))},
	})
}

func sessionsStat(title, about, unit, how string, number field) style.Panel {
	return style.Stat(style.Spec{
		Title: title, Unit: unit, Empty: noTogetherShort, Steps: style.Plain(), Decimals: style.Bound(0), About: about,
		Targets: []style.Target{style.Now(workedAs.eachSession(how, number, whole))},
	})
}

func parallelStat() style.Panel {
	return style.Stat(style.Spec{
		Title: "At work at a time", Unit: "short", Empty: noTogetherShort, Steps: style.Plain(), Decimals: style.Bound(2),
		About:   "How many agents of a session were at work on average while any was, over all sessions: all their time at work, divided by the time in which any was. 1: one after the other.",
		Targets: []style.Target{style.Now(ratio(workedAs.eachSession("sum", fieldWork, whole), workedAs.eachSession("sum", fieldActive, whole)))},
	})
}

func failedDelegations() style.Panel {
	return style.Stat(style.Spec{
		Title: "Failed or denied", Unit: "percentunit", Empty: noTogetherShort, Steps: style.Rising(0.1, 0.25), Decimals: style.Bound(1),
		About: "Share of the delegations whose call failed or was not allowed. What an agent was asked for and answered without an error counts as done, whatever it is worth.",
		Targets: []style.Target{style.Now(ratio(
			orNone(delegated.saying(fieldOutcome, outcomeFailed, outcomeDenied).count(whole), whole), delegated.count(whole)))},
	})
}

func durationStat(title, about, quantile string) style.Panel {
	return style.Stat(style.Spec{
		Title: title, Unit: "ms", Empty: noTogetherShort, Steps: style.Plain(), Decimals: style.Bound(1), About: about,
		Targets: []style.Target{style.Now(delegated.quantile(quantile, fieldLasted, whole))},
	})
}

// deepestOver is how deep agents were called.
func deepestOver(window string) string {
	return "max_over_time(" + delegated.lines() + " | " + semconv.MetadataAgentDepth + ">=1 | unwrap " + semconv.MetadataAgentDepth + " [" + window + "]) by ()"
}

func delegationsOverTime() style.Panel {
	return style.Bars(style.Spec{
		Title: "Delegations by outcome", Unit: "short", Empty: noTogether,
		About: "When delegations ended, and with what. Completed: the call was answered; stopped: the agent stopped and no answer of the call is recorded, or it was in the background; " +
			"running: its end was not recorded.",
		Overrides: []style.Override{
			style.Colour(outcomeCompleted, style.Good), style.Colour(outcomeStopped, style.Neutral), style.Colour(outcomeFailed, style.Bad), style.Colour(outcomeDenied, style.Denied),
		},
		Targets: []style.Target{style.Over(delegated.countOf([]field{fieldOutcome}, interval, fieldOutcome.label), "{{"+fieldOutcome.label+"}}")},
	})
}

func delegationDurations() style.Panel {
	return style.Lines(style.Spec{
		Title: "How long delegations took", Unit: "ms", Empty: noTogether, Least: "10m",
		About: "Median and 95 % of those that ended in the interval, exact: of each delegation.",
		Targets: []style.Target{
			style.Over(delegated.quantile("0.5", fieldLasted, interval), "median"), style.Over(delegated.quantile("0.95", fieldLasted, interval), "95 %"),
		},
	})
}

var byType = []string{semconv.MetadataAgentType}

func delegationTypes() style.Panel {
	return style.Numbers(style.Spec{
		Title: "Delegations by agent type", Unit: "short", Empty: noTogether,
		About: "What agents of each type were called for: how often, how often that failed or was denied, how long it took, and how many agents one called itself. A wide gap between median and 95 %: some tasks are much larger than others.",
		Targets: []style.Target{
			style.Now(delegated.count(whole, byType...)), style.Now(delegated.saying(fieldOutcome, outcomeFailed, outcomeDenied).count(whole, byType...)),
			style.Now(delegated.quantile("0.5", fieldLasted, whole, byType...)), style.Now(delegated.quantile("0.95", fieldLasted, whole, byType...)),
			style.Now(delegated.max(fieldChildren, whole, byType...)),
		},
	}, style.Value(0),
		style.Column{Field: semconv.MetadataAgentType, Name: "Agent", Links: []style.Link{toAgentType(semconv.MetadataAgentType)}},
		style.Column{Field: style.Value(0), Name: "Delegations", Bar: true, Width: 200},
		style.Column{Field: style.Value(1), Name: "Failed, denied", Width: 120, Steps: style.FromZero(style.Warn)},
		style.Column{Field: style.Value(2), Name: "Median", Width: 110, Unit: "ms"},
		style.Column{Field: style.Value(3), Name: "95 %", Width: 110, Unit: "ms"},
		style.Column{Field: style.Value(4), Name: "Widest", Width: 90},
	)
}

func depths() style.Panel {
	return style.Ranking(style.Spec{
		Title: "Delegations by depth", Unit: "short", Empty: noTogether,
		About: "1 is whom the main agent called, 2 whom those called.",
		Targets: []style.Target{style.Now("sum by (depth) (count_over_time(" + delegated.lines() +
			labelled("depth", "{{ or ."+semconv.MetadataAgentDepth+" \"not known\" }}") + " [" + whole + "]))")},
	})
}

func togetherSessions() style.Panel {
	labels := []string{fieldSession.label, semconv.LabelProject}
	sum := func(number field) style.Target {
		return style.Now(workedAs.eachSession("sum", number, whole, labels...))
	}
	mean := func(number field) style.Target {
		return style.Now(workedAs.eachSession("avg", number, whole, labels...))
	}
	first := style.Now(top("200", workedAs.eachSession("sum", fieldAgents, whole, labels...)))
	return style.Numbers(style.Spec{
		Title: "Sessions in which agents worked together", Unit: "short", Empty: noTogether,
		About: "Sessions that ended or were quiet for half an hour. At a time: agents at work on average while any was. Critical path: what the session had to wait for, however many agents worked beside it. Click one to see its agents.",
		Targets: []style.Target{
			first, style.Now(workedAs.eachSession("max", fieldFanOut, whole, labels...)), mean(fieldParallelism), mean(fieldEfficiency),
			sum(fieldCritical), sum(fieldConflicts), sum(fieldRereads), sum(fieldResearches),
		},
	}, style.Value(0),
		style.Column{Field: fieldSession.label, Name: "Session", Links: []style.Link{style.ToAgents(), style.ToSession()}},
		style.Column{Field: semconv.LabelProject, Name: "Project", Width: 140},
		style.Column{Field: style.Value(0), Name: "Agents", Bar: true, Width: 150},
		style.Column{Field: style.Value(1), Name: "Fan-out", Width: 85},
		style.Column{Field: style.Value(2), Name: "At a time", Width: 90},
		style.Column{Field: style.Value(3), Name: "Efficiency", Width: 95, Unit: "percentunit"},
		style.Column{Field: style.Value(4), Name: "Critical path", Width: 110, Unit: "ms"},
		style.Column{Field: style.Value(5), Name: "Conflicts", Width: 90, Steps: style.FromZero(style.Warn)},
		style.Column{Field: style.Value(6), Name: "Files read again", Width: 130},
		style.Column{Field: style.Value(7), Name: "Searches again", Width: 130},
	)
}

// fieldSession is the session as the line has it: links go by this name.
var fieldSession = field{style.VarSession, "session_id"}

// toAgentType leads to the performance of a type, from a field.
func toAgentType(name string) style.Link {
	return style.Link{Title: "How well does this type work?", UID: style.UIDAgents, Vars: []style.Var{{Name: style.VarAgent, Value: style.FromField(name)}}}
}

func parallelOverTime() style.Panel {
	return style.Lines(style.Spec{
		Title: "Parallel work of sessions", Unit: "short", Empty: noTogether, Least: "10m",
		About: "Mean over the sessions that ended in the interval: agents at work on average while any was, and the efficiency of that, from 0 to 1.",
		Targets: []style.Target{
			style.Over(workedAs.eachSession("avg", fieldParallelism, interval), "at work at a time"), style.Over(workedAs.eachSession("avg", fieldEfficiency, interval), "efficiency"),
		},
	})
}

func fanOutOverTime() style.Panel {
	return style.Lines(style.Spec{
		Title: "Fan-out and depth", Unit: "short", Empty: noTogether, Least: "10m",
		About: "The most agents that one called, and the deepest that they called each other, of the sessions and delegations that ended in the interval.",
		Targets: []style.Target{
			style.Over(workedAs.max(fieldFanOut, interval), "most called by one"), style.Over("max("+deepestOver(interval)+")", "deepest"),
		},
	})
}
