package report

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/recorded"
)

// acknowledgement is the record that somebody has seen an alert.
func acknowledgement(at time.Time, alert, session, by, reason string, fromAgent bool) plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr(semconv.ServiceName, semconv.ServiceNameValue)
	lr := rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	lr.SetTimestamp(pcommon.NewTimestampFromTime(at))
	a := lr.Attributes()
	a.PutStr(semconv.EventType, semconv.EventAlertAcknowledged)
	a.PutStr(semconv.EventID, fmt.Sprintf("ack-%s-%d", alert, at.UnixNano()))
	a.PutStr(semconv.SessionID, session)
	k := lr.Body().SetEmptyMap().PutEmptyMap(semconv.BodyAck)
	k.PutStr(semconv.AckBodyAlertID, alert)
	k.PutStr(semconv.AckBodyBy, by)
	k.PutStr(semconv.AckBodyReason, reason)
	k.PutBool(semconv.AckBodyFromAgent, fromAgent)
	return ld
}

func TestHandlingOfAlerts(t *testing.T) {
	s := &recorded.Script{Session: "s1", Project: "/home/dev/shop", At: day.Add(time.Hour)}
	ids := map[string]string{}
	for _, name := range []string{"person", "agent", "both", "open"} {
		s.Begin("Bash", recorded.Fields{"command": "echo " + name}, nil)
		ids[name] = s.Alert("high", 70, name, name, "x")
		s.End(nil, recorded.Fields{}, 1)
	}
	low := s.Alert("nonsense", 1, "odd", "odd", "x")
	at := day.Add(30 * time.Hour) // behind the period
	logs := slices.Concat(s.Logs, []plog.Logs{
		acknowledgement(at, ids["person"], "s1", "ana", "as planned", false),
		acknowledgement(at.Add(time.Hour), ids["person"], "s1", "ben", "me too", false),
		acknowledgement(at, ids["agent"], "s1", "root", "nothing to see", true),
		acknowledgement(at, ids["both"], "s1", "root", "nothing to see", true),
		acknowledgement(at.Add(time.Minute), ids["both"], "s1", "ana", "no", false),
		acknowledgement(at, "of no alert", "s1", "ana", "?", false),
	})
	r := build(t, options(t, newHome(t, logs...)))
	by := map[string]Alert{}
	for _, a := range all(t, r.Alerts) {
		by[a.ID] = a
	}
	require.Len(t, by, 5)
	person := by[ids["person"]]
	require.Equal(t, "ana", person.Acknowledged.By)
	require.Equal(t, 1, person.Acknowledged.More)
	require.InDelta(t, at.Sub(person.Time).Seconds(), *person.Seconds, 0.01)
	require.Equal(t, "ana", by[ids["both"]].Acknowledged.By, "a person's counts before that of an agent's shell")
	agent, open := by[ids["agent"]], by[ids["open"]]
	require.True(t, agent.Open())
	require.True(t, agent.Acknowledged.FromAgent)
	require.Nil(t, open.Acknowledged)
	require.Equal(t, "low", by[low].Severity)
	require.Equal(t, 3, r.Summary.AlertsOpen)
	high := r.Handling[1]
	require.Equal(t, []any{"high", 4, 2, 1, 2}, []any{high.Severity, high.Alerts, high.Acknowledged, high.FromAgent, high.Open})
	require.NotNil(t, high.Median)
	require.Equal(t, agent.Time, *high.OldestOpen)
	// Five alerts, five acknowledgements of them, and eight events.
	require.Equal(t, 5+5+8, r.Integrity.Used)
}
