package notify_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/notify"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/notifytest"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

func TestNothingInvisibleIsLeft(t *testing.T) {
	n := notify.Of(notifytest.HostileAlert())
	raw, err := n.JSON()
	require.NoError(t, err)
	var m map[string]any
	require.NoError(t, json.Unmarshal(raw, &m))
	for name, s := range map[string]string{"text": n.Text(), "line": n.OneLine(), "json": string(raw), "headline": n.Headline()} {
		require.Empty(t, notifytest.Invisible(s), name)
	}
	require.NotContains(t, n.OneLine(), "\n")
	require.NotContains(t, n.Headline(), "\n")
	for _, f := range n.Fields() {
		require.NotContains(t, f.Value, "\n", f.Name)
	}
	require.Regexp(t, `^[0-9a-f-]{36}$`, n.ID)
	require.Less(t, len(raw), 64<<10)
	require.Contains(t, m["command"], `\x1b[31mred`)
}

func TestASummaryCountsByRule(t *testing.T) {
	s := &notify.Summary{}
	for i := range 17 {
		a := notifytest.Alert(i, semconv.SeverityMedium)
		a.Rule = []string{"a", "b", "c"}[i%3]
		if i == 16 {
			a.Severity = semconv.SeverityHigh
		}
		s.Add(a)
	}
	n := notify.OfSummary(notify.KindHeldBack, s)
	require.Equal(t, "17 more alerts of 3 rules were held back", n.Headline())
	require.Equal(t, semconv.SeverityHigh, n.Severity)
	require.Equal(t, n.ID, notify.OfSummary(notify.KindHeldBack, s).ID)
	require.NotEqual(t, n.ID, notify.OfSummary(notify.KindDigest, s).ID)
	require.Contains(t, n.Text(), "a: 6 × A download is run, medium")
	for i := range 1000 {
		a := notifytest.Alert(i, semconv.SeverityMedium)
		a.Rule = strings.Repeat("x", i)
		s.Add(a)
	}
	require.Len(t, s.Rules, notify.MaxSummaryRules)
	require.Len(t, s.Alerts, notify.MaxSummaryAlerts)
	require.EqualValues(t, 1017, s.Count)
	require.EqualValues(t, 1000-97, s.Others)
}

var errTest = errors.New("test")

func TestRetryAfterIsBounded(t *testing.T) {
	require.Zero(t, notify.RetryAfter(errTest))
	require.Equal(t, 10*time.Minute, notify.RetryAfter(notify.WithRetryAfter(errTest, 24*time.Hour)))
}

func FuzzLine(f *testing.F) {
	f.Add(notifytest.Hostile, 64)
	f.Add("plain", 2)
	f.Add("\xed\xa0\x80", 10)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		limit = max(1, min(limit, 4096))
		line := notify.Line(s, limit)
		if bad := notifytest.Invisible(strings.ReplaceAll(line, "\n", "\x01")); bad != "" && !strings.Contains(s, "\ufffd") {
			t.Fatalf("%s is left of %q", bad, s)
		}
		if len(line) > limit+16 {
			t.Fatalf("%d bytes, allowed are %d", len(line), limit)
		}
		if again := notify.Line(line, limit+16); again != line {
			t.Fatalf("%q becomes %q", line, again)
		}
	})
}
