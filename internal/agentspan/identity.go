package agentspan

import (
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// title is the name of the span.
func (n *identity) title(kind Kind) string {
	switch kind {
	case KindSession:
		return semconv.SessionSpanName
	case KindTurn:
		return named(semconv.OperationInvokeAgent, semconv.AgentMain)
	case KindAgent:
		return named(semconv.OperationInvokeAgent, n.Name)
	}
	return named(semconv.OperationExecuteTool, n.Name)
}

func named(operation, name string) string {
	if name == "" {
		return operation
	}
	return operation + " " + name
}

// identify writes what it is as attributes.
func (n *identity) identify(m pcommon.Map, kind Kind) {
	switch kind {
	case KindTurn:
		m.PutStr(semconv.OperationName, semconv.OperationInvokeAgent)
		m.PutStr(semconv.AgentName, semconv.AgentMain)
		putText(m, semconv.PromptID, n.Key)
	case KindAgent:
		m.PutStr(semconv.OperationName, semconv.OperationInvokeAgent)
		putText(m, semconv.AgentName, n.Name)
		putText(m, semconv.GenAIAgentID, n.Key)
		putText(m, semconv.PromptID, n.Turn)
		putText(m, semconv.AgentParentID, n.Parent)
		putText(m, semconv.AgentRootID, n.Root)
		putText(m, semconv.AgentDelegationID, n.Delegation)
		putText(m, semconv.AgentLink, n.Link)
		if n.Depth > 0 {
			m.PutInt(semconv.AgentDepth, n.Depth-1)
		}
		if n.Background {
			m.PutBool(semconv.AgentBackground, true)
		}
	case KindCall:
		m.PutStr(semconv.OperationName, semconv.OperationExecuteTool)
		putText(m, semconv.ToolName, n.Name)
		m.PutStr(semconv.ToolType, semconv.ToolTypeFunction)
		putText(m, semconv.ToolCallID, n.Key)
		putText(m, semconv.PromptID, n.Turn)
		if n.Agent == "" {
			m.PutStr(semconv.AgentName, semconv.AgentMain)
			return
		}
		putText(m, semconv.AgentName, n.Type)
		putText(m, semconv.GenAIAgentID, n.Agent)
	}
}

func putText(m pcommon.Map, key, value string) {
	if value != "" {
		m.PutStr(key, value)
	}
}
