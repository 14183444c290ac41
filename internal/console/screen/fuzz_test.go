package screen

import (
	"encoding/json"
	"testing"
	"time"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/console/activity"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// FuzzScreen: whatever the fields of events hold, the screen has its size, and
// nothing of them reaches the terminal as more than text.
func FuzzScreen(f *testing.F) {
	for _, s := range []string{"plain", "\x1b[2J\x1b]0;title\a", "\u202e\u2066", "漢字漢字", "👩\u200d👩\u200d👧", "🇩🇪🇩", "a\n\r\tb", "\xff\xfe", "\u115f\u1160", "ก็็็็", "#\ufe0f\u20e3", "\u009b31m"} {
		f.Add(s, s, `{"a":{"b":["`+"x"+`",1,null]}}`, 80, 24)
		f.Add("Bash", s, s, 41, 9)
	}
	f.Fuzz(func(t *testing.T, short, long, raw string, width, height int) {
		hub := activity.NewHub(now, func() time.Time { return now })
		for _, kind := range []string{"command_execution", semconv.EventSecurityAlert, semconv.EventAlertAcknowledged, short} {
			body, err := json.Marshal(map[string]any{
				"hook_event": "PostToolUseFailure", "tool_name": short, "project_name": long, "project_path": long, "action_details": map[string]any{"command": long, "outside_project_scope": true},
				"alert": map[string]any{"id": short, "severity": short, "rule": short, "title": long, "evidence": []string{long}, "response": long}, long: short,
				"acknowledgement": map[string]any{"alert_id": short, "by": long, "reason": long}, "raw": map[string]any{short: raw},
			})
			require.NoError(t, err)
			for _, b := range []string{string(body), raw} {
				e, ok := activity.FromAudit(auditlog.Entry{Record: auditlog.Record{
					Kind: auditlog.KindLog, Time: now, SeverityText: short, Resource: map[string]any{semconv.ServiceName: semconv.ServiceNameValue},
					Attributes: map[string]any{semconv.EventType: kind, semconv.SessionID: long, semconv.EventID: short}, Body: []byte(b),
				}})
				require.True(t, ok)
				hub.Apply(e)
			}
		}
		hub.Notice(long)
		m := open(t, hub, min(max(width, 1), 300), min(max(height, 1), 100))
		m.filter = activity.ParseFilter("")
		for _, keys := range [][]string{nil, {"enter"}, {"end"}, {"esc", "2", "enter"}, {"esc", "1", "s", "s", "/"}} {
			press(m, keys...)
			check(t, m)
			for _, c := range ansi.Strip(m.View().Content) {
				require.False(t, c != '\n' && unicode.IsControl(c) || unicode.In(c, unicode.Cf, unicode.Zl, unicode.Zp), "%q", c)
			}
		}
		m.Update(tea.PasteMsg{Content: long})
		check(t, m)
	})
}
