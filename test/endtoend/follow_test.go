package endtoend

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// follower is an `events --follow` that runs.
type follower struct {
	mu   sync.Mutex
	rows []followed
	// end interrupts it, as a person would, and returns what it said besides.
	end func() string
}

type followed struct {
	Source  string `json:"source"`
	EventID string `json:"event_id"`
	Seq     int    `json:"seq"`
}

// follow starts it; it is ended by the caller.
func follow(t *testing.T, s *harness.Stack, session string) *follower {
	t.Helper()
	f := &follower{}
	cmd := s.Command(t.Context(), "events", "--follow", "--json", "--session", session)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	require.NoError(t, cmd.Start())
	read := make(chan error, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			var r followed
			if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
				read <- err
				return
			}
			f.mu.Lock()
			f.rows = append(f.rows, r)
			f.mu.Unlock()
		}
		read <- lines.Err()
	}()
	f.end = func() string {
		require.NoError(t, cmd.Process.Signal(os.Interrupt))
		require.NoError(t, <-read)
		require.NoError(t, cmd.Wait(), "an interruption is the way to end it")
		return errs.String()
	}
	return f
}

func (f *follower) seen() []followed {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.rows)
}

// What was there is shown and then what comes, each event once and in order:
// from Loki, and from the audit log when Loki is not there.
func TestFollow(t *testing.T) {
	s, loki := withForeignLoki(t)
	const each = 5
	for _, source := range []string{"loki", "audit"} {
		t.Run(source, func(t *testing.T) {
			session := "follow-" + source
			if source == "audit" {
				require.NoError(t, loki.Stop())
			}
			run(t, s, call(s, session, 0))
			if source == "loki" {
				awaitLoki(t, s, `{service="claude-telemetry"} | session_id="`+session+`"`, 1)
			}
			f := follow(t, s, session)
			await(t, "what was there", func() error { return enough(len(f.seen()), 1, nil) })
			run(t, s, call(s, "follow-another", 0))
			for i := range each {
				run(t, s, call(s, session, i+1))
			}
			await(t, "what comes", func() error { return enough(len(f.seen()), each+1, nil) })
			notices := f.end()
			var want []followed
			for i, e := range awaitAudit(t, s, auditlog.Filter{SessionID: session}, each+1) {
				want = append(want, followed{Source: source, EventID: e.Attribute("claude_code.event.id"), Seq: i + 1})
			}
			require.Equal(t, want, f.seen())
			if source == "audit" {
				require.Contains(t, notices, "this is from the audit log")
			} else {
				require.Empty(t, notices)
			}
		})
	}
	require.NoError(t, loki.Start(t.Context()), "which the stack's end waits for")
}
