package alerts

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
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

// TestAcknowledge takes the whole way: over the socket into the audit log, and back.
func TestAcknowledge(t *testing.T) {
	s := newStage(t)
	all := sample()
	s.record(logs(all))
	s.collector()
	out := s.ok("ack", all[2].ID[:8], all[1].ID, all[1].ID[:10], "--by", "ana", "--reason", "as planned", "--json")
	acks := decode[AckResult](t, out)
	require.Len(t, acks, 2, "each once")
	require.Equal(t, AckRecorded, acks[0].State)
	require.Equal(t, all[2].ID, acks[0].AlertID)

	found := decode[Alert](t, s.ok("show", "--since", "30d", "--json"))
	require.Len(t, found, 3)
	require.Nil(t, found[0].Ack)
	require.Equal(t, "ana", found[2].Ack.By)
	require.Equal(t, "as planned", found[2].Ack.Reason)
	require.Equal(t, acks[0].ID, found[2].Ack.ID)
	require.False(t, found[2].Ack.FromAgent)
	golden(t, "show-acknowledged.golden", s.ok("show", "--since", "30d"))

	// Another one changes nothing, and says so.
	s.inAgent = true
	require.Contains(t, s.ok("ack", all[2].ID, "--by", "agent"), "already, by ana")
	require.Contains(t, s.ok("ack", all[0].ID, "--by", "agent"), "stays open")
	found = decode[Alert](t, s.ok("show", "--since", "30d", "--json"))
	require.True(t, found[0].Ack.FromAgent)
	require.Equal(t, "ana", found[2].Ack.By)
	require.Contains(t, s.ok("show", "--id", all[0].ID), "shell of Claude Code")
	open := decode[Alert](t, s.ok("show", "--since", "30d", "--open", "--json"))
	require.Len(t, open, 1, "what the agent says closes nothing")
	require.Equal(t, all[0].ID, open[0].ID)
	require.Contains(t, s.ok("show", "--since", "30d", "--open"), "⚠")

	// A person's counts, though it is the second.
	s.inAgent = false
	require.NotContains(t, s.ok("ack", all[0].ID, "--by", "bea"), "already")
	found = decode[Alert](t, s.ok("show", "--since", "30d", "--json"))
	require.Equal(t, "bea", found[0].Ack.By)
	require.Empty(t, s.ok("show", "--since", "30d", "--open", "--json"))
}

func TestInAgent(t *testing.T) {
	t.Setenv(agentVariable, "1")
	require.True(t, inAgent(t.Context()))
	// Below a shell that has it, also where a command takes it out.
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), "sh", "-c", "env -u "+agentVariable+` "$0" -test.run TestHelperInAgent; exit $?`, self)
	cmd.Env = append(os.Environ(), "HELPER_IN_AGENT=1")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	require.Contains(t, string(out), "in agent: true")
}

func TestHelperInAgent(t *testing.T) {
	if os.Getenv("HELPER_IN_AGENT") == "" {
		t.Skip("is run by TestInAgent")
	}
	require.Empty(t, os.Getenv(agentVariable))
	fmt.Printf("in agent: %t\n", inAgent(t.Context()))
}

func TestAcknowledgementsAreChecked(t *testing.T) {
	s := newStage(t)
	all := sample()
	s.record(logs(all))
	require.ErrorIs(t, s.fails(1, "ack", all[0].ID, "ffffff00"), errUnknown)
	files, err := os.ReadDir(s.home.Spool())
	require.NoError(t, err)
	require.Empty(t, files, "nothing is recorded when one is unknown")
	s.fails(2, "ack", "x y", "--reason", "a\x1b[2Jb", "--by", strings.Repeat("x", maxByBytes+1))

	// Without a collector it waits.
	out := s.ok("ack", all[0].ID)
	require.Contains(t, out, "spool")
	files, err = os.ReadDir(s.home.Spool())
	require.NoError(t, err)
	require.NotEmpty(t, files)
	s.collector()
	require.Eventually(t, func() bool {
		found := decode[Alert](t, s.ok("show", "--since", "30d", "--json"))
		return found[0].Ack != nil
	}, 10*time.Second, 20*time.Millisecond)
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

func TestWatch(t *testing.T) {
	s := newStage(t)
	all := sample()
	s.record(logs(all[:1]))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out, errOut buffer
	ended := make(chan error, 1)
	go func() {
		ended <- s.runIn(ctx, &out, &errOut, "watch", "--since", "30d", "--severity", "low,critical")
	}()
	require.Eventually(t, func() bool { return strings.Contains(out.String(), "opaque_command") }, 10*time.Second, 10*time.Millisecond)
	s.record(logs(all[1:]))
	require.Eventually(t, func() bool { return strings.Contains(out.String(), "sudoers_write") }, 10*time.Second, 10*time.Millisecond)
	require.NotContains(t, out.String(), "reverse_shell")

	// What is acknowledged is shown again, when it was shown.
	s.collector()
	s.ok("ack", all[2].ID, all[1].ID, "--by", "ana", "--reason", "as planned")
	require.Eventually(t, func() bool { return strings.Contains(out.String(), "acknowledged by ana: as planned") }, 10*time.Second, 10*time.Millisecond)
	require.Equal(t, 2, strings.Count(out.String(), "sudoers_write"))
	require.NotContains(t, out.String(), "reverse_shell")
	s.ok("ack", all[1].ID, "--by", "bea")
	cancel()
	require.NoError(t, <-ended)
	require.NotContains(t, out.String(), "bea", "the first counts")
}

// Acknowledgements may be read before their alerts; only so many are remembered.
func TestWatchInAnyOrder(t *testing.T) {
	var shown []Alert
	w := newWatcher(&filter{to: noon.Add(time.Hour)}, func(a *Alert) error { shown = append(shown, *a); return nil })
	require.NoError(t, w.acknowledgement(Acknowledgement{alertID: "a", ID: "1", By: "agent", FromAgent: true}))
	require.Empty(t, shown)
	require.NoError(t, w.alert(Alert{ID: "a", recordID: "a", Time: noon}))
	require.Equal(t, "agent", shown[0].Ack.By)
	require.NoError(t, w.acknowledgement(Acknowledgement{alertID: "a", ID: "1", By: "agent", FromAgent: true}))
	require.Len(t, shown, 1, "it is known")
	require.NoError(t, w.acknowledgement(Acknowledgement{alertID: "a", ID: "2", By: "ana", Time: noon}))
	require.Len(t, shown, 2)
	require.False(t, shown[1].open())
	require.NoError(t, w.acknowledgement(Acknowledgement{alertID: "a", ID: "3", By: "agent", FromAgent: true}))
	require.Len(t, shown, 2)
	for i := range maxWatched + 10 {
		require.NoError(t, w.acknowledgement(Acknowledgement{alertID: fmt.Sprint(i), ID: "x"}))
		require.NoError(t, w.alert(Alert{ID: fmt.Sprint("y", i), Time: noon}))
	}
	require.Len(t, w.acks.values, maxWatched)
	require.Len(t, w.shown.values, maxWatched)
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
	require.Equal(t, []string{"aa bb", "ccccc", "c"}, wrap("aa bb cccccc", 5))
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
