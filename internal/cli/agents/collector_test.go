package agents

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/hookfixtures"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
	"github.com/agent-telemetry/agent-telemetry/test/recorded"
)

// Through the real hook, collector and Loki: both sources tell the same.
func TestFromTheCollector(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the real binaries and a real Loki: not with -short")
	}
	stack, err := harness.New()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, stack.Close()) })
	_, err = stack.Up(t.Context())
	require.NoError(t, err)
	const session = "f0e0515c-aaaa-4bbb-8ccc-000000000002"
	n := 0
	for _, f := range hookfixtures.All() {
		if f.Group != "agents" {
			continue
		}
		_, err := stack.Run(t.Context(), harness.Call{Payload: f.PayloadIn(stack.Project, session), ProjectDir: stack.Project})
		require.NoError(t, err)
		n++
	}
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		list, err := stack.Events(t.Context(), auditlog.Filter{SessionID: session})
		assert.NoError(c, err)
		assert.GreaterOrEqual(c, len(list), n)
		found, err := stack.Query(t.Context(), fmt.Sprintf(`{service="claude-telemetry"} | session_id=%q`, session))
		assert.NoError(c, err)
		assert.GreaterOrEqual(c, len(found), len(list))
	}, 30*time.Second, 20*time.Millisecond)

	s := &stage{home: stack.Home, now: time.Now()}
	trees := map[string][]Agent{}
	for _, source := range []string{"audit", "loki"} {
		all := decode[Agent](t, afterFirst(s.ok(t, "tree", session, "--json", "--source", source)))
		require.GreaterOrEqual(t, len(all), 3)
		inner := slices.IndexFunc(all, func(a Agent) bool { return a.Type == "security-engineer" })
		require.GreaterOrEqual(t, inner, 0)
		require.Equal(t, 2, *all[inner].Depth)
		require.Equal(t, semconv.LinkConfirmed, all[inner].Link)
		trees[source] = all
	}
	require.Equal(t, trees["audit"], trees["loki"])
	figures := map[string][]Group{}
	for _, source := range []string{"audit", "loki"} {
		lines := strings.SplitAfter(s.ok(t, "stats", "--session", session, "--by", "agent", "--json", "--source", source), "\n")
		sum := decode[StatsSummary](t, lines[0])[0]
		require.Equal(t, source, sum.Source)
		require.GreaterOrEqual(t, sum.Delegations, 2)
		figures[source] = decode[Group](t, strings.Join(lines[1:1+sum.Groups], ""))
		require.Contains(t, s.ok(t, "compare", "--types", "main", "security-engineer", "--since", "1h", "--source", source), "Share of work")
	}
	require.Equal(t, figures["audit"], figures["loki"])
}

// From a real Loki comes what the audit log has, requests to the model too.
func TestBothSourcesTellTheSame(t *testing.T) {
	_, into := recorded.Loki(t)
	now := time.Now().UTC().Truncate(time.Second)
	at := now.Add(-5 * time.Hour)
	s := newStage(t, append(bothAt(t, at), requests(teamSession, agentID(4), at.Add(-time.Hour+30*time.Second), 5)...)...)
	s.now = now
	recorded.ToLoki(t, s.home, into)
	for _, args := range [][]string{
		{"tree", teamSession, "--csv"},
		{"tree", recorded.Shop, "--csv"},
		{"stats", "--csv"},
		{"stats", "--csv", "--by", "agent", "--session", teamSession},
		{"stats", "--csv", "--by", "project", "--project", "shop"},
		{"compare", "--csv", recorded.Shop, teamSession},
		{"compare", "--csv", "--types", "main", "Explore"},
		{"compare", "--csv", "--before", "7h..5h30m", "--after", "5h30m"},
	} {
		fromAudit := s.ok(t, append(args, "--source", "audit")...)
		require.Equal(t, fromAudit, s.ok(t, append(args, "--source", "loki")...), args)
	}
	require.Contains(t, s.ok(t, "stats", "--by", "agent", "--json", "--source", "loki"), `"tokens":5555`)
	require.Contains(t, s.ok(t, "tree", "--source", "loki", "--width", "80"), recorded.Cart, "the newest")
	for _, hostile := range []string{`x"} or {service=~".+`, "`", ".*", "\\", "\xff"} {
		_, _, err := s.run(t, "tree", "--source", "loki", hostile)
		var exit *cliio.ExitError
		require.ErrorAs(t, err, &exit, hostile)
		require.Equal(t, exitNone, exit.Code)
		require.Contains(t, s.ok(t, "stats", "--source", "loki", "--project", hostile), "No agents were called")
	}
}
