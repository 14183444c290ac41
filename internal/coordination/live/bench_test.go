package live_test

import (
	"syscall"
	"testing"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/coordination/live"
)

func BenchmarkFollow(b *testing.B) {
	list := generated(b, 20_000)
	b.ResetTimer()
	before, n := cpu(b), 0
	for b.Loop() {
		run(b, list, live.Limits{})
		n += len(list)
	}
	b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(n), "cpu-µs/event")
}

// cpu is the processor time of this process: others' work on the machine is not in it.
func cpu(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
