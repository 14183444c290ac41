package boards

import (
	"github.com/agent-telemetry/agent-telemetry/dashboards/internal/style"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

func notificationTable(channels counts) style.Panel {
	labels := []string{semconv.RollupFieldExporter, semconv.RollupFieldHost}
	return style.Numbers(style.Spec{
		Title: "Notification channels", Unit: "short",
		Empty: "No channel has reported. Is the collector up? agent-telemetry status",
		About: "Whether alerts get out: sent, tries that failed and alerts given up in this time, what waits now, and how long ago the last try went well. Red: test it with agent-telemetry send-test.",
		Targets: []style.Target{
			style.Now(channels.sum(semconv.ChannelSent, whole, labels...)),
			style.Now(channels.sum(semconv.ChannelFailed, whole, labels...)),
			style.Now(channels.sum(semconv.ChannelDropped, whole, labels...)),
			style.Now(channels.last(semconv.ChannelPending, lately, labels...)),
			style.Now(channels.last(semconv.ChannelLastOK, lately, labels...)),
			style.Now("sum" + by(labels) + "(count_over_time(" + channels.texts() + " [" + whole + "]))"),
		},
	}, style.Value(0),
		style.Column{Field: semconv.RollupFieldExporter, Name: "Channel"},
		style.Column{Field: semconv.RollupFieldHost, Name: "Host"},
		style.Column{Field: style.Value(0), Name: "Sent", Width: 80},
		style.Column{Field: style.Value(1), Name: "Failed tries", Width: 100, Steps: style.FromZero(style.Warn)},
		style.Column{Field: style.Value(2), Name: "Given up", Width: 90, Steps: style.FromZero(style.Bad)},
		style.Column{Field: style.Value(3), Name: "Waiting", Width: 80, Steps: style.FromZero(style.Warn)},
		style.Column{Field: style.Value(4), Name: "Last success", Width: 120, Unit: "s"},
		style.Column{Field: style.Value(5), Name: "Minutes told of", Width: 120},
	)
}

func verdictsOverTime() style.Panel {
	return style.Bars(style.Spec{
		Title: "Denied, and asked for", Unit: "short", Empty: "No call was denied in this time", Overrides: []style.Override{
			style.Colour("denied", style.Denied), style.Colour("asked for", style.Neutral),
		},
		About: "Tool calls that a person, a permission mode or a verdict of the rules denied, and permissions that were asked for.",
		Targets: []style.Target{
			style.Over(sessionCounts.sum(semconv.RollupDenied, interval), "denied"),
			style.Over(sessionCounts.sum(semconv.RollupAsked, interval), "asked for"),
		},
	})
}

func acknowledgements() style.Panel {
	ack := semconv.BodyAck + "."
	parsed := []field{
		{"who", ack + semconv.AckBodyBy},
		{"reason", ack + semconv.AckBodyReason},
		{"agent", ack + semconv.AckBodyFromAgent},
	}
	labels := append(names(parsed), semconv.MetadataRule, semconv.MetadataSeverity, semconv.MetadataSessionID)
	return style.Records(style.Spec{
		Title: "Acknowledgements", Unit: "none", Empty: "Nobody acknowledged an alert in this time: agent-telemetry alerts ack",
		About: "Who said of which alert that it needs nobody any more, and why. One that was made in a shell of an agent is marked: look at it.",
		Targets: []style.Target{style.Latest(records(is(semconv.LabelEvent, semconv.EventAlertAcknowledged), one(semconv.LabelProject, style.VarProject))+
			fields(parsed...)+keep(labels...)+" | line_format `{{ .rule }}`", 100)},
	},
		style.Column{Field: style.Time, Name: "Time", Width: 170},
		style.Column{Field: semconv.MetadataSeverity, Name: "Severity", Width: 85, Severity: true},
		style.Column{Field: semconv.MetadataRule, Name: "Rule", Width: 160},
		style.Column{Field: "who", Name: "By", Width: 110},
		style.Column{Field: "agent", Name: "By an agent", Width: 95},
		style.Column{Field: "reason", Name: "Why", Long: true},
		style.Column{Field: semconv.MetadataSessionID, Name: "Session", Width: 110, Links: []style.Link{toSessionOfRecord}},
	)
}

func gaps() style.Panel {
	gap := semconv.BodyGap + "."
	parsed := []field{
		{"state", gap + semconv.GapBodyState}, {"missing", gap + semconv.GapBodyMissing}, {"ranges", gap + semconv.GapBodyRanges},
	}
	labels := append(names(parsed), semconv.MetadataSessionID, semconv.LabelProject)
	return style.Records(style.Spec{
		Title: "Which events are missing", Unit: "none", Empty: "No events were missing in this time",
		About: "Sessions whose events have holes in their numbers; closed: they came after all. Next: agent-telemetry reconcile.",
		Targets: []style.Target{style.Latest(records(is(semconv.LabelEvent, semconv.EventTelemetryGap), one(semconv.LabelProject, style.VarProject))+
			fields(parsed...)+keep(labels...)+" | line_format `{{ .state }}`", 100)},
	},
		style.Column{Field: style.Time, Name: "Time", Width: 170},
		style.Column{Field: "state", Name: "State", Width: 80},
		style.Column{Field: "missing", Name: "How many", Width: 90},
		style.Column{Field: "ranges", Name: "Numbers"},
		style.Column{Field: semconv.LabelProject, Name: "Project", Width: 120},
		style.Column{Field: semconv.MetadataSessionID, Name: "Session", Width: 130, Links: []style.Link{toSessionOfRecord}},
	)
}

func alertStream() style.Panel {
	return style.Log(style.Spec{
		Title: "Every alert, as it comes", Unit: "short", Empty: noAlerts,
		About: "The last 200 alerts, a line each; open one to see all of its fields. On the host: agent-telemetry alerts watch.",
		Targets: []style.Target{style.Latest(alerts()+fields(fieldTitle, fieldCommand, fieldFile)+
			" | line_format `{{ .severity }} {{ .rule }}: {{ .title }} | {{ .project }} | {{ .command }}{{ .file }}`", 200)},
	})
}
