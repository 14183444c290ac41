package endtoend

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	metricspb "go.opentelemetry.io/proto/otlp/metrics/v1"
	"google.golang.org/protobuf/proto"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/hookfixtures"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/freeport"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// metricsStore takes metrics over OTLP, and reads them with OTLP's own types.
type metricsStore struct {
	*httptest.Server
	mu     sync.Mutex // guards what follows
	newest map[string]*metricspb.Metric
	faults []error
}

func newMetricsStore(t *testing.T) *metricsStore {
	t.Helper()
	s := &metricsStore{newest: map[string]*metricspb.Metric{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		req, err := exported(r)
		s.mu.Lock()
		defer s.mu.Unlock()
		if err != nil {
			s.faults = append(s.faults, err)
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		for _, rm := range req.ResourceMetrics {
			for _, sm := range rm.ScopeMetrics {
				for _, m := range sm.Metrics {
					s.newest[m.Name] = m
				}
			}
		}
		w.Header().Set("Content-Type", "application/x-protobuf")
	}))
	t.Cleanup(s.Close)
	return s
}

// exported reads a request. On the wire it is the same as MetricsData.
func exported(r *http.Request) (*metricspb.MetricsData, error) {
	if r.URL.Path != "/v1/metrics" || r.Header.Get("Content-Type") != "application/x-protobuf" {
		return nil, fmt.Errorf("not metrics over OTLP: %s %s", r.URL.Path, r.Header.Get("Content-Type"))
	}
	body := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		unzipped, err := gzip.NewReader(r.Body)
		if err != nil {
			return nil, err
		}
		body = unzipped
	}
	raw, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	req := &metricspb.MetricsData{}
	return req, proto.Unmarshal(raw, req)
}

// get is the newest of a metric; nil when there is none.
func (s *metricsStore) get(t *testing.T, name string) *metricspb.Metric {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	require.NoError(t, errors.Join(s.faults...))
	return s.newest[name]
}

// scrape reads what Prometheus would, in the format that is asked for.
func scrape(t *testing.T, port int, format expfmt.Format) (map[string]*dto.MetricFamily, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("http://127.0.0.1:%d/metrics", port), nil)
	require.NoError(t, err)
	req.Header.Set("Accept", string(format))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	got := expfmt.ResponseFormat(resp.Header)
	if got.FormatType() != format.FormatType() {
		return nil, fmt.Errorf("asked for %s, got %s", format, got)
	}
	families := map[string]*dto.MetricFamily{}
	for d := expfmt.NewDecoder(resp.Body, got); ; {
		var f dto.MetricFamily
		if err := d.Decode(&f); errors.Is(err, io.EOF) {
			return families, nil
		} else if err != nil {
			return nil, fmt.Errorf("read what was scraped: %w", err)
		}
		families[f.GetName()] = &f
	}
}

// counts are a family's values by one label's; of histograms, how many there are.
func counts(f *dto.MetricFamily, label string) map[string]float64 {
	n := map[string]float64{}
	for _, m := range f.GetMetric() {
		value := ""
		for _, l := range m.GetLabel() {
			if l.GetName() == label {
				value = l.GetValue()
			}
		}
		n[value] += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
	}
	return n
}

func attribute(list []*commonpb.KeyValue, key string) string {
	for _, kv := range list {
		if kv.Key == key {
			return kv.Value.GetStringValue()
		}
	}
	return ""
}

// withMetrics is the example that is shipped, on ports of the test's own.
func withMetrics(t *testing.T, s *harness.Stack, port int, store string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(s.Root, "config", "metrics-example.yaml"))
	require.NoError(t, err)
	text := string(raw)
	for from, to := range map[string]string{
		"127.0.0.1:9464\n":               fmt.Sprintf("127.0.0.1:%d\n", port),
		"http://127.0.0.1:4328":          store,
		"interval: 15s":                  "interval: 1s",
		"exporters: [prometheus/agents]": "exporters: [prometheus/agents, otlp_http/agents]",
	} {
		require.Contains(t, text, from)
		text = strings.ReplaceAll(text, from, to)
	}
	path := filepath.Join(s.Dir, "metrics.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// apiRequest is a request to the model, as Claude Code tells of it.
func apiRequest(session string, number, tokens int) plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	describe(rl.Resource())
	lr := rl.ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	lr.SetTimestamp(pcommon.NewTimestampFromTime(time.Now()))
	for k, v := range map[string]string{
		semconv.NativeEventName: semconv.NativeAPIRequest, semconv.SessionID: session, semconv.NativeSequence: fmt.Sprint(number), semconv.NativeModel: "claude-sonnet-5",
		semconv.NativeQuerySource: "agent:builtin:Explore", semconv.NativeTokensIn: fmt.Sprint(tokens), semconv.NativeTokensOut: "1", semconv.NativeDurationMillis: "1500", semconv.NativeCost: "0.25",
	} {
		lr.Attributes().PutStr(k, v)
	}
	return ld
}

// Real hooks, the real collector and its real endpoint: what Prometheus scrapes and
// what an OTLP store gets is what the audit log holds, and after a restart counting
// begins anew.
func TestMetricsAreScrapedAndSent(t *testing.T) {
	s := own(t)
	s.External = "http://127.0.0.1:9" // nobody is there: metrics need no Loki
	store := newMetricsStore(t)
	ports, err := freeport.Find(1)
	require.NoError(t, err)
	collector := s.NewCollector(withMetrics(t, s, ports[0], store.URL))
	require.NoError(t, collector.Start())
	t.Cleanup(func() { require.NoError(t, collector.Stop()) })
	require.NoError(t, collector.Ready(t.Context()))

	for _, f := range hookfixtures.All() {
		if f.Group == "agents" || f.Group == "shell" || f.Group == "files" {
			run(t, s, harness.Call{Payload: f.Payload(s.Project), ProjectDir: s.Project, Scope: semconv.InstallScopeUser})
		}
	}
	again := apiRequest("native", 1, 700)
	postLogs(t, s, again)
	postLogs(t, s, again)
	postLogs(t, s, apiRequest("native", 2, 40))

	// What the audit log holds, counted here.
	entries := awaitAudit(t, s, auditlog.Filter{}, 1)
	calls, failed, events, alerts := map[string]float64{}, 0.0, 0.0, 0.0
	all, err := s.Audit(t.Context(), auditlog.Filter{})
	require.NoError(t, err)
	require.Greater(t, len(all), len(entries)/2)
	for _, e := range all {
		hook := e.Attribute(semconv.HookEvent)
		switch {
		case e.Attribute(semconv.EventType) == semconv.EventSecurityAlert:
			alerts++
			events++
			continue
		case e.Attribute(semconv.EventType) != "":
			events++
		}
		if hook == "PostToolUse" || hook == "PostToolUseFailure" || hook == "PermissionDenied" {
			calls[e.Attribute(semconv.ToolName)]++
			if e.Attribute(semconv.ErrorType) != "" {
				failed++
			}
		}
	}
	require.Greater(t, len(calls), 4)
	require.Positive(t, failed)

	text := expfmt.NewFormat(expfmt.TypeTextPlain)
	var scraped map[string]*dto.MetricFamily
	await(t, "the events in Prometheus' endpoint", func() (err error) {
		if scraped, err = scrape(t, ports[0], text); err != nil {
			return err
		}
		n := 0.0
		for _, v := range counts(scraped["claude_code_events_total"], "") {
			n += v
		}
		if tokens := counts(scraped["claude_code_api_request_tokens_total"], "claude_code_token_kind")["input"]; n < events || tokens < 740 {
			return fmt.Errorf("%v of %v events, %v tokens", n, events, tokens)
		}
		return nil
	})
	require.Equal(t, calls, counts(scraped["claude_code_tool_calls_total"], "gen_ai_tool_name"))
	ok := counts(scraped["claude_code_tool_calls_total"], "error_type")[""]
	total := 0.0
	for _, n := range calls {
		total += n
	}
	require.Equal(t, failed, total-ok)
	require.Equal(t, map[string]float64{"input": 740, "output": 2}, counts(scraped["claude_code_api_request_tokens_total"], "claude_code_token_kind"))
	require.Equal(t, map[string]float64{"Explore": 0.5}, counts(scraped["claude_code_api_request_cost_total"], "gen_ai_agent_name"))
	raised := 0.0
	for _, n := range counts(scraped["claude_code_alert_raised_total"], "claude_code_alert_severity") {
		raised += n
	}
	require.Equal(t, alerts, raised)
	require.Contains(t, scraped, "claude_code_session_active")
	require.Equal(t, dto.MetricType_GAUGE, scraped["claude_code_session_active"].GetType())
	require.NotEmpty(t, counts(scraped["claude_code_delegation_depth"], "gen_ai_agent_name"))
	require.NotContains(t, scraped["claude_code_tool_calls_total"].String(), "session", "no ids by default")

	// Durations have exponential buckets, in Prometheus' own form.
	binary, err := scrape(t, ports[0], expfmt.NewFormat(expfmt.TypeProtoDelim))
	require.NoError(t, err)
	durations := binary["gen_ai_execute_tool_duration_seconds"]
	require.NotNil(t, durations)
	traced := 0
	for _, m := range durations.GetMetric() {
		h := m.GetHistogram()
		traced += len(h.GetExemplars())
		require.NotNil(t, h.Schema, "a native histogram")
		inBuckets, before := int64(h.GetZeroCount()), int64(0)
		for _, delta := range h.GetPositiveDelta() {
			before += delta
			inBuckets += before
		}
		require.EqualValues(t, h.GetSampleCount(), inBuckets)
	}

	require.Positive(t, traced, "exemplars")

	// The same over OTLP.
	sum := store.get(t, semconv.MetricToolCalls).GetSum()
	require.True(t, sum.IsMonotonic)
	require.Equal(t, metricspb.AggregationTemporality_AGGREGATION_TEMPORALITY_CUMULATIVE, sum.AggregationTemporality)
	sent := map[string]float64{}
	for _, p := range sum.DataPoints {
		sent[attribute(p.Attributes, semconv.ToolName)] += float64(p.GetAsInt())
	}
	require.Equal(t, calls, sent)
	first := sum.DataPoints[0].StartTimeUnixNano
	exemplars := 0
	for _, p := range store.get(t, semconv.MetricToolDuration).GetExponentialHistogram().DataPoints {
		exemplars += len(p.Exemplars)
		for _, x := range p.Exemplars {
			require.Len(t, x.TraceId, 16)
			require.Len(t, x.SpanId, 8)
			require.Positive(t, p.Count)
		}
		require.NotEmpty(t, attribute(p.Attributes, semconv.ToolName))
		require.NotEmpty(t, attribute(p.Attributes, semconv.AgentName))
	}
	require.Positive(t, exemplars)
	usage := store.get(t, semconv.MetricTokenUsage).GetExponentialHistogram()
	require.Len(t, usage.DataPoints, 2)
	for _, p := range usage.DataPoints {
		require.Equal(t, "chat", attribute(p.Attributes, semconv.OperationName))
		require.Equal(t, semconv.ProviderAnthropic, attribute(p.Attributes, semconv.ProviderName))
		require.EqualValues(t, 2, p.Count)
	}

	// After a restart counting begins anew, and says so.
	require.NoError(t, collector.Stop())
	require.NoError(t, collector.Start())
	require.NoError(t, collector.Ready(t.Context()))
	postLogs(t, s, apiRequest("native", 3, 5))
	await(t, "metrics after the restart", func() error {
		m := store.get(t, semconv.MetricRequestTokens)
		for _, p := range m.GetSum().GetDataPoints() {
			if attribute(p.Attributes, semconv.TokenKind) == "input" && p.GetAsInt() == 5 && p.StartTimeUnixNano > first {
				return nil
			}
		}
		return errors.New("not yet")
	})
}
