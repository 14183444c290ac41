package claudehookreceiver

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/agent-telemetry/agent-telemetry/internal/eventjson"
	"github.com/agent-telemetry/agent-telemetry/internal/hookevent"
)

// nestedProto is a request whose record's body is nested so deep.
func nestedProto(levels int) []byte {
	// Built from the inside; lengths grow, so it is written back to front.
	size := 0
	buf := make([]byte, 24*levels+64)
	at := len(buf)
	wrap := func(field protowire.Number) {
		head := protowire.AppendVarint(protowire.AppendTag(nil, field, protowire.BytesType), uint64(size))
		at -= len(head)
		copy(buf[at:], head)
		size += len(head)
	}
	for range levels {
		wrap(1) // ArrayValue.values
		wrap(5) // AnyValue.array_value
	}
	for _, field := range []protowire.Number{5, 2, 2, 1} { // body, log_records, scope_logs, resource_logs
		wrap(field)
	}
	return buf[at:]
}

func TestDeepNestingEndsNothing(t *testing.T) {
	s := newStage(t).start()
	require.Equal(t, http.StatusOK, s.post(s.client(), pathLogs, mediaProtobuf, nestedProto(60)).status)
	require.Equal(t, http.StatusBadRequest, s.post(s.client(), pathLogs, mediaProtobuf, nestedProto(maxMessages)).status)
	got := s.post(s.client(), pathLogs, mediaProtobuf, nestedProto(1_900_000))
	require.Equal(t, http.StatusBadRequest, got.status)
	require.Contains(t, got.body, "nested too deeply")
	got = s.post(s.client(), pathLogs, mediaJSON, []byte(strings.Repeat(`{"resourceLogs":[`, 1_000_000)))
	require.Equal(t, http.StatusBadRequest, got.status)
	require.Contains(t, got.body, "nested too deeply")
	s.take()
	s.nothingMore()
}

// TestDepthLetsEveryRecordThrough: nothing that a hook makes is refused.
func TestDepthLetsEveryRecordThrough(t *testing.T) {
	deep := `{"session_id":"s","tool_name":"mcp__x__y","hook_event_name":"PreToolUse","tool_input":` + strings.Repeat(`{"a":[`, 400) + "1" + strings.Repeat("]}", 400) + "}"
	e := hookevent.Build(hookevent.Decode([]byte(deep), 1<<20), hookevent.Context{ID: "x"})
	require.NoError(t, checkJSON(eventjson.Request(e)))
	require.NoError(t, checkJSON([]byte(`{"a":"[[[[\\\"[[["}`)))
}

func FuzzCheckProto(f *testing.F) {
	f.Add(nestedProto(3))
	f.Add([]byte("\x0a\xff\xff\xff\xff\x0f"))
	f.Fuzz(func(_ *testing.T, raw []byte) { _ = checkProto(raw) })
}

// FuzzCheckJSON compares with a plain walk over the bytes.
func FuzzCheckJSON(f *testing.F) {
	f.Add([]byte(`{"a":"[[[[\\\"[[["}`))
	f.Add([]byte(`["\\",[["\`))
	f.Add([]byte(strings.Repeat(`["\\\"",`, maxBrackets+1)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		depth, deepest, inString := 0, 0, false
		for i := 0; i < len(raw); i++ {
			switch c := raw[i]; {
			case inString && c == '\\':
				i++
			case c == '"':
				inString = !inString
			case inString:
			case c == '{' || c == '[':
				depth++
				deepest = max(deepest, depth)
			case c == '}' || c == ']':
				depth--
			}
		}
		require.Equal(t, deepest > maxBrackets, checkJSON(raw) != nil)
	})
}
