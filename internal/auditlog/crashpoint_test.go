package auditlog_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/auditverify"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// runUntil runs a process that appends and does everything else until it kills
// itself at a point, and adds to what it acknowledged. It fails when the
// process does not come to the point.
func runUntil(t *testing.T, dir, point string, times int, acknowledged map[string]uint64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	child := exec.CommandContext(ctx, os.Args[0])
	child.Env = append(os.Environ(), "AUDITLOG_TEST_CHILD="+dir, fmt.Sprintf("AUDITLOG_TEST_POINT=%s:%d", point, times))
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var seq uint64
		var id string
		_, err := fmt.Sscan(lines.Text(), &seq, &id)
		require.NoError(t, err, lines.Text())
		acknowledged[id] = seq
	}
	require.Error(t, child.Wait())
	require.NoError(t, ctx.Err(), "it never came to %q", point)
}

// requireVerified has the log judged by the verifier, which shares no code with
// the writer, and returns its report.
func requireVerified(t *testing.T, dir, keys string) *auditverify.Report {
	t.Helper()
	vkey, err := os.ReadFile(filepath.Join(keys, "audit.pub"))
	require.NoError(t, err)
	report, err := auditverify.Verify(t.Context(), auditverify.Options{Dir: dir, VKey: strings.TrimSpace(string(vkey))})
	require.NoError(t, err)
	for _, c := range report.Checks {
		for _, f := range c.Findings {
			if c.Status == auditverify.Fail {
				t.Errorf("%s: %s: seq %d in %s: %s", c.Check, c.Summary, f.Seq, f.Segment, f.Message)
			}
		}
	}
	require.Equal(t, auditverify.NotAnchored, report.Verdict, report.Reason)
	return report
}

// Wherever the process is killed, the log goes on: it is the same log, every
// line and checkpoint of it verifies, and what was acknowledged is there.
func TestKilledAtEveryPoint(t *testing.T) {
	points := []string{
		"first segment made", "first key stored", "start recorded", "segment made", "checkpoint signed",
		"next key stored", "key recorded", "key covered", "key in place",
		"prune recorded", "prune covered", "segment removed",
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	for i, point := range points {
		t.Run(point, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, uint64(i)))
			dir := filepath.Join(t.TempDir(), "audit")
			acknowledged := map[string]uint64{}
			runUntil(t, dir, point, 0, acknowledged)
			for range 2 { // the next process is killed where it may be finishing that
				next, times := points[2+random.IntN(len(points)-2)], random.IntN(3)
				if next == "start recorded" {
					times = 0
				}
				t.Logf("then %q, time %d", next, times+1)
				runUntil(t, dir, next, times, acknowledged)
			}
			if torn := random.IntN(2) == 0; torn {
				segments, err := auditlog.Segments(dir)
				require.NoError(t, err)
				f, err := os.OpenFile(segments[len(segments)-1].Path, os.O_APPEND|os.O_WRONLY, 0)
				require.NoError(t, err)
				_, err = f.WriteString(`{"seq":12,"log":"0192`)
				require.NoError(t, err)
				require.NoError(t, f.Close())
			}
			l, err := auditlog.Open(dir, auditlog.Options{})
			require.NoError(t, err)
			require.NoError(t, l.Close())
			report := requireVerified(t, dir, dir+"-keys")

			found := map[string]uint64{}
			moved, disturbed := 0, 0
			require.NoError(t, auditlog.Read(t.Context(), dir, auditlog.Filter{}, func(e auditlog.Entry) error {
				switch e.Kind {
				case auditlog.KindLog:
					id := e.Attribute(semconv.EventID)
					assert.NotContains(t, found, id, "twice")
					found[id] = e.Seq
				case auditlog.KindSetAside:
					moved++
				case auditlog.KindDisturbed:
					disturbed++
				}
				return nil
			}))
			for id, seq := range acknowledged {
				if seq < uint64(report.FirstSeq) {
					continue // pruned
				}
				require.Equal(t, seq, found[id], "acknowledged %s", id)
			}
			assert.Zero(t, disturbed, "a crash is not a disturbance")
			assert.Zero(t, moved, "it is one log")
		})
	}
}
