package notifyexporter

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/exporter/notifyexporter/internal/metadata"
	"github.com/agent-telemetry/agent-telemetry/internal/notify"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/notifytest"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/webhook"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

const eventually, tick = 10 * time.Second, time.Millisecond

// sink is a webhook's receiver.
type sink struct {
	*httptest.Server
	mu     sync.Mutex
	answer func(n int) int // status of the n-th request; nil: 200
	n      int
	got    []notify.Message
}

func newSink(t *testing.T) *sink {
	s := &sink{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.n++
		if s.answer != nil {
			if status := s.answer(s.n); status != http.StatusOK {
				w.WriteHeader(status)
				return
			}
		}
		var m notify.Message
		if err == nil && json.Unmarshal(raw, &m) == nil {
			s.got = append(s.got, m)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *sink) messages() []notify.Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]notify.Message{}, s.got...)
}

func (s *sink) setAnswer(f func(int) int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = f
}

func testConfig(t *testing.T, s *sink, state string) *Config {
	c := createDefaultConfig().(*Config)
	c.Channel, c.StateDirectory = channelWebhook, state
	w := webhook.DefaultConfig()
	if s != nil {
		w.URL = configopaque.String(s.URL)
	}
	c.Webhook = configoptional.Some(w)
	c.RetryConfig.InitialInterval = 5 * time.Millisecond
	c.RetryConfig.MaxInterval = 20 * time.Millisecond
	require.NoError(t, c.Validate())
	return c
}

func settings() exporter.Settings {
	set := exportertest.NewNopSettings(metadata.Type)
	set.ID = component.MustNewIDWithName("notify", "test")
	return set
}

func start(t *testing.T, c *Config) exporter.Logs {
	t.Helper()
	e, err := NewFactory().CreateLogs(t.Context(), settings(), c)
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() { _ = e.Shutdown(context.Background()) })
	return e
}

// alerts are records of alerts, and one that is none beside each.
func alerts(severity string, from, to int) plog.Logs {
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr(semconv.HostName, "host")
	records := rl.ScopeLogs().AppendEmpty().LogRecords()
	for i := from; i < to; i++ {
		other := records.AppendEmpty()
		other.Attributes().PutStr(semconv.EventType, "command_execution")
		a := notifytest.Alert(i, severity)
		lr := records.AppendEmpty()
		lr.SetTimestamp(pcommon.NewTimestampFromTime(a.Time))
		for k, v := range map[string]string{
			semconv.EventType: semconv.EventSecurityAlert, semconv.AlertID: a.ID, semconv.EventID: a.ID, semconv.AlertSeverity: severity,
			semconv.RuleName: a.Rule, semconv.RuleTitle: a.Title, semconv.SessionID: a.Session, semconv.CommandLine: a.Command,
			semconv.AlertEventID: a.EventID, semconv.RuleUUID: a.RuleID,
		} {
			lr.Attributes().PutStr(k, v)
		}
	}
	return ld
}

// requireOnce waits until the sink has the alerts of those numbers, once each and in
// order.
func requireOnce(t *testing.T, s *sink, from, to int) {
	t.Helper()
	require.Eventually(t, func() bool { return len(s.messages()) >= to-from }, eventually, tick)
	var want, got []string
	for i := from; i < to; i++ {
		want = append(want, notifytest.Alert(i, "").ID)
	}
	for _, m := range s.messages() {
		got = append(got, m.ID)
	}
	require.Equal(t, want, got)
}

func TestOnlyAlertsThatAreSevereEnough(t *testing.T) {
	s := newSink(t)
	c := testConfig(t, s, t.TempDir())
	c.MinSeverity = semconv.SeverityHigh
	e := start(t, c)
	require.NoError(t, e.ConsumeLogs(t.Context(), alerts(semconv.SeverityMedium, 0, 5)))
	require.NoError(t, e.ConsumeLogs(t.Context(), alerts(semconv.SeverityHigh, 5, 10)))
	require.NoError(t, e.ConsumeLogs(t.Context(), alerts(semconv.SeverityCritical, 10, 12)))
	requireOnce(t, s, 5, 12)
	require.Equal(t, "host", s.messages()[0].Host)
}

// The receiver delivers again what it had delivered before a crash.
func TestEachOnceOverRestarts(t *testing.T) {
	s := newSink(t)
	state := t.TempDir()
	e := start(t, testConfig(t, s, state))
	require.NoError(t, e.ConsumeLogs(t.Context(), alerts(semconv.SeverityHigh, 0, 10)))
	require.NoError(t, e.ConsumeLogs(t.Context(), alerts(semconv.SeverityHigh, 5, 12)))
	requireOnce(t, s, 0, 12)
	require.NoError(t, e.Shutdown(context.Background()))
	require.NoError(t, e.Shutdown(context.Background()), "a second time")

	e = start(t, testConfig(t, s, state))
	require.NoError(t, e.ConsumeLogs(t.Context(), alerts(semconv.SeverityHigh, 3, 15)))
	requireOnce(t, s, 0, 15)
}

// What was told of a batch before the channel failed is not told again.
func TestAChannelThatIsAway(t *testing.T) {
	s := newSink(t)
	e := start(t, testConfig(t, s, t.TempDir()))
	s.setAnswer(func(n int) int {
		if n%3 == 0 {
			return http.StatusServiceUnavailable
		}
		return http.StatusOK
	})
	require.NoError(t, e.ConsumeLogs(t.Context(), alerts(semconv.SeverityHigh, 0, 20)))
	requireOnce(t, s, 0, 20)
}

// An alert that the channel will never take does not hold up the others.
func TestRefusedForGood(t *testing.T) {
	s := newSink(t)
	tel := componenttest.NewTelemetry()
	defer func() { require.NoError(t, tel.Shutdown(context.Background())) }()
	set := settings()
	set.TelemetrySettings = tel.NewTelemetrySettings()
	s.setAnswer(func(n int) int {
		if n == 2 {
			return http.StatusUnprocessableEntity
		}
		return http.StatusOK
	})
	e, err := NewFactory().CreateLogs(t.Context(), set, testConfig(t, s, t.TempDir()))
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), componenttest.NewNopHost()))
	require.NoError(t, e.ConsumeLogs(t.Context(), alerts(semconv.SeverityHigh, 0, 4)))
	require.Eventually(t, func() bool { return len(s.messages()) == 3 }, eventually, tick)
	m, err := tel.GetMetric("otelcol_exporter_notify_dropped")
	require.NoError(t, err)
	require.Contains(t, fmt.Sprint(m.Data), "refused")
	require.Contains(t, fmt.Sprint(m.Data), "notify/test")
	require.NoError(t, e.Shutdown(context.Background()))
}

// A queue that is full is no error of the pipeline, and the oldest alerts stay.
func TestAFullQueue(t *testing.T) {
	s := newSink(t)
	c := testConfig(t, s, t.TempDir())
	c.QueueConfig.Get().QueueSize = 5
	down := true
	s.setAnswer(func(int) int {
		if down {
			return http.StatusServiceUnavailable
		}
		return http.StatusOK
	})
	e := start(t, c)
	for i := range 50 {
		begun := time.Now()
		require.NoError(t, e.ConsumeLogs(t.Context(), alerts(semconv.SeverityHigh, i, i+1)))
		require.Less(t, time.Since(begun), time.Second)
	}
	s.mu.Lock()
	down = false
	s.mu.Unlock()
	require.Eventually(t, func() bool { return len(s.messages()) >= 5 }, eventually, tick)
	require.Equal(t, notifytest.Alert(0, "").ID, s.messages()[0].ID)
}

// Without a queue the sender learns of it, and sends again.
func TestWithoutAQueue(t *testing.T) {
	s := newSink(t)
	c := testConfig(t, s, t.TempDir())
	c.QueueConfig = configoptional.None[exporterhelper.QueueBatchConfig]()
	c.RetryConfig.Enabled = false
	s.setAnswer(func(n int) int {
		if n == 1 {
			return http.StatusBadGateway
		}
		return http.StatusOK
	})
	e := start(t, c)
	require.Error(t, e.ConsumeLogs(t.Context(), alerts(semconv.SeverityHigh, 0, 2)))
	require.NoError(t, e.ConsumeLogs(t.Context(), alerts(semconv.SeverityHigh, 0, 2)))
	requireOnce(t, s, 0, 2)
}

func TestMoreThanTheLimitIsSummedUp(t *testing.T) {
	s := newSink(t)
	c := testConfig(t, s, t.TempDir())
	c.RateLimit.Burst, c.RateLimit.Per = configoptional.Some(3), time.Second
	e := start(t, c)
	require.NoError(t, e.ConsumeLogs(t.Context(), alerts(semconv.SeverityMedium, 0, 20)))
	require.NoError(t, e.ConsumeLogs(t.Context(), alerts(semconv.SeverityCritical, 20, 21)))
	require.Eventually(t, func() bool { return len(s.messages()) == 5 }, eventually, tick)
	got := s.messages()
	require.Equal(t, notifytest.Alert(20, "").ID, got[3].ID, "another severity is not held back")
	require.Equal(t, notify.KindHeldBack, got[4].Kind)
	require.Equal(t, "17 more alerts of 1 rule were held back", got[4].Headline)
	// Those that were held back are not told when they come again.
	require.NoError(t, e.ConsumeLogs(t.Context(), alerts(semconv.SeverityMedium, 0, 20)))
	require.NoError(t, e.ConsumeLogs(t.Context(), alerts(semconv.SeverityCritical, 21, 22)))
	require.Eventually(t, func() bool { return len(s.messages()) >= 6 }, eventually, tick)
	require.Equal(t, notifytest.Alert(21, "").ID, s.messages()[5].ID)
}

// A digest waits over a restart, and comes once.
func TestDigest(t *testing.T) {
	s := newSink(t)
	state := t.TempDir()
	config := func() *Config {
		c := testConfig(t, s, state)
		c.MinSeverity = semconv.SeverityLow
		c.Digest.Severities, c.Digest.Every = []string{semconv.SeverityLow}, 2*time.Second
		return c
	}
	e := start(t, config())
	require.NoError(t, e.ConsumeLogs(t.Context(), alerts(semconv.SeverityLow, 0, 6)))
	require.NoError(t, e.ConsumeLogs(t.Context(), alerts(semconv.SeverityHigh, 6, 7)))
	requireOnce(t, s, 6, 7)
	require.NoError(t, e.Shutdown(context.Background()))
	e = start(t, config())
	require.NoError(t, e.ConsumeLogs(t.Context(), alerts(semconv.SeverityLow, 0, 6))) // again
	require.Eventually(t, func() bool { return len(s.messages()) == 2 }, eventually, tick)
	digest := s.messages()[1]
	require.Equal(t, notify.KindDigest, digest.Kind)
	require.EqualValues(t, 6, digest.Summary.Count)
	require.NoError(t, e.Shutdown(context.Background()))
}

// A channel that does not answer holds a shutdown up for a while only.
func TestShutdownWithASilentChannel(t *testing.T) {
	released := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-released }))
	defer silent.Close()
	defer close(released)
	c := testConfig(t, nil, t.TempDir())
	c.Webhook.Get().URL = configopaque.String(silent.URL)
	c.Timeout = time.Minute
	e := start(t, c)
	require.NoError(t, e.ConsumeLogs(t.Context(), alerts(semconv.SeverityHigh, 0, 1)))
	begun := time.Now()
	_ = e.Shutdown(context.Background())
	require.Less(t, time.Since(begun), shutdownGrace+5*time.Second)
}
