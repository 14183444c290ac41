package alerts

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// metricsAt has what alerts status asks answer with text.
func metricsAt(t *testing.T, text string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, text) }))
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(strings.TrimPrefix(server.URL, "http://"))
	require.NoError(t, err)
	t.Setenv(semconv.EnvMetricsPort, port)
}

func scrape(last string) string {
	ok, failed := noon.Unix(), noon.Add(-time.Minute).Unix()
	if last == channelFailing {
		ok, failed = failed, ok
	}
	return fmt.Sprintf(`otelcol_exporter_notify_sent_total{channel="notify/file"} 12
otelcol_exporter_notify_last_success_seconds{channel="notify/file"} %d
otelcol_exporter_notify_last_failure_seconds{channel="notify/file"} %d
otelcol_exporter_notify_failed_total{channel="notify/file"} 1
otelcol_exporter_notify_latency_seconds_bucket{channel="notify/file",le="0.01"} 11
otelcol_exporter_notify_latency_seconds_bucket{channel="notify/file",le="+Inf"} 12
otelcol_exporter_notify_sent_total{channel="notify/mail"} 0
otelcol_exporter_notify_last_success_seconds{channel="notify/mail"} 0
otelcol_exporter_queue_size{exporter="notify/mail"} 3
otelcol_processor_security_alert_rules 61
otelcol_processor_security_alert_rules_bad_ratio 0
otelcol_processor_security_alert_rules_loaded_seconds %d
otelcol_processor_security_alert_judged_total 1000
otelcol_processor_security_alert_alerts_total{rule="a",severity="high"} 2
otelcol_processor_security_alert_alerts_total{rule="b",severity="low"} 3
otelcol_processor_security_alert_judge_duration_seconds_bucket{le="2e-05"} 990
otelcol_processor_security_alert_judge_duration_seconds_bucket{le="0.001"} 1000
otelcol_processor_security_alert_judge_duration_seconds_bucket{le="+Inf"} 1000
`, ok, failed, noon.Add(-time.Hour).Unix())
}

func TestStatus(t *testing.T) {
	s := newStage(t)
	metricsAt(t, scrape(channelOK))
	golden(t, "status.golden", s.ok("status"))
	var st Status
	require.NoError(t, json.Unmarshal([]byte(s.ok("status", "--json")), &st))
	require.True(t, st.OK)
	require.InDelta(t, 5, st.Rules.Alerts, 0)
	require.InDelta(t, 61, st.Rules.Rules, 0)
	require.Len(t, st.Channels, 2)
	require.Equal(t, channelOK, st.Channels[0].State)
	require.InDelta(t, -1, *st.Channels[0].P99, 0)
	require.Equal(t, channelUnused, st.Channels[1].State)
	require.InDelta(t, 3, st.Channels[1].Waiting, 0)
	require.Nil(t, st.Channels[1].P50)
}

func TestStatusTellsOfProblems(t *testing.T) {
	s := newStage(t)
	metricsAt(t, scrape(channelFailing)+`otelcol_exporter_notify_dropped_total{channel="notify/mail",reason="queue_full"} 2
otelcol_processor_security_alert_rules_bad_ratio 1
otelcol_processor_security_alert_judge_failures_total 1
`)
	out, _, err := s.run("status", "--json")
	require.Error(t, err)
	var st Status
	require.NoError(t, json.Unmarshal([]byte(out), &st))
	require.False(t, st.OK)
	require.Len(t, st.Problems, 4)
	s.fails(1, "status")
	t.Setenv(semconv.EnvMetricsPort, "1")
	require.ErrorContains(t, s.fails(1, "status"), "is it running")
}
