package story_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
	"github.com/agent-telemetry/agent-telemetry/test/recorded"
)

// What Loki leaves out of a record does not change the totals: not of sessions that have
// no other records, not with names that would be syntax, and not of more sessions and
// records than are asked for at once.
func TestTotalsFromLokiAreThoseOfTheAuditLog(t *testing.T) {
	at := time.Now().Add(-2 * time.Hour).UTC().Truncate(time.Second)
	var logs []plog.Logs
	session := func(id string, calls int, tool string, f recorded.Fields) {
		s := &recorded.Script{Session: id, Project: "/home/dev/shop", At: at, Step: time.Millisecond}
		for i := range calls {
			all := recorded.Fields{"tool_name": tool, "tool_use_id": fmt.Sprintf("toolu_%d", i), "tool_input": f}
			s.Hook("PreToolUse", all)
			if i%3 != 0 {
				s.Hook("PostToolUse", all)
			}
		}
		logs = append(logs, s.Logs...)
	}
	session("only-beginnings", 1, "Bash", recorded.Fields{"command": "make"})
	session("`}} | json .* \"'\n\\|(", 4, "mcp__\"a\"`}}__b\n|", recorded.Fields{"command": "x"})
	session("a-secret", 2, "Bash", recorded.Fields{"command": "export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"})
	session("reads", 5, "Read", recorded.Fields{"file_path": "/home/dev/shop/a.go"})
	session("outside", 4, "Read", recorded.Fields{"file_path": "/etc/passwd"})
	for i := range 12 {
		session(fmt.Sprintf("many-%d", i), 20, "Bash", recorded.Fields{"command": "ls"})
	}
	url, into := recorded.Loki(t)
	home := statedir.Dir(filepath.Join(t.TempDir(), "state"))
	recorded.Audit(t, home, logs...)
	recorded.ToLoki(t, home, into)
	client, err := lokiquery.FromEnv(url)
	require.NoError(t, err)
	for _, q := range []story.Query{
		{}, {Project: "shop"}, {Project: "/home/dev/shop"}, {Session: "only-beginnings"}, {From: at.Add(20 * time.Millisecond), To: at.Add(100 * time.Millisecond)},
	} {
		want, err := story.Sessions(t.Context(), story.Audit(home.Audit()), q)
		require.NoError(t, err)
		got, err := story.Sessions(t.Context(), story.Loki(client.Fresh()), q)
		require.NoError(t, err)
		require.NotEmpty(t, want.Sessions)
		for i := range want.Sessions {
			require.NotEmpty(t, want.Sessions[i].ProjectPath)
			want.Sessions[i].Host = ""
			want.Sessions[i].Claude = got.Sessions[i].Claude
		}
		require.Equal(t, want, got, "%+v", q)
	}
}
