package faults

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// account is what became of all events.
type account struct {
	emitted, audit, loki, doubled, holes int
	unanswered, unansweredKept           int
}

// settle waits until nothing is on its way any more, and counts.
func settle(t *testing.T, s *harness.Stack, all []*session) account {
	t.Helper()
	await(t, "an empty spool", func() error {
		spooled, err := s.Spooled()
		if err == nil && len(spooled) > 0 {
			err = fmt.Errorf("%d events stay in it", len(spooled))
		}
		return err
	})
	var a account
	for _, one := range all {
		a.add(t, s, one)
	}
	return a
}

func (a *account) add(t *testing.T, s *harness.Stack, one *session) {
	t.Helper()
	entries, err := s.Events(t.Context(), auditlog.Filter{SessionID: one.id, Kind: auditlog.KindLog})
	require.NoError(t, err)
	calls, ids, seqs := map[string]int{}, map[string]int{}, map[uint64]int{}
	for _, e := range entries {
		if e.Attribute(semconv.EventType) == semconv.EventTelemetryGap {
			continue // it tells of a hole that may close; holes are counted here
		}
		calls[e.Attribute(semconv.ToolCallID)]++
		ids[e.Attribute(semconv.EventID)]++
		seqs[sequence(t, e)]++
	}
	kept := 0
	for call := range one.told {
		if calls[call] == 0 {
			t.Errorf("%s: %s was acknowledged and is not in the audit log", one.id, call)
		}
	}
	for call, n := range calls {
		switch {
		case one.told[call]:
		case one.untold[call]:
			kept++
		default:
			t.Errorf("%s: %s is in the audit log and was not sent", one.id, call)
		}
		if n > 1 {
			t.Errorf("%s: %s is in the audit log %d times", one.id, call, n)
			a.doubled += n - 1
		}
	}
	for id, n := range ids {
		if n > 1 {
			t.Errorf("%s: event %s is in the audit log %d times", one.id, id, n)
		}
	}
	a.emitted += len(one.told) + kept
	a.audit += len(calls)
	a.unanswered += len(one.untold)
	a.unansweredKept += kept
	a.countHoles(t, one, seqs, len(one.untold)-kept)
	a.loki += a.inLoki(t, s, one, ids)
}

// countHoles counts missing numbers. Of an HTTP hook that was cut off before it
// was recorded, the number may be gone with it.
func (a *account) countHoles(t *testing.T, one *session, seqs map[uint64]int, unrecorded int) {
	t.Helper()
	if len(seqs) == 0 {
		return
	}
	last := slices.Max(slices.Collect(maps.Keys(seqs)))
	missing := int(last) - len(seqs)
	if one.way == byHTTP {
		missing = max(0, missing-unrecorded)
	}
	if missing > 0 {
		t.Errorf("%s: %d numbers up to %d are missing", one.id, missing, last)
	}
	a.holes += missing
	for seq, n := range seqs {
		if n > 1 {
			t.Errorf("%s: number %d was given %d times", one.id, seq, n)
		}
	}
}

// inLoki waits until Loki has what the audit log has, and returns how many.
func (a *account) inLoki(t *testing.T, s *harness.Stack, one *session, ids map[string]int) int {
	t.Helper()
	found := map[string]int{}
	await(t, "Loki to have "+one.id, func() error {
		entries, err := s.Query(t.Context(), `{service="claude-telemetry", event!="security_alert"} | session_id="`+one.id+`"`)
		if err != nil {
			return err
		}
		clear(found)
		for _, e := range entries {
			if !strings.Contains(e.Line, semconv.EventTelemetryGap) {
				found[e.Metadata[semconv.MetadataEventID]]++
			}
		}
		if len(found) < len(ids) {
			return fmt.Errorf("%d of %d", len(found), len(ids))
		}
		return nil
	})
	for id, n := range found {
		if ids[id] == 0 {
			t.Errorf("%s: event %s is in Loki and not in the audit log", one.id, id)
		}
		if n > 1 {
			t.Errorf("%s: event %s is in Loki %d times", one.id, id, n)
			a.doubled += n - 1
		}
	}
	return len(found)
}

func sequence(t *testing.T, e auditlog.Entry) uint64 {
	t.Helper()
	var seq uint64
	_, err := fmt.Sscan(fmt.Sprint(e.Attributes[semconv.SessionSeq]), &seq)
	require.NoError(t, err)
	return seq
}
