package securityalertprocessor

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

func TestOneCallOneAlert(t *testing.T) {
	for _, order := range [][]string{
		{"PreToolUse", "PostToolUse"},
		{"PostToolUse", "PreToolUse"},
		{"PreToolUse", "PermissionRequest", "PermissionDenied"},
		{"PostToolUse", "PostToolUse"},
	} {
		b := newBench(t, nil)
		for i, hook := range order {
			ld := plog.NewLogs()
			call := "c"
			if hook == "PermissionRequest" {
				call = ""
			}
			record(ld, hook, fmt.Sprint(i), call, "odd", b.at.Add(time.Duration(i)*time.Second))
			require.NoError(t, b.ConsumeLogs(t.Context(), ld))
			lr := b.sink.AllLogs()[i].ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
			require.Equal(t, semconv.SeverityMedium, text(lr.Attributes(), semconv.RecordAlertSeverity), "every record says it")
		}
		require.Equal(t, []string{"odd-program"}, b.rulesAlerted(), order)
	}
}

func TestTheSameCommandTwiceIsTwoCalls(t *testing.T) {
	b := newBench(t, nil)
	require.NoError(t, b.run("1", "odd"))
	require.NoError(t, b.run("2", "odd"))
	require.Len(t, b.alerts(), 2)
	require.NotEqual(t, b.alerts()[0].ID, b.alerts()[1].ID)
}

func TestSuppressionIsToldOf(t *testing.T) {
	b := newBench(t, nil)
	for i := range 4 {
		require.NoError(t, b.run(fmt.Sprint(i), "bad"))
		b.at = b.at.Add(time.Second)
	}
	require.Equal(t, []string{"bad-program", "repeated"}, b.rulesAlerted())
	b.at = b.at.Add(6 * time.Minute) // the window has ended, and its summary has not been sent
	require.NoError(t, b.run("later", "bad"))
	require.Equal(t, []string{"bad-program", "repeated", "bad-program +3"}, b.rulesAlerted())
	require.Equal(t, 5+3, b.sink.LogRecordCount(), "the record itself is never left out")
}

func TestASummaryWhenTheWindowEnds(t *testing.T) {
	b := newBench(t, nil)
	for i := range 3 {
		require.NoError(t, b.run(fmt.Sprint(i), "bad"))
	}
	b.flush(t.Context())
	require.Equal(t, []string{"bad-program", "repeated"}, b.rulesAlerted())
	b.at = b.at.Add(5 * time.Minute)
	b.sink.refuse(errors.New("full"))
	b.flush(t.Context())
	b.sink.refuse(nil)
	b.flush(t.Context())
	b.flush(t.Context())
	require.Equal(t, []string{"bad-program", "repeated", "bad-program +2"}, b.rulesAlerted())
	summary, first := b.alerts()[2], b.alerts()[0]
	require.NotEqual(t, first.ID, summary.ID)
	require.Equal(t, first.EventID, summary.EventID)
	require.Contains(t, summary.Evidence[0], "2 more like it within 5m0s")
}

func TestWhatIsWorseIsNotSuppressed(t *testing.T) {
	b := newBench(t, nil)
	require.NoError(t, b.run("1", "bad"))
	require.NoError(t, b.run("2", "bad --worse"))
	require.NoError(t, b.run("3", "bad"))
	require.Equal(t, []string{"bad-program", "bad-program", "repeated"}, b.rulesAlerted())
	require.Equal(t, semconv.SeverityCritical, b.alerts()[1].Severity)
}

func TestOutOfOrder(t *testing.T) {
	b := newBench(t, nil)
	begin := b.at
	b.at = begin.Add(time.Hour)
	for i, minutes := range []int{0, 20, 2, 21, 19} { // as a spool is emptied
		ld := plog.NewLogs()
		record(ld, semconv.HookPreToolUse, fmt.Sprint(i), fmt.Sprint(i), "bad", begin.Add(time.Duration(minutes)*time.Minute))
		require.NoError(t, b.ConsumeLogs(t.Context(), ld))
	}
	var at []float64
	for _, a := range b.alerts() {
		if a.Rule == "bad-program" {
			at = append(at, a.Time.Sub(begin).Minutes())
		}
	}
	require.Equal(t, []float64{0, 20, 2, 21}, at, "one older than the window is told, and begins its own")
}

func TestRefusedAndSentAgain(t *testing.T) {
	b := newBench(t, nil)
	b.sink.refuse(errors.New("full"))
	require.Error(t, b.run("1", "bad"))
	require.NoError(t, b.save(t.Context(), true))
	require.Empty(t, b.memory.saved().Windows, "an alert that nobody has is not remembered over a restart")
	b.sink.refuse(nil)
	require.NoError(t, b.run("2", "bad"), "another event does not hide behind an alert that nobody has")
	require.NoError(t, b.run("1", "bad"))
	require.NoError(t, b.run("1", "bad"))
	var events []string
	for _, a := range b.alerts() {
		events = append(events, a.EventID)
	}
	require.Equal(t, []string{"2", "1"}, events)
}

func TestRepeatedEvents(t *testing.T) {
	b := newBench(t, nil)
	for range 5 {
		require.NoError(t, b.run("1", "bad"))
	}
	b.at = b.at.Add(time.Hour)
	b.flush(t.Context())
	require.Equal(t, []string{"bad-program"}, b.rulesAlerted(), "a repeat is neither told nor counted")
}
