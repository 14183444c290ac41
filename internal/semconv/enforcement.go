package semconv

// Names that the installer, the hook and the receiver agree on for verdicts about
// tool calls.
const (
	// HookPreToolUse is the hook event whose answer can keep a tool call from
	// being made.
	HookPreToolUse = "PreToolUse"
	// FlagEnforce makes claude-hook ask for a verdict; its value says what an
	// answer that does not come means: open, ask or closed.
	FlagEnforce        = "enforce"
	FlagEnforceTimeout = "enforce-timeout"
	// HeaderEnforce asks the receiver for a verdict; its values are the flag's.
	HeaderEnforce = "X-Agent-Telemetry-Enforce"
	// HeaderEnforceTimeout is how long the sender waits for it, such as 300ms.
	HeaderEnforceTimeout = "X-Agent-Telemetry-Enforce-Timeout"
	// HeaderVerdict is in the answer to /v1/logs when there is a verdict.
	HeaderVerdict = "X-Agent-Telemetry-Verdict"
)

// Values of EnforcementReason where no rule is the reason.
const (
	ReasonNoAnswer    = "no_answer"   // no verdict came in time
	ReasonUndecodable = "undecodable" // the payload could not be read
	ReasonCut         = "cut"         // the command is longer than what is judged
)
