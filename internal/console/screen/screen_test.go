package screen

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/console/activity"
	"github.com/agent-telemetry/agent-telemetry/internal/console/stacklook"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

var now = time.Date(2026, 1, 15, 9, 30, 0, 0, time.UTC)

// entry is a record in the audit log, so many seconds before now.
func entry(before int, session, kind, hook, tool, level, fields string) *activity.Event {
	if fields != "" {
		fields = "," + fields
	}
	body := fmt.Sprintf(`{"event_type":%q,"hook_event":%q,"tool_name":%q,"session_id":%q,"project_name":"shop","project_path":"/home/dev/shop"%s}`, kind, hook, tool, session, fields)
	e, ok := activity.FromAudit(auditlog.Entry{Seq: uint64(1000 - before), Record: auditlog.Record{
		Kind: auditlog.KindLog, Time: now.Add(-time.Duration(before) * time.Second), SeverityText: level,
		Resource:   map[string]any{semconv.ServiceName: semconv.ServiceNameValue},
		Attributes: map[string]any{semconv.EventType: kind, semconv.SessionID: session, semconv.EventID: fmt.Sprint("01a21c21-", before)},
		Body:       []byte(body),
	}})
	if !ok {
		panic("not shown: " + body)
	}
	return e
}

// day is what three sessions did; one of them would like to be obeyed by a
// terminal.
func day() *activity.Hub {
	at := now
	hub := activity.NewHub(now.Add(-15*time.Minute), func() time.Time { return at })
	add := func(e *activity.Event) { at = e.Time; hub.Apply(e) }
	add(entry(500, "5e551011-aaaa-bbbb", "session_start", "SessionStart", "", "INFO", `"action_details":{"tool_context":{"source":"startup"}}`))
	add(entry(490, "5e551011-aaaa-bbbb", "user_prompt", "UserPromptSubmit", "", "INFO", `"metadata":{"user_prompt_preview":"please fix the cart 漢字"}`))
	for i := range 40 {
		before := 400 - i*9
		add(entry(before, "5e551011-aaaa-bbbb", "file_read", "PreToolUse", "Read", "INFO", `"action_details":{"file_path":"/home/dev/shop/src/cart.go"}`))
		add(entry(before-1, "5e551011-aaaa-bbbb", "file_read", "PostToolUse", "Read", "INFO", `"action_details":{"file_path":"/home/dev/shop/src/cart.go","tool_context":{"duration_ms":21}}`))
	}
	add(entry(38, "77aa22bb-cccc", "command_execution", "PreToolUse", "Bash", "INFO", `"action_details":{"command":"go test \u001b[31m && echo '\u202edone' \n second line of a rather long command that has to be cut somewhere"}`))
	add(entry(36, "77aa22bb-cccc", "command_execution", "PostToolUseFailure", "Bash", "WARN", `"action_details":{"command":"make","tool_context":{"exit_code":2,"duration_ms":1500}}`))
	add(entry(30, "77aa22bb-cccc", "file_edit", "PostToolUse", "Edit", "INFO", `"action_details":{"file_path":"/home/dev/shop/src/cart.go"},"file_changes":{"lines_added":12,"lines_removed":3}`))
	add(entry(20, "77aa22bb-cccc", "file_read", "PreToolUse", "Read", "WARN", `"action_details":{"file_path":"/etc/passwd","outside_project_scope":true}`))
	const alert = `"action_details":{"command":"rm -rf ~ \u001b[2J"},"alert":{"id":"8dbcc776-3b73-8957-890f-d5dd90f997ad","severity":"critical","rule":"delete-home","title":"Much is deleted","evidence":["file.delete_many: rm -rf ~"],"risk_score":90,"attack":["T1485"],"response":"Stop the agent, then restore from a copy."}`
	add(entry(15, "77aa22bb-cccc", "security_alert", "", "Bash", "FATAL", alert))
	add(entry(14, "5e551011-aaaa-bbbb", "security_alert", "", "Read", "WARN", `"action_details":{"file_path":"/etc/passwd"},"alert":{"id":"11111111-3b73","severity":"medium","rule":"password-file-read","title":"The password file is read"}`))
	add(entry(10, "", "alert_acknowledged", "", "", "INFO", `"acknowledgement":{"alert_id":"11111111-3b73","rule":"password-file-read","by":"ana","reason":"as planned"}`))
	add(entry(8, "99887766", "session_start", "SessionStart", "", "INFO", ""))
	add(entry(5, "99887766", "session_end", "SessionEnd", "", "INFO", `"action_details":{"tool_context":{"reason":"exit"}}`))
	return hub
}

func open(t testing.TB, hub *activity.Hub, width, height int) *model {
	t.Helper()
	local := time.Local
	time.Local = time.UTC
	t.Cleanup(func() { time.Local = local })
	m := newModel(t.Context(), Options{Hub: hub, Now: func() time.Time { return now }, Source: "the audit log"})
	m.Update(tea.WindowSizeMsg{Width: width, Height: height})
	m.Update(stackMsg{stacklook.Stack{Parts: []stacklook.Part{
		{Name: "collector", State: stacklook.Good},
		{Name: "audit", State: stacklook.Good, Text: "12.3 MiB"},
		{Name: "Loki", State: stacklook.Bad, Text: "down"},
		{Name: "spool", State: stacklook.Good, Text: "0"},
		{Name: "enforce", State: stacklook.Off, Text: "off"},
	}}})
	return m
}

// press sends keys: names such as enter, or the character itself.
func press(m *model, keys ...string) {
	special := map[string]tea.Key{
		"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "tab": {Code: tea.KeyTab}, "up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown},
		"pgup": {Code: tea.KeyPgUp}, "pgdown": {Code: tea.KeyPgDown}, "home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd}, "left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight},
		"backspace": {Code: tea.KeyBackspace}, "space": {Code: tea.KeySpace, Text: " "}, "ctrl+u": {Code: 'u', Mod: tea.ModCtrl}, "ctrl+w": {Code: 'w', Mod: tea.ModCtrl},
	}
	for _, k := range keys {
		key, ok := special[k]
		if !ok {
			key = tea.Key{Code: []rune(k)[0], Text: k}
		}
		m.Update(tea.KeyPressMsg(key))
	}
}

// screenOf is what is drawn, without styles.
func screenOf(m *model) string { return ansi.Strip(m.View().Content) }

// check holds that the screen is exactly as large as it is.
func check(t testing.TB, m *model) {
	t.Helper()
	lines := strings.Split(m.View().Content, "\n")
	require.Len(t, lines, m.height)
	for _, l := range lines {
		require.Equal(t, m.width, ansi.StringWidth(l), "%q", l)
		require.Equal(t, m.width, ansi.StringWidthWc(l), "%q", l)
	}
}

// golden compares the screen with a file. UPDATE_GOLDEN=1 writes it.
func golden(t *testing.T, m *model, name string) {
	t.Helper()
	check(t, m)
	var b strings.Builder
	for l := range strings.SplitSeq(screenOf(m), "\n") {
		b.WriteString(strings.TrimRight(l, " ") + "\n")
	}
	path := filepath.Join("testdata", name+".golden")
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), b.String())
}

func TestGoldenScreens(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}, {200, 60}, {40, 8}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			m := open(t, day(), size[0], size[1])
			name := func(s string) string { return fmt.Sprintf("%s-%dx%d", s, size[0], size[1]) }
			golden(t, m, name("main"))
			press(m, "2", "down")
			golden(t, m, name("alerts"))
			press(m, "home", "end", "enter") // the older one
			golden(t, m, name("alert"))
			press(m, "end")
			golden(t, m, name("alert-end"))
			press(m, "esc", "3", "/")
			press(m, strings.Split("tool:bash", "")...)
			golden(t, m, name("filter"))
			press(m, "enter", "?")
			golden(t, m, name("help"))
		})
	}
}

func TestNothingYet(t *testing.T) {
	hub := activity.NewHub(now.Add(-15*time.Minute), func() time.Time { return now })
	m := open(t, hub, 80, 24)
	golden(t, m, "empty-80x24")
	for _, key := range []string{"up", "down", "enter", "s", "t", "e", "v", "o", "x", "z", "1", "enter", "2", "enter", "pgdown", "end", "space", "space", "esc", "esc", "?", "?"} {
		press(m, key)
		check(t, m)
	}
	hub.Notice("There is no audit log yet.")
	hub.Skip(1234)
	m.Update(frameMsg{})
	require.Contains(t, screenOf(m), "There is no audit log yet.")
	require.Contains(t, screenOf(m), "1,234 skipped")
	m.Update(feedMsg{fmt.Errorf("read audit log: \x1b[2J no")})
	require.Contains(t, screenOf(m), "read audit log: �[2J no")
}

func TestEverySizeFits(t *testing.T) {
	m := open(t, day(), 80, 24)
	for width := 1; width <= 210; width += 3 {
		for height := 1; height <= 70; height += 3 {
			m.Update(tea.WindowSizeMsg{Width: width, Height: height})
			check(t, m)
		}
	}
	press(m, "enter")
	for width := 20; width <= 210; width += 7 {
		m.Update(tea.WindowSizeMsg{Width: width, Height: 20})
		check(t, m)
	}
}

// TestNoEscapesOfEvents: what is left of the screen without our own styles obeys
// nobody.
func TestNoEscapesOfEvents(t *testing.T) {
	m := open(t, day(), 120, 40)
	for _, keys := range [][]string{nil, {"2", "enter"}, {"end"}, {"esc", "3"}, {"?"}} {
		press(m, keys...)
		content := m.View().Content
		require.NotContains(t, content, "\u202e")
		require.NotContains(t, content, "\x1b[31m &&")
		require.NotContains(t, content, "\x1b[2J")
		require.NotContains(t, ansi.Strip(content), "\x1b")
	}
}
