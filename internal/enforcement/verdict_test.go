package enforcement

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

func TestVerdictTravels(t *testing.T) {
	for _, v := range []Verdict{
		{Decision: semconv.DecisionNone},
		{Decision: semconv.DecisionDeny, Rule: "fs-delete-root", Title: `Deletes "the root" directory`},
		{Decision: semconv.DecisionAsk, Rule: "x.y_1", Title: "Größe – 大"},
		{Decision: semconv.DecisionAsk, Rule: "no-title"},
	} {
		h := v.Header()
		for _, c := range []byte(h) {
			require.True(t, c >= 0x20 && c < 0x7f, "%q", h)
		}
		got, ok := ParseHeader(h)
		require.True(t, ok, h)
		require.Equal(t, v, got)
	}
}

func TestVerdictIsBoundedAndHarmless(t *testing.T) {
	v := Verdict{Decision: semconv.DecisionDeny, Rule: "a b\r\nSet-Cookie: x" + strings.Repeat("y", 1000), Title: "\x1b[31mred\u202e\r\n" + strings.Repeat("\U0001F600", 1000)}
	h := v.Header()
	require.LessOrEqual(t, len(h), MaxHeader)
	require.NotContains(t, h, "\n")
	got, ok := ParseHeader(h)
	require.True(t, ok, h)
	require.NotContains(t, got.Title, "\x1b")
	require.NotContains(t, got.Title, "\u202e")
	var out map[string]map[string]string
	require.NoError(t, json.Unmarshal(v.Output(), &out))
	require.NotContains(t, out["hookSpecificOutput"]["permissionDecisionReason"], "\x1b")
	require.Equal(t, "deny", out["hookSpecificOutput"]["permissionDecision"])
}

func TestWhatIsNoVerdict(t *testing.T) {
	for _, s := range []string{
		"", "deny", "deny x", "allow x \"t\"", "deny  \"t\"", "deny a/b \"t\"", "deny x 't'", "deny x `t`", "deny x \"t", "deny x \"" + strings.Repeat("t", MaxHeader) + "\"",
		"DENY x \"t\"", "{}",
	} {
		_, ok := ParseHeader(s)
		require.False(t, ok, s)
	}
}

func TestOutputNeverAllows(t *testing.T) {
	for _, d := range []string{"", "allow", "none", "defer", semconv.DecisionNone} {
		require.Nil(t, Verdict{Decision: d, Rule: "r"}.Output())
	}
	require.JSONEq(t, `{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"ask","permissionDecisionReason":"A security rule of agent-telemetry is against this tool call: T (rule r)."}}`,
		string(Verdict{Decision: semconv.DecisionAsk, Rule: "r", Title: "T"}.Output()))
}

func TestModes(t *testing.T) {
	for mode, want := range map[Mode]string{Off: semconv.DecisionNone, Open: semconv.DecisionNone, Ask: semconv.DecisionAsk, Closed: semconv.DecisionDeny} {
		v := mode.Without(semconv.ReasonNoAnswer)
		require.Equal(t, want, v.Decision)
		require.Equal(t, semconv.ReasonNoAnswer, v.Reason())
		if want != semconv.DecisionNone {
			require.Contains(t, string(v.Output()), "did not answer")
		}
	}
	for text, want := range map[string]Mode{"open": Open, "ask": Ask, "closed": Closed, "": Closed, "opne": Closed, "OPEN": Closed} {
		m, ok := ParseMode(text)
		require.Equal(t, want, m, text)
		require.Equal(t, text == string(want), ok, text)
	}
	require.Equal(t, DefaultTimeout, Bound(0))
	require.Equal(t, MinTimeout, Bound(1))
	require.Equal(t, MaxTimeout, Bound(time.Hour))
}

func FuzzParseHeader(f *testing.F) {
	f.Add(Verdict{Decision: semconv.DecisionDeny, Rule: "r", Title: "T"}.Header())
	f.Add(`none - ""`)
	f.Add("deny r \"\\xff\\u202e\"")
	f.Fuzz(func(t *testing.T, s string) {
		v, ok := ParseHeader(s)
		if !ok {
			return
		}
		again, ok := ParseHeader(v.Header())
		require.True(t, ok)
		require.Equal(t, v, again)
		if out := v.Output(); out != nil {
			require.True(t, json.Valid(out))
		}
	})
}
