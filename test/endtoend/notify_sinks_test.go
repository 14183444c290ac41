package endtoend

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/mail"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/notify"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/notifytest"
	"github.com/agent-telemetry/agent-telemetry/internal/notify/webhook"
	"github.com/agent-telemetry/agent-telemetry/test/freeport"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

const hookSecret = "a secret of the test"

// arrivals are the alerts that reached a sink, by id.
type arrivals struct {
	mu    sync.Mutex
	first map[string]time.Time
	times map[string]int
	calls map[string]string // alert ids, by the tool call they are about
}

func newArrivals() *arrivals {
	return &arrivals{first: map[string]time.Time{}, times: map[string]int{}, calls: map[string]string{}}
}

func (a *arrivals) add(id, call string) {
	now := time.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.times[id]++; a.times[id] == 1 {
		a.first[id] = now
	}
	if call != "" {
		a.calls[call] = id
	}
}

func (a *arrivals) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.first)
}

// requireEachOnce requires n alerts, each once.
func (a *arrivals) requireEachOnce(t *testing.T, what string, n int) {
	t.Helper()
	await(t, what, func() error { return enough(a.count(), n, nil) })
	a.mu.Lock()
	defer a.mu.Unlock()
	require.Len(t, a.first, n, what)
	for id, times := range a.times {
		require.Equal(t, 1, times, "%s: alert %s", what, id)
	}
}

// sinks are what the channels of a collector talk to.
type sinks struct {
	hook, late, manager *arrivals
	smtp                *notifytest.SMTP
	mails               *arrivals
	lateAddress         string // of a webhook that is away until startLate
	config              string
}

// newSinks starts them, and writes the configuration of a collector that tells them.
func newSinks(t *testing.T) *sinks {
	t.Helper()
	s := &sinks{hook: newArrivals(), late: newArrivals(), manager: newArrivals(), mails: newArrivals()}
	hookURL := serve(t, "127.0.0.1:0", s.hookHandler(t, s.hook))
	managerURL := serve(t, "127.0.0.1:0", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var list []struct{ Labels map[string]string }
		if r.URL.Path != "/api/v2/alerts" || json.NewDecoder(r.Body).Decode(&list) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		for _, a := range list {
			s.manager.add(a.Labels["alert_id"], "")
		}
	}))
	tlsConfig, der := notifytest.Certificate()
	s.smtp = &notifytest.SMTP{TLS: tlsConfig, User: "user", Password: "password", Taken: func(m notifytest.Mail) {
		if parsed, err := mail.ReadMessage(strings.NewReader(m.Data)); err == nil {
			s.mails.add(parsed.Header.Get("X-Agent-Telemetry-Alert"), "")
		}
	}}
	require.NoError(t, s.smtp.Start("127.0.0.1:0"))
	t.Cleanup(s.smtp.Stop)
	ports, err := freeport.Find(1)
	require.NoError(t, err)
	s.lateAddress = net.JoinHostPort("127.0.0.1", strconv.Itoa(ports[0]))

	dir := t.TempDir()
	ca := filepath.Join(dir, "ca.pem")
	require.NoError(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	s.config = filepath.Join(dir, "notify.yaml")
	require.NoError(t, os.WriteFile(s.config, fmt.Appendf(nil, notifyConfig, hookURL, s.lateAddress, managerURL, s.smtp.Host, s.smtp.Port, ca), 0o600))
	return s
}

const notifyConfig = `
extensions:
  queue_storage: {directory: "${env:AGENT_TELEMETRY_HOME}/queue/notify"}
receivers:
  audit_log/alerts-user:
    directory: ${env:AGENT_TELEMETRY_HOME}/audit
    cursor_directory: ${env:AGENT_TELEMETRY_HOME}/queue
    start_at: end
    events: [security_alert]
    batch: {flush_timeout: 10ms}
exporters:
  notify/hook:
    channel: webhook
    min_severity: low
    sending_queue: {storage: queue_storage}
    webhook: {url: "%s/hook", secret: ` + hookSecret + `}
  notify/late:
    channel: webhook
    min_severity: low
    sending_queue: {storage: queue_storage}
    retry_on_failure: {max_interval: 1s}
    webhook: {url: "http://%s/hook", secret: ` + hookSecret + `}
  notify/manager:
    channel: alertmanager
    min_severity: low
    sending_queue: {storage: queue_storage}
    alertmanager: {endpoint: "%s"}
  notify/mail:
    channel: email
    min_severity: low
    rate_limit: {burst: 0}
    sending_queue: {storage: queue_storage}
    email:
      host: %s
      port: %d
      username: user
      password: password
      from: recorder@example.com
      to: [soc@example.com]
      tls: {ca_file: "%s"}
service:
  extensions: [health_check, queue_storage]
  pipelines:
    logs/alerts-user:
      receivers: [audit_log/alerts-user]
      exporters: [notify/hook, notify/late, notify/manager, notify/mail]
`

// startLate has the webhook that was away come.
func (s *sinks) startLate(t *testing.T) {
	t.Helper()
	serve(t, s.lateAddress, s.hookHandler(t, s.late))
}

// hookHandler checks the signature of what comes.
func (s *sinks) hookHandler(t *testing.T, a *arrivals) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var m notify.Message
		if err != nil || json.Unmarshal(body, &m) != nil ||
			r.Header.Get(webhook.HeaderSignature) != webhook.Sign([]byte(hookSecret), r.Header.Get(webhook.HeaderTimestamp), body) {
			t.Errorf("a request that is not signed, or no message: %s", body)
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		a.add(r.Header.Get(webhook.HeaderKey), m.ToolCallID)
	})
}

func serve(t *testing.T, address string, h http.Handler) string {
	t.Helper()
	l, err := net.Listen("tcp", address)
	require.NoError(t, err)
	server := &http.Server{Handler: h}
	var running sync.WaitGroup
	running.Go(func() { _ = server.Serve(l) })
	t.Cleanup(func() {
		_ = server.Close()
		running.Wait()
	})
	return "http://" + l.Addr().String()
}

// notifyStack is a stack whose collector tells the sinks. It needs no Loki.
func notifyStack(t *testing.T, s *sinks) (*harness.Stack, *harness.Collector) {
	t.Helper()
	stack := own(t)
	stack.External = "http://127.0.0.1:1"
	require.NoError(t, os.MkdirAll(string(stack.Home), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(string(stack.Home), "security-rules.yaml"), []byte(rulesOfTheTest), 0o600))
	c := stack.NewCollector(s.config)
	require.NoError(t, c.Start())
	t.Cleanup(func() { _ = c.Stop() })
	require.NoError(t, c.Ready(t.Context()))
	return stack, c
}

// awaitCalls waits until there is an alert about each of the tool calls.
func (a *arrivals) awaitCalls(t *testing.T, calls map[string]time.Time) {
	t.Helper()
	await(t, "alerts about tool calls", func() error {
		a.mu.Lock()
		defer a.mu.Unlock()
		n := 0
		for call := range calls {
			if _, ok := a.calls[call]; ok {
				n++
			}
		}
		return enough(n, len(calls), nil)
	})
}
