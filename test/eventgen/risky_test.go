package eventgen

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Who changes a rule learns here that a call is to be exchanged for another.
func TestRulesFindEveryRiskyCall(t *testing.T) {
	for _, k := range riskyCalls {
		t.Run(k.tool+" "+k.command+k.path, func(t *testing.T) {
			s := newSession(Options{}.complete(), 0, time.Unix(1e9, 0), time.Unix(1e9+3600, 0))
			w := newWriter()
			ld := plog.NewLogs()
			w.begin(ld)
			c := calling{input: k.input(s)}
			w.write(s, item{at: s.from, risky: true, outside: k.outside, payload: newTurn(s).payload("PreToolUse", c.fields(k.tool, s.callID()))})
			require.Equal(t, 2, ld.LogRecordCount())
			names, _ := ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes().Get(semconv.RecordAlerts)
			t.Log(names.AsString())
		})
	}
}
