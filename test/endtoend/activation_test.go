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

func TestOnlyActivatedProjectsAreRecorded(t *testing.T) {
	s := shared(t)
	f := hookfixtures.Named("files/read-pre")
	for _, c := range []struct {
		name, marker, scope string
		watched             bool
	}{
		{"no marker", "", "", false},
		{"marker in the root", semconv.MarkerFile, "", true},
		{"marker in config", "config/" + semconv.MarkerFile, "", true},
		{"marker in .claude", ".claude/" + semconv.MarkerFile, "", true},
		{"marker elsewhere", "src/" + semconv.MarkerFile, "", false},
		{"installed for the user", "", semconv.InstallScopeUser, true},
		{"installed by managed settings", "", semconv.InstallScopeManaged, true},
	} {
		for mode, send := range map[string]func(testing.TB, *harness.Stack, harness.Call) harness.Outcome{"command": run, "http": post} {
			t.Run(c.name+" by "+mode, func(t *testing.T) {
				session := "activation " + c.name + " " + mode
				project, err := s.NewProject("activation/"+c.name, c.marker)
				require.NoError(t, err)
				send(t, s, harness.Call{Payload: f.PayloadIn(project, session), ProjectDir: project, Scope: c.scope})
				// Where Claude Code does not say the project, the working directory does.
				send(t, s, harness.Call{Payload: f.PayloadIn(project, session+" 2"), WorkingDir: project, Scope: c.scope})
				if c.watched {
					awaitAudit(t, s, auditlog.Filter{SessionID: session}, 1)
					awaitAudit(t, s, auditlog.Filter{SessionID: session + " 2"}, 1)
					return
				}
				// A later event of a watched project has overtaken nothing.
				run(t, s, harness.Call{Payload: f.PayloadIn(s.Project, session+" after"), ProjectDir: s.Project})
				awaitLoki(t, s, `{service="claude-telemetry", session="`+session+` after"}`, 1)
				time.Sleep(100 * time.Millisecond)
				for _, name := range []string{session, session + " 2"} {
					entries, err := s.Events(t.Context(), auditlog.Filter{SessionID: name})
					require.NoError(t, err)
					require.Empty(t, entries)
					found, err := s.Query(t.Context(), `{service="claude-telemetry", session="`+name+`"}`)
					require.NoError(t, err)
					require.Empty(t, found)
				}
				spooled, err := s.Spooled()
				require.NoError(t, err)
				require.Empty(t, spooled)
			})
		}
	}
}
