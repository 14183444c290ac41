package hookevent

import (
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

var eventOfTool = map[string]string{
	"Read":         semconv.EventFileRead,
	"Write":        semconv.EventFileWrite,
	"Edit":         semconv.EventFileEdit,
	"MultiEdit":    semconv.EventFileEdit,
	"Bash":         semconv.EventCommandExecution,
	"PowerShell":   semconv.EventCommandExecution,
	"Monitor":      semconv.EventCommandExecution,
	"Grep":         semconv.EventCodeSearch,
	"Glob":         semconv.EventFileSearch,
	"LS":           semconv.EventDirectoryList,
	"TodoWrite":    semconv.EventTaskManagement,
	"TaskCreate":   semconv.EventTaskManagement,
	"TaskUpdate":   semconv.EventTaskManagement,
	"TaskGet":      semconv.EventTaskManagement,
	"TaskList":     semconv.EventTaskManagement,
	"TaskStop":     semconv.EventTaskManagement,
	"TaskOutput":   semconv.EventTaskManagement,
	"Agent":        semconv.EventSubAgentDelegation,
	"Task":         semconv.EventSubAgentDelegation,
	"WebFetch":     semconv.EventWebFetch,
	"WebSearch":    semconv.EventWebSearch,
	"NotebookRead": semconv.EventNotebookOperation,
	"NotebookEdit": semconv.EventNotebookOperation,
	"Skill":        semconv.EventSkillInvocation,
	"SlashCommand": semconv.EventSkillInvocation,
}

var eventOfHook = map[string]string{
	"UserPromptSubmit":  semconv.EventUserPrompt,
	"SessionStart":      semconv.EventSessionStart,
	"SessionEnd":        semconv.EventSessionEnd,
	"Stop":              semconv.EventTurnEnd,
	"StopFailure":       semconv.EventTurnFailure,
	"SubagentStart":     semconv.EventSubagentStart,
	"SubagentStop":      semconv.EventSubagentStop,
	"PermissionRequest": semconv.EventPermissionRequest,
	"PermissionDenied":  semconv.EventPermissionDenied,
	"Notification":      semconv.EventNotification,
	"PreCompact":        semconv.EventContextCompaction,
	"PostCompact":       semconv.EventContextCompaction,
	"ConfigChange":      semconv.EventConfigChange,
}

const mcpPrefix = "mcp__"

// eventType names the event of a payload. A payload that could not be decoded
// whole is a hook_event, whatever its readable part says: nothing is concluded
// from half a payload.
func (p Payload) eventType() string {
	if p.Err != nil {
		return semconv.EventHookEvent
	}
	switch hook := p.HookEvent(); hook {
	case "PreToolUse", "PostToolUse", "PostToolUseFailure":
		return EventOfTool(p.ToolName())
	case "UserPromptSubmit":
		if p.isTaskNotification() {
			return semconv.EventAgentNotification
		}
		return semconv.EventUserPrompt
	default:
		if t, ok := eventOfHook[hook]; ok {
			return t
		}
		return semconv.EventHookEvent
	}
}

// EventOfTool is the event type of a tool's calls.
func EventOfTool(tool string) string {
	if t, ok := eventOfTool[tool]; ok {
		return t
	}
	if strings.HasPrefix(tool, mcpPrefix) {
		return semconv.EventMCPCall
	}
	return semconv.EventToolUse
}

// isTaskNotification tells a finished background agent's message from a
// person's prompt: both arrive as UserPromptSubmit.
func (p Payload) isTaskNotification() bool {
	return strings.HasPrefix(strings.TrimLeft(p.Text("prompt"), " \t\r\n"), "<task-notification>")
}

// HumanPrompt returns the prompt that a person typed, or "".
func (p Payload) HumanPrompt() string {
	if p.Err != nil || p.HookEvent() != "UserPromptSubmit" || p.isTaskNotification() {
		return ""
	}
	return p.Text("prompt")
}

// SlashCommand returns the expanded command and its arguments as they would be
// typed, or "".
func (p Payload) SlashCommand() string {
	if p.Err != nil || p.HookEvent() != "UserPromptExpansion" {
		return ""
	}
	name := strings.TrimPrefix(p.Text("command_name"), "/")
	if name == "" {
		return ""
	}
	return "/" + name + " " + p.Text("command_args")
}

func (p Payload) isToolCall() bool {
	switch p.HookEvent() {
	case "PreToolUse", "PostToolUse", "PostToolUseFailure", "PermissionRequest", "PermissionDenied":
		return true
	}
	return false
}
