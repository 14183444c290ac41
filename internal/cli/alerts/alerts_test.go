package alerts

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// golden compares with a file. UPDATE_GOLDEN=1 writes it.
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

func decode[T any](t *testing.T, out string) (all []T) {
	t.Helper()
	for lines := bufio.NewScanner(strings.NewReader(out)); lines.Scan(); {
		var v T
		require.NoError(t, json.Unmarshal(lines.Bytes(), &v))
		all = append(all, v)
	}
	return all
}

func TestShow(t *testing.T) {
	s := newStage(t)
	s.record(logs(sample()))
	out := s.ok("show", "--since", "30d")
	require.NotContains(t, out, "\x1b", "what an agent wrote reaches no terminal as it is")
	require.NotContains(t, out, "\u202e")
	golden(t, "show.golden", out)

	tests := map[string]struct {
		args []string
		want []string
	}{
		"a day":          {nil, []string{"reverse_shell"}},
		"severity":       {[]string{"--since", "30d", "--severity", "critical,low"}, []string{"opaque_command", "sudoers_write"}},
		"and worse":      {[]string{"--since", "30d", "--severity", "high+"}, []string{"sudoers_write", "reverse_shell"}},
		"rule":           {[]string{"--since", "30d", "--rule", "r-2"}, []string{"sudoers_write"}},
		"session":        {[]string{"--since", "30d", "--session", "other"}, []string{"sudoers_write"}},
		"project":        {[]string{"--since", "30d", "--project", "/home/dev/cart"}, []string{"sudoers_write"}},
		"until":          {[]string{"--since", "30d", "--until", "2d"}, []string{"opaque_command"}},
		"the newest":     {[]string{"--since", "30d", "--limit", "2"}, []string{"sudoers_write", "reverse_shell"}},
		"nothing":        {[]string{"--session", "nobody"}, nil},
		"the audit log":  {[]string{"--source", "audit"}, []string{"reverse_shell"}},
		"not looked at":  {[]string{"--since", "30d", "--open", "--limit", "1"}, []string{"reverse_shell"}},
		"several titles": {[]string{"--since", "30d", "--rule", "r-2,opaque_command"}, []string{"opaque_command", "sudoers_write"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var rules []string
			for _, a := range decode[Alert](t, s.ok(append([]string{"show", "--json"}, tt.args...)...)) {
				rules = append(rules, a.Rule)
			}
			require.Equal(t, tt.want, rules)
		})
	}
	err := s.fails(2, "show", "--severity", "bad", "--since", "soon", "--limit", "0", "--source", "x", "--id", "zz")
	for _, part := range []string{"--severity", "--since", "--limit", "--source", "no id of an alert"} {
		require.ErrorContains(t, err, part)
	}
	s.fails(1, "show", "--source", "loki")
}

func TestOneAlert(t *testing.T) {
	s := newStage(t)
	all := sample()
	s.record(logs(all))
	golden(t, "story.golden", s.ok("show", "--id", all[2].ID[:8]))

	st := decode[Story](t, s.ok("show", "--id", strings.ToUpper(all[2].ID), "--json"))
	require.Len(t, st, 1)
	require.Equal(t, all[2].ID, st[0].ID)
	require.JSONEq(t, `{"event_type":"command_execution"}`, string(st[0].Event), "without the payload")
	require.Nil(t, st[0].Ack)
	require.Equal(t, []string{"T1059.004", "T1071.001"}, st[0].Attack)

	st = decode[Story](t, s.ok("show", "--id", all[0].ID, "--json"))
	require.Equal(t, "null", string(st[0].Event), "its event is nowhere")
	require.ErrorIs(t, s.fails(1, "show", "--id", "00000000"), errUnknown)
}

func TestStats(t *testing.T) {
	s := newStage(t)
	all := sample()
	s.record(logs(all))
	s.collector()
	s.ok("ack", all[2].ID)
	var st Stats
	require.NoError(t, json.Unmarshal([]byte(s.ok("stats", "--json")), &st))
	require.Equal(t, 7, st.Days)
	require.Equal(t, 2, st.Alerts)
	require.Equal(t, 1, st.Before)
	require.Equal(t, 1, st.Unacknowledged)
	require.EqualValues(t, 3, st.Suppressed)
	require.Equal(t, Day{"2026-01-15", 1}, st.PerDay[6])
	require.Equal(t, Day{"2026-01-14", 1}, st.PerDay[5])
	require.Equal(t, []string{"critical", "high", "low"}, []string{st.By["severity"][0].Name, st.By["severity"][1].Name, st.By["severity"][2].Name})
	require.Equal(t, Count{Name: "opaque_command", Severity: "low", Before: 1, PerDay: make([]int, 7)}, st.By["rule"][2])
	golden(t, "stats.golden", s.ok("stats"))
	require.NoError(t, json.Unmarshal([]byte(s.ok("stats", "--json", "--by", "rule", "--days", "2")), &st))
	err := s.fails(2, "stats", "--days", "0", "--by", "x")
	require.ErrorContains(t, err, "--days")
	require.ErrorContains(t, err, "--by")
}

// TestForgedRecords: whoever can send records can send odd ones.
func TestForgedRecords(t *testing.T) {
	s := newStage(t)
	s.record(logs(sample()))
	ld := logs(nil)
	lr := ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
	lr.Attributes().PutStr(semconv.EventID, "odd")
	lr.Attributes().PutStr(semconv.EventType, semconv.EventSecurityAlert)
	body := lr.Body().SetEmptyMap()
	body.PutStr(semconv.BodyEventType, semconv.EventSecurityAlert)
	alert := body.PutEmptyMap(semconv.BodyAlert)
	alert.PutStr(semconv.AlertBodyID, sample()[2].ID) // another's
	alert.PutStr(semconv.AlertBodyRiskScore, "very high")
	alert.PutStr(semconv.AlertBodySeverity, "\x1b]0;owned\x07")
	alert.PutInt(semconv.AlertBodyRule, 3)
	s.record(ld)
	require.Len(t, decode[Alert](t, s.ok("show", "--json")), 2, "it hides none")
	require.NotContains(t, s.ok("show"), "\x1b")
	require.NotContains(t, s.ok("stats"), "\x1b")
	require.Contains(t, s.ok("show", "--id", sample()[2].ID), "reverse_shell")
}

func TestSpark(t *testing.T) {
	require.Equal(t, "·▂█", spark([]int{0, 1, 5}))
	require.Equal(t, "···", spark([]int{0, 0, 0}))
}

func TestManyAlerts(t *testing.T) {
	n := newestOf{limit: 10, seen: map[string]bool{}}
	for i := range 5000 {
		n.add(Alert{ID: "x", recordID: securityalert.ID("", string(rune(i)), ""), Time: noon.Add(time.Duration(i*7919%5000) * time.Second)})
		require.LessOrEqual(t, len(n.kept), 200)
	}
	kept := n.sorted()
	require.Len(t, kept, 10)
	require.Equal(t, noon.Add(4999*time.Second), kept[9].Time)
	require.Equal(t, noon.Add(4990*time.Second), kept[0].Time)
}
