package endtoend

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/hookfixtures"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// payload is one hook payload and what is known of it.
type payload struct {
	name, session string
	raw           []byte
	fixture       *hookfixtures.Fixture // nil for a recorded payload
}

// httpSession is the session under which a payload is sent a second time, over
// HTTP: of the same length, so that nothing but the name differs.
func httpSession(session string) string {
	b := []byte(session)
	for i := range b[:8] {
		b[i] = "fedcba9876543210"[strings.IndexByte("0123456789abcdef", b[i])]
	}
	return string(b)
}

// payloads returns our fixtures and, where they are, the recorded payloads, in
// the order in which they arrive within each session.
func payloads(t *testing.T, s *harness.Stack) []payload {
	t.Helper()
	var all []payload
	for _, f := range hookfixtures.All() {
		all = append(all, payload{name: f.Name, session: f.SessionID, raw: f.Payload(s.Project), fixture: &f})
	}
	return append(all, recorded(t, s)...)
}

// recorded reads payloads that a real Claude Code sent, which are not part of
// this repository.
func recorded(t *testing.T, s *harness.Stack) []payload {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(s.Root, "..", "shared", "testdata", "hooks", "*.jsonl"))
	require.NoError(t, err)
	if len(files) == 0 {
		t.Log("no recorded payloads beside the repository: our own fixtures alone")
	}
	var all []payload
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		lines := bufio.NewScanner(bytes.NewReader(text))
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			raw := []byte(strings.NewReplacer("<RUN>", s.Project, "<TMP>", s.Dir+"/tmp", "<RUN_DIRNAME>", "-shop").Replace(lines.Text()))
			var c struct {
				Session string `json:"session_id"`
				Event   string `json:"hook_event_name"`
			}
			require.NoError(t, json.Unmarshal(raw, &c))
			all = append(all, payload{name: filepath.Base(file) + " " + c.Event, session: c.Session, raw: raw})
		}
		require.NoError(t, lines.Err())
	}
	return all
}

var sendAllOnce sync.Once

// sendAll sends every payload once as a command hook and once, under another
// session, as an HTTP hook.
func sendAll(t *testing.T, s *harness.Stack) []payload {
	t.Helper()
	all := payloads(t, s)
	sendAllOnce.Do(func() {
		for _, p := range all {
			run(t, s, harness.Call{Payload: p.raw, ProjectDir: s.Project})
		}
		for _, p := range all {
			raw := bytes.Replace(p.raw, []byte(p.session), []byte(httpSession(p.session)), 1) // session_id comes first
			post(t, s, harness.Call{Payload: raw, ProjectDir: s.Project})
		}
	})
	return all
}

// bySession groups payloads, keeping their order.
func bySession(all []payload) map[string][]payload {
	m := map[string][]payload{}
	for _, p := range all {
		m[p.session] = append(m[p.session], p)
	}
	return m
}
