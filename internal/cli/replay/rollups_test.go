package replay

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// counted is how many records the roll-ups of a Loki count.
func counted(t *testing.T, url string) (n int) {
	t.Helper()
	c, err := lokiquery.FromEnv(url)
	require.NoError(t, err)
	q := lokiquery.Query{}.Label(semconv.LabelService, semconv.RollupServiceName).Label(semconv.LabelRollup, semconv.RollupAgent)
	require.NoError(t, c.Fresh().Walk(t.Context(), q, time.Now().Add(-2*time.Hour), time.Now(), false, func(e lokiquery.Entry) bool {
		m := regexp.MustCompile(` n=(\d+) `).FindStringSubmatch(e.Line)
		require.NotNil(t, m, e.Line)
		i, err := strconv.Atoi(m[1])
		require.NoError(t, err)
		n += i
		return true
	}))
	return n
}

// Of a window whose beginning retention has removed nothing is counted: Loki has, or
// had, the roll-ups of all of it.
func TestRollupsOfAPartOfAWindowAreNotMade(t *testing.T) {
	home := statedir.Dir(t.TempDir())
	loki := startLoki(t, nil)
	l, err := auditlog.Open(home.Audit(), auditlog.Options{SegmentMaxBytes: 1, HeartbeatInterval: 200 * time.Millisecond})
	require.NoError(t, err)
	at := time.Now().Add(-time.Hour).UTC().Format(time.RFC3339Nano)
	write := func(n int) {
		for i := range n {
			_, err := l.Append(t.Context(), auditlog.Pending{JSON: fmt.Appendf(nil,
				`{"kind":"log","time":%q,"resource":{"service.name":"claude-telemetry"},"attributes":{"event.type":"file_read","claude_code.project.name":"p"},"body":"%d %d"}`, at, n, i)})
			require.NoError(t, err)
		}
	}
	own := func() bool {
		last, err := auditlog.Last(t.Context(), home.Audit(), 1, auditlog.Filter{})
		return err == nil && len(last) == 1 && last[0].Kind == auditlog.KindHeartbeat
	}
	require.Eventually(t, own, 10*time.Second, time.Millisecond)
	write(7) // within a heartbeat, or over one
	require.Eventually(t, own, 10*time.Second, time.Millisecond)
	write(5)
	require.NoError(t, l.Close())

	entries := []auditlog.Entry{}
	require.NoError(t, auditlog.Read(t.Context(), home.Audit(), auditlog.Filter{}, func(e auditlog.Entry) error { entries = append(entries, e); return nil }))
	segments, err := auditlog.Segments(home.Audit())
	require.NoError(t, err)
	require.Len(t, segments, len(entries))
	first := 0
	for entries[first].Kind != auditlog.KindLog {
		first++
	}
	for i := range first + 2 { // and the first two of the seven
		require.NoError(t, os.Remove(segments[i].Path))
	}
	want, whole := 0, false
	for _, e := range entries[first+2:] {
		switch {
		case e.Kind != auditlog.KindLog:
			whole = true
		case whole:
			want++
		}
	}
	require.GreaterOrEqual(t, want, 5)
	r, _, err := replay(t, home, "--loki-url", loki.URL)
	require.NoError(t, err, "%+v", r)
	require.Equal(t, 10, r.Sent)
	require.NotNil(t, r.Rollups)
	require.Equal(t, want, counted(t, loki.URL))
}
