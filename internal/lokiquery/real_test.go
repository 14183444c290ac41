package lokiquery

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// realLoki starts the Loki that was built for the stack.
func realLoki(t *testing.T) *Client {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a real Loki")
	}
	bin, err := harness.FindBinaries()
	require.NoError(t, err)
	l, err := harness.NewLoki(bin, t.TempDir(), nil)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	require.NoError(t, l.Start(ctx))
	t.Cleanup(func() { require.NoError(t, l.Stop()) })
	c, err := FromEnv(l.URL)
	require.NoError(t, err)
	return c
}

// entry is [time, line, metadata] of the push API's JSON form.
type entry [3]any

func push(t *testing.T, c *Client, labels map[string]string, entries ...entry) {
	t.Helper()
	raw, err := json.Marshal(map[string]any{"streams": []any{map[string]any{"stream": labels, "values": entries}}})
	require.NoError(t, err)
	res, err := http.Post(c.base+"/loki/api/v1/push", "application/json", bytes.NewReader(raw))
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, http.StatusNoContent, res.StatusCode)
}

func at(t time.Time) string { return strconv.FormatInt(t.UnixNano(), 10) }

func TestAgainstARealLoki(t *testing.T) {
	c := realLoki(t)
	ctx := t.Context()
	require.NoError(t, c.Ready(ctx))
	now := time.Now().Truncate(time.Millisecond)
	const nasty = "\"} or {`\\\n | x"
	push(t, c, map[string]string{"service": "s", "session": nasty, "project": "p"},
		entry{at(now), "a line", map[string]string{"session_id": nasty, "event_id": "e1"}})
	push(t, c, map[string]string{"service": "s", "project": "p"}, entry{at(now.Add(1)), "without the label", map[string]string{"session_id": nasty, "event_id": "e2"}})
	push(t, c, map[string]string{"service": "s", "project": "p", "session": "__overflow__"},
		entry{at(now.Add(2)), "one label too many", map[string]string{"session_id": nasty, "event_id": "e3"}})

	q := Query{}.Label("service", "s").LabelOrNone("session", nasty).Metadata("session_id", nasty)
	got, err := c.QueryRange(ctx, q, now.Add(-time.Hour), now.Add(time.Hour), 10, false)
	require.NoError(t, err)
	require.Len(t, got, 3, "with and without the session label, whatever the value")
	require.Equal(t, "a line", got[0].Line)
	require.Equal(t, map[string]string{"session_id": nasty, "event_id": "e1"}, got[0].Metadata, "labels and metadata come apart")
	require.Equal(t, now.UnixNano(), got[0].Time.UnixNano())
	labels, err := c.Labels(ctx, now.Add(-time.Hour), now.Add(time.Hour))
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"service", "session", "project"}, labels)

	var refusal *APIError
	_, err = c.Query(ctx, "{", now)
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, http.StatusBadRequest, refusal.Status)

	// More entries at one instant than a page holds, and some around it.
	const crowd = MaxPage + 1200
	var entries []entry
	for i := range crowd {
		entries = append(entries, entry{at(now.Add(time.Second)), fmt.Sprint("n", i), map[string]string{"event_id": fmt.Sprintf("%08x", i*2654435761%(1<<32))}})
	}
	for i := range 3000 {
		entries = append(entries, entry{at(now.Add(time.Second + time.Duration(i+1)*time.Microsecond)), fmt.Sprint("m", i), map[string]string{"event_id": fmt.Sprintf("f%07x", i)}})
	}
	for len(entries) > 0 {
		n := min(2000, len(entries))
		push(t, c, map[string]string{"service": "crowd"}, entries[:n]...)
		entries = entries[n:]
	}
	for _, backward := range []bool{false, true} {
		for _, size := range []int{MaxPage, 700} {
			seen := map[string]int{}
			var last time.Time
			require.NoError(t, c.WalkPages(ctx, Query{}.Label("service", "crowd"), now, now.Add(time.Minute), backward, size, func(e Entry) bool {
				seen[e.Line]++
				if !last.IsZero() {
					require.False(t, backward && e.Time.After(last) || !backward && e.Time.Before(last), "in order")
				}
				last = e.Time
				return true
			}))
			require.Len(t, seen, crowd+3000)
			for line, n := range seen {
				require.Equal(t, 1, n, line)
			}
		}
	}
}

func TestUnreachableAndSecrets(t *testing.T) {
	c, err := FromEnv("http://user:hunter2@127.0.0.1:1")
	require.NoError(t, err)
	err = c.Ready(t.Context())
	require.ErrorIs(t, err, ErrUnreachable)
	require.NotContains(t, err.Error(), "hunter2")
	_, err = FromEnv("ftp://user:hunter2@x")
	require.Error(t, err)
	require.NotContains(t, err.Error(), "hunter2")
}
