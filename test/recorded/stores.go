package recorded

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/exporter/auditlogexporter"
	"github.com/agent-telemetry/agent-telemetry/exporter/lokiexporter"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/auditotlp"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// Audit writes records to the audit log of a state directory, and closes it.
func Audit(t testing.TB, home statedir.Dir, records ...plog.Logs) {
	t.Helper()
	require.NoError(t, home.Create())
	f := auditlogexporter.NewFactory()
	cfg := f.CreateDefaultConfig().(*auditlogexporter.Config)
	cfg.Directory = home.Audit()
	e, err := f.CreateLogs(t.Context(), exportertest.NewNopSettings(f.Type()), cfg)
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), componenttest.NewNopHost()))
	for _, ld := range records {
		require.NoError(t, e.ConsumeLogs(t.Context(), ld))
	}
	require.NoError(t, e.Shutdown(context.Background()))
}

// Loki starts a real one, and points the environment at it. The test is skipped
// when there is none, or in short mode.
func Loki(t *testing.T) (url string, into exporter.Logs) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a real Loki")
	}
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
	return l.URL, e
}

// ToLoki brings what is in an audit log to Loki, as the collector does.
func ToLoki(t testing.TB, home statedir.Dir, into exporter.Logs) {
	t.Helper()
	require.NoError(t, auditlog.Read(t.Context(), home.Audit(), auditlog.Filter{Kind: auditlog.KindLog}, func(e auditlog.Entry) error {
		one := plog.NewLogs()
		if err := auditotlp.Append(one, e); err != nil {
			return err
		}
		return into.ConsumeLogs(t.Context(), one)
	}))
}
