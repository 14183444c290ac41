package hookrun

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/enforcement"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

const before = `{"session_id":"s","cwd":"/","hook_event_name":"PreToolUse","tool_name":"Bash","tool_use_id":"t","tool_input":{"command":"ls"}}`

// collect stands in for the collector on the socket of home.
func collect(t *testing.T, home string, answer http.HandlerFunc) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Join(home, "run"), 0o700))
	l, err := net.Listen("unix", filepath.Join(home, "run", "hook.sock"))
	require.NoError(t, err)
	server := &http.Server{Handler: answer}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { require.NoError(t, server.Close()) })
}

func told(v enforcement.Verdict, status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set(semconv.HeaderVerdict, v.Header())
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "{}")
	}
}

// enforced runs the hook and returns what it printed: the decision and its reason.
func enforced(t *testing.T, home, payload string, mode enforcement.Mode, change ...func(*Options)) (decision, reason string, err error) {
	t.Helper()
	var out bytes.Buffer
	change = append([]func(*Options){func(o *Options) { o.Stdout, o.Enforce = &out, mode }}, change...)
	start := time.Now()
	err = run(t, home, strings.NewReader(payload), change...)
	require.Less(t, time.Since(start), 2*time.Second)
	if out.Len() == 0 {
		return "", "", err
	}
	var got struct {
		Hook map[string]string `json:"hookSpecificOutput"`
	}
	require.NoError(t, json.Unmarshal(out.Bytes(), &got), out.String())
	require.Equal(t, "PreToolUse", got.Hook["hookEventName"])
	return got.Hook["permissionDecision"], got.Hook["permissionDecisionReason"], err
}

func home(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "hook") // a socket's path is short
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	return dir
}

func TestVerdictIsPrinted(t *testing.T) {
	h := home(t)
	collect(t, h, told(enforcement.Verdict{Decision: semconv.DecisionDeny, Rule: "no", Title: "Bad"}, http.StatusOK))
	decision, reason, err := enforced(t, h, before, enforcement.Open)
	require.NoError(t, err)
	require.Equal(t, "deny", decision)
	require.Contains(t, reason, "Bad (rule no)")
	require.Empty(t, spooled(t, h))

	decision, _, _ = enforced(t, h, before, enforcement.Off)
	require.Empty(t, decision, "without --enforce it prints nothing")
	decision, _, _ = enforced(t, h, strings.Replace(before, "PreToolUse", "PostToolUse", 1), enforcement.Closed)
	require.Empty(t, decision, "only before a tool call")
	decision, _, _ = enforced(t, h, before, enforcement.Closed, func(o *Options) { o.Scope = "" })
	require.Equal(t, "deny", decision, "the session is watched")
	decision, _, _ = enforced(t, h, strings.Replace(before, `"s"`, `"other"`, 1), enforcement.Closed, func(o *Options) { o.Scope, o.ProjectDir = "", h })
	require.Empty(t, decision, "a project that is not watched")
}

func TestVerdictOfACollectorThatCannotWrite(t *testing.T) {
	h := home(t)
	collect(t, h, told(enforcement.Verdict{Decision: semconv.DecisionAsk, Rule: "hm"}, http.StatusServiceUnavailable))
	decision, _, err := enforced(t, h, before, enforcement.Open)
	require.Error(t, err)
	require.Equal(t, "ask", decision)
	a := spooled(t, h)[0].Logs().ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes().AsRaw()
	require.Equal(t, "ask", a[semconv.EnforcementDecision])
	require.Equal(t, "hm", a[semconv.EnforcementReason])
}

func TestWithoutAVerdict(t *testing.T) {
	none := enforcement.Verdict{Decision: semconv.DecisionNone}
	for name, tc := range map[string]struct {
		collector http.HandlerFunc
		payload   string
		reason    string
		kept      bool
	}{
		"no collector": {nil, before, "did not answer", true},
		"silence": {func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		}, before, "did not answer", true},
		"nobody judges":   {func(http.ResponseWriter, *http.Request) {}, before, "did not answer", false},
		"not to be read":  {told(none, http.StatusOK), strings.TrimSuffix(before, "}"), "cannot be read", false},
		"too long to see": {told(none, http.StatusOK), strings.Replace(before, "ls", strings.Repeat("l", 70_000), 1), "too long", false},
	} {
		t.Run(name, func(t *testing.T) {
			for mode, want := range map[enforcement.Mode]string{enforcement.Open: "", enforcement.Ask: "ask", enforcement.Closed: "deny"} {
				h := home(t)
				if tc.collector != nil {
					collect(t, h, tc.collector)
				}
				decision, reason, _ := enforced(t, h, tc.payload, mode, func(o *Options) { o.EnforceTimeout = 100 * time.Millisecond })
				require.Equal(t, want, decision)
				if want != "" {
					require.Contains(t, reason, tc.reason)
				}
				require.Equal(t, tc.kept, len(spooled(t, h)) == 1)
				if tc.kept {
					a := spooled(t, h)[0].Logs().ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes().AsRaw()
					require.Equal(t, mode.Without("").Decision, a[semconv.EnforcementDecision])
					require.Equal(t, semconv.ReasonNoAnswer, a[semconv.EnforcementReason])
				}
			}
		})
	}
}

func TestEmergencyIsToldOnce(t *testing.T) {
	h := home(t)
	var out bytes.Buffer
	o := &Options{Home: h, Scope: semconv.InstallScopeUser, Now: time.Now, Stdout: &out, Enforce: enforcement.Closed}
	require.ErrorIs(t, Emergency(o), ErrTime)
	require.Contains(t, out.String(), `"deny"`)
	once := out.String()
	o.Unanswered()
	require.Equal(t, once, out.String())
	a := spooled(t, h)[0].Logs().ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes().AsRaw()
	require.Equal(t, "deny", a[semconv.EnforcementDecision])

	out.Reset()
	o = &Options{Home: h, Scope: semconv.InstallScopeUser, Now: time.Now, Stdout: &out, Enforce: enforcement.Closed}
	payload := []byte(`{"hook_event_name":"Stop"`)
	o.Payload.Store(&payload)
	require.ErrorIs(t, Emergency(o), ErrTime)
	o.Unanswered()
	require.Empty(t, out.String(), "no answer to an event that takes none")
}

func TestPanicIsNoWayPast(t *testing.T) {
	var out bytes.Buffer
	o := &Options{Stdin: nil, Home: t.TempDir(), Scope: semconv.InstallScopeUser, Now: time.Now, Stdout: &out, Enforce: enforcement.Closed}
	require.Panics(t, func() { _ = Run(t.Context(), o) }, "there is no standard input")
	require.Contains(t, out.String(), `"deny"`)
}
