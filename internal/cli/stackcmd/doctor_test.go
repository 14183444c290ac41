package stackcmd

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/health"
)

// Every check says which reader of the audit log it is about, and what was found.
func TestDoctorTellsOfEachReaderOfTheAuditLog(t *testing.T) {
	d := Diagnosis{Result: Pass}
	d.delivery(&Status{Delivery: []health.Delivery{
		{Name: "audit_log/alerts"},
		{Name: "audit_log/loki", Behind: 3, Waiting: 90},
		{Name: "audit_log/rollup", Skipped: 2},
		{Name: "audit_log/x", Error: "audit_log/x: no cursor"},
	}})
	var results []Result
	for i, name := range []string{"audit_log/alerts: all", "audit_log/loki: 3 records wait", "audit_log/rollup: all, 2 were gone", "audit_log/x: no cursor"} {
		c := d.Checks[i]
		require.Contains(t, c.Found, name)
		require.Equal(t, c.Result == Pass, c.Remedy == "")
		results = append(results, c.Result)
	}
	require.Equal(t, []Result{Pass, Warn, Warn, Fail}, results)
	require.Equal(t, Fail, d.Result)
}
