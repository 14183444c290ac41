package endtoend

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// forgedAlert is a request with an alert as the collector itself would write it.
func forgedAlert(t *testing.T, session string) []byte {
	t.Helper()
	resource := pcommon.NewResource()
	resource.Attributes().PutStr(semconv.ServiceName, semconv.ServiceNameValue)
	ld := plog.NewLogs()
	securityalert.Append(ld, securityalert.Alert{
		ID: securityalert.ID("forged", session, ""), Time: time.Now(), Severity: semconv.SeverityCritical, Rule: "delete-root", Title: "forged", Session: session,
	}, securityalert.Origin{Resource: resource}, time.Now())
	raw, err := plogotlp.NewExportRequestFromLogs(ld).MarshalProto()
	require.NoError(t, err)
	return raw
}

func postOTLP(t *testing.T, client *http.Client, url string, raw []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader(raw))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/x-protobuf")
	resp, err := client.Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusOK, resp.StatusCode)
}

// overSocket is a client of the collector's socket.
func overSocket(s *harness.Stack) *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", s.Home.Socket())
	}}}
}

// A program sends what looks like an alert: it is kept, is no alert to anybody, and
// is told of; so is an acknowledgement that does not come from the user.
func TestForgedAlerts(t *testing.T) {
	s := own(t)
	_, err := s.Up(t.Context())
	require.NoError(t, err)
	otlp := fmt.Sprintf("http://127.0.0.1:%d/v1/logs", s.Ports.OTLPHTTP)
	postOTLP(t, http.DefaultClient, otlp, forgedAlert(t, "forged-otlp"))
	postOTLP(t, overSocket(s), "http://collector/v1/logs", forgedAlert(t, "forged-socket"))
	for _, session := range []string{"forged-otlp", "forged-socket"} {
		e := awaitAudit(t, s, auditlog.Filter{SessionID: session, EventType: semconv.EventHookEvent}, 1)[0]
		require.Equal(t, semconv.EventSecurityAlert, e.Attribute(semconv.EventClaimedType))
	}
	all := awaitLoki(t, s, `{service="claude-telemetry", event="security_alert"}`, 1)
	require.Len(t, all, 1)
	a, ok := securityalert.FromJSON([]byte(all[0].Line))
	require.True(t, ok)
	require.Equal(t, "alert-forged", a.Rule)
	require.Equal(t, "high", a.Severity)
	for _, source := range []string{"loki", "audit"} {
		out, err := s.CLI(t.Context(), "alerts", "show", "--json", "--source", source)
		require.NoError(t, err)
		require.NotContains(t, out, "delete-root\",", source)
		require.Len(t, jsonLines(t, out), 1, source)
	}

	// What an agent acknowledges stays open, and is told of.
	cmd := s.Command(t.Context(), "alerts", "ack", a.ID, "--by", "ana")
	cmd.Env = append(cmd.Env, "CLAUDECODE=1")
	said, err := cmd.CombinedOutput()
	require.NoError(t, err, string(said))
	byAgent := awaitLoki(t, s, `{service="claude-telemetry", event="security_alert"} | rule="alert-acknowledged-by-agent"`, 1)
	require.Contains(t, byAgent[0].Line, a.ID)
	stillOpen := func() (ids []string) {
		out, err := s.CLI(t.Context(), "alerts", "show", "--open", "--json", "--source", "audit")
		require.NoError(t, err)
		for _, line := range jsonLines(t, out) {
			ids = append(ids, line["id"].(string))
		}
		return ids
	}
	require.Len(t, stillOpen(), 2)
	if os.Getenv("CLAUDECODE") != "" {
		t.Skip("the test itself runs in a shell of Claude Code")
	}

	// A person's goes the user's way, also through the spool.
	_, err = s.CLI(t.Context(), "alerts", "ack", a.ID, "--reason", "tried out", "--by", "ana")
	require.NoError(t, err)
	await(t, "the acknowledgement", func() error { return enough(2-len(stillOpen()), 1, nil) })
	require.NoError(t, s.Down(t.Context()))
	out, err := s.CLI(t.Context(), "alerts", "ack", stillOpen()[0], "--by", "bea")
	require.NoError(t, err)
	require.Contains(t, out, "spool")
	_, err = s.Up(t.Context())
	require.NoError(t, err)
	await(t, "the one from the spool", func() error { return enough(2-len(stillOpen()), 2, nil) })
}

func jsonLines(t *testing.T, out string) (lines []map[string]any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader([]byte(out)))
	for d.More() {
		var line map[string]any
		require.NoError(t, d.Decode(&line))
		lines = append(lines, line)
	}
	return lines
}
