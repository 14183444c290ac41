package endtoend

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// How the collector is can be seen in Loki alone, and that of an outage afterwards.
func TestPipelineHealthIsInLoki(t *testing.T) {
	s := own(t)
	loki, err := harness.NewLoki(s.Binaries, filepath.Join(s.Dir, "foreign-loki"), nil)
	require.NoError(t, err)
	require.NoError(t, loki.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, loki.Stop()) })
	s.External = loki.URL
	config := filepath.Join(s.Dir, "health.yaml")
	require.NoError(t, os.WriteFile(config, []byte("receivers:\n  pipeline_health:\n    interval: 1s\n"), 0o600))
	collector := s.NewCollector(config)
	require.NoError(t, collector.Start())
	t.Cleanup(func() { require.NoError(t, collector.Stop()) })
	require.NoError(t, collector.Ready(t.Context()))
	c, err := lokiquery.FromEnv(loki.URL)
	require.NoError(t, err)
	c = c.Fresh()
	most := func(kind, number, by string) map[string]float64 {
		return vector(t, c, fmt.Sprintf(`max by (%[3]s) (max_over_time({service=%[4]q, rollup=%[1]q} | logfmt | unwrap %[2]s [10m]) by (%[3]s))`, kind, number, by, semconv.RollupServiceName))
	}
	require.Eventually(t, func() bool { return len(most(semconv.RollupHealth, semconv.HealthRSS, "host")) == 1 }, time.Minute, 100*time.Millisecond)
	for _, number := range []string{semconv.HealthUptime, semconv.HealthDiskFree, semconv.HealthDiskTotal, semconv.HealthAuditBytes, semconv.HealthAuditRecords, semconv.HealthRules, semconv.HealthWritten} {
		require.Eventually(t, func() bool { return len(most(semconv.RollupHealth, number, "host")) == 1 }, time.Minute, 100*time.Millisecond, number)
	}

	// While Loki is away events wait. It is told when Loki is back.
	require.NoError(t, loki.Stop())
	run(t, s, call(s, "away", 1))
	time.Sleep(4 * time.Second)
	require.NoError(t, loki.Start(t.Context()))
	require.Eventually(t, func() bool {
		return most(semconv.RollupDelivery, semconv.DeliveryBehind, "receiver")["map[receiver:audit_log/loki]"] > 0
	}, time.Minute, 200*time.Millisecond)
	require.Eventually(t, func() bool { return len(most(semconv.RollupHealth, semconv.HealthPushErrors, "host")) == 1 }, time.Minute, 200*time.Millisecond)
}
