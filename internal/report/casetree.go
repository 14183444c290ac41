package report

import (
	"github.com/agent-telemetry/agent-telemetry/internal/agenttree"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination/recorded"
	"github.com/agent-telemetry/agent-telemetry/internal/report/gantt"
)

// Tree puts the session's agents below who called them, with what each did.
func (c *CaseFile) Tree() *agenttree.Tree {
	t := agenttree.Build(&c.Session, c.Agents, c.Entries)
	if c.Coordination != nil {
		used := make(map[string]int64, len(c.Coordination.Delegations))
		for i := range c.Coordination.Delegations {
			d := &c.Coordination.Delegations[i]
			used[d.AgentID] = d.Tokens
		}
		t.Tokens(used)
	}
	return t
}

// coordinate takes in a record for how the agents worked together.
func (b *caseBuilder) coordinate(e *auditlog.Entry) {
	if b.together == nil {
		return
	}
	if event, _, ok := recorded.FromAudit(*e); ok {
		b.together.Add(&event)
	}
}

// agents tells of the agents when all records are read.
func (b *caseBuilder) agents() {
	c := b.file
	if b.together != nil {
		s := b.together.Session()
		c.Coordination = &s
	}
	c.AgentTree = c.Tree().Agents
	c.Turns, c.TurnsLeftOut = gantt.Turns(c.Entries)
}
