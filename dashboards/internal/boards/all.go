package boards

import "github.com/agent-telemetry/agent-telemetry/dashboards/internal/style"

// All returns every dashboard by the name of its file.
func All() map[string]style.Board {
	return map[string]style.Board{
		"performance.json":     Performance(),
		"security.json":        Security(),
		"sessions.json":        Sessions(),
		"workflow.json":        Workflow(),
		"pipeline-health.json": Health(),

		"agent-hierarchy.json":   Hierarchy(),
		"delegation.json":        Delegation(),
		"agent-performance.json": AgentTypes(),
	}
}
