package alerts

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/exporter/lokiexporter"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/auditotlp"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// realLoki starts a Loki, and an exporter into it.
func (s *stage) realLoki() exporter.Logs {
	t := s.t
	t.Helper()
	bin, err := harness.FindBinaries()
	require.NoError(t, err)
	l, err := harness.NewLoki(bin, t.TempDir(), nil)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	require.NoError(t, l.Start(ctx))
	t.Cleanup(func() { require.NoError(t, l.Stop()) })
	t.Setenv(semconv.EnvLokiURL, l.URL)
	f := lokiexporter.NewFactory()
	cfg := f.CreateDefaultConfig().(*lokiexporter.Config)
	cfg.ClientConfig.Endpoint = l.URL
	cfg.QueueConfig = configoptional.None[exporterhelper.QueueBatchConfig]()
	e, err := f.CreateLogs(t.Context(), exportertest.NewNopSettings(f.Type()), cfg)
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() { require.NoError(t, e.Shutdown(context.Background())) })
	return e
}

// TestBothSourcesAgree has the same alerts in a real Loki and in the audit log,
// and an acknowledgement that went over the socket.
func TestBothSourcesAgree(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a real Loki")
	}
	s := newStage(t)
	loki := s.realLoki()
	all := sample()
	shift := time.Until(noon)
	for i := range all { // Loki takes nothing that is much older than a week
		all[i].Time = all[i].Time.Add(-shift - time.Minute)
	}
	s.now = time.Now
	ld := logs(all)
	s.record(ld)
	s.collector()
	s.ok("ack", all[2].ID, "--source", "audit", "--by", "ana")
	// What is in the audit log goes to Loki, as the audit_log receiver brings it.
	n := 0
	require.NoError(t, auditlog.Read(t.Context(), s.home.Audit(), auditlog.Filter{Kind: auditlog.KindLog}, func(e auditlog.Entry) error {
		n++
		one := plog.NewLogs()
		require.NoError(t, auditotlp.Append(one, e))
		return loki.ConsumeLogs(t.Context(), one)
	}))
	require.Equal(t, 5, n, "an event, three alerts, an acknowledgement")

	fromLoki := decode[Alert](t, s.ok("show", "--source", "loki", "--since", "30d", "--json"))
	fromAudit := decode[Alert](t, s.ok("show", "--source", "audit", "--since", "30d", "--json"))
	for i := range fromAudit {
		require.Equal(t, sourceAudit, fromAudit[i].Source)
		fromAudit[i].Source = sourceLoki
	}
	require.Len(t, fromLoki, 3)
	require.Equal(t, fromAudit, fromLoki)
	require.Equal(t, "ana", fromLoki[2].Ack.By)
	require.Len(t, decode[Alert](t, s.ok("show", "--source", "loki", "--since", "30d", "--session", "other", "--severity", "critical", "--json")), 1)
	require.Contains(t, s.ok("stats"), "sudoers_write")
	st := decode[Story](t, s.ok("show", "--source", "loki", "--id", all[2].ID, "--json"))
	require.NotEqual(t, "null", string(st[0].Event))

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out, errOut buffer
	ended := make(chan error, 1)
	go func() { ended <- s.runIn(ctx, &out, &errOut, "watch", "--source", "loki", "--since", "1h") }()
	require.Eventually(t, func() bool { return strings.Contains(out.String(), "reverse_shell") }, 20*time.Second, 10*time.Millisecond)
	late := sample()[1]
	late.EventID, late.Time, late.Rule = "another", time.Now(), "late_rule"
	late.ID = strings.Replace(all[1].ID, "d", "e", 1)
	require.NoError(t, loki.ConsumeLogs(t.Context(), logs(append(all[:0:0], late))))
	require.Eventually(t, func() bool { return strings.Contains(out.String(), "late_rule") }, 20*time.Second, 10*time.Millisecond)
	require.Equal(t, 1, strings.Count(out.String(), "reverse_shell"), "each once")
	cancel()
	require.NoError(t, <-ended)
}
