package report

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exportertest"

	"github.com/agent-telemetry/agent-telemetry/exporter/auditlogexporter"
	"github.com/agent-telemetry/agent-telemetry/internal/auditverify"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/auditkey"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/test/eventgen"
)

// writer opens an audit log as the collector does; end stops it.
func writer(t *testing.T, home statedir.Dir) (out exporter.Logs, end func()) {
	t.Helper()
	require.NoError(t, home.Create())
	f := auditlogexporter.NewFactory()
	cfg := f.CreateDefaultConfig().(*auditlogexporter.Config)
	cfg.Directory = home.Audit()
	cfg.KeyDirectory = filepath.Join(string(home), "keys")
	out, err := f.CreateLogs(t.Context(), exportertest.NewNopSettings(f.Type()), cfg)
	require.NoError(t, err)
	require.NoError(t, out.Start(t.Context(), componenttest.NewNopHost()))
	return out, func() { require.NoError(t, out.Shutdown(context.Background())) }
}

// generate fills an audit log with generated sessions.
func generate(t *testing.T, home statedir.Dir, o eventgen.Options) {
	t.Helper()
	out, end := writer(t, home)
	for ld := range eventgen.New(o).All() {
		require.NoError(t, out.ConsumeLogs(t.Context(), ld))
	}
	end()
}

var day = time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC)

// options are those of a report of the generated day.
func options(t *testing.T, home statedir.Dir) Options {
	t.Helper()
	vkey, file, err := auditkey.Read("", home)
	require.NoError(t, err)
	return Options{
		Audit: home.Audit(), Since: day, Until: day.AddDate(0, 0, 1), Now: day.AddDate(0, 0, 2), By: "agent-telemetry test", Native: true,
		Verify: auditverify.Options{VKey: vkey, KeyFile: file, KeyLocal: true},
	}
}
