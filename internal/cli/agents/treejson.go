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
	return TreeSummary{
		Kind: "summary", Source: r.Source, Session: r.Session, Agents: len(t.agents) - 1, Deepest: t.Deepest(), Unknown: t.Unknown(),
		Missing: r.Missing, LeftOut: r.LeftOut, Damaged: r.Damaged,
	}
}

// list is the agents in the order of the tree.
func (t *agentTree) list(depth int) []*Agent {
	places := t.Places(depth)
	all := make([]*Agent, len(places))
	for i := range places {
		all[i] = &t.agents[places[i].Agent]
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
