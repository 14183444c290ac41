package faults

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// TestFullSpool lets the disk of the spool run full while there is no collector:
// Claude Code notices nothing, what fits is kept, the oldest, and the rest is
// counted: by the hook, by doctor, and as a hole in the session.
func TestFullSpool(t *testing.T) {
	notShort(t)
	s, err := harness.New()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	if err := smallDisk(t, s.Home.Spool(), "256k"); err != nil {
		say("no full spool: %v", err)
		t.Skip("needs to mount a file system")
	}
	require.NoError(t, s.Home.Create())
	const emitted, session = 150, "full-spool"
	one := &sender{id: session, stack: s}
	pick := rand.New(rand.NewPCG(1, 1))
	for range emitted {
		require.NoError(t, one.send(t, pick))
	}
	kept, err := s.Spooled()
	require.NoError(t, err)
	lost := emitted - len(kept)
	require.Positive(t, lost)
	require.Greater(t, len(kept), 20)

	out, err := s.CLI(t.Context(), "doctor", "--json")
	require.Error(t, err, "a check failed")
	var report struct {
		Checks []struct{ Name, Result, Found, Remedy string }
	}
	require.NoError(t, json.Unmarshal([]byte(out), &report))
	told := ""
	for _, c := range report.Checks {
		if c.Name == "hook_errors" {
			told = c.Found
		}
	}
	require.Contains(t, told, fmt.Sprint(lost), out)

	collector := s.NewCollector(quickGaps(t, s))
	require.NoError(t, collector.Start())
	t.Cleanup(func() { require.NoError(t, collector.Stop()) })
	require.NoError(t, collector.Ready(t.Context()))
	await(t, "an empty spool", func() error {
		names, err := s.Spooled()
		if err == nil && len(names) > 0 {
			err = fmt.Errorf("%d events stay in it", len(names))
		}
		return err
	})
	require.NoError(t, one.send(t, pick)) // a hole is seen by what comes behind it

	// A small event may still fit in behind the first that did not.
	var missing map[uint64]bool
	await(t, "the records of the holes", func() error {
		entries, err := s.Events(t.Context(), auditlog.Filter{SessionID: session, Kind: auditlog.KindLog})
		if err != nil {
			return err
		}
		missing = toldMissing(t, entries)
		if len(missing) != lost {
			return fmt.Errorf("%d of %d events are told to be missing", len(missing), lost)
		}
		return nil
	})
	entries, err := s.Events(t.Context(), auditlog.Filter{SessionID: session, Kind: auditlog.KindLog})
	require.NoError(t, err)
	entries = slices.DeleteFunc(entries, func(e auditlog.Entry) bool { return e.Attributes[semconv.SessionSeq] == nil })
	last := uint64(0)
	for i, e := range entries[:len(kept)] {
		seq := sequence(t, e)
		require.Greater(t, seq, last, "in order")
		require.False(t, missing[seq])
		if last = seq; i < 20 {
			require.EqualValues(t, i+1, seq, "the oldest are kept")
		}
	}
	fmt.Printf("RESULT spool_emitted=%d kept=%d lost_and_told=%d\n", emitted, len(kept), len(missing))
}

// toldMissing are the numbers that records of holes tell to be missing and that are
// not there: on a busy machine one that is still on its way may be told, too.
func toldMissing(t *testing.T, entries []auditlog.Entry) map[uint64]bool {
	t.Helper()
	missing := map[uint64]bool{}
	for _, e := range entries {
		if e.Attribute(semconv.EventType) != semconv.EventTelemetryGap {
			continue
		}
		for _, r := range strings.Split(e.Attribute(semconv.GapRanges), ",") {
			from, to, isRange := strings.Cut(strings.TrimSpace(r), "-")
			if !isRange {
				to = from
			}
			first, err := strconv.ParseUint(from, 10, 64)
			require.NoError(t, err, r)
			last, err := strconv.ParseUint(to, 10, 64)
			require.NoError(t, err, r)
			for n := first; n <= last; n++ {
				missing[n] = true
			}
		}
	}
	for _, e := range entries {
		if e.Attributes[semconv.SessionSeq] != nil {
			delete(missing, sequence(t, e))
		}
	}
	return missing
}

// sender calls the hook of one session.
type sender struct {
	id    string
	n     int
	stack *harness.Stack
}

func (s *sender) send(t *testing.T, pick *rand.Rand) error {
	t.Helper()
	s.n++
	one := &session{id: s.id, way: byCommand, stack: s.stack}
	began := time.Now()
	_, err := one.send(t.Context(), fmt.Sprintf("toolu_%s_%06d", s.id, s.n), pick)
	require.Less(t, time.Since(began), 2*time.Second)
	return err
}

// quickGaps is a configuration that tells of holes at once.
func quickGaps(t *testing.T, s *harness.Stack) string {
	t.Helper()
	path := filepath.Join(s.Dir, "gaps.yaml")
	writeFile(t, path, "processors:\n  session_gaps:\n    grace: 200ms\n")
	return path
}
