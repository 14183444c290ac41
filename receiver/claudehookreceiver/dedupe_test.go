package claudehookreceiver

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
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
