package pipelinehealthreceiver

import (
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/health"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// counter is a number of the collector's own metrics that only grows.
type counter struct {
	field  string
	metric string // without otelcol_
	label  string // of which samples count; "" for all
	wanted func(value string) bool
}

func not(value string) func(string) bool {
	return func(v string) bool { return !strings.HasPrefix(v, value) }
}

// counters are told as what came since the look before.
var counters = []counter{
	{field: semconv.HealthReceived, metric: "receiver_claude_hook_requests", label: "outcome", wanted: func(v string) bool { return v == "accepted" }},
	{field: semconv.HealthRefused, metric: "receiver_claude_hook_refused"},
	{field: semconv.HealthRefused, metric: "receiver_claude_hook_requests", label: "outcome", wanted: not("accepted")},
	{field: semconv.HealthRefused, metric: "receiver_refused_log_records", label: "receiver", wanted: not("audit_log")},
	{field: semconv.HealthDuplicates, metric: "receiver_claude_hook_duplicates"},
	{field: semconv.HealthDuplicates, metric: "exporter_audit_log_duplicates"},
	{field: semconv.HealthWritten, metric: "exporter_audit_log_records"},
	{field: semconv.HealthWriteErrors, metric: "exporter_audit_log_write_errors"},
	{field: semconv.HealthPushes, metric: "exporter_loki_pushes"},
	{field: semconv.HealthPushErrors, metric: "exporter_loki_pushes", label: "code", wanted: not("2")},
	{field: semconv.HealthLokiRefused, metric: "exporter_loki_refused_entries"},
	{field: semconv.HealthLokiBytes, metric: "exporter_loki_pushed_bytes"},
	{field: semconv.HealthJudged, metric: "processor_security_alert_judged"},
	{field: semconv.HealthUnjudged, metric: "processor_security_alert_unjudged"},
	{field: semconv.HealthUnjudged, metric: "processor_security_alert_judge_failures"},
	{field: semconv.HealthAlerts, metric: "processor_security_alert_alerts"},
	{field: semconv.HealthMissing, metric: "processor_session_gaps_missing_events"},
}

// averages are told as the mean of what came since the look before, in microseconds.
var averages = []counter{
	{field: semconv.HealthCaptureAvg, metric: "receiver_claude_hook_capture_duration"},
	{field: semconv.HealthJudgeAvg, metric: "processor_security_alert_judge_duration"},
	{field: semconv.HealthSyncAvg, metric: "exporter_audit_log_fsync_duration"},
}

// gauges are told as they are.
var gauges = []counter{
	{field: semconv.HealthCheckpoint, metric: "exporter_audit_log_checkpoint_age"},
	{field: semconv.HealthUncovered, metric: "exporter_audit_log_uncovered_records"},
	{field: semconv.HealthRules, metric: "processor_security_alert_rules"},
	{field: semconv.HealthRulesBad, metric: "processor_security_alert_rules_bad"},
}

// channelCounters are those of a notify exporter.
var channelCounters = []counter{
	{field: semconv.ChannelSent, metric: "exporter_notify_sent"},
	{field: semconv.ChannelFailed, metric: "exporter_notify_failed"},
	{field: semconv.ChannelDropped, metric: "exporter_notify_dropped"},
	{field: semconv.ChannelSuppressed, metric: "exporter_notify_suppressed"},
}

const (
	metricPrefix   = "otelcol_"
	channelLabel   = "channel"
	channelPending = "exporter_notify_pending"
	channelLastOK  = "exporter_notify_last_success"
	channelLastBad = "exporter_notify_last_failure"
	maxChannels    = 100
)

// prefixes are those of the metrics that are asked for.
var prefixes = []string{
	metricPrefix + "receiver_claude_hook_", metricPrefix + "receiver_refused_", metricPrefix + "exporter_audit_log_", metricPrefix + "exporter_loki_",
	metricPrefix + "exporter_notify_", metricPrefix + "processor_security_alert_", metricPrefix + "processor_session_gaps_",
}

// samples are the collector's own metrics at one time.
type samples map[string][]health.Sample // by name, without otelcol_

func byName(all []health.Sample) samples {
	s := samples{}
	for _, x := range all {
		name := strings.TrimPrefix(x.Name, metricPrefix)
		s[name] = append(s[name], x)
	}
	return s
}

// sum adds up the samples that c means, of one channel when that is not "".
func (s samples) sum(c counter, suffix, channel string) (total float64) {
	for _, x := range s[c.metric+suffix] {
		if (c.wanted == nil || c.wanted(x.Labels[c.label])) && (channel == "" || x.Labels[channelLabel] == channel) {
			total += x.Value
		}
	}
	return total
}

// channels are the notify exporters that there are.
func (s samples) channels() (names []string) {
	seen := map[string]bool{}
	for _, x := range s[channelPending] {
		if name := x.Labels[channelLabel]; name != "" && !seen[name] && len(names) < maxChannels {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}
