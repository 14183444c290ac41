package page

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/report"
)

// lineOf is a line of a log with a record in which a text stands wherever one can.
func lineOf(seq, s string) string {
	quoted, err := json.Marshal(s)
	if err != nil {
		panic(err) // no text does that
	}
	line := `{"seq":SEQ,"log":"x","prev":"y","record":{"kind":"log","time":"2026-01-02T03:04:05Z","event_name":"claude_code.x","resource":{"service.name":"claude-telemetry","host.name":X,"user.name":X},
"attributes":{"event.type":"TYPE","claude_code.hook.event":"HOOK","claude_code.session.seq":7,"session.id":X,"gen_ai.tool.name":X,"gen_ai.tool.call.id":X,"claude_code.agent.id":X,"gen_ai.agent.name":X,
"claude_code.project.name":X,"claude_code.project.path":X,"file.path":X,"process.command_line":X,"claude_code.outside_project_scope":true,"claude_code.file.hash.before":X,"claude_code.file.hash.after":X,
"claude_code.file.lines_added":-5,"error.type":X},
"body":{"event_type":"TYPE","alert":{"id":X,"severity":X,"rule":X,"title":X,"evidence":[X,X],"risk_score":1},"acknowledgement":{"alert_id":X,"by":X,"reason":X}}}}`
	return strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(line, "\n", ""), "SEQ", seq), "X", string(quoted))
}

func segmentOf(s string) string {
	var b strings.Builder
	for i, kind := range [][2]string{
		{"file_edit", "PreToolUse"}, {"file_edit", "PostToolUse"}, {"command_execution", "PreToolUse"}, {"security_alert", ""}, {"alert_acknowledged", ""}, {"user_prompt", "UserPromptSubmit"},
	} {
		line := lineOf(string(rune('0'+i)), s)
		b.WriteString(strings.ReplaceAll(strings.ReplaceAll(line, "TYPE", kind[0]), "HOOK", kind[1]) + "\n")
	}
	return b.String()
}

// reported makes every form of a report of a log of any content.
func reported(t *testing.T, content []byte) (page []byte) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "00000000.jsonl"), content, 0o600); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	r, err := report.Build(t.Context(), report.Options{Audit: dir, Since: at, Until: at.AddDate(0, 0, 1), Now: at.AddDate(0, 0, 2), Native: true, NoKey: "none", Scratch: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}()
	var b bytes.Buffer
	if err := r.WriteJSON(&b); err != nil || !json.Valid(b.Bytes()) {
		t.Fatalf("JSON: %v", err)
	}
	b.Reset()
	if err := r.WriteCSVs(&b); err != nil {
		t.Fatal(err)
	}
	b.Reset()
	if err := WriteReport(&b, r, Options{Rows: 3}); err != nil {
		t.Fatal(err)
	}
	if err := check(b.Bytes(), Options{}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReportOfHostileTexts(t *testing.T) {
	for _, s := range seeds {
		page := string(reported(t, []byte(segmentOf(s))))
		if s == "" {
			continue // an alert without an id is none
		}
		for _, id := range []string{"alerts", "scope", "files", "sessions"} {
			_, after, _ := strings.Cut(page, `<h2 id="`+id+`">`)
			section, _, _ := strings.Cut(after, "</section>")
			if !strings.Contains(section, "<tbody") {
				t.Fatalf("%.50q: no row of %s", s, id)
			}
		}
	}
}

// FuzzReport reads logs of any content.
func FuzzReport(f *testing.F) {
	for _, s := range seeds {
		if len(s) < 500 {
			f.Add([]byte(segmentOf(s)))
		}
	}
	f.Add([]byte("garbage\n{}\n"))
	f.Fuzz(func(t *testing.T, content []byte) { reported(t, content) })
}
