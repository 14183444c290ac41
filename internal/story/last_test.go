package story_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
	"github.com/agent-telemetry/agent-telemetry/test/recorded"
)

// The newest session is found behind however many records of others.
func TestTheLastSessionBehindManyOthers(t *testing.T) {
	home := statedir.Dir(t.TempDir())
	cart := &recorded.Script{Session: "cart", Project: "/home/dev/cart", At: noon}
	cart.Hook("UserPromptSubmit", recorded.Fields{"prompt": "x"})
	shop := &recorded.Script{Session: "shop", Project: "/home/dev/shop", At: noon}
	shop.Hook("UserPromptSubmit", recorded.Fields{"prompt": "x"})
	other := statedir.Dir(t.TempDir())
	recorded.Audit(t, other, append(cart.Logs, shop.Logs...)...)
	var records []auditlog.Pending
	require.NoError(t, auditlog.Read(t.Context(), other.Audit(), auditlog.Filter{Kind: auditlog.KindLog}, func(e auditlog.Entry) error {
		line := string(e.Line)
		records = append(records, auditlog.Pending{JSON: []byte(line[strings.Index(line, `"record":`)+9 : len(line)-1])})
		return nil
	}))
	require.Len(t, records, 2)
	require.NoError(t, home.Create())
	l, err := auditlog.Open(home.Audit(), auditlog.Options{SegmentMaxBytes: 4 << 20})
	require.NoError(t, err)
	many := records[:1:1]
	for range 12_000 {
		many = append(many, records[1])
	}
	_, err = l.Append(t.Context(), many...)
	require.NoError(t, err)
	require.NoError(t, l.Close())
	source := story.Audit(home.Audit())
	for project, want := range map[string]string{"": "shop", "cart": "cart", "/home/dev/cart": "cart"} {
		id, err := story.Find(t.Context(), source, story.Query{Project: project}, "")
		require.NoError(t, err, project)
		require.Equal(t, want, id)
	}
	_, err = story.Find(t.Context(), source, story.Query{Project: "nowhere"}, "")
	require.ErrorIs(t, err, story.ErrNoSession)
}

// What is missing at a session's beginning is missing, too, when it is asked for up to a
// time; of a part that begins later it is not known.
func TestMissingInAPart(t *testing.T) {
	home := statedir.Dir(t.TempDir())
	s := &recorded.Script{Session: "s", Project: "/home/dev/shop", At: noon}
	s.Skip(2)
	for range 6 {
		s.Hook("UserPromptSubmit", recorded.Fields{"prompt": "x"})
	}
	recorded.Audit(t, home, s.Logs...)
	for _, c := range []struct {
		from, to time.Time
		missing  int
	}{{missing: 2}, {to: noon.Add(3 * time.Second), missing: 2}, {from: noon.Add(time.Second)}, {from: noon.Add(time.Second), to: noon.Add(4 * time.Second)}} {
		got, err := story.Load(t.Context(), story.Audit(home.Audit()), story.Query{Session: "s", From: c.from, To: c.to}, story.Limits{})
		require.NoError(t, err)
		require.Equal(t, c.missing, got.Missing, "%v", c)
	}
}

// Numbers that somebody makes up do not turn others around.
func TestLinesThatNobodyWrote(t *testing.T) {
	var tally story.Tally
	for _, id := range []string{"a", "b", "c"} {
		tally.Add(&story.Event{Time: noon, ID: id, ToolUseID: id, Hook: "PostToolUse", Type: semconv.EventFileEdit, Tool: "Edit", Added: math.MaxInt64, Removed: math.MaxInt64})
	}
	require.Positive(t, tally.Session().LinesAdded)
	require.Positive(t, tally.Session().LinesRemoved)
}
