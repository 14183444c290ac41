package agentspan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"github.com/agent-telemetry/agent-telemetry/test/recorded"
)

// texts are the spans of a bench, each whole.
func (b *bench) texts() map[string]string {
	all := map[string]string{}
	for _, sp := range b.store.All() {
		raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(sp.Span)
		require.NoError(b.t, err)
		all[fmt.Sprintf("%x/%s", sp.TraceId, sp.ID())] = hex.EncodeToString(raw)
	}
	return all
}

// A tracker that is taken over again and again, also while nobody takes its spans, makes
// the spans that one makes which goes on.
func TestARestartLosesNothing(t *testing.T) {
	came := disturb(generated(3, 3_000), 10*time.Second, 5, 0)
	run := func(restart bool) *bench {
		b := newBench(t, Limits{})
		for part := range slices.Chunk(came, 40) {
			for _, r := range part {
				b.Observe(r.resource, r.lr)
			}
			b.Flush()
			if restart {
				data, err := b.Encode()
				require.NoError(t, err)
				next := NewTracker(Limits{}, b.now)
				require.NoError(t, next.Restore(data))
				again, err := next.Encode()
				require.NoError(t, err)
				require.Len(t, again, len(data))
				b.Tracker = next
				b.check()
			}
			b.deliver()
		}
		b.pass(80 * time.Hour)
		b.pass(80 * time.Hour)
		return b
	}
	want, got := run(false), run(true)
	require.NoError(t, got.store.Check())
	require.Equal(t, slices.Sorted(maps.Keys(want.texts())), slices.Sorted(maps.Keys(got.texts())))
	require.Equal(t, want.texts(), got.texts())
}

func stateOf(body string) []byte {
	sum := sha256.Sum256([]byte(body))
	return []byte(stateHeader + hex.EncodeToString(sum[:]) + "\n" + body)
}

func TestAStateOfOthersIsRefused(t *testing.T) {
	for name, data := range map[string][]byte{
		"nothing":         nil,
		"no header":       []byte("{}"),
		"another hash":    []byte(stateHeader + hex.EncodeToString(make([]byte, 32)) + "\n{}"),
		"no JSON":         stateOf("{"),
		"a session of no": stateOf(`{"sessions":[{"id":"s"}]}`),
		"null":            stateOf(`{"sessions":[null]}`),
		"no span":         stateOf(`{"pending":[null]}`),
		"another kind":    stateOf(`{"sessions":[{"id":"s","root":{"kind":0},"turns":{"a":{"kind":2,"key":"a"}}}]}`),
		"another key":     stateOf(`{"sessions":[{"id":"s","root":{"kind":0},"turns":{"a":{"kind":1,"key":"b"}}}]}`),
		"an id":           stateOf(`{"sessions":[{"id":"s","root":{"kind":0},"sent":[{"id":"00"}]}]}`),
		"a kind":          stateOf(`{"pending":[{"session":"s","kind":9,"id":"0000000000000000","name":"x"}]}`),
		"a time":          stateOf(`{"pending":[{"session":"s","kind":0,"id":"0000000000000000","name":"x","start":5,"end":4}]}`),
	} {
		tr := NewTracker(Limits{}, time.Now)
		require.ErrorIs(t, tr.Restore(data), ErrState, name)
		require.Empty(t, tr.sessions)
		require.Empty(t, tr.pending)
	}
}

// Whatever stands in a state, it is refused or can be worked with.
func FuzzState(f *testing.F) {
	b := newBench(f, Limits{})
	for i, ld := range recorded.Sessions(time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)) {
		for _, r := range flat(ld) {
			b.Observe(r.resource, r.lr)
		}
		b.Flush()
		if i%8 == 0 {
			data, err := b.Encode()
			require.NoError(f, err)
			f.Add(data[len(stateHeader)+65:])
		}
	}
	f.Add([]byte(`{"sessions":[{"id":"s","root":{"kind":0,"start":1,"last":9223372036854775807},"agents":{"a":{"kind":2,"key":"a","parent":"a"}}}]}`))
	f.Add([]byte(`{"newest":9223372036854775807,"pending":[{"session":"s","kind":3,"id":"0000000000000000","above":"0000000000000000","name":"x"}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		b := newBench(t, Limits{SessionSpans: 20, Spans: 40, Sessions: 5})
		if b.restore(body) != nil {
			return
		}
		b.check()
		for _, r := range []record{
			made(b.at, map[string]string{"claude_code.hook.event": "PreToolUse", "session.id": "s", "gen_ai.tool.call.id": "t", "claude_code.agent.id": "a"}),
			made(b.at, map[string]string{"claude_code.hook.event": "Stop", "session.id": recorded.Shop, "claude_code.prompt.id": "prompt-1"}),
		} {
			b.feed(r)
		}
		for range 4 {
			b.pass(100 * time.Hour)
		}
		b.check()
		require.Zero(t, b.Counts().Open)
		_, err := b.Encode()
		require.NoError(t, err)
	})
}
