package claudesettings

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/enforcement"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

func event(t *testing.T, name string) Event {
	t.Helper()
	i := slices.IndexFunc(Events(), func(e Event) bool { return e.Name == name })
	require.GreaterOrEqual(t, i, 0)
	return Events()[i]
}

func TestOnlyToolCallsAreEnforced(t *testing.T) {
	p := commandPlan()
	p.Enforce, p.EnforceTimeout = enforcement.Closed, 500*time.Millisecond
	require.Equal(t, []string{"--scope", "project", "--enforce=closed", "--enforce-timeout", "500ms"}, p.Handler(event(t, "PreToolUse")).Args)
	for _, e := range Events() {
		if e.Name != semconv.HookPreToolUse {
			require.Equal(t, commandPlan().Handler(e), p.Handler(e), e.Name)
		}
	}
	p = httpPlan()
	p.Enforce = enforcement.Open
	require.Equal(t, "open", p.Handler(event(t, "PreToolUse")).Headers[semconv.HeaderEnforce])
	require.NotContains(t, p.Handler(event(t, "PostToolUse")).Headers, semconv.HeaderEnforce)
	for _, mode := range []enforcement.Mode{enforcement.Ask, enforcement.Closed} {
		p.Enforce = mode
		require.Equal(t, "command", p.Handler(event(t, "PreToolUse")).Type, "a request that nobody answers lets the call pass")
		require.Equal(t, "http", p.Handler(event(t, "PostToolUse")).Type)
	}
}

func TestEnforcementIsFoundAndChanged(t *testing.T) {
	off, on := commandPlan(), commandPlan()
	on.Enforce = enforcement.Open
	doc := parse(t, "{}")
	_, err := Register(doc, off)
	require.NoError(t, err)
	doc = reparse(t, doc)
	change, err := Register(doc, on)
	require.NoError(t, err)
	require.Equal(t, Change{Added: []string{"PreToolUse"}, Removed: []string{"PreToolUse"}}, change)
	doc = reparse(t, doc)
	change, err = Register(doc, on)
	require.NoError(t, err)
	require.False(t, change.Changed())
	change, err = Register(doc, off)
	require.NoError(t, err)
	require.Equal(t, []string{"PreToolUse"}, change.Added)
}

func TestInspectSeesEnforcement(t *testing.T) {
	for _, tc := range []struct {
		handler Handler
		want    enforcement.Mode
	}{
		{Handler{Type: "command", Command: "/x/claude-hook"}, enforcement.Off},
		{Handler{Type: "command", Command: "/x/claude-hook --enforce"}, enforcement.Open},
		{Handler{Type: "command", Command: "/x/claude-hook", Args: []string{"--enforce-timeout", "1s"}}, enforcement.Off},
		{Handler{Type: "command", Command: "/x/claude-hook", Args: []string{"--enforce=ask"}}, enforcement.Ask},
		{Handler{Type: "command", Command: "/x/claude-hook", Args: []string{"--enforce", "--enforce=nonsense"}}, enforcement.Closed},
		{Handler{Type: "http", Headers: map[string]string{"x-agent-telemetry-enforce": "closed"}}, enforcement.Closed},
		{Handler{Type: "http"}, enforcement.Off},
	} {
		require.Equal(t, tc.want, tc.handler.enforce(), "%v", tc.handler)
	}
	w := newWorld(t)
	w.install(LevelLocal, nil)
	require.Equal(t, enforcement.Off, w.l.Inspect(string(w.home)).Enforce())
	w.install(LevelUser, func(p *Plan) { p.Enforce = enforcement.Ask })
	r := w.l.Inspect(string(w.home))
	require.Equal(t, enforcement.Ask, r.Enforce())

	w = newWorld(t)
	w.write(w.home.TokenFile(), "secret\n", 0o600)
	w.install(LevelLocal, func(p *Plan) { http(p); p.Enforce = enforcement.Open })
	require.Empty(t, w.codes())
	w.write(w.l.Path(LevelLocal), `{"hooks":{"PreToolUse":[{"matcher":"*","hooks":[{"type":"http","url":"http://127.0.0.1:4319/v1/hooks","headers":{"Authorization":"Bearer secret","`+semconv.HeaderEnforce+`":"closed"}}]}]}}`, 0o600)
	require.Contains(t, w.codes(), ProblemEnforceHTTP)
}
