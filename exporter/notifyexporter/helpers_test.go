package notifyexporter

import (
	"context"
	"encoding/json"
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
