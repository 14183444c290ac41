package query

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Args narrow a preset; what is empty does not.
type Args struct {
	Project string // name, or a path, of which the last part is the name
	Session string // id, or the start of it
	Tool    string
	Agent   string // id
	Longer  time.Duration
	Limit   int // of numbers: how many groups

	from, to time.Time
}

// matcher is a condition on a label. Values are quoted, and in expressions
// escaped: none of a user's becomes syntax.
type matcher struct{ name, op, value string }

func is(name, value string) matcher { return matcher{name, "=", value} }

// among is for values of the program's own.
func among(name string, values ...string) matcher {
	return matcher{name, "=~", strings.Join(values, "|")}
}

func (m matcher) String() string { return m.name + m.op + lokiquery.Quote(m.value) }

// project is the project's name, as the label has it.
func (a *Args) project() string {
	return a.Project[strings.LastIndexByte(strings.TrimRight(a.Project, "/"), '/')+1:]
}

// selector chooses the streams of hook events, and of them the records that the
// user asks for.
func (a *Args) selector(more ...matcher) string {
	all := append([]matcher{is(semconv.LabelService, semconv.ServiceNameValue)}, more...)
	stages := ""
	if a.Project != "" {
		all = append(all, is(semconv.LabelProject, strings.TrimRight(a.project(), "/")))
	}
	if a.Tool != "" {
		all = append(all, is(semconv.LabelTool, a.Tool))
	}
	if a.Session != "" {
		// A configuration may leave the label out; the metadata is always there.
		id := regexp.QuoteMeta(strings.ToValidUTF8(a.Session, "\uFFFD")) + ".*"
		all = append(all, matcher{semconv.LabelSession, "=~", id + "|" + semconv.LabelOverflow + "|"})
		stages += " | " + matcher{semconv.MetadataSessionID, "=~", id}.String()
	}
	if a.Agent != "" {
		stages += " | " + is(semconv.MetadataAgentID, a.Agent).String()
	}
	return braces(all) + stages
}

// rollup chooses the streams of roll-ups of a kind.
func (a *Args) rollup(kind string) string {
	all := []matcher{is(semconv.LabelService, semconv.RollupServiceName), is(semconv.LabelRollup, kind)}
	if a.Project != "" {
		all = append(all, is(semconv.LabelProject, strings.TrimRight(a.project(), "/")))
	}
	return braces(all)
}

func braces(all []matcher) string {
	parts := make([]string, len(all))
	for i, m := range all {
		parts[i] = m.String()
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func (a *Args) milliseconds() string { return strconv.FormatInt(a.Longer.Milliseconds(), 10) }

// span is the time that is asked about, as a range of LogQL.
func (a *Args) span() string {
	return "[" + strconv.FormatInt(int64(max(a.to.Sub(a.from).Round(time.Second), time.Second)/time.Second), 10) + "s]"
}
