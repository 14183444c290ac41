package endtoend

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/hookfixtures"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// hookDeadline is when a hook has to be done, whatever it was given: it ends by
// itself after three seconds.
const hookDeadline = 3 * time.Second

// Whatever is sent, Claude Code notices nothing and there is one record of it.
func TestBadInputIsRecordedAndHarmless(t *testing.T) {
	s := shared(t)
	before := s.Processes()
	records := map[string]map[string][]string{"command": {}, "http": {}} // by mode and input
	for mode, send := range map[string]func(testing.TB, *harness.Stack, harness.Call) harness.Outcome{"command": run, "http": post} {
		last := lastSeq(t, s)
		for _, bad := range hookfixtures.BadInputs(s.Project, "bad-"+mode[:4]) {
			t.Run(mode+" "+bad.Name, func(t *testing.T) {
				o := send(t, s, harness.Call{Payload: bad.Bytes, ProjectDir: s.Project})
				require.Less(t, o.Took, hookDeadline)
				entries := awaitAudit(t, s, auditlog.Filter{Kind: auditlog.KindLog, FromSeq: last + 1}, 1)
				require.Len(t, entries, 1)
				e := entries[0]
				last = e.Seq
				records[mode][bad.Name] = []string{e.Attribute(semconv.EventType), e.SeverityText, e.Attribute(semconv.DecodeError), e.Attribute(semconv.ProjectPath)}
				if !bad.Undecodable {
					require.Empty(t, e.Attribute(semconv.DecodeError))
					return
				}
				require.Equal(t, semconv.EventHookEvent, e.Attribute(semconv.EventType))
				require.Equal(t, "WARN", e.SeverityText)
				require.NotEmpty(t, e.Attribute(semconv.DecodeError))
				require.Len(t, e.Attribute(semconv.PayloadSHA256), 64)
				require.EqualValues(t, len(bad.Bytes), plain(t, e.Attributes[semconv.PayloadBytes]))
				awaitLoki(t, s, `{service="claude-telemetry", event="hook_event"} | event_id="`+e.Attribute(semconv.EventID)+`"`, 1)
			})
		}
	}
	require.Equal(t, records["command"], records["http"], "both modes see the same in it")
	require.Equal(t, before, s.Processes(), "no process has ended or begun")
	_, err := harness.Get(t.Context(), healthURL(s))
	require.NoError(t, err)
	spooled, err := s.Spooled()
	require.NoError(t, err)
	require.Empty(t, spooled)
}

// lastSeq is the number of the newest line of the audit log.
func lastSeq(t *testing.T, s *harness.Stack) uint64 {
	t.Helper()
	run(t, s, call(s, "last-"+t.Name(), 0))
	list, err := auditlog.Last(t.Context(), s.Home.Audit(), 1, auditlog.Filter{Kind: auditlog.KindLog})
	require.NoError(t, err)
	require.Len(t, list, 1)
	return list[0].Seq
}
