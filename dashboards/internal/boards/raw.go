package boards

import (
	"strings"

	"github.com/agent-telemetry/agent-telemetry/dashboards/internal/style"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// chosen is the value of a variable as an expression that matches it. It stands
// between backticks, in which Loki reads no escapes; values with a backtick are
// not offered.
func chosen(variable string) string { return "`${" + variable + ":regex}`" }

// one is a label matcher for a chosen value.
func one(label, variable string) string { return label + "=~" + chosen(variable) }

// is is a label matcher for values of ours.
func is(label string, values ...string) string {
	if len(values) == 1 {
		return label + "=`" + values[0] + "`"
	}
	return label + "=~`" + either(values) + "`"
}

// either is an expression that matches any of these.
func either(values []string) string { return strings.Join(values, "|") }

// join lists labels.
func join(labels []string) string { return strings.Join(labels, ", ") }

// stream selects streams.
func stream(matchers ...string) string { return "{" + strings.Join(matchers, ", ") + "}" }

// overflow is the value of a label that had too many values.
const overflow = "__overflow__"

// records selects records of the recorder itself.
func records(matchers ...string) string {
	return stream(append([]string{is(semconv.LabelService, semconv.ServiceNameValue)}, matchers...)...)
}

// ofSession selects records of the chosen session, with the label session and
// without: a fleet has no such label, and a flood of sessions overflows it.
func ofSession(matchers ...string) string {
	label := semconv.LabelSession + "=~`${" + style.VarSession + ":regex}|" + overflow + "|`"
	return records(append([]string{label}, matchers...)...) + " | " + one(semconv.MetadataSessionID, style.VarSession)
}

// alerts selects alerts of the chosen projects and severities.
func alerts() string {
	return records(is(semconv.LabelEvent, semconv.EventSecurityAlert), one(semconv.LabelProject, style.VarProject)) +
		" | " + one(semconv.MetadataSeverity, style.VarSeverity)
}

// field is a field of a line's JSON and the label that it becomes, which is no word
// of LogQL.
type field struct{ label, path string }

// fields parses fields out of lines.
func fields(list ...field) string {
	parts := make([]string, 0, len(list))
	for _, f := range list {
		parts = append(parts, f.label+"=`"+f.path+"`")
	}
	return " | json " + strings.Join(parts, ", ")
}

// plain writes a list of texts without the brackets and quotes of JSON.
func plain(f field) string {
	return " | label_format " + f.label + "=`{{ ." + f.label + ` | trimPrefix "[\"" | trimSuffix "\"]" | replace "\",\"" " · " }}` + "`"
}

// keep leaves only these labels, which makes answers small.
func keep(labels ...string) string { return " | keep " + strings.Join(labels, ", ") }

// Fields of the line of a record.
var (
	fieldFile     = field{"file", semconv.BodyActionDetails + "." + semconv.ActionFilePath}
	fieldCommand  = field{"command", semconv.BodyActionDetails + "." + semconv.ActionCommand}
	fieldURL      = field{"url", semconv.BodyActionDetails + "." + semconv.ActionURL}
	fieldPattern  = field{"searched", semconv.BodyActionDetails + "." + semconv.ActionSearchPattern}
	fieldDuration = field{"ms", semconv.BodyActionDetails + "." + semconv.ActionToolContext + ".duration_ms"}
	fieldExit     = field{"exit", semconv.BodyActionDetails + "." + semconv.ActionToolContext + ".exit_code"}
	fieldAbout    = field{"about", semconv.BodyActionDetails + "." + semconv.ActionToolContext + ".description"}
	fieldAdded    = field{"added", semconv.BodyFileChanges + "." + semconv.ChangeLinesAdded}
	fieldRemoved  = field{"removed", semconv.BodyFileChanges + "." + semconv.ChangeLinesRemoved}
	fieldPrompt   = field{"prompt", semconv.BodyMetadata + "." + semconv.MetaPromptPreview}
	fieldTitle    = field{"title", semconv.BodyAlert + "." + semconv.AlertBodyTitle}
	fieldRisk     = field{"risk", semconv.BodyAlert + "." + semconv.AlertBodyRiskScore}
	fieldResponse = field{"response", semconv.BodyAlert + "." + semconv.AlertBodyResponse}
	fieldEvidence = field{"evidence", semconv.BodyAlert + "." + semconv.AlertBodyEvidence}
	fieldAttack   = field{"attack", semconv.BodyAlert + "." + semconv.AlertBodyAttack}
)

// outcome adds how a tool call ended as the label outcome; nothing for what is none.
const outcome = " | label_format outcome=`" +
	`{{ if eq .event "` + semconv.EventSecurityAlert + `" }}` +
	`{{ else if eq .hook_event "PostToolUseFailure" }}` + style.OutcomeFailed +
	`{{ else if eq .hook_event "PermissionDenied" }}` + style.OutcomeDenied +
	`{{ else if eq .scope "outside" }}` + style.OutcomeOutside +
	`{{ else if .tool }}` + style.OutcomeOK + `{{ end }}` + "`"

// ended leaves out what is only announced: the call's end comes as well, and a
// call that was denied has an end of its own.
const ended = ` | hook_event!="PreToolUse"`
