package query

import (
	"cmp"
	"context"
	"slices"
	"strings"

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
