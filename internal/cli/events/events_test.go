package events

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
)

// sample is what a session looks like in the audit log and in Loki, with some
// text that would like to be obeyed by a terminal.
func sample() []sampleEvent {
	at := time.Date(2026, 1, 15, 9, 30, 0, 0, time.UTC)
	return []sampleEvent{
		{at, "id-1", 1, "SessionStart", "session_start", "", "INFO", `"action_details":{"tool_context":{"source":"startup"}}`, false},
		{at.Add(time.Second), "id-2", 2, "PreToolUse", "command_execution", "Bash", "INFO", `"action_details":{"command":"go test ./... \u001b[31m && echo '\u202edone' \n second line of a rather long command that has to be cut somewhere"}`, false},
		{at.Add(2 * time.Second), "id-3", 3, "PostToolUse", "file_edit", "Edit", "INFO", `"action_details":{"file_path":"/home/dev/shop/src/cart.go","tool_context":{"duration_ms":21}},"file_changes":{"lines_added":12,"lines_removed":3}`, false},
		{at.Add(2 * time.Second), "id-4", 4, "PostToolUseFailure", "command_execution", "Bash", "WARN", `"action_details":{"command":"make","tool_context":{"exit_code":2,"duration_ms":1500}}`, false},
		{at.Add(26 * time.Hour), "id-5", 5, "PreToolUse", "file_read", "Read", "WARN", `"action_details":{"file_path":"/etc/passwd","outside_project_scope":true}`, true},
		{at.Add(27 * time.Hour), "id-6", 6, "UserPromptSubmit", "user_prompt", "", "INFO", `"metadata":{"user_prompt_preview":"please fix the cart 漢字"}`, false},
		{at.Add(27*time.Hour + time.Second), "id-7", 0, "", "security_alert", "Bash", "ERROR", `"action_details":{"command":"rm -rf ~"},"alert":{"severity":"high","title":"Much is deleted","rule":"delete","evidence":["file.delete_many: rm -rf ~"]}`, false},
		{at.Add(27*time.Hour + 2*time.Second), "id-8", 0, "", "alert_acknowledged", "", "INFO", `"acknowledgement":{"rule":"delete","by":"ana","reason":"as planned"}`, false},
	}
}

type sampleEvent struct {
	at                     time.Time
	id                     string
	seq                    int
	hook, event, tool, lvl string
	fields                 string
	outside                bool
}

func (e sampleEvent) body() string {
	tool := ""
	if e.tool != "" {
		tool = `,"tool_name":"` + e.tool + `"`
	}
	meta := ""
	if !strings.Contains(e.fields, `"metadata"`) {
		meta = fmt.Sprintf(`,"metadata":{"event_id":%q,"seq":%d}`, e.id, e.seq)
	}
	return fmt.Sprintf(`{%s,"event_type":%q,"hook_event":%q,"level":%q,"project_name":"shop","project_path":"/home/dev/shop","session_id":"5e551011-aaaa"%s%s}`,
		e.fields, e.event, e.hook, e.lvl, tool, meta)
}

func (e sampleEvent) entry() lokiquery.Entry {
	return lokiquery.Entry{Time: e.at, Line: e.body(), Labels: e.labels(), Metadata: map[string]string{
		"event_id": e.id, "session_id": "5e551011-aaaa", "seq": fmt.Sprint(e.seq),
	}}
}

func (e sampleEvent) labels() map[string]string {
	l := map[string]string{"service": "claude-telemetry", "event": e.event, "project": "shop", "session": "5e551011-aaaa", "level": e.lvl, "scope": "project"}
	if e.tool != "" {
		l["tool"] = e.tool
	}
	return l
}

// TestText compares with golden files, at the widths of a small and a usual
// terminal. UPDATE_GOLDEN=1 writes them.
func TestText(t *testing.T) {
	t.Setenv("TZ", "UTC")
	local := time.Local
	time.Local = time.UTC
	defer func() { time.Local = local }()
	for _, width := range []int{80, 120} {
		for _, color := range []bool{false, true} {
			var b bytes.Buffer
			txt := &text{width: width, color: color}
			for _, e := range sample() {
				r := fromLoki(e.entry())
				b.WriteString(txt.line(&r))
			}
			if !color {
				require.NotContains(t, b.String(), "\x1b", "what an agent wrote reaches no terminal as it is")
			}
			require.NotContains(t, b.String(), "\u202e")
			name := filepath.Join("testdata", fmt.Sprintf("text-%d-%t.golden", width, color))
			if os.Getenv("UPDATE_GOLDEN") != "" {
				require.NoError(t, os.WriteFile(name, b.Bytes(), 0o600))
			}
			want, err := os.ReadFile(name)
			require.NoError(t, err)
			require.Equal(t, string(want), b.String())
		}
	}
}

// TestBothSourcesGiveTheSameRows writes the same events to an audit log and
// reads them as Loki would give them.
func TestBothSourcesGiveTheSameRows(t *testing.T) {
	dir := t.TempDir()
	l, err := auditlog.Open(dir, auditlog.Options{})
	require.NoError(t, err)
	var fromL []Row
	for _, e := range sample() {
		tool := ""
		if e.tool != "" {
			tool = `,"gen_ai.tool.name":"` + e.tool + `"`
		}
		record := fmt.Sprintf(`{"kind":"log","time":%q,"event_name":"claude_code.%s","severity_text":%q,"resource":{"service.name":"claude-telemetry"},`+
			`"attributes":{"claude_code.event.id":%q,"event.type":%q,"session.id":"5e551011-aaaa","claude_code.project.name":"shop"%s},"body":%s}`,
			e.at.Format(time.RFC3339Nano), e.event, e.lvl, e.id, e.event, tool, e.body())
		require.True(t, json.Valid([]byte(record)), record)
		_, err := l.Append(t.Context(), auditlog.Pending{JSON: []byte(record), EventID: e.id})
		require.NoError(t, err)
		r := fromLoki(e.entry())
		r.Source = sourceAudit
		fromL = append(fromL, r)
	}
	require.NoError(t, l.Close())
	f := filter{from: sample()[0].at, to: sample()[7].at.Add(time.Second)}
	rows, next, err := newestAudit(t.Context(), dir, f, 100)
	require.NoError(t, err)
	require.Equal(t, uint64(9), next)
	require.Equal(t, fromL, rows)
	f.tool, f.level = "Bash", "warn"
	rows, _, err = newestAudit(t.Context(), dir, f, 100)
	require.NoError(t, err)
	require.Len(t, rows, 1)
	require.Equal(t, "id-4", rows[0].EventID)
}

func TestAuditFallbackAndUsage(t *testing.T) {
	home := t.TempDir()
	t.Setenv("AGENT_TELEMETRY_LOKI_URL", "http://127.0.0.1:1") // nothing listens there
	run := func(args ...string) (string, string, error) {
		var out, errOut bytes.Buffer
		cmd := New(&cliio.Factory{IO: &cliio.IO{In: strings.NewReader(""), Out: &out, Err: &errOut}, HomeFlag: home})
		cmd.SetArgs(args)
		cmd.SetOut(&out)
		cmd.SetErr(&errOut)
		cmd.SilenceErrors, cmd.SilenceUsage = true, true
		err := cmd.ExecuteContext(t.Context())
		return out.String(), errOut.String(), err
	}
	out, errOut, err := run()
	require.NoError(t, err)
	require.Empty(t, out)
	require.Contains(t, errOut, "from the audit log")
	_, _, err = run("--source", "loki")
	require.ErrorIs(t, err, lokiquery.ErrUnreachable)
	_, _, err = run("--since", "soon", "--limit", "0", "--source", "x", "--until", "1h", "--follow")
	for _, part := range []string{"--since", "--limit", "--source", "--until"} {
		require.ErrorContains(t, err, part)
	}
	var exit *cliio.ExitError
	require.ErrorAs(t, err, &exit)
	require.Equal(t, 2, exit.Code)
}
