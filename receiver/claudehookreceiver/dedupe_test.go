package claudehookreceiver

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/otel/attribute"

	"github.com/agent-telemetry/agent-telemetry/internal/eventjson"
	"github.com/agent-telemetry/agent-telemetry/internal/eventlogs"
	"github.com/agent-telemetry/agent-telemetry/internal/hookevent"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// TestForgedRecordDoesNotHideTheRealOne posts a record under the id of an event
// before the event comes, by every way.
func TestForgedRecordDoesNotHideTheRealOne(t *testing.T) {
	s := newStage(t).start()
	id := eventIDs(1)[0]
	forged := event(id)
	forged.Body = attribute.MapValue(attribute.String("event_type", "nothing"))
	other := event(id)
	other.Attributes = append(slices.Clone(other.Attributes), attribute.String("more", "x"))
	send := func(e hookevent.Event) {
		t.Helper()
		require.Equal(t, http.StatusOK, s.post(s.client(), pathLogs, mediaJSON, eventjson.Request(e)).status)
	}
	send(forged)
	require.Equal(t, id, s.take()[semconv.EventID])
	ids := map[any]bool{id: true}
	for _, e := range []hookevent.Event{event(id), other} {
		send(e)
		a := s.take()
		require.Equal(t, true, a[semconv.EventIDConflict])
		require.Equal(t, id, a[semconv.EventConflictsWith])
		require.NotContains(t, ids, a[semconv.EventID], "another id: the audit log drops what has the same")
		ids[a[semconv.EventID]] = true
	}
	for _, e := range []hookevent.Event{forged, event(id), other} { // the same again are duplicates
		send(e)
	}
	s.spool(id)
	s.spoolEmpties()
	s.nothingMore()
	require.EqualValues(t, 4, s.receiver.counts.duplicates.Load())
}

func TestConflictIDCannotBeTaken(t *testing.T) {
	d := newDedupe(100)
	id := eventIDs(1)[0]
	claim := func(e hookevent.Event) found {
		t.Helper()
		ld := eventlogs.Of(nil, e)
		what, release, err := d.claim(t.Context(), ld, identify(ld))
		require.NoError(t, err)
		release(true)
		return what
	}
	forged := event(id)
	forged.Name = "claude_code.forged"
	require.Zero(t, claim(forged))
	genuine := identify(eventlogs.Of(nil, event(id)))
	for _, r := range genuine { // the id that the real one will get
		taken := conflictID(r.id, r.content)
		forged = event(uuidText(taken))
		forged.Name = "claude_code.forged"
		require.Zero(t, claim(forged))
	}
	require.Equal(t, found{conflicts: 1}, claim(event(id)))
	require.Equal(t, found{duplicates: 1}, claim(event(id)))
}

// TestCapturesOfOnePayloadAreDuplicates: two registrations of one hook.
func TestCapturesOfOnePayloadAreDuplicates(t *testing.T) {
	const id = "0197e8f0-5c00-774b-bcce-b302099a8057"
	at := time.UnixMilli(0x0197e8f05c00)
	capture := func(transport string, at time.Time) contentHash {
		e := hookevent.Build(hookevent.Decode([]byte(`{"session_id":"s","cwd":"/","hook_event_name":"Stop"}`), 1<<20),
			hookevent.Context{Time: at, ID: id, Seq: 1, Transport: transport})
		for _, r := range identify(eventlogs.Of(nil, e)) {
			return r.content
		}
		return contentHash{}
	}
	first := capture(semconv.TransportCommand, at)
	require.Equal(t, first, capture(semconv.TransportHTTP, at.Add(30*time.Millisecond)))
	require.NotEqual(t, first, capture(semconv.TransportCommand, at.Add(-24*time.Hour)), "a record in the past is hard to find")
}

func uuidText(id eventID) string { return uuid.UUID(id).String() }

// TestClaimLeavesRecordsOnly removes duplicates wherever they are, and lists without
// records also where nothing is a duplicate.
func TestClaimLeavesRecordsOnly(t *testing.T) {
	d := newDedupe(100)
	ids := eventIDs(5)
	request := func(lists ...[]string) plog.Logs {
		ld := plog.NewLogs()
		ld.ResourceLogs().AppendEmpty()
		for _, list := range lists {
			rl := ld.ResourceLogs().AppendEmpty()
			for range 2 {
				rl.ScopeLogs().AppendEmpty()
			}
			records := rl.ScopeLogs().AppendEmpty().LogRecords()
			for _, id := range list {
				records.AppendEmpty().Attributes().PutStr(semconv.EventID, id)
			}
		}
		return ld
	}
	for _, tc := range []struct {
		lists [][]string
		want  []string
		again int
	}{
		{[][]string{{ids[0], ids[1]}, {}}, ids[:2], 0},
		{[][]string{{ids[1], ""}, {ids[0], ids[2], ids[2]}, {ids[0]}}, []string{"", ids[2]}, 4},
		{[][]string{{ids[3]}, {"", ids[4]}}, []string{ids[3], "", ids[4]}, 0},
		{[][]string{ids}, nil, 5},
	} {
		ld := request(tc.lists...)
		what, release, err := d.claim(t.Context(), ld, identify(ld))
		require.NoError(t, err)
		release(true)
		require.Equal(t, found{duplicates: tc.again}, what)
		var got []string
		for _, rl := range ld.ResourceLogs().All() {
			require.NotZero(t, rl.ScopeLogs().Len())
			for _, sl := range rl.ScopeLogs().All() {
				require.NotZero(t, sl.LogRecords().Len())
				for _, lr := range sl.LogRecords().All() {
					id, _ := lr.Attributes().Get(semconv.EventID)
					got = append(got, id.Str())
				}
			}
		}
		require.Equal(t, tc.want, got)
	}
}

// What was refused is no duplicate when it comes again, and who waits for the outcome
// learns of it.
func TestClaimIsWaitedFor(t *testing.T) {
	d := newDedupe(100)
	claim := func() (found, func(bool)) {
		ld := eventlogs.Of(nil, event(eventIDs(1)[0]))
		what, release, err := d.claim(t.Context(), ld, identify(ld))
		require.NoError(t, err)
		return what, release
	}
	for _, ok := range []bool{false, true} {
		what, release := claim()
		require.Zero(t, what)
		second := make(chan found)
		for range 2 {
			go func() {
				what, release := claim()
				release(ok)
				second <- what
			}()
		}
		require.Eventually(t, func() bool {
			d.mu.Lock()
			defer d.mu.Unlock()
			return len(d.pending) == 1
		}, eventually, tick)
		release(ok)
		want := found{}
		if ok {
			want.duplicates = 1
		}
		require.Equal(t, want, <-second)
		require.Equal(t, want, <-second)
	}
	require.Empty(t, d.pending)
}
