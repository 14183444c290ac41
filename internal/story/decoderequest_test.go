package story

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/lokiquery"
)

const requestLine = `{"seq":7,"log":"x","prev":"y","record":{"kind":"log","time":"2026-01-15T12:00:00Z","event_name":"span.claude_code.llm_request",` +
	`"resource":{"service.name":"claude-code"},"attributes":{"session.id":"s","agent_id":"a1","input_tokens":"1000","output_tokens":5,"cache_read_tokens":-3},"body":"x"}}`

func TestRequest(t *testing.T) {
	var e Event
	ok, err := (&decoder{requests: true}).audit([]byte(requestLine), &e)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, ModelRequest, e.Type)
	require.EqualValues(t, 1005, e.Tokens)
	require.Equal(t, "a1", e.AgentID)
	require.True(t, e.Span)
	require.EqualValues(t, 7, e.Record)
	ok, err = (&decoder{}).audit([]byte(requestLine), &e)
	require.NoError(t, err)
	require.False(t, ok, "nobody asked for it")
	require.Equal(t, "offset=3 limit=5 pages=1-2", partOf(t, `{"action_details":{"tool_context":{"offset":3,"limit":"5","pages":"1-2"}}}`))
}

func partOf(t *testing.T, body string) string {
	t.Helper()
	var e Event
	require.NoError(t, (&decoder{}).body(&cursor{b: []byte(body)}, &e))
	return e.Part
}

func FuzzRequest(f *testing.F) {
	f.Add([]byte(requestLine))
	f.Add([]byte(`{"agent_id":"a","event.name":"claude_code.api_request","input_tokens":99999999999999999999,"output_tokens":"9223372036854775807"}`))
	f.Add([]byte(`{"agent_id":{"a":[1]},"input_tokens":{"x":1},"event.name":null`))
	f.Add([]byte(`{"seq":1,"record":{"kind":"log","attributes":{"session.id":"s"},"resource":{"service.name":"x"}}}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		d := &decoder{requests: true}
		var e Event
		_, _ = d.audit(line, &e)
		for _, e := range []Event{e, d.lokiRequest(lokiquery.Entry{Line: string(line)})} {
			require.GreaterOrEqual(t, e.Tokens, int64(0))
			require.LessOrEqual(t, len(e.AgentID), maxName+len("…"))
			require.LessOrEqual(t, len(e.Part), maxPhrase+maxName+32)
		}
	})
}
