package pipelinehealthreceiver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap/confmaptest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/receiver/receivertest"

	"github.com/agent-telemetry/agent-telemetry/internal/auditcursor"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/receiver/pipelinehealthreceiver/internal/metadata"
)

func TestConfig(t *testing.T) {
	conf, err := confmaptest.LoadConf(filepath.Join("testdata", "config.yaml"))
	require.NoError(t, err)
	load := func(name string) *Config {
		t.Helper()
		sub, err := conf.Sub(component.MustNewIDWithName("pipeline_health", name).String())
		require.NoError(t, err)
		cfg := createDefaultConfig().(*Config)
		require.NoError(t, sub.Unmarshal(cfg))
		return cfg
	}
	full := load("full")
	require.NoError(t, full.Validate())
	require.Equal(t, &Config{StateDirectory: "/var/lib/agent-telemetry", MetricsPort: 8888, Interval: 30 * time.Second, MaxWaiting: 10}, full)
	err = load("wrong").Validate()
	for _, key := range []string{"state_directory: ", "metrics_port: ", "interval: ", "max_waiting: "} {
		require.ErrorContains(t, err, key)
	}
}

// state makes a state directory with something of everything.
func state(t *testing.T) statedir.Dir {
	t.Helper()
	home := statedir.Dir(t.TempDir())
	require.NoError(t, home.Create())
	log, err := auditlog.Open(home.Audit(), auditlog.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, log.Close()) })
	for range 5 {
		_, err = log.Append(t.Context(), auditlog.Pending{JSON: []byte(`{"kind":"log"}`)})
		require.NoError(t, err)
	}
	require.NoError(t, auditcursor.Write(auditcursor.File(home.Queue(), "audit_log/loki"), auditcursor.Cursor{
		Log: log.Status().LogID, NextSeq: log.Status().NextSeq - 3, Skipped: 2, CaughtUp: time.Now().Add(-30 * time.Second),
	}))
	for i := range 2 {
		require.NoError(t, os.WriteFile(filepath.Join(home.Spool(), fmt.Sprintf("%d.otlp.json", i)), []byte("12345"), 0o600))
	}
	return home
}

// metrics serves the collector's own metrics.
func metrics(t *testing.T, text *atomic.Pointer[string]) (port int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	srv := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(*text.Load())) })}
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { require.NoError(t, srv.Close()) })
	return l.Addr().(*net.TCPAddr).Port
}

// fields reads the lines of a kind.
func fields(t *testing.T, ld plog.Logs, kind string) (all []map[string]string) {
	t.Helper()
	for _, lr := range ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().All() {
		if v, _ := lr.Attributes().Get(semconv.RollupKind); v.Str() != kind {
			continue
		}
		m := map[string]string{}
		for f := range strings.FieldsSeq(lr.Body().Str()) {
			name, value, ok := strings.Cut(f, "=")
			require.True(t, ok, f)
			m[name] = value
		}
		all = append(all, m)
	}
	return all
}

func TestLook(t *testing.T) {
	home := state(t)
	var text atomic.Pointer[string]
	set := func(requests, pushed, failed, seconds int) {
		s := fmt.Sprintf(`# TYPE x counter
otelcol_receiver_claude_hook_requests_total{outcome="accepted",transport="tcp"} %d
otelcol_receiver_claude_hook_requests_total{outcome="rejected",transport="tcp"} 2
otelcol_exporter_loki_pushes_total{code="204"} %d
otelcol_exporter_loki_pushes_total{code="429"} %d
otelcol_exporter_audit_log_fsync_duration_seconds_sum %d
otelcol_exporter_audit_log_fsync_duration_seconds_count %d
otelcol_exporter_audit_log_checkpoint_age_seconds 12.4
otelcol_exporter_notify_pending{channel="notify/file"} 3
otelcol_exporter_notify_sent_total{channel="notify/file"} %d
otelcol_exporter_notify_sent_total{channel="notify/other"} 1000
otelcol_exporter_notify_last_success_seconds{channel="notify/file"} %d
`, requests, pushed, failed, seconds, requests, requests, time.Now().Add(-time.Minute).Unix())
		text.Store(&s)
	}
	set(100, 10, 1, 1)
	cfg := &Config{StateDirectory: string(home), MetricsPort: metrics(t, &text)}
	o := newObserver(cfg)
	first, failures := o.look(t.Context(), time.Now())
	require.Empty(t, failures)
	h := fields(t, first, semconv.RollupHealth)
	require.Len(t, h, 1)
	require.Equal(t, "2", h[0][semconv.HealthSpoolFiles])
	require.Equal(t, "10", h[0][semconv.HealthSpoolBytes])
	require.Equal(t, "0", h[0][semconv.HealthSpoolReject], "a state of 0 is told")
	require.Equal(t, "100", h[0][semconv.HealthReceived])
	require.Equal(t, "2", h[0][semconv.HealthRefused])
	require.Equal(t, "11", h[0][semconv.HealthPushes])
	require.Equal(t, "1", h[0][semconv.HealthPushErrors])
	require.Equal(t, "10000", h[0][semconv.HealthSyncAvg])
	require.Equal(t, "12", h[0][semconv.HealthCheckpoint])
	for _, name := range []string{semconv.HealthRSS, semconv.HealthDiskFree, semconv.HealthDiskTotal, semconv.HealthAuditBytes, semconv.HealthAuditRecords} {
		n, err := strconv.Atoi(h[0][name])
		require.NoError(t, err, name)
		require.Positive(t, n, name)
	}
	d := fields(t, first, semconv.RollupDelivery)
	require.Len(t, d, 1)
	require.Equal(t, "audit_log/loki", d[0][semconv.RollupFieldReceiver])
	require.Equal(t, "3", d[0][semconv.DeliveryBehind])
	require.Equal(t, "30", d[0][semconv.DeliveryWaiting])
	require.Equal(t, "2", d[0][semconv.DeliverySkipped])
	c := fields(t, first, semconv.RollupChannel)
	require.Len(t, c, 1)
	require.Equal(t, "3", c[0][semconv.ChannelPending])
	require.Equal(t, "100", c[0][semconv.ChannelSent])
	require.Contains(t, []string{"60", "61"}, c[0][semconv.ChannelLastOK])
	require.NotContains(t, c[0], semconv.ChannelLastFailed, "it never failed")

	set(130, 15, 1, 2)
	second, _ := o.look(t.Context(), time.Now())
	h = fields(t, second, semconv.RollupHealth)
	require.Equal(t, "30", h[0][semconv.HealthReceived], "since the look before")
	require.Equal(t, "0", h[0][semconv.HealthPushErrors])
	require.Equal(t, "33333", h[0][semconv.HealthSyncAvg])
	require.Equal(t, "30", fields(t, second, semconv.RollupChannel)[0][semconv.ChannelSent])

	cfg.MetricsPort = 1 // nobody is there
	third, failures := o.look(t.Context(), time.Now())
	require.NotEmpty(t, failures)
	h = fields(t, third, semconv.RollupHealth)
	require.Equal(t, "2", h[0][semconv.HealthSpoolFiles], "the rest is told")
	require.NotContains(t, h[0], semconv.HealthReceived)
}

// What is not taken waits, a bounded number of looks, and comes when the pipeline does.
func TestAPipelineThatIsAway(t *testing.T) {
	var away atomic.Bool
	away.Store(true)
	release := make(chan struct{})
	got := make(chan int, 10)
	next, err := consumer.NewLogs(func(ctx context.Context, ld plog.Logs) error {
		if away.Load() {
			select { // as the loki exporter does
			case <-release:
			case <-ctx.Done():
				return ctx.Err()
			}
			away.Store(false)
			return errors.New("not yet")
		}
		got <- ld.LogRecordCount()
		return nil
	})
	require.NoError(t, err)
	cfg := &Config{StateDirectory: t.TempDir(), Interval: time.Hour, MaxWaiting: 3}
	r, err := newReceiver(receivertest.NewNopSettings(metadata.Type), cfg, next)
	require.NoError(t, err)
	require.NoError(t, r.Start(t.Context(), componenttest.NewNopHost()))
	defer func() { require.NoError(t, r.Shutdown(t.Context())) }()
	look := func() plog.Logs {
		ld := plog.NewLogs()
		ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
		return ld
	}
	r.add(t.Context(), look())
	require.Eventually(t, func() bool { r.mu.Lock(); defer r.mu.Unlock(); return len(r.waiting) == 0 }, 5*time.Second, time.Millisecond)
	for range 5 {
		r.add(t.Context(), look())
	}
	close(release)
	require.Equal(t, 1, <-got)
	require.Equal(t, 3, <-got, "the oldest were forgotten")
}

func TestLooksByItself(t *testing.T) {
	got := make(chan plog.Logs, 10)
	next, err := consumer.NewLogs(func(_ context.Context, ld plog.Logs) error { got <- ld; return nil })
	require.NoError(t, err)
	r, err := newReceiver(receivertest.NewNopSettings(metadata.Type), &Config{StateDirectory: string(state(t)), Interval: time.Second, MaxWaiting: 3}, next)
	require.NoError(t, err)
	require.NoError(t, r.Start(t.Context(), componenttest.NewNopHost()))
	ld := <-got
	require.NoError(t, r.Shutdown(t.Context()))
	require.Len(t, fields(t, ld, semconv.RollupHealth), 1)
}
