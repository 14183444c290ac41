package boards

import (
	"github.com/agent-telemetry/agent-telemetry/dashboards/internal/style"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Performance shows how fast and how well tools work.
func Performance() style.Board {
	return style.Board{
		UID: style.UIDPerformance, Title: "Agents: performance", From: "now-6h", Refresh: "1m",
		About:       "How fast tools are, how often they fail, how much is going on, and which tool holds agents up.",
		Variables:   []style.Variable{projects, tools, agents},
		Annotations: []style.Annotation{worstAlerts},
		Sections: []style.Section{
			{Rows: []style.Row{
				style.Even(4, toolCallsStat(), failedShare(), deniedStat(), meanDuration(), activeSessions(), hookCost()),
				style.Split(9, 15, toolTable(), agentsTable()),
				style.Even(10, callsOverTime(), boundOverTime()),
			}},
			{Title: "More: means, failures, speed in classes, sessions over time", Folded: true, Rows: []style.Row{
				style.Even(8, failuresOverTime(), deniedOverTime()),
				style.Even(8, speedClasses(), longestOverTime()),
				style.Even(8, meanOverTime(), sessionsOverTime()),
			}},
		},
	}
}

var byTool = []string{semconv.RollupFieldTool}

const legendTool = "{{" + semconv.RollupFieldTool + "}}"

func toolCallsStat() style.Panel {
	return style.Stat(style.Spec{
		Title: "Tool calls", Unit: "short", Empty: nothingCounted, Steps: style.Plain(),
		About:   "Tool calls that ended in this time, well or not, of the chosen projects and agents. The last minute is not counted yet.",
		Targets: []style.Target{style.Now(agentCounts.sum(semconv.RollupCalls, whole))},
	})
}

func failedShare() style.Panel {
	return style.Stat(style.Spec{
		Title: "Failed", Unit: "percentunit", Empty: nothingCounted, Steps: style.Rising(0.1, 0.25), Decimals: style.Bound(1),
		About: "Share of tool calls that failed, were interrupted or ran out of time. A failing test counts as well: some per cent are a normal day. Of the chosen projects and agents.",
		Targets: []style.Target{style.Now(ratio(
			orZero(agentCounts.sum(semconv.RollupErrors, whole), whole), agentCounts.sum(semconv.RollupCalls, whole)))},
	})
}

func deniedStat() style.Panel {
	return style.Stat(style.Spec{
		Title: "Denied", Unit: "short", Empty: nothingCounted, Steps: style.FromZero(style.Denied),
		About:   "Tool calls that a person, a permission mode or a verdict of the rules denied. Of the chosen projects and agents.",
		Targets: []style.Target{style.Now(orZero(agentCounts.sum(semconv.RollupDenied, whole), whole))},
	})
}

func meanDuration() style.Panel {
	return style.Stat(style.Spec{
		Title: "Mean duration", Unit: "ms", Empty: nothingCounted, Steps: style.Plain(), Decimals: style.Bound(0),
		About: "Exact mean of all calls whose duration is known. One long command pulls it up: see the bounds below. Of the chosen projects and agents.",
		Targets: []style.Target{style.Now(ratio(
			agentCounts.sum(semconv.RollupDurationSum, whole), agentCounts.sum(semconv.RollupDurationCount, whole)))},
	})
}

func activeSessions() style.Panel {
	return style.Stat(style.Spec{
		Title: "Active sessions", Unit: "short", Empty: unknown, Steps: style.Plain(),
		About: "Sessions with an event in the last five minutes of this time.",
		Targets: []style.Target{style.Now(orZero(
			"count("+sessionCounts.sum(semconv.RollupN, lately, semconv.RollupFieldSession)+")", lately))},
	})
}

func hookCost() style.Panel {
	return style.Stat(style.Spec{
		Title: "Recorder's own cost", Unit: "µs", Empty: unknown, Steps: style.Rising(2000, 10000), Decimals: style.Bound(0),
		About: "How long the collector takes to make an event of a hook's payload, the worst minute's mean. What the hook costs Claude Code beside: make bench-hook.",
		Targets: []style.Target{style.Now(orZero(
			health.max(semconv.HealthCaptureAvg, whole), whole))},
	})
}

func callsOverTime() style.Panel {
	return style.Bars(style.Spec{
		Title: "Tool calls by tool", Unit: "short", Empty: nothingCounted,
		About:   "Tool calls that ended, for each bar's time.",
		Targets: []style.Target{style.Over(toolCounts.sum(semconv.RollupCalls, interval, byTool...), legendTool)},
	})
}

func boundOverTime() style.Panel {
	return style.Lines(style.Spec{
		Title: "95 % of calls took no longer than", Unit: "ms", Empty: nothingCounted,
		About: "The highest p95 of any minute and project in the interval. It is a bound: at least 95 % of the interval's calls " +
			"were at most so slow. The interval's own p95 cannot be had from minutes and lies below it.",
		Targets: []style.Target{style.Over(toolCounts.max(semconv.RollupDurationP95, interval, byTool...), legendTool)},
	})
}

func meanOverTime() style.Panel {
	return style.Lines(style.Spec{
		Title: "Mean duration by tool", Unit: "ms", Empty: nothingCounted,
		About: "Exact mean of the calls that ended in the interval. A line that climbs is a tool that gets slower.",
		Targets: []style.Target{style.Over(ratio(
			toolCounts.sum(semconv.RollupDurationSum, interval, byTool...), toolCounts.sum(semconv.RollupDurationCount, interval, byTool...)), legendTool)},
	})
}

func toolTable() style.Panel {
	s := style.Spec{
		Title: "Where the time goes", Unit: "short", Empty: nothingCounted,
		About: "Every tool: time spent in it in all, calls, failures and the mean. " +
			"The longest bar is the bottleneck. Calls at the same time count each.",
		Targets: []style.Target{
			style.Now(toolCounts.sum(semconv.RollupCalls, whole, byTool...)),
			style.Now(toolCounts.sum(semconv.RollupErrors, whole, byTool...)),
			style.Now(toolCounts.sum(semconv.RollupDurationSum, whole, byTool...)),
		},
	}
	return style.Numbers(s, style.Value(2),
		style.Column{Field: semconv.RollupFieldTool, Name: "Tool"},
		style.Column{Field: style.Value(0), Name: "Calls", Width: 110},
		style.Column{Field: style.Value(1), Name: "Failed", Width: 110, Steps: style.FromZero(style.Warn)},
		style.Column{Field: "failed share", Name: "Failed %", Width: 110, Unit: "percentunit", Part: style.Value(1), Of: style.Value(0), None: "0%", Steps: style.Rising(0.1, 0.25)},
		style.Column{Field: style.Value(2), Name: "Time in all", Unit: "ms", Bar: true},
		style.Column{Field: "mean", Name: "Mean", Width: 120, Unit: "ms", Part: style.Value(2), Of: style.Value(0), None: "–"},
	)
}

func agentsTable() style.Panel {
	labels := []string{semconv.RollupFieldAgent}
	return style.Numbers(style.Spec{
		Title: "Agents", Unit: "short", Empty: nothingCounted,
		About: "Sub-agents by type, and main for what no sub-agent did. An agent that fails more often than the others wants another prompt.",
		Targets: []style.Target{
			style.Now(agentCounts.sum(semconv.RollupCalls, whole, labels...)),
			style.Now(agentCounts.sum(semconv.RollupErrors, whole, labels...)),
			style.Now(agentCounts.sum(semconv.RollupDurationSum, whole, labels...)),
		},
	}, style.Value(0),
		style.Column{Field: semconv.RollupFieldAgent, Name: "Agent", Links: []style.Link{toAgentType(semconv.RollupFieldAgent)}},
		style.Column{Field: style.Value(0), Name: "Calls", Width: 90},
		style.Column{Field: style.Value(1), Name: "Failed", Width: 80, Steps: style.FromZero(style.Warn)},
		style.Column{Field: "failed share", Name: "Failed %", Width: 90, Unit: "percentunit", Part: style.Value(1), Of: style.Value(0), None: "0%", Steps: style.Rising(0.1, 0.25)},
		style.Column{Field: style.Value(2), Name: "Time in all", Width: 110, Unit: "ms"},
	)
}

func failuresOverTime() style.Panel {
	return style.Bars(style.Spec{
		Title: "Failed calls by tool", Unit: "short", Empty: "No call failed in this time",
		About:   "Tool calls that failed, were interrupted or ran out of time.",
		Targets: []style.Target{style.Over(toolCounts.sum(semconv.RollupErrors, interval, byTool...), legendTool)},
	})
}

func deniedOverTime() style.Panel {
	return style.Bars(style.Spec{
		Title: "Denied calls by tool", Unit: "short", Empty: "No call was denied in this time",
		About:   "Tool calls that a person, a permission mode or a verdict of the rules denied.",
		Targets: []style.Target{style.Over(toolCounts.sum(semconv.RollupDenied, interval, byTool...), legendTool)},
	})
}

func speedClasses() style.Panel {
	return style.Lines(style.Spec{
		Title: "Calls by how long they took", Unit: "short", Empty: nothingCounted,
		About: "Exact numbers, unlike quantiles put together from minutes: all calls whose duration is known, and those that took less than 10 s and 1 s. " +
			"The wider the space between two lines, the more calls are in that class.",
		Targets: []style.Target{
			style.Over(toolCounts.sum(semconv.RollupDurationCount, interval), "all"),
			style.Over(toolCounts.sum(semconv.RollupUnder10s, interval), "less than 10 s"),
			style.Over(toolCounts.sum(semconv.RollupUnder1s, interval), "less than 1 s"),
		},
	})
}

func longestOverTime() style.Panel {
	return style.Lines(style.Spec{
		Title: "Longest call by tool", Unit: "ms", Empty: nothingCounted,
		About:   "The longest call that ended in the interval.",
		Targets: []style.Target{style.Over(toolCounts.max(semconv.RollupDurationMax, interval, byTool...), legendTool)},
	})
}

func sessionsOverTime() style.Panel {
	return style.Lines(style.Spec{
		Title: "Active sessions over time", Unit: "short", Empty: nothingCounted,
		About:   "Sessions with an event in the interval.",
		Targets: []style.Target{style.Over("count("+sessionCounts.sum(semconv.RollupN, interval, semconv.RollupFieldSession)+")", "")},
	})
}
