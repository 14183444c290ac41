package query

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// counts are the numbers that a preset answers with, by groups.
type counts struct {
	by       []string // labels, or fields of the roll-up
	measures []measure
	// kind of roll-up that has the numbers; "" for none. stage narrows it.
	kind, stage string
	// prepare is a stage in front of the numbers of lines.
	prepare string
	// lineBy are the names of by where lines are counted, when they are others.
	lineBy []string
}

// measure is one number of a group.
type measure struct {
	name   string
	rollup string // its name in roll-ups
	// more are conditions on streams, stage one on lines, where lines are counted.
	more  []matcher
	stage string
}

// Stages that several measures have.
var (
	ended  = hooks("PostToolUse", "PostToolUseFailure")
	failed = ` |= "error_type"` + ended
)

var callMeasures = []measure{
	{name: "calls", rollup: semconv.RollupCalls, stage: ended},
	{name: "errors", rollup: semconv.RollupErrors, stage: failed},
	{name: "denied", rollup: semconv.RollupDenied, more: []matcher{is(semconv.LabelEvent, semconv.EventPermissionDenied)}},
	{name: "outside", rollup: semconv.RollupOutside, more: []matcher{is(semconv.LabelScope, semconv.ScopeOutside)}},
}

var (
	byTool = preset{
		name: "by-tool", question: "Which tools were called how often?",
		detail: "Tool calls that ended, those of them that failed, calls that were denied, and records of what reached outside the project.",
		counts: &counts{by: []string{semconv.RollupFieldTool}, kind: semconv.RollupTool, measures: callMeasures, stage: ` | tool!=""`, prepare: ` | tool!=""`},
	}
	byAgent = preset{
		name: "by-agent", question: "Which kinds of agents did how much?",
		detail: "The same by the type of the agent; main is the one that people talk to.",
		counts: &counts{
			by: []string{semconv.RollupFieldAgent}, kind: semconv.RollupAgent, measures: callMeasures,
			prepare: ` | label_format agent_type="{{if .agent_id}}{{.agent_type}}{{else}}` + semconv.RollupMainAgent + `{{end}}"`,
		},
	}
	byProject = preset{
		name: "by-project", question: "In which projects was how much done?",
		detail: "The same by project.",
		counts: &counts{by: []string{semconv.LabelProject}, kind: semconv.RollupAgent, measures: callMeasures},
	}
	bySession = preset{
		name: "by-session", question: "Which sessions did how much?",
		detail: "The same by session. agent-telemetry sessions tells more of them.",
		counts: &counts{
			by: []string{semconv.RollupFieldSession}, lineBy: []string{semconv.MetadataSessionID}, kind: semconv.RollupSession, measures: callMeasures,
		},
	}
	byEvent = preset{
		name: "by-event", question: "What kinds of events were there?",
		detail: "All records by their type. It counts lines.",
		counts: &counts{by: []string{semconv.LabelEvent}, measures: []measure{{name: "events"}}},
	}
	byRule = preset{
		name: "by-rule", question: "Which rules found something how often?",
		detail: "Security alerts by rule and severity. Those that were only counted, since one like them had been raised, are not among them.",
		counts: &counts{
			by: []string{semconv.RollupFieldRule, semconv.RollupFieldSeverity}, kind: semconv.RollupAlert,
			measures: []measure{{name: "alerts", rollup: semconv.RollupN, more: []matcher{is(semconv.LabelEvent, semconv.EventSecurityAlert)}}},
		},
	}
	superclaude = preset{
		name: "superclaude", question: "Which SuperClaude commands were used?",
		detail: "The first command of prompts that have one.",
		counts: &counts{
			by: []string{semconv.RollupFieldValue}, lineBy: []string{"command"}, kind: semconv.RollupWorkflow, stage: ` | what="` + semconv.RollupWhatCommand + `"`,
			measures: []measure{{
				name: "prompts", rollup: semconv.RollupN, more: []matcher{is(semconv.LabelEvent, semconv.EventUserPrompt)},
				stage: ` | json command="superclaude_context.commands[0]" | command!=""`,
			}},
		},
	}
	topFiles = preset{
		name: "top-files", question: "Which files were changed most often?",
		detail: "Changes of files by calls of Write, Edit, MultiEdit and NotebookEdit. It counts lines: for many thousands of files ask about a shorter time.",
		counts: &counts{
			by: []string{"file"},
			measures: []measure{{
				name: "changes", more: []matcher{among(semconv.LabelEvent, semconv.EventFileWrite, semconv.EventFileEdit)},
				stage: hooks("PostToolUse") + ` | json file="action_details.file_path" | file!=""`,
			}},
		},
	}
)

// ofRollups is the LogQL of a measure in roll-ups; "" when they do not have it.
func (c *counts) ofRollups(a *Args, m *measure) string {
	// Of roll-ups only those of sessions know sessions, and none knows agents.
	if c.kind == "" || m.rollup == "" || a.Agent != "" || a.Session != "" || a.Tool != "" && c.kind != semconv.RollupTool {
		return ""
	}
	stage := c.stage
	if a.Tool != "" {
		stage += " | " + is(semconv.RollupFieldTool, a.Tool).String()
	}
	return "sum by (" + strings.Join(c.by, ", ") + ") (sum_over_time(" + a.rollup(c.kind) + " | logfmt" + stage + " | unwrap " + m.rollup + " " + a.span() + "))"
}

// ofLines is the LogQL of a measure that counts lines.
func (c *counts) ofLines(a *Args, m *measure) string {
	by := c.by
	if c.lineBy != nil {
		by = c.lineBy
	}
	return "sum by (" + strings.Join(by, ", ") + ") (count_over_time(" + a.selector(m.more...) + m.stage + c.prepare + " " + a.span() + "))"
}

// queries are those of a preset, as --print shows them.
func (p *preset) queries(a *Args, lines bool) []string {
	if p.counts == nil {
		return []string{p.lines(a)}
	}
	var all []string
	for i := range p.counts.measures {
		m := &p.counts.measures[i]
		q := ""
		if !lines {
			q = p.counts.ofRollups(a, m)
		}
		if q == "" {
			q = p.counts.ofLines(a, m)
		}
		all = append(all, q)
	}
	return all
}

// Group is what was counted of one group, as --json prints it.
type Group struct {
	Labels map[string]string  `json:"labels"`
	Values map[string]float64 `json:"values"`
	// From says what was counted: rollups or lines; of LogQL it is "".
	From string `json:"from,omitempty"`
}

// Values of Group.From.
const (
	fromRollups = "rollups"
	fromLines   = "lines"
)

// maxGroups is how many groups are held: Loki gives no more than 5,000 unless it is
// configured.
const maxGroups = 100_000

// count asks for all measures. Roll-ups are asked first, unless lines are wanted,
// and lines where there are none.
func (c *counts) count(ctx context.Context, client *lokiquery.Client, a *Args, lines bool) ([]Group, error) {
	from := fromRollups
	if lines || c.ofRollups(a, &c.measures[0]) == "" {
		from = fromLines
	}
	for {
		groups, err := c.ask(ctx, client, a, from)
		if err != nil || len(groups) > 0 || from == fromLines {
			c.sort(groups)
			return groups[:min(len(groups), a.Limit)], err
		}
		from = fromLines
	}
}

func (c *counts) ask(ctx context.Context, client *lokiquery.Client, a *Args, from string) ([]Group, error) {
	index := map[string]int{}
	var groups []Group
	for i := range c.measures {
		m := &c.measures[i]
		q := c.ofLines(a, m)
		if from == fromRollups {
			q = c.ofRollups(a, m)
		}
		found, err := instant(ctx, client, q, a.to)
		if err != nil {
			return nil, err
		}
		for _, s := range found {
			labels := c.labels(s.Metric, from)
			key := strings.Join(labels, "\x00")
			at, known := index[key]
			if !known {
				if len(groups) >= maxGroups {
					continue
				}
				at = len(groups)
				index[key] = at
				g := Group{Labels: map[string]string{}, Values: map[string]float64{}, From: from}
				for j, name := range c.by {
					g.Labels[name] = labels[j]
				}
				for j := range c.measures {
					g.Values[c.measures[j].name] = 0
				}
				groups = append(groups, g)
			}
			groups[at].Values[m.name] += s.value
		}
	}
	return slices.DeleteFunc(groups, c.nothing), nil
}

// nothing reports whether all values are 0: roll-ups leave such out, and so may we.
func (c *counts) nothing(g Group) bool {
	for _, v := range g.Values {
		if v != 0 {
			return false
		}
	}
	return true
}

func (c *counts) labels(metric map[string]string, from string) []string {
	by := c.by
	if from == fromLines && c.lineBy != nil {
		by = c.lineBy
	}
	values := make([]string, len(by))
	for i, name := range by {
		values[i] = metric[name]
	}
	return values
}

// sort puts the largest first, by the first measure.
func (c *counts) sort(groups []Group) {
	slices.SortStableFunc(groups, func(a, b Group) int {
		for i := range c.measures {
			name := c.measures[i].name
			if n := cmp.Compare(b.Values[name], a.Values[name]); n != 0 {
				return n
			}
		}
		for _, name := range c.by {
			if n := strings.Compare(a.Labels[name], b.Labels[name]); n != 0 {
				return n
			}
		}
		return 0
	})
}

// sample is one element of a vector.
type sample struct {
	Metric map[string]string
	value  float64
}

// instant evaluates a query that answers with numbers.
func instant(ctx context.Context, client *lokiquery.Client, q string, at time.Time) ([]sample, error) {
	raw, err := client.Query(ctx, q, at)
	if err != nil {
		return nil, err
	}
	var data struct {
		ResultType string
		Result     json.RawMessage
	}
	if err := json.Unmarshal(raw, &data); err != nil {
		return nil, fmt.Errorf("read Loki's answer: %w", err)
	}
	if data.ResultType == "scalar" {
		var value [2]json.RawMessage
		if err := json.Unmarshal(data.Result, &value); err != nil {
			return nil, fmt.Errorf("read Loki's answer: %w", err)
		}
		n, err := number(value[1])
		return []sample{{value: n}}, err
	}
	var result []struct {
		Metric map[string]string
		Value  [2]json.RawMessage
	}
	if err := json.Unmarshal(data.Result, &result); err != nil {
		return nil, fmt.Errorf("read Loki's answer (%s): %w", data.ResultType, err)
	}
	all := make([]sample, 0, len(result))
	for _, r := range result {
		n, err := number(r.Value[1])
		if err != nil {
			return nil, err
		}
		all = append(all, sample{Metric: r.Metric, value: n})
	}
	return all, nil
}

// number reads a value, which is a string. What JSON has no number for becomes 0.
func number(raw json.RawMessage) (float64, error) {
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return 0, fmt.Errorf("read Loki's answer: %w", err)
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, fmt.Errorf("read Loki's answer: %w", err)
	}
	if math.IsNaN(n) || math.IsInf(n, 0) {
		n = 0
	}
	return n, nil
}
