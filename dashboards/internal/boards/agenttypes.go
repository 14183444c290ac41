package boards

import (
	"github.com/agent-telemetry/agent-telemetry/dashboards/internal/style"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// AgentTypes compares types of agents.
func AgentTypes() style.Board {
	return style.Board{
		UID: style.UIDAgents, Title: "Agents: agent performance", From: "now-6h", Refresh: "5m",
		About:       "How well agents of each type work, side by side: calls, failures, durations, tokens, and their share of the work. main is the main agent.",
		Variables:   []style.Variable{projects, agents},
		Annotations: []style.Annotation{worstAlerts},
		Sections: []style.Section{
			{Rows: []style.Row{
				style.Even(4,
					style.Stat(style.Spec{
						Title: "Types at work", Unit: "short", Empty: nothingCounted, Steps: style.Plain(),
						About:   "Types of agents that did anything in this time, the main agent's too.",
						Targets: []style.Target{style.Now("count(" + agentCounts.sum(semconv.RollupN, whole, byRollupType...) + ")")},
					}),
					style.Stat(style.Spec{
						Title: "Calls by sub-agents", Unit: "percentunit", Empty: nothingCounted, Steps: style.Plain(), Decimals: style.Bound(0),
						About:   "Share of the tool calls that ended that sub-agents made.",
						Targets: []style.Target{style.Now(ratio(orZero(subAgents.sum(semconv.RollupCalls, whole), whole), agentCounts.sum(semconv.RollupCalls, whole)))},
					}),
					style.Stat(style.Spec{
						Title: "Failed, of sub-agents", Unit: "percentunit", Empty: "No sub-agent called a tool in this time", Steps: style.Rising(0.1, 0.25), Decimals: style.Bound(1),
						About:   "Share of the tool calls of sub-agents that failed, were interrupted or ran out of time.",
						Targets: []style.Target{style.Now(ratio(orZero(subAgents.sum(semconv.RollupErrors, whole), whole), subAgents.sum(semconv.RollupCalls, whole)))},
					}),
					style.Stat(style.Spec{
						Title: "Failed, of the main agent", Unit: "percentunit", Empty: nothingCounted, Steps: style.Rising(0.1, 0.25), Decimals: style.Bound(1),
						About:   "The same of the main agent, to compare with.",
						Targets: []style.Target{style.Now(ratio(orZero(mainAgent.sum(semconv.RollupErrors, whole), whole), mainAgent.sum(semconv.RollupCalls, whole)))},
					}),
					togetherStat("Tokens of sub-agents", "What the answers of calls, or Claude Code's own telemetry, say that delegations used.", "short", style.Plain(), delegated.sum(fieldTokens, whole)),
					durationStat("Median delegation", "Half of the delegations took no longer. Exact: of each delegation, waiting for others included.", "0.5")),
				style.Wide(10, compareCalls()),
				style.Wide(10, compareDelegations()),
				style.Even(9, callsByType(), failedByType()),
				style.Even(9, shareOfWork(), shareOfCalls(), tokensByType()),
			}},
			{Title: "More: durations over time, tokens for each call, changed lines", Folded: true, Rows: []style.Row{
				style.Even(9, delegationsByTypeOverTime(), meanCallByType()),
				style.Even(9, tokensOverTimeByType(), linesByType()),
			}},
		},
	}
}

var (
	byRollupType = []string{semconv.RollupFieldAgent}
	subAgents    = agentCounts.with(semconv.RollupFieldAgent + "!=`" + semconv.RollupMainAgent + "`")
	mainAgent    = agentCounts.with(is(semconv.RollupFieldAgent, semconv.RollupMainAgent))
)

const legendType = "{{" + semconv.MetadataAgentType + "}}"

func compareCalls() style.Panel {
	c := agentCounts
	return style.Numbers(style.Spec{
		Title: "Tool calls by agent type", Unit: "short", Empty: nothingCounted,
		About: "Every type side by side. A type that fails more often than the others, with many calls behind it, wants another prompt or other tools; of a few calls a share says little. Calls at the same time count each in the time.",
		Targets: []style.Target{
			style.Now(c.sum(semconv.RollupCalls, whole, byRollupType...)), style.Now(c.sum(semconv.RollupErrors, whole, byRollupType...)),
			style.Now(c.sum(semconv.RollupDurationSum, whole, byRollupType...)), style.Now(c.max(semconv.RollupDurationMax, whole, byRollupType...)),
			style.Now(c.sum(semconv.RollupDenied, whole, byRollupType...)), style.Now(c.sum(semconv.RollupOutside, whole, byRollupType...)),
		},
	}, style.Value(0),
		style.Column{Field: semconv.RollupFieldAgent, Name: "Agent"},
		style.Column{Field: style.Value(0), Name: "Calls", Bar: true, Width: 200},
		style.Column{Field: style.Value(1), Name: "Failed", Width: 90, Steps: style.FromZero(style.Warn)},
		style.Column{Field: "failed share", Name: "Failed %", Width: 90, Unit: "percentunit", Part: style.Value(1), Of: style.Value(0), None: "0%", Steps: style.Rising(0.1, 0.25)},
		style.Column{Field: style.Value(2), Name: "Time in all", Width: 110, Unit: "ms"},
		style.Column{Field: "mean", Name: "Mean", Width: 100, Unit: "ms", Part: style.Value(2), Of: style.Value(0), None: "–"},
		style.Column{Field: style.Value(3), Name: "Longest", Width: 100, Unit: "ms"},
		style.Column{Field: style.Value(4), Name: "Denied", Width: 90, Steps: style.FromZero(style.Denied)},
		style.Column{Field: style.Value(5), Name: "Outside", Width: 90, Steps: style.FromZero(style.Outside)},
	)
}

func compareDelegations() style.Panel {
	d := delegated
	return style.Numbers(style.Spec{
		Title: "Delegations by agent type", Unit: "short", Empty: noTogether,
		About: "What agents of a type take from being called to their answer. Own work: without waiting for agents that they called. Tokens: of those delegations of which something tells.",
		Targets: []style.Target{
			style.Now(d.count(whole, byType...)), style.Now(d.saying(fieldOutcome, outcomeFailed, outcomeDenied).count(whole, byType...)),
			style.Now(d.quantile("0.5", fieldLasted, whole, byType...)), style.Now(d.quantile("0.95", fieldLasted, whole, byType...)),
			style.Now(d.sum(fieldOwn, whole, byType...)), style.Now(d.sum(fieldToolCalls, whole, byType...)),
			style.Now(d.sum(fieldTokens, whole, byType...)),
		},
	}, style.Value(0),
		style.Column{Field: semconv.MetadataAgentType, Name: "Agent", Links: []style.Link{{
			Title: "Its delegations", UID: style.UIDDelegation, Vars: []style.Var{{Name: style.VarAgent, Value: style.FromField(semconv.MetadataAgentType)}},
		}}},
		style.Column{Field: style.Value(0), Name: "Delegations", Bar: true, Width: 200},
		style.Column{Field: style.Value(1), Name: "Failed, denied", Width: 110, Steps: style.FromZero(style.Warn)},
		style.Column{Field: style.Value(2), Name: "Median", Width: 100, Unit: "ms"},
		style.Column{Field: style.Value(3), Name: "95 %", Width: 100, Unit: "ms"},
		style.Column{Field: style.Value(4), Name: "Own work in all", Width: 120, Unit: "ms"},
		style.Column{Field: "calls each", Name: "Calls each", Width: 90, Part: style.Value(5), Of: style.Value(0), None: "–"},
		style.Column{Field: style.Value(6), Name: "Tokens", Width: 100},
		style.Column{Field: "tokens each", Name: "Tokens each", Width: 100, Part: style.Value(6), Of: style.Value(0), None: "–"},
	)
}

func callsByType() style.Panel {
	return style.Bars(style.Spec{
		Title: "Tool calls over time", Unit: "short", Empty: nothingCounted,
		About:   "Tool calls that ended, for each bar's time, by the type of the agent that made them.",
		Targets: []style.Target{style.Over(agentCounts.sum(semconv.RollupCalls, interval, byRollupType...), legendType)},
	})
}

func failedByType() style.Panel {
	return style.Lines(style.Spec{
		Title: "Failed share over time", Unit: "percentunit", Empty: "No call failed in this time", Least: "10m", Min: style.Bound(0), Max: style.Bound(1),
		About: "Share of the interval's calls that failed, where any did. Short intervals of a type with few calls jump.",
		Targets: []style.Target{style.Over(ratio(
			agentCounts.sum(semconv.RollupErrors, interval, byRollupType...), agentCounts.sum(semconv.RollupCalls, interval, byRollupType...)), legendType)},
	})
}

func shareOfWork() style.Panel {
	main := typeShares.lines(fieldOwn) + " | " + is(semconv.MetadataAgentType, semconv.AgentMain) + " | " + agentFilter(semconv.MetadataAgentType) + " | unwrap " + fieldOwn.label + " [" + whole + "]"
	return style.Shares(style.Spec{
		Title: "Share of work", Unit: "ms", Empty: noTogether,
		About: "Time at work of agents of each type, of delegations that are over, without waiting for others; and of the main agent, in sessions that had any and ended or were quiet.",
		Targets: []style.Target{style.Now(delegated.sum(fieldOwn, whole, byType...) +
			" or sum" + by(byType) + "(last_over_time(" + main + ")" + by([]string{semconv.MetadataRecordID, semconv.MetadataAgentType}) + ")")},
	})
}

func shareOfCalls() style.Panel {
	return style.Shares(style.Spec{
		Title: "Share of tool calls", Unit: "short", Empty: nothingCounted,
		About:   "Tool calls that ended by agents of each type, of all sessions.",
		Targets: []style.Target{style.Now(top("20", agentCounts.sum(semconv.RollupCalls, whole, byRollupType...)))},
	})
}

func tokensByType() style.Panel {
	return style.Shares(style.Spec{
		Title: "Who used the tokens", Unit: "short", Empty: "No delegation's tokens are known in this time",
		About:   "What delegations to each type used, where the answer of the call or Claude Code's own telemetry says it.",
		Targets: []style.Target{style.Now(top("20", delegated.sum(fieldTokens, whole, byType...)))},
	})
}

func delegationsByTypeOverTime() style.Panel {
	return style.Lines(style.Spec{
		Title: "95 % of delegations took no longer than", Unit: "ms", Empty: noTogether, Least: "30m",
		About:   "Of those that ended in the interval, by type; exact: of each delegation.",
		Targets: []style.Target{style.Over(delegated.quantile("0.95", fieldLasted, interval, byType...), legendType)},
	})
}

func meanCallByType() style.Panel {
	return style.Lines(style.Spec{
		Title: "Mean duration of a tool call", Unit: "ms", Empty: nothingCounted, Least: "10m",
		About: "Exact mean of the calls that ended in the interval, by type.",
		Targets: []style.Target{style.Over(ratio(
			agentCounts.sum(semconv.RollupDurationSum, interval, byRollupType...), agentCounts.sum(semconv.RollupDurationCount, interval, byRollupType...)), legendType)},
	})
}

func tokensOverTimeByType() style.Panel {
	return style.Bars(style.Spec{
		Title: "Tokens of sub-agents over time", Unit: "short", Empty: "No delegation's tokens are known in this time",
		About:   "What the delegations that ended used, for each bar's time.",
		Targets: []style.Target{style.Over(delegated.sum(fieldTokens, interval, byType...), legendType)},
	})
}

func linesByType() style.Panel {
	return style.Bars(style.Spec{
		Title: "Lines added", Unit: "short", Empty: "No lines changed in this time",
		About:   "Lines that calls of file tools added, by the type of the agent. Files that commands wrote are not in it.",
		Targets: []style.Target{style.Over(agentCounts.sum(semconv.RollupLinesAdded, interval, byRollupType...), legendType)},
	})
}
