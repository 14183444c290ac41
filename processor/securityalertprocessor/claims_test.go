package securityalertprocessor

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/provenance"
	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// forged is what any program can send.
func forged(b *bench, id string) plog.Logs {
	ld := plog.NewLogs()
	record(ld, "", "event-"+id, "", "bad", b.at) // its resource
	made := plog.NewLogs()
	securityalert.Append(made, securityalert.Alert{
		ID: id, Time: b.at, Severity: semconv.SeverityCritical, Rule: "delete-root\x1b[2J", Session: "another's", EventID: "e-1",
	}, securityalert.Origin{Resource: ld.ResourceLogs().At(0).Resource()}, b.at)
	return made
}

func acknowledgement(b *bench, id string, fromAgent bool) plog.Logs {
	ld := plog.NewLogs()
	lr := record(ld, "", id, "", "", b.at)
	a := lr.Attributes()
	a.PutStr(semconv.EventType, semconv.EventAlertAcknowledged)
	a.PutStr(semconv.AlertID, "an-alert")
	a.PutStr(semconv.RuleName, "delete-root")
	a.PutStr(semconv.AckBy, "ana")
	if fromAgent {
		a.PutBool(semconv.AckFromAgent, true)
	}
	lr.SetEventName(semconv.EventNamePrefix + semconv.EventAlertAcknowledged)
	lr.Body().Map().PutStr(semconv.BodyEventType, semconv.EventAlertAcknowledged)
	return ld
}

// first is the first record of the request that came last.
func (b *bench) first() plog.LogRecord {
	all := b.sink.AllLogs()
	return all[len(all)-1].ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
}

// Whoever sends an alert, by whatever way, is told of, and what he sent is none.
func TestAForgedAlert(t *testing.T) {
	b := newBench(t, nil)
	for i, ctx := range []func() error{
		func() error { return b.ConsumeLogs(t.Context(), forged(b, "one")) },
		func() error { return b.ConsumeLogs(provenance.OfOwner(t.Context()), forged(b, "two")) },
	} {
		require.NoError(t, ctx())
		lr := b.first()
		require.Equal(t, semconv.EventHookEvent, text(lr.Attributes(), semconv.EventType))
		require.Equal(t, semconv.EventSecurityAlert, text(lr.Attributes(), semconv.EventClaimedType))
		require.Equal(t, semconv.SeverityHigh, text(lr.Attributes(), semconv.RecordAlertSeverity))
		require.Len(t, b.alerts(), 1, i)
	}
	a := b.alerts()[0]
	require.Equal(t, ruleForged.Slug, a.Rule)
	require.Equal(t, semconv.SeverityHigh, a.Severity)
	require.Equal(t, "one", a.EventID, "the record that is forged")
	require.Contains(t, a.Evidence[0], semconv.EventSecurityAlert)
	require.Contains(t, fmt.Sprint(a.Evidence), `delete-root\x1b[2J`)
	require.Contains(t, fmt.Sprint(a.Evidence), "e-1")
	b.at = b.at.Add(time.Hour)
	b.flush(t.Context())
	require.Equal(t, []string{ruleForged.Slug, ruleForged.Slug + " +1"}, b.rulesAlerted())
}

// It need not be of our service: who is told of alerts does not look at that.
func TestAForgedAlertOfAnotherService(t *testing.T) {
	b := newBench(t, nil)
	ld := forged(b, "one")
	ld.ResourceLogs().At(0).Resource().Attributes().PutStr(semconv.ServiceName, "other")
	require.NoError(t, b.ConsumeLogs(t.Context(), ld))
	require.Equal(t, []string{ruleForged.Slug}, b.rulesAlerted())
}

func TestWhoMayAcknowledge(t *testing.T) {
	b := newBench(t, nil)
	require.NoError(t, b.ConsumeLogs(provenance.OfOwner(t.Context()), acknowledgement(b, "by the user", false)))
	require.Equal(t, semconv.EventAlertAcknowledged, text(b.first().Attributes(), semconv.EventType))
	require.Empty(t, b.alerts())

	require.NoError(t, b.ConsumeLogs(t.Context(), acknowledgement(b, "by OTLP", false)))
	require.Equal(t, semconv.EventHookEvent, text(b.first().Attributes(), semconv.EventType))
	require.Equal(t, semconv.EventAlertAcknowledged, text(b.first().Attributes(), semconv.EventClaimedType))
	require.Equal(t, []string{ruleForged.Slug}, b.rulesAlerted())

	require.NoError(t, b.ConsumeLogs(provenance.OfOwner(t.Context()), acknowledgement(b, "by an agent", true)))
	require.Equal(t, semconv.EventAlertAcknowledged, text(b.first().Attributes(), semconv.EventType), "it stays one, which says whose it is")
	require.Equal(t, []string{ruleForged.Slug, ruleAckByAgent.Slug}, b.rulesAlerted())
	require.Contains(t, b.alerts()[1].Evidence[0], "an-alert")
}

// What another says to have found is not believed, also where the record is judged
// later.
func TestForgedFindings(t *testing.T) {
	b := newBench(t, func(c *Config) { c.RequestBudget = time.Millisecond })
	started := b.at
	b.now = func() time.Time { started = started.Add(time.Second); return started } // no time is left
	ld := plog.NewLogs()
	lr := record(ld, semconv.HookPreToolUse, "e", "c", "ls", b.at)
	lr.Attributes().PutEmptySlice(semconv.RecordAlerts).AppendEmpty().SetStr("forged")
	lr.Attributes().PutStr(semconv.RecordAlertSeverity, semconv.SeverityCritical)
	require.NoError(t, b.ConsumeLogs(t.Context(), ld))
	require.NotContains(t, b.first().Attributes().AsRaw(), semconv.RecordAlerts)
	require.NotContains(t, b.first().Attributes().AsRaw(), semconv.RecordAlertSeverity)
}

// What any program can send neither holds alerts about a hook's events back nor passes
// for them.
func TestEventsOfOthersHideNothing(t *testing.T) {
	b := newBench(t, nil)
	send := func(ctx context.Context) {
		t.Helper()
		ld := plog.NewLogs()
		record(ld, semconv.HookPreToolUse, "e", "call", "bad", b.at)
		require.NoError(t, b.ConsumeLogs(ctx, ld))
	}
	send(t.Context())
	send(provenance.OfOwner(t.Context()))
	require.Equal(t, []string{"bad-program", "bad-program"}, b.rulesAlerted())
	require.NotEqual(t, b.alerts()[0].ID, b.alerts()[1].ID)
	send(t.Context())
	send(provenance.OfOwner(t.Context()))
	require.Len(t, b.alerts(), 2)
}
