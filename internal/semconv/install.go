package semconv

// Names that the installer, the hook and the receiver agree on.
const (
	MarkerFile         = ".telemetry-enabled" // makes a project a watched one
	HookURLPath        = "/v1/hooks"          // takes Claude Code's HTTP hooks
	HeaderInstallScope = "X-Agent-Telemetry-Scope"
	HeaderProjectDir   = "X-Claude-Project-Dir"
	HeaderPreview      = "X-Agent-Telemetry-Prompt-Preview" // PreviewOff keeps no preview of prompts
	PreviewOff         = "off"
	FlagNoPreview      = "no-prompt-preview" // the same for claude-hook
	EnvHookPort        = "AGENT_TELEMETRY_HOOK_PORT"
	DefaultHookPort    = 4319
	HookBinary         = "claude-hook"
)
