package report

import (
	"github.com/agent-telemetry/agent-telemetry/internal/report/agenttree"
	"github.com/agent-telemetry/agent-telemetry/internal/report/gantt"
)

// tree puts the session's agents below who called them, and finds its turns.
func (c *CaseFile) tree() {
	c.AgentTree = agenttree.Build(&c.Session, c.Agents, c.Entries).Agents
	c.Turns, c.TurnsLeftOut = gantt.Turns(c.Entries)
}
