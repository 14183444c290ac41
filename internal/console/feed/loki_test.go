package feed

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

	"github.com/agent-telemetry/agent-telemetry/internal/console/activity"
	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// push gives Loki a tool call of a time.
func push(t *testing.T, url, id string, at time.Time) {
	t.Helper()
	raw, err := json.Marshal(map[string]any{"streams": []any{map[string]any{
		"stream": map[string]string{"service": "claude-telemetry", "event": "command_execution", "tool": "Bash"},
		"values": []any{[]any{
			strconv.FormatInt(at.UnixNano(), 10), `{"hook_event":"PreToolUse","tool_name":"Bash","action_details":{"command":"make"}}`, map[string]string{"event_id": id, "session_id": "s"},
		}},
	}}})
	require.NoError(t, err)
	res, err := http.Post(url+"/loki/api/v1/push", "application/json", bytes.NewReader(raw))
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, http.StatusNoContent, res.StatusCode)
}

// TestLoki: what Loki has of the recent past, then what comes, each once, also
// when it was away in between.
func TestLoki(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a real Loki")
	}
	bin, err := harness.FindBinaries()
	require.NoError(t, err)
	loki, err := harness.NewLoki(bin, t.TempDir(), nil)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	require.NoError(t, loki.Start(ctx))
	t.Cleanup(func() { require.NoError(t, loki.Stop()) })
	now := time.Now()
	push(t, loki.URL, "too-old", now.Add(-30*time.Minute))
	for i := range 20 {
		push(t, loki.URL, fmt.Sprint("old-", i), now.Add(time.Duration(i-100)*time.Second))
	}

	since := now.Add(-15 * time.Minute)
	hub := activity.NewHub(since, time.Now)
	client, err := lokiquery.FromEnv(loki.URL)
	require.NoError(t, err)
	l := &Loki{Client: client, Since: since, Hub: hub, Now: time.Now}
	done := make(chan error, 1)
	follow, stop := context.WithCancel(t.Context())
	go func() { done <- l.Run(follow) }()
	require.Eventually(t, func() bool { return totals(hub).Events == 20 }, soon, 10*time.Millisecond)
	require.Equal(t, "old-19", newest(hub))
	push(t, loki.URL, "live", time.Now())
	require.Eventually(t, func() bool { return newest(hub) == "live" }, soon, 10*time.Millisecond)

	require.NoError(t, loki.Stop())
	require.Eventually(t, func() bool { return totals(hub).Notice != "" }, soon, 10*time.Millisecond)
	require.NoError(t, loki.Start(ctx))
	push(t, loki.URL, "after", time.Now())
	require.Eventually(t, func() bool { return newest(hub) == "after" }, soon, 10*time.Millisecond)
	require.Equal(t, 22, totals(hub).Events, "each once")
	require.Empty(t, totals(hub).Notice)
	stop()
	require.NoError(t, <-done)
}
