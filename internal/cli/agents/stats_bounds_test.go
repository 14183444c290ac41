package agents

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
	"github.com/agent-telemetry/agent-telemetry/test/recorded"
)

func TestStatsOf500Agents(t *testing.T) {
	s := newStage(t, stamped(t, crowd(teamSession, 500, noon))...)
	out := s.ok(t, "stats", "--width", "100", "--by", "agent")
	fits(t, out, 100)
	require.Contains(t, out, "500 delegations")
	require.Contains(t, out, "50 of 501; --limit shows more")
	require.Len(t, strings.Split(strings.TrimSpace(s.ok(t, "stats", "--csv", "--by", "agent", "--limit", "1000")), "\n"), 502)
}

// What is too much is left out, and said.
func TestStatsAreBounded(t *testing.T) {
	var all []plog.Logs
	for n := range 5 {
		all = append(all, crowd(fmt.Sprintf("%08d-aaaa-4bbb-8ccc-000000000001", n), 4, noon.Add(time.Duration(n)*time.Minute))...)
	}
	s := newStage(t, stamped(t, all)...)
	source := story.Audit(s.home.Audit())
	whole, err := gather(t.Context(), source, story.Query{}, bounds{})
	require.NoError(t, err)
	require.Len(t, whole.sessions, 5)
	require.Empty(t, whole.warnings())
	few, err := gather(t.Context(), source, story.Query{}, bounds{sessions: 3})
	require.NoError(t, err)
	require.Len(t, few.sessions, 3)
	require.Equal(t, whole.sessions[:3], few.sessions)
	require.Equal(t, 2*len(all)/5, few.leftOut)
	require.Contains(t, few.warnings()[0], "are left out")
	short, err := gather(t.Context(), source, story.Query{}, bounds{events: 40})
	require.NoError(t, err)
	require.Equal(t, len(all)-40, short.leftOut)
	small, err := gather(t.Context(), source, story.Query{}, bounds{bytes: 20_000})
	require.NoError(t, err)
	require.NotEmpty(t, small.sessions)
	require.Positive(t, small.leftOut)
}

func TestHostileNamesInFigures(t *testing.T) {
	for name, text := range map[string]string{
		"controls": recorded.Hostile, "long": strings.Repeat("A\x1b[2J", 200_000), "bytes": "\xff\xfe\x00", "format": "%s%n{{.}}$(id)", "main": semconv.AgentMain, "nothing": "",
	} {
		t.Run(name, func(t *testing.T) {
			told := text[:min(len(text), 40_000)] // of a larger payload nothing is recorded
			main := begin(teamSession, "/home/dev/shop"+told, noon)
			for n := range 4 {
				a := main.calls(agentID(n), told, told, n%2 == 0)
				a.reads(told)
				a.searches(told)
				a.edits(told)
				a.fails(told)
				main.s.Hook("SubagentStop", a.fields())
			}
			s := newStage(t, changed(stamped(t, main.ends()), func(lr plog.LogRecord) {
				if _, ok := lr.Attributes().Get(semconv.AgentID); ok {
					lr.Attributes().PutStr(semconv.AgentName, text)
				}
			})...)
			for _, width := range []int{60, 80, 140} {
				w := []string{"--width", strconv.Itoa(width)}
				for _, args := range [][]string{{"stats"}, {"stats", "--by", "agent"}, {"stats", "--by", "project"}, {"compare", teamSession, teamSession}} {
					fits(t, s.ok(t, append(args, w...)...), width)
				}
			}
			for _, args := range [][]string{{"stats", "--csv"}, {"stats", "--csv", "--by", "agent"}, {"compare", "--csv", teamSession, teamSession}} {
				out := s.ok(t, args...)
				require.NotContains(t, out, "\x1b")
				require.NotContains(t, out, `"=`)
				require.Less(t, len(out), 10_000)
			}
			for line := range strings.Lines(s.ok(t, "stats", "--json")) {
				line = strings.TrimSuffix(line, "\n")
				require.Less(t, len(line), 100_000)
				require.Equal(t, termtext.Clean(line), line)
			}
			_, _, err := s.run(t, "compare", "--types", text+"x", "main")
			require.Error(t, err)
			require.NotContains(t, err.Error(), "\x1b")
		})
	}
}
