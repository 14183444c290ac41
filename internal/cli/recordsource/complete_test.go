package recordsource

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
	"github.com/agent-telemetry/agent-telemetry/test/recorded"
)

// A shell puts into its line what it is told: nothing there may be more than a word.
func TestCompletionsAreWords(t *testing.T) {
	now := time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)
	var logs []plog.Logs
	for _, id := range []string{
		"5e551011-good", "5e551011_too.1", "5e55$(touch${IFS}/tmp/x)a", "5e55$(touch${IFS}/tmp/x)b", "5e55`id`", "5e55 b", "5e55;b", "5e55\tb", "5e55'", "5e55\x1b[2J", "--help", "~", "5e55*",
	} {
		s := &recorded.Script{Session: id, Project: "/home/dev/shop", At: now.Add(-time.Hour)}
		s.Hook("UserPromptSubmit", recorded.Fields{"prompt": "x"})
		logs = append(logs, s.Logs...)
	}
	home := statedir.Dir(t.TempDir())
	recorded.Audit(t, home, logs...)
	open := func(context.Context) (story.Source, error) { return story.Audit(home.Audit()), nil }
	ids := func(all []string) (ids []string) {
		for _, c := range all {
			id, _, _ := strings.Cut(c, "\t")
			ids = append(ids, id)
		}
		return ids
	}
	require.ElementsMatch(t, []string{"5e551011-good", "5e551011_too.1"}, ids(CompleteSessions(&cobra.Command{}, open, now, "")))
	require.Equal(t, []string{"5e551011-good"}, ids(CompleteSessions(&cobra.Command{}, open, now, "5e551011-")))
	require.Equal(t, []string{"5e551011-good"}, ids(CompleteSessions(&cobra.Command{}, open, now, "", "5e551011_too.1")))
	require.Empty(t, CompleteSessions(&cobra.Command{}, open, now.Add(30*24*time.Hour), ""))
	require.Empty(t, CompleteSessions(&cobra.Command{}, func(context.Context) (story.Source, error) { return nil, errors.New("none") }, now, ""))
}
