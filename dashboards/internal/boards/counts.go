package boards

import (
	"strings"

	"github.com/agent-telemetry/agent-telemetry/dashboards/internal/style"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Windows of range aggregations.
const (
	whole    = "$__range" // the whole time range, of instant queries
	interval = "$__auto"  // one interval of a graph
	lately   = "5m"       // where the newest of what comes every minute is asked for
)

// counts asks roll-ups of one kind. Their numbers are sums, so they are added up.
type counts struct {
	kind    string
	project bool     // they have the label, and it is to be as chosen
	filters []string // on texts of the line
	// mark is a filter on the line itself. It leaves out most of what the filters
	// would, before Loki parses a line.
	mark string
}

var (
	// Totals come from agentCounts, which has the fewest lines.
	agentCounts    = counts{kind: semconv.RollupAgent, project: true, filters: []string{agentFilter(semconv.RollupFieldAgent)}}
	toolCounts     = counts{kind: semconv.RollupTool, project: true, filters: []string{one(semconv.RollupFieldTool, style.VarTool)}}
	sessionCounts  = counts{kind: semconv.RollupSession, project: true}
	alertCounts    = counts{kind: semconv.RollupAlert, project: true, filters: []string{one(semconv.RollupFieldSeverity, style.VarSeverity)}}
	workflowCounts = counts{kind: semconv.RollupWorkflow, project: true}
	usageCounts    = counts{kind: semconv.RollupUsage} // Claude Code tells of no project
	health         = counts{kind: semconv.RollupHealth}
	delivery       = counts{kind: semconv.RollupDelivery}
	channels       = counts{kind: semconv.RollupChannel}
)

// onHost leaves what collectors on the typed in hosts tell of themselves.
func onHost(c counts) counts {
	return c.with(semconv.RollupFieldHost + "=~`.*${" + style.VarHost + ":regex}.*`")
}

// agentFilter is for a text that is typed in: what contains it.
func agentFilter(label string) string { return label + "=~`.*${" + style.VarAgent + ":regex}.*`" }

// with adds filters on texts of the line.
func (c counts) with(filters ...string) counts {
	c.filters = append(append([]string{}, c.filters...), filters...)
	return c
}

// marked looks for a text of the line first.
func (c counts) marked(mark string) counts {
	c.mark = " " + mark
	return c
}

// about leaves roll-ups of workflow of these kinds.
func (c counts) about(what ...string) counts {
	text := semconv.RollupFieldWhat + "="
	if len(what) == 1 {
		return c.with(is(semconv.RollupFieldWhat, what...)).marked("|= ` " + text + what[0] + " `")
	}
	return c.with(is(semconv.RollupFieldWhat, what...)).marked("|~ ` " + text + "(" + strings.Join(what, "|") + ") `")
}

// ofChosenSession leaves what is of the chosen session.
func (c counts) ofChosenSession() counts {
	return c.with(one(semconv.RollupFieldSession, style.VarSession)).marked("|~ " + chosen(style.VarSession))
}

func (c counts) streams() string {
	matchers := []string{is(semconv.LabelService, semconv.RollupServiceName), is(semconv.LabelRollup, c.kind)}
	if c.project {
		matchers = append(matchers, one(semconv.LabelProject, style.VarProject))
	}
	return stream(matchers...)
}

// lines are the lines that have the number, unwrapped. A number that is 0 is left
// out of the line; looking for its name first saves parsing the others.
func (c counts) lines(number string) string {
	s := c.streams() + c.mark + " |= ` " + number + "=` | logfmt"
	for _, f := range c.filters {
		s += " | " + f
	}
	return s + " | unwrap " + number
}

// texts are the lines, parsed.
func (c counts) texts() string {
	s := c.streams() + c.mark + " | logfmt"
	for _, f := range c.filters {
		s += " | " + f
	}
	return s
}

func by(labels []string) string {
	if len(labels) == 0 {
		return " "
	}
	return " by (" + strings.Join(labels, ", ") + ") "
}

// sum adds the number up.
func (c counts) sum(number, window string, labels ...string) string {
	return "sum" + by(labels) + "(sum_over_time(" + c.lines(number) + " [" + window + "]))"
}

// max is the largest one.
func (c counts) max(number, window string, labels ...string) string {
	return "max" + by(labels) + "(max_over_time(" + c.lines(number) + " [" + window + "])" + by(labels) + ")"
}

// last is the newest one of a state.
func (c counts) last(number, window string, labels ...string) string {
	return "max" + by(labels) + "(last_over_time(" + c.lines(number) + " [" + window + "])" + by(labels) + ")"
}

// zero is 0 where the collector told of itself at all. An alarm that is not there is
// 0 only then; else nobody knows, and the panel says so.
func zero(window string) string {
	return "0 * sum(count_over_time(" + health.streams() + " [" + window + "]))"
}

// orZero is the number, or 0 where it is known to be none.
func orZero(expr, window string) string { return expr + " or " + zero(window) }

// ratio divides.
func ratio(part, of string) string { return "(" + part + ") / " + of }

// top leaves the largest ones.
func top(n, expr string) string { return "topk(" + n + ", " + expr + ")" }

// What panels say when there is nothing.
const (
	nothingCounted = "Nothing in this time. Widen it, or see agent-telemetry status"
	unknown        = "unknown: agent-telemetry status"
	noSession      = "Choose a session above"
	noAlerts       = "No alerts in this time"
)

// Variables.
var (
	projects = style.Choice(style.VarProject, "Project", "Projects that agents worked in",
		semconv.LabelProject, stream(is(semconv.LabelService, semconv.RollupServiceName)))
	tools = style.Choice(style.VarTool, "Tool", "Tools that were called",
		semconv.LabelTool, records())
	agents     = style.Entered(style.VarAgent, "Agent", "Part of the type of an agent, such as Explore; main for what no sub-agent did. Empty: all")
	hosts      = style.Entered(style.VarHost, "Host", "Part of the name of the host that a collector runs on. Empty: all")
	severities = style.List(style.VarSeverity, "Severity", "Severities of alerts", style.Severities)
	sessionOne = style.One(style.VarSession, "Session", "One session. Its id can be pasted as well",
		semconv.LabelSession, records(one(semconv.LabelProject, style.VarProject)))
	sessions = style.Choice(style.VarSession, "Session", "Sessions",
		semconv.LabelSession, records(one(semconv.LabelProject, style.VarProject)))
)

// worstAlerts marks alerts of the two highest severities on every graph.
var worstAlerts = style.Annotation{
	Name: "Critical and high alerts", Colour: style.Bad, Lines: 100,
	Expr: records(is(semconv.LabelEvent, semconv.EventSecurityAlert)) +
		" | " + is(semconv.MetadataSeverity, semconv.SeverityCritical, semconv.SeverityHigh) + fields(fieldTitle) +
		" | line_format `{{ .severity }}: {{ .title }} ({{ .project }}, {{ .session_id }})`",
}
