package rollup

import (
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// maxTexts is how many texts a kind tells apart at most, beside the project.
const maxTexts = 6

// kind is what roll-ups of a kind have in their lines.
type kind struct {
	name    string
	texts   []string
	numbers []string
	place   map[string]int // of numbers
}

func newKind(name string, texts []string, numbers ...string) *kind {
	k := &kind{name: name, texts: texts, numbers: numbers, place: make(map[string]int, len(numbers))}
	for i, n := range numbers {
		k.place[n] = i
	}
	return k
}

// The kinds that are counted from events.
var (
	toolKind = newKind(semconv.RollupTool,
		[]string{semconv.RollupFieldTool, semconv.RollupFieldEvent},
		semconv.RollupN, semconv.RollupStarted, semconv.RollupCalls, semconv.RollupErrors, semconv.RollupDenied, semconv.RollupAsked,
		semconv.RollupOutside, semconv.RollupDurationCount, semconv.RollupDurationSum, semconv.RollupDurationMax,
		semconv.RollupDurationP50, semconv.RollupDurationP95, semconv.RollupUnder100ms, semconv.RollupUnder1s, semconv.RollupUnder10s,
		semconv.RollupLinesAdded, semconv.RollupLinesRemoved, semconv.RollupBytes,
	)
	agentKind = newKind(semconv.RollupAgent,
		[]string{semconv.RollupFieldAgent},
		semconv.RollupN, semconv.RollupStarted, semconv.RollupCalls, semconv.RollupErrors, semconv.RollupDenied, semconv.RollupAsked,
		semconv.RollupOutside, semconv.RollupDurationCount, semconv.RollupDurationSum, semconv.RollupDurationMax,
		semconv.RollupLinesAdded, semconv.RollupLinesRemoved,
	)
	sessionKind = newKind(semconv.RollupSession,
		[]string{semconv.RollupFieldSession},
		semconv.RollupN, semconv.RollupStarted, semconv.RollupCalls, semconv.RollupErrors, semconv.RollupDenied, semconv.RollupAsked,
		semconv.RollupOutside, semconv.RollupDurationCount, semconv.RollupDurationSum, semconv.RollupDurationMax,
		semconv.RollupLinesAdded, semconv.RollupLinesRemoved,
		semconv.RollupPrompts, semconv.RollupTurns, semconv.RollupTurnFailures, semconv.RollupAgents,
		semconv.RollupReads, semconv.RollupEdits, semconv.RollupCommands, semconv.RollupSearches, semconv.RollupWeb, semconv.RollupMCP,
		semconv.RollupTasksDone, semconv.RollupCompactions, semconv.RollupSessionStarts, semconv.RollupSessionEnds, semconv.RollupMissing,
		semconv.RollupAlertsPrefix+semconv.SeverityCritical, semconv.RollupAlertsPrefix+semconv.SeverityHigh,
		semconv.RollupAlertsPrefix+semconv.SeverityMedium, semconv.RollupAlertsPrefix+semconv.SeverityLow, semconv.RollupRisk,
	)
	alertKind = newKind(semconv.RollupAlert,
		[]string{semconv.RollupFieldSession, semconv.RollupFieldRule, semconv.RollupFieldSeverity, semconv.RollupFieldCategory, semconv.RollupFieldAttack},
		semconv.RollupN, semconv.RollupRisk, semconv.RollupSuppressed, semconv.RollupAcknowledged,
	)
	workflowKind = newKind(semconv.RollupWorkflow,
		[]string{semconv.RollupFieldSession, semconv.RollupFieldWhat, semconv.RollupFieldValue},
		semconv.RollupN,
	)
	usageKind = newKind(semconv.RollupUsage,
		[]string{semconv.RollupFieldSession, semconv.RollupFieldModel},
		semconv.RollupN, semconv.RollupRequests, semconv.RollupErrors, semconv.RollupDurationCount, semconv.RollupDurationSum, semconv.RollupDurationMax,
		semconv.RollupCost, semconv.RollupTokensIn, semconv.RollupTokensOut, semconv.RollupTokensRead, semconv.RollupTokensWritten,
	)
)
