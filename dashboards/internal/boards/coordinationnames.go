package boards

// Values in records of how agents worked together are called: docs/coordination.md.
const (
	outcomeCompleted = "completed"
	outcomeStopped   = "stopped"
	outcomeFailed    = "failed"
	outcomeDenied    = "denied"
	kindConcurrent   = "concurrent"
)

// Fields of their lines, and the labels that they become.
var (
	fieldOutcome     = field{"outcome", "outcome"}
	fieldPurpose     = field{"purpose", "description"}
	fieldCaller      = field{"caller", "parent_type"}
	fieldLasted      = field{"lasted", "duration_ms"}
	fieldOwn         = field{"own", "own_ms"}
	fieldWaiting     = field{"waiting", "waiting_ms"}
	fieldTokens      = field{"tokens", "tokens"}
	fieldToolCalls   = field{"calls", "tool_calls"}
	fieldToolErrors  = field{"errors", "errors"}
	fieldChildren    = field{"children", "children"}
	fieldTarget      = field{"target", "target"}
	fieldDetail      = field{"detail", "detail"}
	fieldKind        = field{"kind", "kind"}
	fieldChanged     = field{"changed", "file"}
	fieldBase        = field{"base", "base"}
	fieldGap         = field{"gap", "gap_ms"}
	fieldFirst       = field{"first", "first_type"}
	fieldSecond      = field{"second", "second_type"}
	fieldTimes       = field{"times", "times"}
	fieldAgents      = field{"agents", "agents"}
	fieldFanOut      = field{"fan_out", "fan_out"}
	fieldWork        = field{"work", "work_ms"}
	fieldActive      = field{"active", "active_ms"}
	fieldParallelism = field{"parallelism", "parallelism"}
	fieldEfficiency  = field{"efficiency", "parallel_efficiency"}
	fieldDelegated   = field{"delegated", "delegated_share"}
	fieldConflicts   = field{"conflicts", "conflicts"}
	fieldRereads     = field{"rereads", "repeated_reads"}
	fieldResearches  = field{"researches", "repeated_searches"}
	fieldCritical    = field{"critical", "critical_path_ms"}
	fieldAdvice      = field{"advice", "recommended"}
)
