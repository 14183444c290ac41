package boards

import (
	"fmt"

	"github.com/agent-telemetry/agent-telemetry/dashboards/internal/style"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Security shows what the rules found, where, and whether people were told.
func Security() style.Board {
	return style.Board{
		UID: style.UIDSecurity, Title: "Agents: security", From: "now-24h", Refresh: "30s",
		About:       "What the rules found, in which sessions, what reached outside of its project, and whether somebody was told.",
		Variables:   []style.Variable{projects, severities},
		Annotations: []style.Annotation{worstAlerts},
		Sections: []style.Section{
			{Rows: []style.Row{
				{Height: 4, Panels: []style.Placed{
					{Width: 3, Panel: severityStat(semconv.SeverityCritical)},
					{Width: 3, Panel: severityStat(semconv.SeverityHigh)},
					{Width: 3, Panel: severityStat(semconv.SeverityMedium)},
					{Width: 3, Panel: severityStat(semconv.SeverityLow)},
					{Width: 3, Panel: openAlerts()},
					{Width: 3, Panel: outsideStat()},
					{Width: 3, Panel: missingStat()},
					{Width: 3, Panel: rulesStat()},
				}},
				style.Split(9, 13, alertsOverTime(), riskySessions()),
				style.Wide(10, latestAlerts()),
				style.Split(9, 12, alertsByRule(), techniques()),
				style.Even(8, outsideOverTime(), alertsByProject()),
			}},
			{Title: "Was somebody told? Notifications, verdicts, acknowledgements", Rows: []style.Row{
				style.Split(8, 14, notificationTable(channels), verdictsOverTime()),
			}},
			{Title: "More: acknowledgements, missing events, every alert as a line", Folded: true, Rows: []style.Row{
				style.Even(8, acknowledgements(), gaps()),
				style.Wide(12, alertStream()),
			}},
		},
	}
}

func severityStat(severity string) style.Panel {
	urgent := map[string]string{
		semconv.SeverityCritical: "Look at each of them now: the table below leads to the session.",
		semconv.SeverityHigh:     "Look at each of them today.",
		semconv.SeverityMedium:   "Look for what repeats.",
		semconv.SeverityLow:      "Not urgent by themselves.",
	}
	return style.Stat(style.Spec{
		Title: title(severity), Unit: "short", Empty: unknown, Steps: style.FromZero(style.SeverityColour(severity)),
		About: "Alerts of the severity " + severity + " in this time, whatever severities are chosen above. 0 is shown only when the collector was there to count. " + urgent[severity],
		Targets: []style.Target{style.Now(orZero(
			counts{kind: semconv.RollupAlert, project: true}.with(is(semconv.RollupFieldSeverity, severity)).sum(semconv.RollupN, whole), whole))},
	})
}

func openAlerts() style.Panel {
	return style.Stat(style.Spec{
		Title: "Not acknowledged", Unit: "short", Empty: unknown, Steps: style.FromZero(style.Warn), Min: style.Bound(0),
		About: "Alerts less acknowledgements of this time. To acknowledge one: agent-telemetry alerts ack. " +
			"Those of alerts from before this time count, too: then it shows fewer than there are.",
		Targets: []style.Target{style.Now("(" + orZero(alertCounts.sum(semconv.RollupN, whole), whole) + ") - (" +
			orZero(alertCounts.sum(semconv.RollupAcknowledged, whole), whole) + ")")},
	})
}

func outsideStat() style.Panel {
	return style.Stat(style.Spec{
		Title: "Outside the project", Unit: "short", Empty: unknown, Steps: style.FromZero(style.Outside),
		About:   "Records of actions that reach outside their project: files elsewhere, commands run elsewhere. A call that ended has two.",
		Targets: []style.Target{style.Now(orZero(sessionCounts.sum(semconv.RollupOutside, whole), whole))},
	})
}

func missingStat() style.Panel {
	return style.Stat(style.Spec{
		Title: "Missing events", Unit: "short", Empty: unknown, Steps: style.FromZero(style.Bad), Min: style.Bound(0),
		About:   "Events whose numbers are missing in their sessions, less those that came after all. If it is not 0: somebody may have held events back. See the missing events below, then agent-telemetry reconcile.",
		Targets: []style.Target{style.Now(orZero(sessionCounts.sum(semconv.RollupMissing, whole), whole))},
	})
}

func rulesStat() style.Panel {
	return style.Stat(style.Spec{
		Title: "Rules in use", Unit: "short", Empty: unknown, Steps: style.Alive(),
		About:   "Rules that judge events now. 0: nothing is judged.",
		Targets: []style.Target{style.Now(orZero(health.last(semconv.HealthRules, lately), lately))},
	})
}

func alertsOverTime() style.Panel {
	return style.Bars(style.Spec{
		Title: "Alerts over time", Unit: "short", Empty: noAlerts, Overrides: style.BySeverity(),
		About:   "Alerts by severity, for each bar's time. A burst is one session most of the time: see the riskiest sessions.",
		Targets: []style.Target{style.Over(alertCounts.sum(semconv.RollupN, interval, semconv.RollupFieldSeverity), "{{"+semconv.RollupFieldSeverity+"}}")},
	})
}

func riskySessions() style.Panel {
	labels := []string{semconv.RollupFieldSession, semconv.LabelProject}
	return style.Numbers(style.Spec{
		Title: "Riskiest sessions", Unit: "short", Empty: noAlerts,
		About: "Sessions by the sum of their alerts' risk scores (0 to 100 each). Click a session to see what it did.",
		Targets: []style.Target{
			style.Now(top("20", sessionCounts.sum(semconv.RollupRisk, whole, labels...))),
			style.Now(sessionCounts.sum(semconv.RollupAlertsPrefix+semconv.SeverityCritical, whole, labels...)),
			style.Now(sessionCounts.sum(semconv.RollupAlertsPrefix+semconv.SeverityHigh, whole, labels...)),
		},
	}, style.Value(0),
		style.Column{Field: semconv.RollupFieldSession, Name: "Session", Links: []style.Link{style.ToSession()}},
		style.Column{Field: semconv.LabelProject, Name: "Project", Width: 130},
		style.Column{Field: style.Value(0), Name: "Risk", Bar: true, Steps: style.Rising(50, 100)},
		style.Column{Field: style.Value(1), Name: "Critical", Width: 75, Steps: style.FromZero(style.SeverityColour(semconv.SeverityCritical))},
		style.Column{Field: style.Value(2), Name: "High", Width: 65, Steps: style.FromZero(style.SeverityColour(semconv.SeverityHigh))},
	)
}

func latestAlerts() style.Panel {
	labels := []string{semconv.MetadataSeverity, semconv.MetadataRule, semconv.LabelProject, semconv.MetadataSessionID, semconv.LabelTool, semconv.MetadataAlertID}
	parsed := []field{fieldTitle, fieldRisk, fieldEvidence, fieldResponse}
	return style.Records(style.Spec{
		Title: "Latest alerts", Unit: "none", Empty: noAlerts,
		About:   "The last 100 alerts as they were recorded. What to do stands in the last column; the session's story is a click away.",
		Targets: []style.Target{style.Latest(alerts()+fields(parsed...)+plain(fieldEvidence)+keep(append(labels, names(parsed)...)...)+" | line_format `{{ .rule }}`", 100)},
	},
		style.Column{Field: style.Time, Name: "Time", Width: 170},
		style.Column{Field: semconv.MetadataSeverity, Name: "Severity", Width: 85, Severity: true},
		style.Column{Field: fieldTitle.label, Name: "What was found", Width: 280},
		style.Column{Field: fieldEvidence.label, Name: "Evidence", Long: true},
		style.Column{Field: semconv.LabelProject, Name: "Project", Width: 120},
		style.Column{Field: semconv.MetadataSessionID, Name: "Session", Width: 120, Links: []style.Link{toSessionOfRecord}},
		style.Column{Field: semconv.LabelTool, Name: "Tool", Width: 90},
		style.Column{Field: fieldRisk.label, Name: "Risk", Width: 60},
		style.Column{Field: semconv.MetadataRule, Name: "Rule", Width: 170},
		style.Column{Field: fieldResponse.label, Name: "What to do", Long: true},
	)
}

func alertsByRule() style.Panel {
	labels := []string{semconv.RollupFieldRule, semconv.RollupFieldSeverity, semconv.RollupFieldCategory}
	return style.Numbers(style.Spec{
		Title: "Alerts by rule", Unit: "short", Empty: noAlerts,
		About: "Alerts by the rule that found something, and how many like them were only counted. A rule that is loud every day wants an exception: docs/alerts.md.",
		Targets: []style.Target{
			style.Now(top("50", alertCounts.sum(semconv.RollupN, whole, labels...))),
			style.Now(alertCounts.sum(semconv.RollupSuppressed, whole, labels...)),
		},
	}, style.Value(0),
		style.Column{Field: semconv.RollupFieldSeverity, Name: "Severity", Width: 85, Severity: true},
		style.Column{Field: semconv.RollupFieldRule, Name: "Rule"},
		style.Column{Field: semconv.RollupFieldCategory, Name: "Category", Width: 170},
		style.Column{Field: style.Value(0), Name: "Alerts", Width: 110, Bar: true},
		style.Column{Field: style.Value(1), Name: "Only counted", Width: 110},
	)
}

// maxTechniques is how many techniques of a rule are told apart.
const maxTechniques = 4

// techniques counts an alert for each of its rule's techniques: the i-th target
// takes the i-th of the list.
func techniques() style.Panel {
	s := style.Spec{
		Title: "ATT&CK techniques", Unit: "short", Empty: noAlerts,
		About: "Alerts by technique of MITRE ATT&CK. An alert whose rule names several counts for each of the first four. The ids are explained at attack.mitre.org.",
	}
	for i := range maxTechniques {
		nth := fmt.Sprintf(" | line_format `{{ .%s }}` | regexp `^(?:[^,]+,){%d}(?P<technique>[^,]+)` | technique!=\"\"", semconv.RollupFieldAttack, i)
		expr := "sum by (technique) (sum_over_time(" + alertCounts.streams() + " |= ` " + semconv.RollupFieldAttack + "=` | logfmt" +
			" | " + alertCounts.filters[0] + nth + " | unwrap " + semconv.RollupN + " [" + whole + "]))"
		s.Targets = append(s.Targets, style.Now(expr))
	}
	return style.Numbers(s, "alerts",
		style.Column{Field: "technique", Name: "Technique", Width: 160},
		style.Column{Field: "alerts", Name: "Alerts", Bar: true, Total: true},
	)
}

func outsideOverTime() style.Panel {
	return style.Bars(style.Spec{
		Title: "Outside the project, over time", Unit: "short", Empty: "Nothing reached outside its project in this time",
		About:   "Records of actions that reach outside their project, by project. A step up is a session that left its place: see sessions.",
		Targets: []style.Target{style.Over(sessionCounts.sum(semconv.RollupOutside, interval, semconv.LabelProject), "{{"+semconv.LabelProject+"}}")},
	})
}

func alertsByProject() style.Panel {
	labels := []string{semconv.LabelProject}
	return style.Numbers(style.Spec{
		Title: "Projects", Unit: "short", Empty: nothingCounted,
		About: "Alerts, risk and what reached outside, by project, for all severities.",
		Targets: []style.Target{
			style.Now(sessionCounts.sum(semconv.RollupRisk, whole, labels...)),
			style.Now(sessionCounts.sum(semconv.RollupOutside, whole, labels...)),
			style.Now(sessionCounts.sum(semconv.RollupDenied, whole, labels...)),
			style.Now(sessionCounts.sum(semconv.RollupN, whole, labels...)),
		},
	}, style.Value(0),
		style.Column{Field: semconv.LabelProject, Name: "Project"},
		style.Column{Field: style.Value(0), Name: "Risk", Bar: true, Steps: style.Rising(100, 500)},
		style.Column{Field: style.Value(1), Name: "Outside", Width: 90, Steps: style.FromZero(style.Outside)},
		style.Column{Field: style.Value(2), Name: "Denied", Width: 90, Steps: style.FromZero(style.Denied)},
		style.Column{Field: style.Value(3), Name: "Records", Width: 100},
	)
}

// title writes a word with a capital.
func title(word string) string { return string(word[0]-'a'+'A') + word[1:] }

func names(list []field) []string {
	all := make([]string, 0, len(list))
	for _, f := range list {
		all = append(all, f.label)
	}
	return all
}

// toSessionOfRecord leads to the session of a record.
var toSessionOfRecord = style.Link{
	Title: "What did this session do?", UID: style.UIDSessions,
	Vars: []style.Var{{Name: style.VarSession, Value: style.FromField(semconv.MetadataSessionID)}},
}
