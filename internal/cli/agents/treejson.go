package agents

import (
	"io"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// TreeSummary is the first line of agents tree --json.
type TreeSummary struct {
	Kind    string        `json:"kind"` // summary
	Source  string        `json:"source"`
	Session story.Session `json:"session"`
	Agents  int           `json:"agents"`  // the main one not among them
	Deepest int           `json:"deepest"` // depth
	Unknown int           `json:"unknown"` // agents of which nobody is known to have called them
	Missing int           `json:"missing"`
	LeftOut int           `json:"left_out"`
	Damaged int           `json:"damaged"`
}

func (t *agentTree) summary() TreeSummary {
	r := t.read
	s := TreeSummary{
		Kind: "summary", Source: r.Source, Session: r.Session, Agents: len(t.all) - 1, Unknown: len(t.unknown),
		Missing: r.Missing, LeftOut: r.LeftOut, Damaged: r.Damaged,
	}
	for _, n := range t.all {
		if n.Depth != nil {
			s.Deepest = max(s.Deepest, *n.Depth)
		}
	}
	return s
}

// list is the agents in the order of the tree.
func (t *agentTree) list(depth int) []*Agent {
	var all []*Agent
	for _, top := range append([]*node{t.main}, t.unknown...) {
		for _, r := range rows(top, depth) {
			all = append(all, &r.Agent)
		}
	}
	return all
}

func (t *agentTree) printJSON(w io.Writer, depth int) error {
	if err := printJSON(w, t.summary()); err != nil {
		return err
	}
	return printJSON(w, t.list(depth)...)
}

func timeText(at *time.Time) string {
	if at == nil {
		return ""
	}
	return at.UTC().Format(time.RFC3339Nano)
}
