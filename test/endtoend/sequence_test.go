package endtoend

import (
	"bytes"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/hookfixtures"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// requireCalls requires that the entries are of n different tool calls.
func requireCalls(t *testing.T, entries []auditlog.Entry, n int) {
	t.Helper()
	calls := map[string]bool{}
	for _, e := range entries {
		calls[e.Attribute(semconv.ToolCallID)] = true
	}
	require.Len(t, calls, n)
}

// call returns the n-th tool call of a session.
func call(s *harness.Stack, session string, n int) harness.Call {
	f := hookfixtures.Named("shell/test-pre")
	raw := bytes.Replace(f.PayloadIn(s.Project, session), []byte(f.ToolUseID), fmt.Appendf(nil, "toolu_%s_%d", session, n), 1)
	return harness.Call{Payload: raw, ProjectDir: s.Project}
}

// requireOnce requires that a session's n events are in the audit log and in
// Loki, each once, numbered from 1 without a hole.
func requireOnce(t *testing.T, s *harness.Stack, session string, n int) []auditlog.Entry {
	t.Helper()
	awaitAudit(t, s, auditlog.Filter{SessionID: session}, n)
	awaitLoki(t, s, `{service="claude-telemetry", event!="security_alert"} | session_id="`+session+`"`, n)
	time.Sleep(500 * time.Millisecond) // for a double that is on its way
	entries, err := s.Events(t.Context(), auditlog.Filter{SessionID: session})
	require.NoError(t, err)
	found, err := s.Query(t.Context(), `{service="claude-telemetry", event!="security_alert"} | session_id="`+session+`"`)
	require.NoError(t, err)
	ids, seqs := map[string]int{}, map[string]int{}
	for _, e := range entries {
		ids[e.Attribute(semconv.EventID)]++
		seqs[fmt.Sprint(e.Attributes[semconv.SessionSeq])]++
	}
	require.Len(t, entries, n, "in the audit log")
	require.Len(t, ids, n, "event ids are unique")
	for i := 1; i <= n; i++ {
		require.Equal(t, 1, seqs[fmt.Sprint(i)], "sequence number %d", i)
	}
	require.Len(t, found, n, "in Loki")
	require.Equal(t, ids, eventIDs(found))
	return entries
}

func TestSequenceHasNoHoles(t *testing.T) {
	s := shared(t)
	const rounds, parallel = 3, 20
	for round := range rounds {
		var wg sync.WaitGroup
		for i := range parallel {
			wg.Go(func() {
				c := call(s, "sequence", round*parallel+i)
				if i%4 == 3 { // both modes share the numbering
					o, err := s.Post(t.Context(), c)
					logFailure(t, o, err)
					return
				}
				o, err := s.Run(t.Context(), c)
				logFailure(t, o, err)
			})
		}
		wg.Wait()
	}
	requireCalls(t, requireOnce(t, s, "sequence", rounds*parallel), rounds*parallel)
}

// logFailure is for goroutines, which must not end the test.
func logFailure(t *testing.T, o harness.Outcome, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	} else if err := o.Silent(); err != nil {
		t.Error(err)
	}
}

// A hook that is registered twice gives one event.
func TestRegisteredTwiceIsRecordedOnce(t *testing.T) {
	s := shared(t)
	const calls = 12
	for i := range calls {
		var wg sync.WaitGroup
		for way := range 2 {
			wg.Go(func() {
				c := call(s, "twice", i)
				if i%3 == 2 && way == 1 { // once in either mode
					o, err := s.Post(t.Context(), c)
					logFailure(t, o, err)
					return
				}
				o, err := s.Run(t.Context(), c)
				logFailure(t, o, err)
			})
		}
		wg.Wait()
	}
	requireCalls(t, requireOnce(t, s, "twice", calls), calls)
}
