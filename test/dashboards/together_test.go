package dashboards

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// together pushes records of how agents worked together, as docs/coordination.md has them.
func together(t *testing.T, s *harness.Stack) {
	t.Helper()
	now := time.Now().Add(-40 * time.Minute) // graphs end with the last whole step
	var streams []any
	put := func(event string, metadata map[string]string, line map[string]any) {
		now = now.Add(time.Second)
		line["session_id"] = storySession
		metadata["session_id"] = storySession
		if metadata["record_id"] == "" {
			metadata["record_id"] = storySession + "/1/" + metadata["agent_type"]
		}
		raw, err := json.Marshal(line)
		require.NoError(t, err)
		streams = append(streams, map[string]any{
			"stream": map[string]string{"service": "claude-telemetry-coordination", "event": event, "project": "shop", "hour": now.UTC().Format("15")},
			"values": []any{[]any{strconv.FormatInt(now.UnixNano(), 10), string(raw), metadata}},
		})
	}
	delegation := func(kind, parent, parentType, depth, outcome string, ms, tokens, children int) {
		id := "a" + strconv.Itoa(len(streams))
		put("agent_delegation", map[string]string{"record_id": storySession + "/" + id, "agent_id": id, "agent_type": kind, "agent_parent": parent, "agent_depth": depth}, map[string]any{
			"delegation": id, "agent_id": id, "agent_type": kind, "parent_id": parent, "parent_type": parentType, "description": "look around", "outcome": outcome,
			"duration_ms": ms, "own_ms": ms - 100, "waiting_ms": 100, "tool_calls": 7, "errors": 1, "denied": 0, "children": children, "tokens": tokens,
		})
	}
	delegation("Plan", "main", "main", "1", "completed", 5000, 20_000, 1)
	delegation("Explore", "a0", "Plan", "2", "completed", 2000, 5000, 0)
	delegation("Explore", "main", "main", "1", "failed", 700, -1, 0)
	touched := func(more map[string]any) map[string]any {
		for _, k := range []string{"first", "second"} {
			more[k+"_agent"], more[k+"_type"], more[k+"_call"], more[k+"_time"] = "a1", "Explore", "toolu_1", "2026-01-01T00:00:00Z"
		}
		return more
	}
	put("agent_conflict", map[string]string{}, touched(map[string]any{"conflict": "c1", "file": "/p/a.go", "kind": "concurrent", "gap_ms": 1200, "base": "first"}))
	put("agent_repeated_work", map[string]string{}, touched(map[string]any{"repeat": "r1", "kind": "read", "target": "/p/a.go", "detail": "offset=1 limit=50", "times": 2}))
	for range 2 { // it went on
		put("session_coordination", map[string]string{}, map[string]any{
			"agents": 3, "delegations": 3, "depth": 2, "fan_out": 2, "tool_calls": 30, "errors": 2, "work_ms": 12_000, "active_ms": 9000, "peak": 2,
			"parallelism": 1.33, "parallel_efficiency": 0.66, "overlap": 0.3, "delegated_share": 0.4, "critical_path_ms": 8000,
			"conflicts": 1, "repeated_reads": 1, "repeated_searches": 0, "recommendations": 1, "recommended": []string{"Two delegations could have run at the same time"},
		})
		for _, kind := range []string{"main", "Explore"} {
			put("agent_type_share", map[string]string{"agent_type": kind}, map[string]any{"type_share": kind, "agent_type": kind, "own_ms": 4000, "share": 0.3})
		}
	}
	raw, err := json.Marshal(map[string]any{"streams": streams})
	require.NoError(t, err)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.LokiURL()+"/loki/api/v1/push", bytes.NewReader(raw))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/json")
	o, err := harness.Do(http.DefaultClient, req)
	require.NoError(t, err)
	require.Equal(t, http.StatusNoContent, o.Status, o.Body)
}
