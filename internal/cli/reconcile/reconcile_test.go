package reconcile

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/exporter/auditlogexporter"
	"github.com/agent-telemetry/agent-telemetry/exporter/lokiexporter"
	"github.com/agent-telemetry/agent-telemetry/internal/capture"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/eventjson"
	"github.com/agent-telemetry/agent-telemetry/internal/reconcile"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/spool"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// began is when the recorded work begins.
var began = time.Date(2026, 5, 6, 7, 8, 9, 0, time.UTC)

// world is a user's machine: a state directory, transcripts, and work that is
// recorded, or lost.
type world struct {
	t           *testing.T
	home        statedir.Dir
	transcripts string
	audit       exporter.Logs
	loki        exporter.Logs // nil without Loki
	capturer    *capture.Capturer
	at          time.Time
	lines       map[string][]string // of transcripts, by session
}

func newWorld(t *testing.T, loki string) *world {
	t.Helper()
	w := &world{t: t, home: statedir.Dir(t.TempDir()), transcripts: t.TempDir(), at: began, lines: map[string][]string{}}
	w.capturer = capture.New(capture.Settings{Dir: w.home, PromptPreview: true})
	f := auditlogexporter.NewFactory()
	cfg := f.CreateDefaultConfig()
	cfg.(*auditlogexporter.Config).Directory = w.home.Audit()
	var err error
	w.audit, err = f.CreateLogs(t.Context(), exportertest.NewNopSettings(f.Type()), cfg)
	require.NoError(t, err)
	if loki != "" {
		f := lokiexporter.NewFactory()
		cfg := f.CreateDefaultConfig().(*lokiexporter.Config)
		cfg.ClientConfig.Endpoint = loki
		w.loki, err = f.CreateLogs(t.Context(), exportertest.NewNopSettings(f.Type()), cfg)
		require.NoError(t, err)
		require.NoError(t, w.loki.Start(t.Context(), componenttest.NewNopHost()))
	}
	require.NoError(t, w.audit.Start(t.Context(), componenttest.NewNopHost()))
	return w
}

// close waits until all is written.
func (w *world) close() {
	w.t.Helper()
	ctx := context.WithoutCancel(w.t.Context())
	require.NoError(w.t, w.audit.Shutdown(ctx))
	if w.loki != nil {
		require.NoError(w.t, w.loki.Shutdown(ctx))
	}
	states, err := filepath.Glob(filepath.Join(w.home.Sessions(), "*"))
	require.NoError(w.t, err)
	for _, path := range states {
		require.NoError(w.t, os.Chtimes(path, w.at, w.at))
	}
	for session, lines := range w.lines {
		require.NoError(w.t, os.WriteFile(w.transcript(session), []byte(strings.Join(lines, "\n")+"\n"), 0o600))
	}
}

func (w *world) transcript(session string) string {
	return filepath.Join(w.transcripts, session+".jsonl")
}

// fate is what becomes of an event.
type fate int

const (
	kept      fate = iota
	lost           // nobody gets it
	notInLoki      // the audit log gets it
	onlyLoki
	inSpool
)

func (w *world) event(f fate, session, hook string, fields map[string]any) {
	w.t.Helper()
	w.at = w.at.Add(time.Second)
	payload := map[string]any{"session_id": session, "hook_event_name": hook, "cwd": "/home/dev/shop", "transcript_path": w.transcript(session)}
	for k, v := range fields {
		payload[k] = v
	}
	raw, err := json.Marshal(payload)
	require.NoError(w.t, err)
	r, err := w.capturer.Capture(w.t.Context(), capture.Input{
		Payload: raw, Transport: semconv.TransportCommand, ProjectDir: "/home/dev/shop", InstallScope: semconv.InstallScopeUser, Received: w.at,
	})
	require.NoError(w.t, err)
	request := eventjson.Request(r.Event)
	if f == inSpool {
		require.NoError(w.t, spool.Write(w.home.Spool(), "0195f0c0-0000-7000-8000-000000000001", request, spool.Bounds{}))
	}
	ld, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs(request)
	require.NoError(w.t, err)
	w.deliver(f, ld)
}

func (w *world) deliver(f fate, ld plog.Logs) {
	w.t.Helper()
	if f == kept || f == notInLoki {
		require.NoError(w.t, w.audit.ConsumeLogs(w.t.Context(), ld))
	}
	if w.loki != nil && (f == kept || f == onlyLoki) {
		require.NoError(w.t, w.loki.ConsumeLogs(w.t.Context(), ld))
	}
}

// call is a tool call with its lines in the transcript.
func (w *world) call(pre, post fate, session, id, agent string) {
	w.t.Helper()
	fields := map[string]any{"tool_name": "Bash", "tool_input": map[string]any{"command": "make"}, "tool_use_id": id}
	if agent != "" {
		fields["agent_id"] = agent
	}
	w.event(pre, session, "PreToolUse", fields)
	w.says(session, "assistant", fmt.Sprintf(`{"type":"tool_use","id":%q,"name":"Bash","input":{}}`, id))
	if post >= 0 {
		w.event(post, session, "PostToolUse", fields)
		w.says(session, "user", fmt.Sprintf(`{"type":"tool_result","tool_use_id":%q,"content":"ok"}`, id))
	}
}

const never fate = -1

func (w *world) says(session, role, block string) {
	w.lines[session] = append(w.lines[session], fmt.Sprintf(`{"type":%q,"timestamp":%q,"message":{"role":%q,"content":[%s]}}`, role, w.at.Format(time.RFC3339Nano), role, block))
}

// native is a record of Claude Code's own telemetry.
func (w *world) native(session, event, id, decision string) {
	w.t.Helper()
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr(semconv.ServiceName, "claude-code")
	lr := rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	lr.SetTimestamp(pcommon.NewTimestampFromTime(w.at))
	lr.Body().SetStr("claude_code." + event)
	for k, v := range map[string]string{
		semconv.NativeEventName: event, semconv.NativeToolName: "Bash", semconv.NativeToolUseID: id, semconv.SessionID: session, semconv.NativeDecision: decision,
	} {
		if v != "" {
			lr.Attributes().PutStr(k, v)
		}
	}
	w.deliver(kept, ld)
}

// reconcile runs the command as of an hour after the work.
func (w *world) reconcile(args ...string) (out string, code int, err error) {
	w.t.Helper()
	var b, errOut bytes.Buffer
	o := &options{}
	cmd := newCommand(&cliio.Factory{IO: &cliio.IO{In: strings.NewReader(""), Out: &b, Err: &errOut}, HomeFlag: string(w.home)}, o)
	o.now = func() time.Time { return began.Add(time.Hour) }
	cmd.SetArgs(append(args, "--transcripts", w.transcripts))
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	err = cmd.ExecuteContext(w.t.Context())
	var exit *cliio.ExitError
	if err != nil {
		require.ErrorAs(w.t, err, &exit)
		code, err = exit.Code, exit.Err
	}
	return b.String(), code, err
}

func (w *world) report(args ...string) (r reconcile.Report, code int) {
	w.t.Helper()
	out, code, err := w.reconcile(append(args, "--json")...)
	require.NoError(w.t, err)
	require.NoError(w.t, json.Unmarshal([]byte(out), &r), out)
	return r, code
}

// whole is work of which nothing is lost.
func (w *world) whole(session string) {
	w.t.Helper()
	w.event(kept, session, "SessionStart", map[string]any{"source": "startup"})
	for i := range 3 {
		id := fmt.Sprintf("toolu_%s_%d", session, i)
		w.call(kept, kept, session, id, "")
		w.native(session, "tool_result", id, "")
	}
	w.event(kept, session, "Stop", nil)
	w.event(kept, session, "SessionEnd", map[string]any{"reason": "other"})
}

// damaged is work of which parts are lost in every way.
func (w *world) damaged() {
	w.t.Helper()
	w.whole("s-whole")
	w.event(kept, "s-holes", "SessionStart", map[string]any{"source": "startup"})
	w.call(kept, lost, "s-holes", "toolu_result_lost", "")
	w.call(lost, lost, "s-holes", "toolu_all_lost", "")
	w.native("s-holes", "tool_result", "toolu_all_lost", "")
	w.call(kept, kept, "s-holes", "toolu_after", "")
	w.event(inSpool, "s-holes", "Notification", map[string]any{"message": "x", "notification_type": "idle_prompt"})
	w.event(lost, "s-holes", "SessionEnd", map[string]any{"reason": "other"})

	w.event(kept, "s-open", "SessionStart", map[string]any{"source": "startup"})
	w.call(kept, never, "s-open", "toolu_denied", "")
	w.event(kept, "s-open", "PermissionDenied", map[string]any{"tool_name": "Bash", "tool_use_id": "toolu_denied", "tool_input": map[string]any{}, "reason": "no"})
	w.call(kept, never, "s-open", "toolu_rejected", "")
	w.native("s-open", "tool_decision", "toolu_rejected", "reject")
	w.event(kept, "s-open", "SubagentStart", map[string]any{"agent_id": "a0000000000000001", "agent_type": "Explore"})
	w.call(kept, never, "s-open", "toolu_subagent", "a0000000000000001")
	w.event(kept, "s-open", "SubagentStop", map[string]any{"agent_id": "a0000000000000001", "agent_type": "Explore"})
	w.call(kept, never, "s-open", "toolu_cancelled", "")
	w.event(kept, "s-open", "Stop", nil)
	w.call(kept, never, "s-open", "toolu_ended", "")
	w.event(kept, "s-open", "SessionEnd", map[string]any{"reason": "logout"})
	w.says("s-open", "assistant", `{"type":"tool_use","id":"toolu_refused","name":"Bash","input":{}}`)
	w.says("s-open", "user", `{"type":"tool_result","tool_use_id":"toolu_refused","is_error":true,"content":"<tool_use_error>InputValidationError: no"}`)

	w.event(kept, "s-loki", "SessionStart", map[string]any{"source": "startup"})
	w.event(notInLoki, "s-loki", "UserPromptSubmit", map[string]any{"prompt": "p"})
	w.event(onlyLoki, "s-loki", "Stop", nil)
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.MkdirAll("testdata", 0o750))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

// anyID is an event id.
var anyID = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// anySeq is a record's place in the audit log.
var anySeq = regexp.MustCompile(`seq [0-9]+`)

// stable makes what differs from run to run the same.
func (w *world) stable(out string) string {
	var r reconcile.Report
	if json.Unmarshal([]byte(out), &r) == nil {
		for _, e := range r.Loki.List {
			out = strings.ReplaceAll(out, e.EventID, e.Problem+"-id")
			if e.Seq != nil { // the log's own records are among them
				out = strings.ReplaceAll(out, fmt.Sprintf(`"seq": %d`, *e.Seq), `"seq": 4711`)
			}
		}
	}
	return strings.NewReplacer(w.transcripts, "TRANSCRIPTS", string(w.home), "HOME").Replace(out)
}

func startLoki(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a real Loki")
	}
	bin, err := harness.FindBinaries()
	if err != nil && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	require.NoError(t, err)
	l, err := harness.NewLoki(bin, t.TempDir(), nil)
	require.NoError(t, err)
	require.NoError(t, l.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, l.Stop()) })
	return l.URL
}

func TestEverythingIsThere(t *testing.T) {
	url := startLoki(t)
	w := newWorld(t, url)
	w.whole("s-whole")
	w.close()
	r, code := w.report("--loki-url", url)
	require.Zero(t, code, "%+v", r)
	require.Equal(t, 3, r.Calls.Succeeded)
	require.InDelta(t, 100, *r.Transcripts.Percent, 0)
	require.InDelta(t, 100, *r.Native.Percent, 0)
	for _, s := range []reconcile.Status{r.Sequence.Status, r.Loki.Status, r.Transcripts.Status, r.Native.Status} {
		require.Equal(t, reconcile.OK, s)
	}
	require.Equal(t, r.Audit.Records, r.Loki.Found)
}

// A subagent has a transcript of its own.
func TestTranscriptsOfSubagents(t *testing.T) {
	w := newWorld(t, "")
	const agent = "a0000000000000001"
	w.event(kept, "s-main", "SessionStart", map[string]any{"source": "startup"})
	w.call(kept, kept, "s-main", "toolu_main", "")
	for _, f := range []fate{kept, lost} {
		id := fmt.Sprint("toolu_agent_", f)
		fields := map[string]any{"tool_name": "Read", "tool_input": map[string]any{"file_path": "/x"}, "tool_use_id": id, "agent_id": agent}
		w.event(f, "s-main", "PreToolUse", fields)
		w.says(agent, "assistant", fmt.Sprintf(`{"type":"tool_use","id":%q,"name":"Read","input":{}}`, id))
		w.event(f, "s-main", "PostToolUse", fields)
	}
	w.event(kept, "s-main", "SubagentStop", map[string]any{"agent_id": agent, "agent_type": "Explore", "agent_transcript_path": w.transcript(agent)})
	w.close()
	r, code := w.report("--with", "transcripts")
	require.Equal(t, exitGaps, code)
	require.Equal(t, 2, r.Transcripts.Files)
	require.Equal(t, 3, r.Transcripts.Calls)
	require.Equal(t, 1, r.Transcripts.Missing)
	require.Equal(t, "toolu_agent_1", r.Transcripts.List[0].ToolUseID)
}

func TestEveryKindOfGap(t *testing.T) {
	url := startLoki(t)
	w := newWorld(t, url)
	w.damaged()
	w.close()
	for name, args := range map[string][]string{"gaps.json": {"--json"}, "gaps.txt": nil} {
		out, code, err := w.reconcile(append(args, "--loki-url", url)...)
		require.NoError(t, err)
		require.Equal(t, exitGaps, code)
		out = w.stable(out)
		if name == "gaps.txt" {
			out = anySeq.ReplaceAllString(anyID.ReplaceAllString(out, "ID"), "seq N")
		}
		golden(t, name, out)
	}
	r, code := w.report("--session", "s-whole", "--loki-url", url)
	require.Zero(t, code, "%+v", r)
}

func TestWhatCannotBeCompared(t *testing.T) {
	w := newWorld(t, "")
	w.whole("s-whole")
	w.close()
	r, code := w.report("--loki-url", "http://127.0.0.1:1")
	require.Equal(t, exitCannot, code)
	require.Equal(t, reconcile.NotCompared, r.Loki.Status)
	require.Len(t, r.NotCompared, 1)
	_, code = w.report("--with", "transcripts,native")
	require.Zero(t, code)

	require.NoError(t, os.Remove(w.transcript("s-whole")))
	r, code = w.report("--with", "transcripts")
	require.Equal(t, exitCannot, code, "an agent that removes its transcript does not make the record look whole")
	require.Equal(t, 1, r.Transcripts.SessionsWithout)
	_, code = w.report("--with", "none")
	require.Zero(t, code)

	require.NoError(t, os.Symlink("/etc/passwd", w.transcript("s-whole")))
	r, code = w.report("--with", "transcripts")
	require.Equal(t, exitCannot, code)
	require.Equal(t, "is no regular file", r.Transcripts.Problems[0].Problem)

	empty := &world{t: t, home: statedir.Dir(t.TempDir()), transcripts: t.TempDir()}
	_, code, err := empty.reconcile()
	require.Equal(t, exitCannot, code)
	require.ErrorContains(t, err, "there is no audit log in")
	_, code, err = w.reconcile("--since", "soon", "--with", "luck")
	require.Equal(t, exitCannot, code)
	require.ErrorContains(t, err, "--with")
}
