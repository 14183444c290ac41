package agentspan

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/hookfixtures"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// Every payload that Claude Code is known to send goes through the hook's own code, and
// the nested, background and failed agents among them stand where they belong.
func TestFixtures(t *testing.T) {
	dir := t.TempDir()
	project := filepath.Join(dir, "shop")
	require.NoError(t, os.MkdirAll(project, 0o700))
	b := newBench(t, Limits{})
	list, err := harness.Captured(t.Context(), statedir.Dir(filepath.Join(dir, "state")), project, hookfixtures.All(), time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC), time.Second)
	require.NoError(t, err)
	for _, ld := range stamped(t, list) {
		b.feed(flat(ld)...)
	}
	b.pass(80 * time.Hour)
	b.pass(80 * time.Hour)
	require.NoError(t, b.store.Check())

	spans := b.store.ByID()
	calls := map[string]hookfixtures.Fixture{}
	for _, f := range hookfixtures.All() {
		if f.ToolUseID == "" || f.HookEvent == "PermissionRequest" {
			continue
		}
		sp := spans[CallID(f.ToolUseID).String()]
		require.NotNil(t, sp, f.Name)
		require.Equal(t, f.Tool, sp.Text(semconv.ToolName), f.Name)
		if f.HookEvent != "PreToolUse" {
			calls[f.ToolUseID] = f
			require.Empty(t, sp.Text(semconv.SpanNoEnd), f.Name)
			require.Equal(t, f.Severity == "WARN" && f.Attributes(project)[semconv.ErrorType] != nil, sp.Failed(), f.Name)
		}
	}
	require.Greater(t, len(calls), 30)

	session := hookfixtures.Named("agents/outer-pre").SessionID
	above := func(agent string) string { return spans[AgentID(session, agent).String()].Parent() }
	call := func(fixture string) string { return CallID(hookfixtures.Named(fixture).ToolUseID).String() }
	require.Equal(t, call("agents/outer-pre"), above("a1f0c2d3e4b5a6978"))
	require.Equal(t, call("agents/inner-pre"), above("a90817263544f5e6d"))
	require.Equal(t, call("agents/background-pre"), above("a44d7e1"))
	require.Equal(t, AgentID(session, "a1f0c2d3e4b5a6978").String(), spans[call("agents/inner-pre")].Parent())
	require.Equal(t, AgentID(session, "a90817263544f5e6d").String(), spans[call("agents/read-by-b-pre")].Parent())
	require.Equal(t, true, spans[AgentID(session, "a44d7e1").String()].Attr[semconv.AgentBackground])
}
