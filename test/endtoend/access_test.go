package endtoend

import (
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

func healthURL(s *harness.Stack) string {
	return "http://127.0.0.1:" + strconv.Itoa(s.Ports.Health) + "/"
}

// refusals reads how many requests the collector says it has refused, by reason.
func refusals(t *testing.T, s *harness.Stack) map[string]int {
	t.Helper()
	page, err := harness.Get(t.Context(), "http://127.0.0.1:"+strconv.Itoa(s.Ports.Metrics)+"/metrics")
	require.NoError(t, err)
	counts := map[string]int{}
	for line := range strings.Lines(page) {
		if !strings.HasPrefix(line, "otelcol_receiver_claude_hook_refused") {
			continue
		}
		_, rest, _ := strings.Cut(line, `reason="`)
		reason, rest, _ := strings.Cut(rest, `"`)
		fields := strings.Fields(rest)
		n, err := strconv.ParseFloat(fields[len(fields)-1], 64)
		require.NoError(t, err, line)
		counts[reason] += int(n)
	}
	return counts
}

// What comes without the right to is turned away with a status that says why,
// counted, and not stored.
func TestUnauthorisedRequestsAreRefused(t *testing.T) {
	s := shared(t)
	for _, c := range []struct {
		name, reason string
		status       int
		change       func(*http.Request)
	}{
		{"no token", "token", http.StatusUnauthorized, func(r *http.Request) { r.Header.Del("Authorization") }},
		{"empty token", "token", http.StatusUnauthorized, func(r *http.Request) { r.Header.Set("Authorization", "Bearer ") }},
		{"wrong token", "token", http.StatusUnauthorized, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+strings.Repeat("x", 43)) }},
		{"start of the token", "token", http.StatusUnauthorized, func(r *http.Request) {
			r.Header.Set("Authorization", r.Header.Get("Authorization")[:20])
		}},
		{"token of another kind", "token", http.StatusUnauthorized, func(r *http.Request) { r.SetBasicAuth("user", "password") }},
		{"foreign host", "host", http.StatusMisdirectedRequest, func(r *http.Request) { r.Host = "evil.example.com" }},
		{"foreign host with our port", "host", http.StatusMisdirectedRequest, func(r *http.Request) { r.Host = "evil.example.com:" + r.URL.Port() }},
		{"another host of the network", "host", http.StatusMisdirectedRequest, func(r *http.Request) { r.Host = "10.0.0.1:" + r.URL.Port() }},
		{"foreign origin", "origin", http.StatusForbidden, func(r *http.Request) { r.Header.Set("Origin", "https://evil.example.com") }},
		{"opaque origin", "origin", http.StatusForbidden, func(r *http.Request) { r.Header.Set("Origin", "null") }},
		{"foreign OTLP", "token", http.StatusUnauthorized, func(r *http.Request) { r.URL.Path = "/v1/logs"; r.Header.Del("Authorization") }},
		{"unknown path", "path", http.StatusNotFound, func(r *http.Request) { r.URL.Path = "/v1/hooks/../../etc/passwd" }},
		{"status is not for TCP", "path", http.StatusNotFound, func(r *http.Request) { r.URL.Path = "/v1/status"; r.Method = http.MethodGet }},
		{"wrong method", "method", http.StatusMethodNotAllowed, func(r *http.Request) { r.Method = http.MethodPut }},
	} {
		t.Run(c.name, func(t *testing.T) {
			session := "refused " + c.name
			req, err := s.Request(t.Context(), call(s, session, 0))
			require.NoError(t, err)
			before := refusals(t, s)[c.reason]
			c.change(req)
			o, err := harness.Do(http.DefaultClient, req)
			require.NoError(t, err)
			require.Equal(t, c.status, o.Status, o.Body)
			require.NotContains(t, o.Body, "projects", "the answer tells nothing")
			require.Equal(t, before+1, refusals(t, s)[c.reason], "it is counted")
		})
	}
	post(t, s, call(s, "refused none", 0))
	awaitLoki(t, s, `{service="claude-telemetry", session="refused none"}`, 1)
	entries, err := s.Events(t.Context(), auditlog.Filter{})
	require.NoError(t, err)
	for _, e := range entries {
		id := e.Attribute("session.id")
		require.False(t, strings.HasPrefix(id, "refused ") && id != "refused none", id)
	}
	found, err := s.Query(t.Context(), `{service="claude-telemetry", session=~"refused .*"}`)
	require.NoError(t, err)
	require.Len(t, found, 1)
}

// Nothing of the stack listens on an address that others reach.
func TestOnlyLoopbackIsListenedOn(t *testing.T) {
	s := shared(t)
	addresses, err := net.InterfaceAddrs()
	require.NoError(t, err)
	checked := 0
	for _, a := range addresses {
		ip, ok := a.(*net.IPNet)
		if !ok || ip.IP.IsLoopback() || ip.IP.IsLinkLocalUnicast() {
			continue
		}
		for _, port := range []int{s.Ports.Hook, s.Ports.OTLPGRPC, s.Ports.OTLPHTTP, s.Ports.Health, s.Ports.Metrics, s.Ports.Loki, s.Ports.LokiGRPC} {
			conn, err := net.DialTimeout("tcp", net.JoinHostPort(ip.IP.String(), strconv.Itoa(port)), time.Second)
			if err == nil {
				require.NoError(t, conn.Close())
			}
			require.Error(t, err, "%s port %d", ip.IP, port)
			checked++
		}
	}
	t.Logf("%d addresses and ports of other interfaces refuse", checked)
}
