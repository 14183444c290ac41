package notifyexporter

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// isAlert reports whether a record is an alert, at the cost of one look.
func isAlert(lr plog.LogRecord) bool {
	v, ok := lr.Attributes().Get(semconv.EventType)
	return ok && v.Type() == pcommon.ValueTypeStr && v.Str() == semconv.EventSecurityAlert
}

// each calls visit with the alerts among records.
func each(ld plog.Logs, visit func(plog.ResourceLogs, plog.ScopeLogs, plog.LogRecord, *securityalert.Alert)) {
	for _, rl := range ld.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				if !isAlert(lr) {
					continue
				}
				if a, ok := securityalert.FromRecord(rl.Resource(), lr); ok {
					visit(rl, sl, lr, &a)
				}
			}
		}
	}
}

// choose returns the records of ld that are alerts of at least a severity, and how
// many they are.
func choose(ld plog.Logs, least int) (chosen plog.Logs, n int) {
	chosen = plog.NewLogs()
	each(ld, func(rl plog.ResourceLogs, sl plog.ScopeLogs, lr plog.LogRecord, a *securityalert.Alert) {
		if securityalert.Rank(a.Severity) < least {
			return
		}
		n++
		to := chosen.ResourceLogs().AppendEmpty()
		rl.Resource().CopyTo(to.Resource())
		scope := to.ScopeLogs().AppendEmpty()
		sl.Scope().CopyTo(scope.Scope())
		lr.CopyTo(scope.LogRecords().AppendEmpty())
	})
	return chosen, n
}
