package claudesettings

// Event is a hook event of Claude Code that we register.
type Event struct {
	Name    string
	Matcher bool // the event takes a matcher
	NoHTTP  bool // the event does not support http hooks
}

// MatchAll is the matcher that matches everything.
const MatchAll = "*"

// Events returns the events that we register, in the order in which they are
// written. WorktreeCreate and WorktreeRemove are left out because a hook on
// them replaces git's own handling; MessageDisplay because it fires for every
// piece of text that is shown.
func Events() []Event {
	return []Event{
		{Name: "SessionStart", Matcher: true, NoHTTP: true},
		{Name: "Setup", Matcher: true, NoHTTP: true},
		{Name: "InstructionsLoaded", Matcher: true},
		{Name: "UserPromptSubmit"},
		{Name: "UserPromptExpansion", Matcher: true},
		{Name: "PreToolUse", Matcher: true},
		{Name: "PermissionRequest", Matcher: true},
		{Name: "PermissionDenied", Matcher: true},
		{Name: "PostToolUse", Matcher: true},
		{Name: "PostToolUseFailure", Matcher: true},
		{Name: "PostToolBatch"},
		{Name: "Notification", Matcher: true},
		{Name: "SubagentStart", Matcher: true},
		{Name: "SubagentStop", Matcher: true},
		{Name: "TaskCreated"},
		{Name: "TaskCompleted"},
		{Name: "Stop"},
		{Name: "StopFailure", Matcher: true},
		{Name: "TeammateIdle"},
		{Name: "ConfigChange", Matcher: true},
		{Name: "CwdChanged"},
		{Name: "DirectoryAdded", Matcher: true},
		{Name: "FileChanged", Matcher: true},
		{Name: "PreCompact", Matcher: true},
		{Name: "PostCompact", Matcher: true},
		{Name: "PreModelSwitch", Matcher: true},
		{Name: "PostModelSwitch", Matcher: true},
		{Name: "SessionEnd", Matcher: true},
		{Name: "Elicitation", Matcher: true},
		{Name: "ElicitationResult", Matcher: true},
	}
}
