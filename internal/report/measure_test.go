package report

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/test/eventgen"
)

// TestMeasure tells how long a report takes, and how much memory. REPORT_EVENTS is how
// many events the log has; REPORT_HOME is a directory where it is kept for the next time.
func TestMeasure(t *testing.T) {
	events, err := strconv.Atoi(os.Getenv("REPORT_EVENTS"))
	if err != nil {
		t.Skip("REPORT_EVENTS=200000 measures reports of so many events")
	}
	home := statedir.Dir(t.TempDir())
	if dir := os.Getenv("REPORT_HOME"); dir != "" {
		home = statedir.Dir(dir)
	}
	if _, err := os.Stat(filepath.Join(home.Audit(), "00000000.jsonl")); err != nil {
		generate(t, home, eventgen.Options{Events: events})
	}
	var peak atomic.Uint64
	done := make(chan struct{})
	go func() {
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), m.HeapInuse))
			select {
			case <-done:
				return
			case <-time.After(50 * time.Millisecond):
			}
		}
	}()
	start := time.Now()
	r, err := Build(t.Context(), options(t, home))
	require.NoError(t, err)
	defer func() { require.NoError(t, r.Close()) }()
	built := time.Since(start)
	var b bytes.Buffer
	start = time.Now()
	require.NoError(t, r.WriteJSON(&b))
	jsonTook := time.Since(start)
	start = time.Now()
	require.NoError(t, r.WriteCSVs(io.Discard))
	csvTook := time.Since(start)
	close(done)
	t.Logf("%d records, %d used, %d proven: built in %v, verified in %.1f s, JSON of %d MiB in %v, CSV in %v; at most %d MiB of heap",
		r.Integrity.Verify.Records, r.Integrity.Used, r.Integrity.Proven, built, r.Integrity.Verify.Seconds, b.Len()>>20, jsonTook, csvTook, peak.Load()>>20)
	t.Logf("%+v; %+v; %s %s", r.Summary, r.Tables, r.Integrity.Verify.Verdict, r.Integrity.Reason)
}
