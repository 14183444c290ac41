package query

import (
	"context"
	"encoding/csv"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/exporter/lokiexporter"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
	"github.com/agent-telemetry/agent-telemetry/internal/rollup"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/test/recorded"
)

// TestPresetsOnARealLoki asks every preset about the recorded sessions.
func TestPresetsOnARealLoki(t *testing.T) {
	url, into := recorded.Loki(t)
	now := time.Now().UTC()
	s := &stage{home: statedir.Dir(filepath.Join(t.TempDir(), "state")), now: now}
	records := recorded.Sessions(now.Add(-3 * time.Hour))
	recorded.Audit(t, s.home, records...)
	recorded.ToLoki(t, s.home, into)

	rows := map[string]int{
		"outside-scope": 4, "file-modifications": 2, "file-reads": 4, "commands": 4, "web": 2, "mcp": 1, "searches": 2, "prompts": 3, "agents": 6,
		"errors": 4, "denied": 1, "permissions": 1, "alerts": 3, "slow": 1, "secrets-redacted": 2, "config-changes": 1, "gaps": 1,
	}
	groups := map[string]map[string]float64{ // label, a colon, measure
		"by-tool":     {"Bash:calls": 3, "Bash:errors": 2, "Bash:denied": 1, "Read:calls": 4, "Read:outside": 4, "Read:errors": 1},
		"by-agent":    {"main:calls": 14, "general-purpose:calls": 2, "security-engineer:calls": 2},
		"by-project":  {"shop:calls": 17, "cart:calls": 1},
		"by-session":  {recorded.Shop + ":calls": 17, recorded.Cart + ":calls": 1},
		"by-event":    {"command_execution:events": 7},
		"by-rule":     {"remote-code:alerts": 1, "credential-read:alerts": 1, "system-read:alerts": 1},
		"superclaude": {"implement:prompts": 1},
		"top-files":   {"/home/dev/shop/src/cart.go:changes": 1},
	}
	for _, p := range presets {
		t.Run(p.name, func(t *testing.T) {
			out := s.ok(t, p.name, "--json")
			if p.counts == nil {
				got := decode[Row](t, out)
				require.Len(t, got, rows[p.name])
				for i := 1; i < len(got); i++ {
					require.False(t, got[i].Time.Before(got[i-1].Time), "the newest is last")
				}
				require.NotEmpty(t, s.ok(t, p.name))
				return
			}
			require.NotEmpty(t, groups[p.name])
			check(t, decode[Group](t, out), p.counts.by[0], groups[p.name], fromLines)
		})
	}
	t.Run("narrowed", func(t *testing.T) {
		require.Len(t, decode[Row](t, s.ok(t, "prompts", "--json", "--project", "cart")), 1)
		require.Len(t, decode[Row](t, s.ok(t, "prompts", "--json", "--project", "/home/dev/cart/")), 1)
		require.Empty(t, decode[Row](t, s.ok(t, "prompts", "--json", "--project", "/elsewhere/cart")))
		require.Len(t, decode[Row](t, s.ok(t, "prompts", "--json", "--session", "5e55")), 2)
		require.Len(t, decode[Row](t, s.ok(t, "prompts", "--json", "--session", recorded.Cart)), 1)
		require.Len(t, decode[Row](t, s.ok(t, "prompts", "--json", "--limit", "1")), 1)
		require.Len(t, decode[Row](t, s.ok(t, "file-reads", "--json", "--agent", "a90817263544f5e6d")), 2)
		require.Len(t, decode[Row](t, s.ok(t, "errors", "--json", "--tool", "Read")), 1)
		require.Len(t, decode[Row](t, s.ok(t, "slow", "--json", "--longer-than", "4s")), 5)
		require.Empty(t, decode[Row](t, s.ok(t, "prompts", "--json", "--until", "6h", "--since", "9h")))
		require.Len(t, decode[Row](t, s.ok(t, "prompts", "--json", "--since", "20w")), 3, "more than Loki answers for at once")
		require.Equal(t, "No records.\n", s.ok(t, "prompts", "--since", "9h", "--until", "6h"))
		require.Equal(t, "Nothing was counted.\n", s.ok(t, "by-tool", "--project", "nowhere"))
	})
	t.Run("text of a user is no syntax", func(t *testing.T) {
		for _, hostile := range []string{`x"} or {service=~".+`, "`", `.*`, "\n", `"`, `\`, "\xff", "a|b"} {
			for _, flag := range []string{"--project", "--session", "--tool", "--agent"} {
				require.Empty(t, decode[Row](t, s.ok(t, "prompts", "--json", flag, hostile)), "%s %q", flag, hostile)
				require.Empty(t, decode[Group](t, s.ok(t, "top-files", "--json", flag, hostile)), "%s %q", flag, hostile)
			}
		}
	})
	t.Run("LogQL", func(t *testing.T) {
		got := decode[Row](t, s.ok(t, `{service="claude-telemetry"} |= "evil.example" | json`, "--json"))
		require.Len(t, got, 4)
		require.NotEmpty(t, got[0].Parsed)
		numbers := decode[Group](t, s.ok(t, `sum by (event) (count_over_time({service="claude-telemetry"}[24h]))`, "--json"))
		require.NotEmpty(t, numbers)
		require.Positive(t, numbers[0].Values["value"])
		require.Contains(t, s.ok(t, `vector(42)`), "42")
		_, _, err := s.run(t, `{service=`)
		require.ErrorContains(t, err, "Loki answered 400")
	})
	t.Run("text", func(t *testing.T) {
		for _, width := range []string{"80", "200"} {
			out := s.ok(t, `{service="claude-telemetry"}`, "--width", width)
			for line := range strings.Lines(out) {
				line = strings.TrimSuffix(line, "\n")
				require.Equal(t, termtext.Clean(line), line)
			}
			require.Contains(t, out, "⚠ critical")
		}
		rows, err := csv.NewReader(strings.NewReader(s.ok(t, "searches", "--csv"))).ReadAll()
		require.NoError(t, err)
		require.Len(t, rows, 3)
		require.True(t, strings.HasPrefix(rows[2][11], "'=cmd"), rows[2][11])
		rows, err = csv.NewReader(strings.NewReader(s.ok(t, "by-tool", "--csv"))).ReadAll()
		require.NoError(t, err)
		require.Equal(t, []string{"tool", "calls", "errors", "denied", "outside"}, rows[0])
	})
	t.Run("roll-ups", func(t *testing.T) {
		rollups(t, url, records)
		for name, want := range groups {
			p, _ := find(name)
			if p.counts.kind == "" {
				continue
			}
			check(t, decode[Group](t, s.ok(t, name, "--json")), p.counts.by[0], want, fromRollups)
			check(t, decode[Group](t, s.ok(t, name, "--json", "--lines")), p.counts.by[0], want, fromLines)
		}
		require.Equal(t, fromLines, decode[Group](t, s.ok(t, "by-tool", "--json", "--session", "5e55"))[0].From)
		require.Contains(t, s.ok(t, "by-tool"), "--lines counts records")
		require.NotContains(t, s.ok(t, "by-tool", "--lines"), "--lines counts records")
	})
}

func check(t *testing.T, got []Group, by string, want map[string]float64, from string) {
	t.Helper()
	have := map[string]float64{}
	for _, g := range got {
		require.Equal(t, from, g.From)
		for name, v := range g.Values {
			have[g.Labels[by]+":"+name] = v
		}
	}
	for key, v := range want {
		require.InDelta(t, v, have[key], 0, "%s of %v", key, have)
	}
}

// rollups sends what the collector counts of the records.
func rollups(t *testing.T, url string, records []plog.Logs) {
	t.Helper()
	f := lokiexporter.NewFactory()
	cfg := f.CreateDefaultConfig().(*lokiexporter.Config)
	cfg.ClientConfig.Endpoint = url
	cfg.QueueConfig = configoptional.None[exporterhelper.QueueBatchConfig]()
	cfg.Line.AttributesInLine = lokiexporter.AttributesNever
	cfg.Labels = []lokiexporter.FieldConfig{
		{Name: semconv.LabelService, SourceConfig: lokiexporter.SourceConfig{From: "resource", Key: semconv.ServiceName}},
		{Name: semconv.LabelRollup, SourceConfig: lokiexporter.SourceConfig{From: "attribute", Key: semconv.RollupKind}},
		{Name: semconv.LabelProject, SourceConfig: lokiexporter.SourceConfig{From: "attribute", Key: semconv.ProjectName}},
		{Name: semconv.LabelHour, SourceConfig: lokiexporter.SourceConfig{From: "attribute", Key: semconv.RollupHour}},
	}
	e, err := f.CreateLogs(t.Context(), exportertest.NewNopSettings(f.Type()), cfg)
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), componenttest.NewNopHost()))
	defer func() { require.NoError(t, e.Shutdown(context.Background())) }()
	c := rollup.NewCounter(rollup.DefaultMaxGroups)
	for _, ld := range records {
		c.AddAll(ld)
	}
	require.NoError(t, e.ConsumeLogs(t.Context(), c.Logs("test-0")))
}
