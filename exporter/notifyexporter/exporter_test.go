package notifyexporter

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/exporter/exporterhelper"

	"github.com/agent-telemetry/agent-telemetry/internal/notify"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/notifytest"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

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
