package endtoend

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"

	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/eventgen"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// fast has the audit log write a heartbeat every second, so that roll-ups come soon,
// and roll-ups go through a proxy.
func fast(t *testing.T, s *harness.Stack, proxy string) string {
	t.Helper()
	path := filepath.Join(s.Dir, "fast.yaml")
	text := "exporters:\n  audit_log:\n    heartbeat_interval: 1s\n"
	if proxy != "" {
		text += "  loki/rollup:\n    endpoint: " + proxy + "\n"
	}
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// postLogs sends records over OTLP until they are taken.
func postLogs(t *testing.T, s *harness.Stack, ld plog.Logs) {
	t.Helper()
	raw, err := plogotlp.NewExportRequestFromLogs(ld).MarshalProto()
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		resp, err := http.Post("http://127.0.0.1:"+strconv.Itoa(s.Ports.OTLPHTTP)+"/v1/logs", "application/x-protobuf", bytes.NewReader(raw))
		if err != nil {
			return false
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		return resp.Body.Close() == nil && resp.StatusCode == http.StatusOK
	}, harness.StartTimeout, 50*time.Millisecond)
}

// vector asks Loki for numbers, by the labels of the result.
func vector(t *testing.T, c *lokiquery.Client, logQL string) map[string]float64 {
	t.Helper()
	raw, err := c.Query(t.Context(), logQL, time.Now())
	require.NoError(t, err, logQL)
	var answer struct {
		Result []struct {
			Metric map[string]string
			Value  [2]any
		}
	}
	require.NoError(t, json.Unmarshal(raw, &answer))
	all := map[string]float64{}
	for _, r := range answer.Result {
		n, err := strconv.ParseFloat(r.Value[1].(string), 64)
		require.NoError(t, err)
		if n != 0 {
			all[fmt.Sprint(r.Metric)] = n
		}
	}
	return all
}

// rollups and raw are questions with the same answer.
var rollups = []struct{ counted, raw string }{
	{
		`sum(sum_over_time({service="claude-telemetry-rollup", rollup="agent"} | logfmt | unwrap n [2h]))`,
		`sum(count_over_time({service="claude-telemetry"} [2h]))`,
	},
	{
		`sum by (tool, project) (sum_over_time({service="claude-telemetry-rollup", rollup="tool"} | logfmt | unwrap n [2h]))`,
		`sum by (tool, project) (count_over_time({service="claude-telemetry", tool!="", event!="security_alert"} [2h]))`,
	},
	{
		`sum by (session) (sum_over_time({service="claude-telemetry-rollup", rollup="session"} | logfmt | unwrap n [2h]))`,
		`sum by (session) (count_over_time({service="claude-telemetry"} [2h]))`,
	},
	{
		`sum by (project) (sum_over_time({service="claude-telemetry-rollup", rollup="agent"} | logfmt | unwrap outside [2h]))`,
		`sum by (project) (count_over_time({service="claude-telemetry", scope="outside", event!="security_alert"} [2h]))`,
	},
	{
		`sum by (rule, severity) (sum_over_time({service="claude-telemetry-rollup", rollup="alert"} | logfmt | unwrap n [2h]))`,
		`sum by (rule, severity) (count_over_time({service=~".+", event="security_alert"} [2h]))`,
	},
	{
		`sum(sum_over_time({service="claude-telemetry-rollup", rollup="agent"} | logfmt | unwrap duration_ms [2h]))`,
		`sum(sum_over_time({service="claude-telemetry"} | json d="action_details.tool_context.duration_ms", h="hook_event" | h=~"PostToolUse.*" | unwrap d [2h]))`,
	},
	{
		`sum by (model) (sum_over_time({service="claude-telemetry-rollup", rollup="usage"} | logfmt | unwrap input_tokens [2h]))`,
		`sum by (model) (sum_over_time({service="claude-code", event="api_request"} | json | unwrap input_tokens [2h]))`,
	},
}

// requireRollups waits until the roll-ups count so many events, and compares.
func requireRollups(t *testing.T, s *harness.Stack) {
	t.Helper()
	c, err := lokiquery.FromEnv(s.LokiURL())
	require.NoError(t, err)
	c = c.Fresh()
	same := func() bool {
		counted, raw := vector(t, c, rollups[0].counted), vector(t, c, rollups[0].raw)
		return len(raw) > 0 && fmt.Sprint(counted) == fmt.Sprint(raw)
	}
	if !assertEventually(same) {
		require.Equal(t, vector(t, c, rollups[0].raw), vector(t, c, rollups[0].counted), "events are missing, or counted twice")
	}
	time.Sleep(2500 * time.Millisecond) // nothing more is to come
	for _, q := range rollups {
		raw := vector(t, c, q.raw)
		require.NotEmpty(t, raw, q.raw)
		require.Equal(t, raw, vector(t, c, q.counted), q.counted)
	}
}

func assertEventually(condition func() bool) bool {
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if condition() {
			return true
		}
	}
	return false
}

// What the roll-ups say is what a count of the events says: after the collector was
// killed between Loki's answer and its own note of it, again and again.
func TestRollupsCountEachEventOnce(t *testing.T) {
	s := own(t)
	loki, err := harness.NewLoki(s.Binaries, filepath.Join(s.Dir, "foreign-loki"), nil)
	require.NoError(t, err)
	require.NoError(t, loki.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, loki.Stop()) })
	s.External = loki.URL

	var mu sync.Mutex // guards collector
	var collector *harness.Collector
	var pushes, kills atomic.Int64
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		req, err := http.NewRequestWithContext(r.Context(), r.Method, loki.URL+r.URL.Path, r.Body)
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		req.Header = r.Header
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		if pushes.Add(1)%4 == 1 && kills.Load() < 5 && resp.StatusCode/100 == 2 {
			kills.Add(1)
			mu.Lock()
			defer mu.Unlock()
			_ = collector.Kill()
			_ = collector.Start() // what is wrong with it shows soon
			return
		}
		w.WriteHeader(resp.StatusCode)
		_, _ = io.Copy(w, resp.Body)
	}))
	t.Cleanup(proxy.Close)
	collector = s.NewCollector(fast(t, s, proxy.URL))
	require.NoError(t, collector.Start())
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		require.NoError(t, collector.Stop())
	})
	require.NoError(t, collector.Ready(t.Context()))

	// Events of the last half hour, not in order.
	events := eventgen.New(eventgen.Options{Seed: 5, Events: 4_000, Sessions: 20, Start: time.Now().Add(-30 * time.Minute), Span: 29 * time.Minute, Batch: 200, Outside: 0.1, Alerts: 0.03})
	var late []plog.Logs
	n := 0
	for ld := range events.All() {
		if n++; n%3 == 0 {
			late = append(late, ld)
			continue
		}
		postLogs(t, s, ld)
		time.Sleep(400 * time.Millisecond)
	}
	for _, ld := range late {
		postLogs(t, s, ld)
	}
	postLogs(t, s, strange())
	requireRollups(t, s)
	require.GreaterOrEqual(t, kills.Load(), int64(3), "it was not killed")

	// A Loki that has nothing gets the same roll-ups from the audit log.
	rebuilt, err := harness.NewLoki(s.Binaries, filepath.Join(s.Dir, "rebuilt-loki"), nil)
	require.NoError(t, err)
	require.NoError(t, rebuilt.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, rebuilt.Stop()) })
	_, err = s.CLI(t.Context(), "replay", "--loki-url", rebuilt.URL)
	require.NoError(t, err)
	end := time.Now().Add(-time.Minute)
	want := entriesOf(t, loki.URL, end)
	require.Greater(t, len(want), 500)
	require.Equal(t, want, entriesOf(t, rebuilt.URL, end))
	out, err := s.CLI(t.Context(), "replay", "--loki-url", loki.URL, "--json")
	require.NoError(t, err)
	var result struct {
		Rollups struct{ Read, Present, Sent int }
	}
	require.NoError(t, json.Unmarshal([]byte(out), &result))
	require.GreaterOrEqual(t, result.Rollups.Present, len(want))
	require.Zero(t, result.Rollups.Sent, "nothing is there twice")

	// One that has lost a part gets that part.
	partly, err := harness.NewLoki(s.Binaries, filepath.Join(s.Dir, "partly-loki"), nil)
	require.NoError(t, err)
	require.NoError(t, partly.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, partly.Stop()) })
	_, err = s.CLI(t.Context(), "replay", "--loki-url", partly.URL, "--since", "15m", "--rollups=false")
	require.NoError(t, err)
	require.Empty(t, entriesOf(t, partly.URL, end))
	_, err = s.CLI(t.Context(), "replay", "--loki-url", partly.URL, "--since", "15m")
	require.NoError(t, err)
	some := len(entriesOf(t, partly.URL, end))
	require.Positive(t, some)
	require.Less(t, some, len(want))
	_, err = s.CLI(t.Context(), "replay", "--loki-url", partly.URL)
	require.NoError(t, err)
	require.Equal(t, want, entriesOf(t, partly.URL, end))
}

// strange are events with names that try what can be done to a line of logfmt.
func strange() plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr(semconv.ServiceName, semconv.ServiceNameValue)
	records := rl.ScopeLogs().AppendEmpty().LogRecords()
	for i, name := range []string{"two words", `quo"ted`, `back\slash`, "a=b", "tab\tnew\nline", "\x01\x7f", "größe 漢字", `"`, `x" n=1000 y="`, "{{.}}%s%d", "tool=Bash n=7"} {
		lr := records.AppendEmpty()
		lr.SetTimestamp(pcommon.NewTimestampFromTime(time.Now().Add(-5*time.Minute - time.Duration(i)*time.Second)))
		a := lr.Attributes()
		a.PutStr(semconv.EventType, semconv.EventToolUse)
		a.PutStr(semconv.ToolName, name)
		a.PutStr(semconv.SessionID, "session "+name)
		a.PutStr(semconv.ProjectName, "project "+name)
		lr.Body().SetStr(name)
	}
	return ld
}

// entriesOf are all roll-ups of events that a Loki has, up to a time.
func entriesOf(t *testing.T, url string, end time.Time) (all []string) {
	t.Helper()
	c, err := lokiquery.FromEnv(url)
	require.NoError(t, err)
	q := lokiquery.Raw(`{service="claude-telemetry-rollup", rollup!~"health|delivery|channel"}`)
	require.NoError(t, c.Fresh().Walk(t.Context(), q, end.Add(-2*time.Hour), end, false, func(e lokiquery.Entry) bool {
		raw, err := json.Marshal(e)
		require.NoError(t, err)
		all = append(all, string(raw))
		return true
	}))
	slices.Sort(all)
	return all
}
