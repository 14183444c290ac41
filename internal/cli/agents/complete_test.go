package agents

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/test/recorded"
)

// What a shell is told of flags and sessions.
func TestCompletion(t *testing.T) {
	s := newStage(t, both(t)...)
	complete := func(args ...string) []string {
		var out bytes.Buffer
		f := &cliio.Factory{IO: &cliio.IO{Out: &out, Err: &out}, HomeFlag: string(s.home)}
		cmd := newAll(f, func() time.Time { return s.now })
		cmd.SetOut(&out)
		cmd.SetErr(&bytes.Buffer{})
		cmd.SetArgs(append([]string{"__completeNoDesc"}, args...))
		require.NoError(t, cmd.Execute())
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		return lines[:len(lines)-1]
	}
	require.Equal(t, []string{"tree"}, complete("t"))
	require.Equal(t, []string{recorded.Shop}, complete("tree", "5e"))
	require.Equal(t, []string{recorded.Shop}, complete("stats", "--session", "5e"))
	require.Empty(t, complete("compare", recorded.Shop, "5e"), "it is there already")
	require.Equal(t, []string{teamSession}, complete("compare", recorded.Shop, "7ea"))
	require.Empty(t, complete("compare", "--types", "5e"))
	require.Equal(t, []string{"type", "agent", "project"}, complete("stats", "--by", ""))
	require.Equal(t, []string{"auto", "audit", "loki"}, complete("compare", "--source", ""))
	require.Contains(t, complete("stats", "--sort", ""), "repeated")
	require.Empty(t, complete("tree", "--since", ""))
}
