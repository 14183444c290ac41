package screen

import (
	"fmt"
	"os"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/console/activity"
)

// more adds commands that come later.
func more(hub *activity.Hub, n int) {
	for i := range n {
		hub.Apply(entry(0, "77aa22bb-cccc", "command_execution", "PreToolUse", "Bash", "INFO", fmt.Sprintf(`"action_details":{"command":"later-%d"}`, i)))
	}
}

// selected is the line that is marked.
func selected(t *testing.T, m *model) string {
	t.Helper()
	for l := range strings.SplitSeq(screenOf(m), "\n") {
		if strings.HasPrefix(l, "› ") {
			return l
		}
	}
	return ""
}

func TestFollowAndPause(t *testing.T) {
	hub := day()
	m := open(t, hub, 80, 24)
	require.Contains(t, selected(t, m), "session_end")
	more(hub, 1)
	m.Update(frameMsg{})
	require.Contains(t, selected(t, m), "later-0", "following, the newest is chosen")

	press(m, "up", "up")
	require.Contains(t, selected(t, m), "session_start")
	more(hub, 6000) // more than is kept
	m.Update(frameMsg{})
	require.Contains(t, selected(t, m), "session_start", "what is chosen stays")
	require.Contains(t, screenOf(m), "paused, 6,000 new")
	press(m, "home")
	require.Contains(t, screenOf(m), "user_prompt", "and so do all that were there")
	press(m, "G")
	require.Contains(t, selected(t, m), "later-5999")
	require.Contains(t, screenOf(m), "following")
	press(m, "space")
	more(hub, 1)
	m.Update(frameMsg{})
	require.Contains(t, selected(t, m), "later-5999")
	press(m, "space")
	require.Contains(t, selected(t, m), "later-0")
	press(m, "up", "down")
	require.Contains(t, screenOf(m), "paused")
	press(m, "down")
	require.Contains(t, screenOf(m), "following", "below the last one is what comes")
}

func TestAlertsStayChosen(t *testing.T) {
	hub := day()
	m := open(t, hub, 80, 24)
	add := func(id string) {
		hub.Apply(entry(0, "77aa22bb-cccc", "security_alert", "", "Bash", "ERROR", fmt.Sprintf(`"alert":{"id":%q,"severity":"high","rule":"rule-%s"}`, id, id)))
		m.Update(frameMsg{})
	}
	press(m, "2")
	add("a1")
	require.Contains(t, selected(t, m), "rule-a1", "at the top is the newest")
	press(m, "down")
	require.Contains(t, selected(t, m), "password-file-read")
	add("a2")
	add("a3")
	require.Contains(t, selected(t, m), "password-file-read")
	press(m, "home", "enter")
	require.Contains(t, screenOf(m), "rule-a3")
	press(m, "left") // the one before it in time
	require.Contains(t, screenOf(m), "rule-a2")
	press(m, "right")
	require.Contains(t, screenOf(m), "rule-a3")
	require.Contains(t, screenOf(m), "acknowledged     no: agent-telemetry alerts ack a3")
	hub.Apply(entry(0, "", "alert_acknowledged", "", "", "INFO", `"acknowledgement":{"alert_id":"a3","by":"ana","reason":"as planned"}`))
	m.Update(frameMsg{})
	require.Contains(t, screenOf(m), "by ana", "an acknowledgement is seen as it comes")
	press(m, "esc", "o")
	require.NotContains(t, screenOf(m), "high     rule-a3")
	press(m, "o")
	require.Contains(t, screenOf(m), "rule-a3")
}

func TestFilterKeys(t *testing.T) {
	m := open(t, day(), 120, 40)
	press(m, "1", "down")
	require.Contains(t, selected(t, m), "5e551011")
	press(m, "enter")
	require.Equal(t, "session:5e551011-aaaa-bbbb", m.filter.Text)
	require.Equal(t, paneEvents, m.focus)
	press(m, "t")
	require.Equal(t, "session:5e551011-aaaa-bbbb tool:Read", m.filter.Text)
	press(m, "t", "s")
	require.Empty(t, m.filter.Text, "the same key takes it away")
	for _, want := range []string{"severity:low+", "severity:medium+", "severity:high+", "severity:critical", ""} {
		press(m, "v")
		require.Equal(t, want, m.filter.Text)
	}
	press(m, "e")
	require.Contains(t, screenOf(m), "1 chosen by is:error")
	press(m, "/", "ctrl+u")
	press(m, strings.Split("tool:edit q?", "")...)
	require.Equal(t, "tool:edit q?", m.filter.Text, "letters are letters while it is typed")
	press(m, "ctrl+w", "backspace", "enter")
	require.Equal(t, "tool:edit", m.filter.Text)
	press(m, "/", "x", "esc")
	require.Equal(t, "tool:edit", m.filter.Text, "esc keeps what was")
	press(m, "esc")
	require.Empty(t, m.filter.Text)
	press(m, "/")
	m.Update(tea.PasteMsg{Content: "edit\x1b[31m\nsecond\u202e"})
	require.Equal(t, "edit�[31m⏎second�", m.input.text)
	m.Update(tea.PasteMsg{Content: strings.Repeat("a", 10000)})
	require.LessOrEqual(t, len(m.input.text), activity.MaxFilter)
	check(t, m)
}

func TestQuitAndZoom(t *testing.T) {
	m := open(t, day(), 80, 24)
	press(m, "z")
	require.NotContains(t, screenOf(m), "Sessions")
	press(m, "esc")
	require.Contains(t, screenOf(m), "Sessions")
	_, cmd := m.Update(tea.KeyPressMsg{Code: 'q', Text: "q"})
	require.Equal(t, tea.QuitMsg{}, cmd())
	press(m, "/")
	_, cmd = m.Update(tea.KeyPressMsg{Code: 'c', Mod: tea.ModCtrl})
	require.Equal(t, tea.QuitMsg{}, cmd(), "from everywhere")
}

// TestDocs: docs/watch.md tells of every key.
func TestDocs(t *testing.T) {
	page, err := os.ReadFile("../../../docs/watch.md")
	require.NoError(t, err)
	for _, k := range keyHelp {
		if k[0] == "" || strings.ContainsAny(k[0], ">▸:") || k[0] == "text" || k[0] == "skipped" {
			continue
		}
		for key := range strings.FieldsFuncSeq(k[0], func(c rune) bool { return c == ',' || c == ' ' }) {
			require.Contains(t, string(page), "`"+key+"`", "the key %s", key)
		}
	}
}

func TestThemes(t *testing.T) {
	m := open(t, day(), 80, 24)
	require.Contains(t, m.View().Content, "\x1b[33m")
	m.Update(tea.BackgroundColorMsg{Color: white{}})
	require.NotContains(t, m.View().Content, "\x1b[33m", "yellow cannot be read on white")
	check(t, m)
}

type white struct{}

func (white) RGBA() (r, g, b, a uint32) { return 0xffff, 0xffff, 0xffff, 0xffff }
