package semconv

// Names that the installer, the hook and the receiver agree on.
const (
	MarkerFile         = ".telemetry-enabled" // makes a project a watched one
	HookURLPath        = "/v1/hooks"          // takes Claude Code's HTTP hooks
	HeaderInstallScope = "X-Agent-Telemetry-Scope"
	HeaderProjectDir   = "X-Claude-Project-Dir"
	EnvHookPort        = "AGENT_TELEMETRY_HOOK_PORT"
	DefaultHookPort    = 4319
	HookBinary         = "claude-hook"
)
