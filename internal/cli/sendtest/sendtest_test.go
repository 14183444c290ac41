package sendtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// setup is a state directory, the programs, and a stand-in for Loki whose
// answers the test decides.
type setup struct {
	t       *testing.T
	home    statedir.Dir
	bin     string
	loki    *httptest.Server
	session atomic.Value // what the hook told the stand-in
	id      atomic.Value // the event id that it answers with
	status  atomic.Int64 // of its answers
}

func newSetup(t *testing.T) *setup {
	t.Helper()
	s := &setup{t: t, home: statedir.Dir(filepath.Join(t.TempDir(), "state")), bin: t.TempDir()}
	s.id.Store(eventID)
	s.status.Store(http.StatusOK)
	require.NoError(t, s.home.Create())
	self, err := os.Executable()
	require.NoError(t, err)
	tool := filepath.Join(s.bin, "agent-telemetry")
	if os.Link(self, tool) != nil { // another file system
		text, err := os.ReadFile(self)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(tool, text, 0o700))
	}
	require.NoError(t, os.Link(tool, filepath.Join(s.bin, semconv.HookBinary)))
	s.loki = httptest.NewServer(http.HandlerFunc(s.answer))
	t.Cleanup(s.loki.Close)
	return s
}

func (s *setup) answer(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/push" {
		text, _ := io.ReadAll(r.Body)
		s.session.Store(string(text))
		return
	}
	session, _ := s.session.Load().(string)
	if status := int(s.status.Load()); status != http.StatusOK {
		http.Error(w, "out of \x1b[31morder", status)
		return
	}
	var streams []any
	if session != "" && strings.Contains(r.FormValue("query"), session) {
		streams = append(streams, map[string]any{
			"stream": map[string]string{"service": semconv.ServiceNameValue, "event": "session_start"},
			"values": []any{[]any{fmt.Sprint(time.Now().UnixNano()), `{"note":"\u202eodd"}`, map[string]any{
				"structuredMetadata": map[string]string{semconv.MetadataSessionID: session, semconv.MetadataEventID: s.id.Load().(string)},
			}}},
		})
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"status": "success", "data": map[string]any{"resultType": "streams", "result": streams}})
}

// run runs the tool; audit and loki say where the hook brings the event.
func (s *setup) run(audit, loki bool, args ...string) (code int, stdout, stderr string) {
	s.t.Helper()
	cmd := exec.CommandContext(s.t.Context(), filepath.Join(s.bin, "agent-telemetry"), args...)
	cmd.Env = append(os.Environ(), statedir.EnvHome+"="+string(s.home), semconv.EnvLokiURL+"="+s.loki.URL,
		"GORACE=atexit_sleep_ms=0") // else each process under -race ends a second late
	if audit {
		cmd.Env = append(cmd.Env, envAudit+"=1")
	}
	if loki {
		cmd.Env = append(cmd.Env, envLoki+"="+s.loki.URL)
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil {
		require.ErrorAs(s.t, err, &exit)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

func TestFoundOnBothSides(t *testing.T) {
	s := newSetup(t)
	code, out, errs := s.run(true, true)
	require.Zero(t, code, errs)
	require.Empty(t, errs, "no progress where there is no terminal")
	require.Contains(t, out, "Event "+eventID)
	require.Contains(t, out, `{event="session_start", service="claude-telemetry"}`)
	segments, err := auditlog.Segments(s.home.Audit())
	require.NoError(t, err)
	require.Contains(t, out, filepath.Base(segments[0].Path)+", seq ")
	require.NotContains(t, out, "\u202e", "what was recorded reaches no terminal as it is")
}

func TestJSONIsAContract(t *testing.T) {
	s := newSetup(t)
	code, out, errs := s.run(true, true, "--json")
	require.Zero(t, code, errs)
	var got map[string]any
	require.NoError(t, json.Unmarshal([]byte(out), &got))
	require.Equal(t, eventID, got["event_id"])
	require.Equal(t, s.session.Load(), got["session_id"])
	require.Len(t, got, 4)
	loki, audit := got["loki"].(map[string]any), got["audit"].(map[string]any)
	require.Equal(t, "session_start", loki["labels"].(map[string]any)["event"])
	require.Equal(t, `{"note":"\u202eodd"}`, loki["line"])
	require.Positive(t, loki["ms"])
	require.Len(t, loki, 3)
	require.Regexp(t, `^[0-9]{8}\.jsonl$`, audit["file"])
	require.Contains(t, audit["line"], fmt.Sprintf(`{"seq":%v,`, audit["seq"]))
	require.Positive(t, audit["ms"])
	require.Len(t, audit, 4)
}

func TestWhatIsMissingDecidesTheExitCode(t *testing.T) {
	const soon = "1s"
	for _, c := range []struct {
		name        string
		audit, loki bool
		change      func(*setup)
		args        []string
		code        int
		says        []string
	}{
		{"Loki lacks it", true, false, nil, nil, 4, []string{"in the audit log", "not found in Loki within 1s", "agent-telemetry doctor"}},
		{"Loki may lack it", true, false, nil, []string{"--allow-missing-loki"}, 0, nil},
		{"Loki is out of order", true, true, func(s *setup) { s.status.Store(http.StatusInternalServerError) }, nil, 4, []string{"Loki answered 500", "out of"}},
		{"Loki is away", true, false, func(s *setup) { s.loki.Close() }, nil, 4, []string{"cannot be reached"}},
		{"Loki has another event of that session", true, true, func(s *setup) { s.id.Store("019a0a5d-0000-774b-bcce-b302099a8057") }, nil, 4, []string{"not found in Loki"}},
		{"the audit log lacks it", false, true, nil, nil, 1, []string{"not found in the audit log within 1s (in Loki: true)", "agent-telemetry doctor"}},
		{"the audit log must have it", false, true, nil, []string{"--allow-missing-loki"}, 1, nil},
		{"both lack it", false, false, nil, nil, 1, []string{"(in Loki: false)"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t)
			if c.change != nil {
				c.change(s)
			}
			code, out, errs := s.run(c.audit, c.loki, append([]string{"--json", "--timeout", soon}, c.args...)...)
			require.Equal(t, c.code, code, errs)
			for _, text := range c.says {
				require.Contains(t, errs, text)
			}
			require.NotContains(t, errs, "\x1b")
			var got result
			require.NoError(t, json.Unmarshal([]byte(out), &got), "the result is printed all the same")
			require.Equal(t, c.audit, got.Audit != nil)
		})
	}
}

func TestWithoutAHook(t *testing.T) {
	s := newSetup(t)
	require.NoError(t, os.Remove(filepath.Join(s.bin, semconv.HookBinary)))
	code, _, errs := s.run(true, true)
	require.Equal(t, 1, code)
	require.Contains(t, errs, "make build")
}
