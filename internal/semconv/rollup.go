package semconv

// RollupServiceName is the service.name of roll-ups: records that count other
// records. They have a stream selector of their own, {service="claude-telemetry-rollup"}.
const RollupServiceName = "claude-telemetry-rollup"

// RollupScopeName is the instrumentation scope of roll-ups.
const RollupScopeName = "github.com/agent-telemetry/agent-telemetry/internal/rollup"

// RollupEventPrefix stands before the kind in a roll-up's EventName.
const RollupEventPrefix = "agent_telemetry.rollup."

// Attributes of a roll-up, from which its labels in Loki are made. ProjectName is
// the third.
const (
	RollupKind = "agent_telemetry.rollup.kind" // RollupTool and so on
	RollupHour = "agent_telemetry.rollup.hour" // of the record's time, UTC: 00 to 23
)

// Loki labels of roll-ups, beside LabelService and LabelProject.
//
// LabelHour is there for Loki, not for people: Loki refuses an entry that is more than
// an hour older than the newest one of its stream, and a stream of one hour has none.
// It also keeps the chunks of a query few.
const (
	LabelRollup = "rollup" // the kind
	LabelHour   = "hour"
)

// Kinds of roll-ups: the values of LabelRollup. A roll-up's line is logfmt: texts
// (dimensions), then numbers. A number that is 0, and a text that is empty, is left out.
const (
	RollupTool     = "tool"     // a minute × project × tool; of tool calls only
	RollupAgent    = "agent"    // a minute × project × agent type; of everything
	RollupSession  = "session"  // a minute × project × session
	RollupAlert    = "alert"    // a minute × project × rule × severity × session
	RollupWorkflow = "workflow" // a minute × project × session × what × value
	RollupUsage    = "usage"    // a minute × project × session × model; of Claude Code's own telemetry
	RollupHealth   = "health"   // a minute; the collector's own state
	RollupDelivery = "delivery" // a minute × reader of the audit log
	RollupChannel  = "channel"  // a minute × notify exporter
)

// Texts in the line of a roll-up.
const (
	RollupFieldTool     = "tool"
	RollupFieldEvent    = "event"      // event type of the tool's calls
	RollupFieldAgent    = "agent_type" // RollupMainAgent where no sub-agent acted
	RollupFieldSession  = "session"
	RollupFieldRule     = "rule"     // its slug
	RollupFieldSeverity = "severity" // SeverityCritical and so on
	RollupFieldCategory = "category" // of the rule
	RollupFieldAttack   = "attack"   // ids of MITRE ATT&CK of the rule, with commas between them
	RollupFieldWhat     = "what"     // RollupWhatCommand and so on
	RollupFieldValue    = "value"
	RollupFieldModel    = "model"
	RollupFieldHost     = "host"     // of RollupHealth, RollupDelivery and RollupChannel
	RollupFieldReceiver = "receiver" // such as audit_log/loki
	RollupFieldExporter = "exporter" // such as notify/slack
	// RollupFieldChunk names the part of the audit log that was counted. It keeps
	// two roll-ups apart that say the same.
	RollupFieldChunk = "chunk"
)

// RollupMainAgent is the agent type of what no sub-agent did.
const RollupMainAgent = "main"

// RollupOther stands for the values beyond those that a roll-up tells apart.
const RollupOther = "__other__"

// Values of RollupFieldWhat.
const (
	RollupWhatCommand   = "command"    // SuperClaude command
	RollupWhatPersona   = "persona"    // SuperClaude persona
	RollupWhatFlag      = "flag"       // SuperClaude flag
	RollupWhatMCPServer = "mcp_server" // of a SuperClaude prompt
	RollupWhatReasoning = "reasoning"  // reasoning level
	RollupWhatWorkflow  = "workflow"   // workflow type
	RollupWhatTask      = "task"       // a task's new status, such as completed
	RollupWhatSkill     = "skill"      // skill that was invoked
	RollupWhatAgent     = "agent"      // type of a sub-agent that was started
)

// Numbers in the line of a roll-up. Those that end in _max_ms, _p50_ms or _p95_ms,
// and those of RollupHealth, RollupDelivery and RollupChannel, are states; all others
// are to be added up.
const (
	RollupN       = "n"       // records
	RollupStarted = "started" // tool calls about to be made (PreToolUse)
	RollupCalls   = "calls"   // tool calls that ended, well or not (PostToolUse, PostToolUseFailure)
	RollupErrors  = "errors"  // of those: failed, were interrupted or ran out of time
	RollupDenied  = "denied"  // tool calls that were denied: by a person, a mode, or a verdict
	RollupAsked   = "asked"   // permissions asked for
	RollupOutside = "outside" // records of actions that reach outside the project

	RollupDurationCount = "duration_n"      // calls whose duration is known
	RollupDurationSum   = "duration_ms"     // of these, together
	RollupDurationMax   = "duration_max_ms" // the longest
	RollupDurationP50   = "duration_p50_ms" // exact, of this group
	RollupDurationP95   = "duration_p95_ms" // exact, of this group
	// Calls of RollupDurationCount that took less.
	RollupUnder100ms = "under_100ms"
	RollupUnder1s    = "under_1s"
	RollupUnder10s   = "under_10s"

	RollupLinesAdded   = "lines_added"
	RollupLinesRemoved = "lines_removed"
	RollupBytes        = "bytes" // sizes of the files that calls read or wrote, where known

	// Of RollupSession.
	RollupPrompts       = "prompts"
	RollupTurns         = "turns"         // answers that ended
	RollupTurnFailures  = "turn_failures" // answers that ended in an error
	RollupAgents        = "agents"        // sub-agents started
	RollupReads         = "reads"         // calls that read a file
	RollupEdits         = "edits"         // calls that changed a file, and did not fail
	RollupCommands      = "commands"      // calls of a shell
	RollupSearches      = "searches"
	RollupWeb           = "web"
	RollupMCP           = "mcp"
	RollupTasksDone     = "tasks_done" // tasks set to completed
	RollupCompactions   = "compactions"
	RollupSessionStarts = "session_starts"
	RollupSessionEnds   = "session_ends"
	RollupMissing       = "missing" // events told to be missing, less those that came after all
	RollupAlertsPrefix  = "alerts_" // and a severity: alerts_critical
	RollupRisk          = "risk"    // sum of the alerts' risk scores; also of RollupAlert

	// Of RollupAlert.
	RollupSuppressed   = "suppressed"   // alerts like these that were only counted
	RollupAcknowledged = "acknowledged" // alerts that somebody has seen

	// Of RollupUsage.
	RollupRequests      = "requests"
	RollupRequestErrors = "errors" // = RollupErrors
	RollupCost          = "cost_usd"
	RollupTokensIn      = "input_tokens"
	RollupTokensOut     = "output_tokens"
	RollupTokensRead    = "cache_read_tokens"
	RollupTokensWritten = "cache_creation_tokens"
)

// Numbers of RollupHealth. Those marked + are counts since the minute before.
const (
	HealthUptime       = "uptime_s"
	HealthRSS          = "rss_bytes"
	HealthCPU          = "cpu_ms" // +
	HealthSpoolFiles   = "spool_files"
	HealthSpoolBytes   = "spool_bytes"
	HealthSpoolOldest  = "spool_oldest_s"
	HealthSpoolReject  = "spool_rejected" // files put aside
	HealthHookLost     = "hook_lost"      // events lost by hooks, in the last 24 hours
	HealthAuditRecords = "audit_records"
	HealthAuditBytes   = "audit_bytes"
	HealthAuditFiles   = "audit_segments"
	HealthCheckpoint   = "checkpoint_age_s" // since the newest signed checkpoint
	HealthUncovered    = "uncovered"        // records that no checkpoint covers yet
	HealthDiskFree     = "disk_free_bytes"
	HealthDiskTotal    = "disk_bytes"
	HealthReceived     = "received"       // + requests that the claude_hook receiver took
	HealthRefused      = "refused"        // + requests and records that were refused
	HealthDuplicates   = "duplicates"     // + records that had come before
	HealthWritten      = "written"        // + records written to the audit log
	HealthWriteErrors  = "write_errors"   // + of the audit log
	HealthPushes       = "loki_pushes"    // + pushes to Loki
	HealthPushErrors   = "loki_errors"    // + of these, not taken
	HealthLokiRefused  = "loki_refused"   // + entries that Loki will never take
	HealthLokiBytes    = "loki_bytes"     // + compressed
	HealthJudged       = "judged"         // + events given to the rules
	HealthUnjudged     = "unjudged"       // + events that rules could not judge
	HealthAlerts       = "alerts"         // + alerts raised
	HealthRules        = "rules"          // rules in use
	HealthRulesBad     = "rules_bad"      // rules that could not be loaded
	HealthMissing      = "missing"        // + events told to be missing
	HealthCaptureAvg   = "capture_avg_us" // time to make an event of a payload, on average since the minute before
	HealthJudgeAvg     = "judge_avg_us"   // time to judge an event, likewise
	HealthSyncAvg      = "sync_avg_us"    // time to sync the audit log, likewise
)

// Numbers of RollupDelivery.
const (
	DeliveryBehind  = "behind"    // records of the audit log that were not delivered
	DeliveryWaiting = "waiting_s" // how long there has been something to deliver
	DeliverySkipped = "skipped"   // in all: gone before they were delivered
	DeliveryRefused = "refused"   // in all: the backend will never take them
)

// Numbers of RollupChannel. Those marked + are counts since the minute before.
const (
	ChannelSent       = "sent"       // + notifications
	ChannelFailed     = "failed"     // + tries
	ChannelDropped    = "dropped"    // + alerts that were given up
	ChannelSuppressed = "suppressed" // + alerts that were only counted
	ChannelPending    = "pending"    // alerts that wait
	ChannelLastOK     = "last_success_s"
	ChannelLastFailed = "last_failure_s" // how long ago
)
