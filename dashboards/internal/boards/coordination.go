package boards

import (
	"slices"

	"github.com/agent-telemetry/agent-telemetry/dashboards/internal/style"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// together asks for records of how agents worked together. They are few, and have
// streams of their own.
type together struct {
	event  string
	agents bool // they are of an agent type, and it is to be as typed in
	mark   string
}

var (
	delegated  = together{event: semconv.EventAgentDelegation, agents: true}
	everyType  = together{event: semconv.EventAgentDelegation}
	conflicts  = together{event: semconv.EventAgentConflict}
	repeats    = together{event: semconv.EventAgentRepeatedWork}
	workedAs   = together{event: semconv.EventSessionCoordination}
	typeShares = together{event: semconv.EventAgentTypeShare}
)

// saying leaves lines in which a text of the line is one of these.
func (t together) saying(f field, values ...string) together {
	t.mark += " |~ `\"" + f.path + "\":\"(" + either(values) + ")\"`"
	return t
}

// without leaves out lines with this text.
func (t together) without(text string) together {
	t.mark += " != `" + text + "`"
	return t
}

// lines are the records, with fields of the line as labels.
func (t together) lines(parsed ...field) string {
	s := stream(is(semconv.LabelService, semconv.CoordinationServiceName), is(semconv.LabelEvent, t.event), one(semconv.LabelProject, style.VarProject)) + t.mark
	if t.agents {
		s += " | " + agentFilter(semconv.MetadataAgentType) + labelled(semconv.MetadataAgentType, "{{ or ."+semconv.MetadataAgentType+" \"not named\" }}")
	}
	if len(parsed) > 0 {
		s += fields(parsed...)
	}
	return s
}

// numbers are the lines with a number unwrapped. What is not known is -1 and left out.
func (t together) numbers(number field, window string, more ...field) string {
	return t.lines(append([]field{number}, more...)...) + " | " + number.label + ">=0 | unwrap " + number.label + " [" + window + "]"
}

// count counts records.
func (t together) count(window string, by ...string) string { return t.countOf(nil, window, by...) }

func (t together) countOf(parsed []field, window string, labels ...string) string {
	return "sum" + by(labels) + "(count_over_time(" + t.lines(parsed...) + " [" + window + "]))"
}

// sum adds a number up, max is the largest one.
func (t together) sum(number field, window string, labels ...string) string {
	return "sum" + by(labels) + "(sum_over_time(" + t.numbers(number, window) + "))"
}

func (t together) max(number field, window string, labels ...string) string {
	return "max" + by(labels) + "(max_over_time(" + t.numbers(number, window) + ")" + by(labels) + ")"
}

// quantile is exact: of each record.
func (t together) quantile(q string, number field, window string, labels ...string) string {
	return "quantile_over_time(" + q + ", " + t.numbers(number, window) + ") by (" + join(labels) + ")"
}

// eachSession puts the last number of each session together: a session that went on
// after it was quiet has been told of more than once.
func (t together) eachSession(how string, number field, window string, labels ...string) string {
	of := append([]string{semconv.MetadataRecordID}, labels...)
	return how + by(labels) + "(last_over_time(" + t.numbers(number, window, parsedFor(labels)...) + ")" + by(of) + ")"
}

// anyTogether is 0 where there is any record of sessions in which agents worked
// together: what is not there is 0 only then.
func anyTogether(window string) string { return "0 * " + workedAs.count(window) }

func orNone(expr, window string) string { return expr + " or " + anyTogether(window) }

// noTogether is said where there is none.
const noTogether = "No session with sub-agents has ended in this time. Widen it, or see agent-telemetry agents stats"

// noTogetherShort fits a stat.
const noTogetherShort = "no session with agents has ended yet"

// parsedFor is what has to be parsed for these labels.
func parsedFor(labels []string) []field {
	if slices.Contains(labels, fieldSession.label) {
		return []field{fieldSession}
	}
	return nil
}
