package health

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

const scrape = `# HELP otelcol_exporter_notify_sent_total Alerts. [Alpha]
# TYPE otelcol_exporter_notify_sent_total counter
otelcol_exporter_notify_sent_total{channel="notify/file",otel_scope_name="x"} 3
otelcol_exporter_notify_last_success_seconds{channel="notify/a \"b\"\\\n"} 1.7e+09 1234
otelcol_exporter_notify_latency_seconds_bucket{channel="notify/file",le="0.1"} 1
otelcol_exporter_notify_latency_seconds_bucket{channel="notify/file",le="0.5"} 9
otelcol_exporter_notify_latency_seconds_bucket{channel="notify/file",le="+Inf"} 10
otelcol_other 1
otelcol_exporter_notify_broken{channel="x 1
otelcol_exporter_notify_pending NaNsense
`

func TestSamples(t *testing.T) {
	all := samples([]byte(scrape), []string{"otelcol_exporter_notify_"})
	require.Len(t, all, 5)
	require.Equal(t, Sample{Name: "otelcol_exporter_notify_sent", Labels: map[string]string{"channel": "notify/file", "otel_scope_name": "x"}, Value: 3}, all[0])
	require.Equal(t, "notify/a \"b\"\\\n", all[1].Labels["channel"])
	require.Equal(t, "otelcol_exporter_notify_last_success", all[1].Name)
	require.InDelta(t, 1.7e9, all[1].Value, 1)
	require.Equal(t, "otelcol_exporter_notify_latency_bucket", all[2].Name)
	require.InDelta(t, 0.5, Quantile(0.5, all[2:]), 0)
	require.True(t, math.IsInf(Quantile(0.99, all[2:]), 1))
	require.True(t, math.IsNaN(Quantile(0.5, nil)))
}

func FuzzSamples(f *testing.F) {
	f.Add(scrape)
	f.Add("a{")
	f.Fuzz(func(_ *testing.T, text string) { samples([]byte(text), []string{""}) })
}
