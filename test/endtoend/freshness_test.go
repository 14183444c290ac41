package endtoend

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/hookfixtures"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// freshSamples is how many events are timed, one after the other.
const freshSamples = 30

// An event is seen within a second of the tool call.
func TestEventsAreFresh(t *testing.T) {
	s := shared(t)
	f := hookfixtures.Named("shell/test-pre")
	var toAudit, toLoki []time.Duration
	for i := range freshSamples {
		session := fmt.Sprintf("fresh-%d", i)
		start := time.Now()
		run(t, s, harness.Call{Payload: f.PayloadIn(s.Project, session), ProjectDir: s.Project})
		awaitAudit(t, s, auditlog.Filter{SessionID: session, Since: start.Add(-time.Second)}, 1)
		toAudit = append(toAudit, time.Since(start))
		awaitLoki(t, s, `{service="claude-telemetry", session="`+session+`"}`, 1)
		toLoki = append(toLoki, time.Since(start))
	}
	for where, took := range map[string][]time.Duration{"audit log": toAudit, "Loki": toLoki} {
		slices.Sort(took)
		p50, p95 := took[len(took)/2], took[len(took)*95/100]
		t.Logf("from the hook's start to the %s: p50 %s, p95 %s, max %s", where, p50.Round(time.Millisecond), p95.Round(time.Millisecond), took[len(took)-1].Round(time.Millisecond))
		require.Less(t, p50, time.Second, where)
		require.Less(t, p95, time.Second, where)
	}
}
