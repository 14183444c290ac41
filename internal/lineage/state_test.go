package lineage

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestStateIsTakenOver(t *testing.T) {
	b := newBench(t, Limits{})
	b.see(Event{Kind: Call, Call: "c1", Asked: "x"})
	b.see(Event{Kind: Start, Agent: "a1", Type: "x"})
	b.see(Event{Kind: Call, Call: "c2", Asked: "y", Agent: "a1"})
	b.see(Event{Kind: Start, Agent: "a2", Type: "y", Prompt: strings.Repeat("\xff", 300)})
	b.see(Event{Kind: Answer, Call: "c1", Child: "a1"})
	b.see(Event{Kind: Start, Agent: "late", Type: "z"})
	b.see(Event{Kind: Answer, Call: "c3", Child: "late"}) // not told yet
	require.True(t, b.Changed())
	require.False(t, b.Changed())
	data, err := b.Encode()
	require.NoError(t, err)

	again := newBench(t, Limits{})
	again.at = b.at
	require.NoError(t, again.Restore(data))
	for _, id := range []string{"a1", "a2", "late"} {
		require.Equal(t, b.agent(id), again.agent(id))
	}
	require.Equal(t, b.Corrections(0, 10), again.Corrections(0, 10))
	require.Len(t, again.Corrections(0, 10), 1)
	require.Equal(t, b.agents, again.agents)
	again.see(Event{Kind: Answer, Call: "c2", Agent: "a1", Child: "a2"})
	require.Equal(t, "a2<a1 2 c2 confirmed", again.agent("a2"))

	small := newBench(t, Limits{Agents: 2})
	require.NoError(t, small.Restore(data), "the limits may be others now")
	require.Empty(t, small.sessions)
}

func TestOfManySessionsTheLatestAreKept(t *testing.T) {
	b := newBench(t, Limits{})
	for i := range 1_200 {
		b.see(Event{Session: time.Unix(int64(i), 0).UTC().Format(time.RFC3339), Kind: Start, Agent: "a", Type: "x"})
	}
	data, err := b.Encode()
	require.NoError(t, err)
	again := newBench(t, Limits{})
	require.NoError(t, again.Restore(data))
	require.Len(t, again.sessions, savedSessions)
	require.Contains(t, again.sessions, "1970-01-01T00:19:59Z")
	require.NotContains(t, again.sessions, "1970-01-01T00:00:00Z")
	require.Equal(t, "1970-01-01T00:03:20Z", again.order.Front().Value.(*named).id)
}

func sealed(body string) []byte {
	sum := sha256.Sum256([]byte(body))
	return []byte(stateHeader + hex.EncodeToString(sum[:]) + "\n" + body)
}

func TestWhatIsNoStateIsRefused(t *testing.T) {
	for name, data := range map[string][]byte{
		"nothing": nil, "no header": []byte("x\n{}"), "changed": append(sealed(`{}`), 'x'), "no JSON": sealed(`{`),
		"no session": sealed(`{"sessions":[{"id":"s"}]}`), "no id": sealed(`{"sessions":[{"id":"","s":{}}]}`),
		"no agent":      sealed(`{"sessions":[{"id":"s","s":{"agents":{"a":null}}}]}`),
		"another name":  sealed(`{"sessions":[{"id":"s","s":{"agents":{"a":{"id":"b"}}}}]}`),
		"unknown link":  sealed(`{"sessions":[{"id":"s","s":{"agents":{"a":{"id":"a","link":{"p":"b","h":"magic"}}}}}]}`),
		"own parent":    sealed(`{"sessions":[{"id":"s","s":{"agents":{"a":{"id":"a","link":{"p":"a","h":"span"}}}}}]}`),
		"link for none": sealed(`{"sessions":[{"id":"s","s":{"agents":{"a":{"id":"a","link":{"h":"span"}}}}}]}`),
		"no call":       sealed(`{"sessions":[{"id":"s","s":{"calls":{"c":null}}}]}`),
		"no caller":     sealed(`{"sessions":[{"id":"s","s":{"calls":{"c":{"id":"c"}}}}]}`),
	} {
		b := newBench(t, Limits{})
		require.ErrorIs(t, b.Restore(data), ErrState, name)
		require.Empty(t, b.sessions, name)
	}
	require.NoError(t, newBench(t, Limits{}).Restore(sealed(`{}`)))
}

// FuzzRestore: no file makes the tracker fail, or its next state one that it refuses.
func FuzzRestore(f *testing.F) {
	f.Add([]byte(`{"sessions":[{"id":"s","s":{"agents":{"a":{"id":"a","first":5,"link":{"p":"main","c":"c","h":"confirmed"}}},"calls":{"c":{"id":"c","parent":"main","made":true}},"seen":9}}]}`))
	f.Add([]byte(`{"sessions":[{"id":"s","s":{"agents":{"a":{"id":"a","type":"x","link":{"p":"b","h":"span"}},"b":{"id":"b","type":"x","first":-1,"link":{"p":"a","h":"span"},"changed":1,"stamped":true}}}}]}`))
	f.Add([]byte(`{"sessions":[{"id":"s","s":null}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		b := newBench(t, Limits{})
		if b.restore(body) != nil {
			return
		}
		b.Observe(&Event{Session: "s", Agent: "a", Kind: Start, Type: "x", At: 1})
		b.Observe(&Event{Session: "s", Kind: Call, Call: "c", Asked: "x", At: 1})
		b.Observe(&Event{Session: "s", Kind: Answer, Call: "c", Child: "b", At: 2})
		for _, c := range b.Corrections(0, 100) {
			b.Told(c)
		}
		b.Looks(10)
		b.Sweep()
		data, err := b.Encode()
		require.NoError(t, err)
		if len(data) <= MaxState {
			require.NoError(t, newBench(t, Limits{}).Restore(data))
		}
	})
}

// FuzzObserve: no events make the tracker fail or outgrow its bounds.
func FuzzObserve(f *testing.F) {
	f.Add([]byte("\x01a\x00\x03\x00c\x04\x00ca\x02a\x00"), uint8(3))
	f.Add([]byte("\x0aab\x0aba\x04abab"), uint8(1))
	f.Fuzz(func(t *testing.T, data []byte, limit uint8) {
		limits := Limits{Sessions: 2, Agents: int(limit%8) + 1, All: int(limit%8) + 9}
		b := newBench(t, limits)
		id := func(c byte) string {
			if c%5 == 0 {
				return ""
			}
			return string(rune('a' + c%11))
		}
		for i := 0; i+6 <= len(data); i += 6 {
			d := data[i : i+6]
			b.Observe(&Event{
				Session: "s" + id(d[5]/64), Kind: Kind(d[0] % 12), Agent: id(d[1]), Type: id(d[2]), Call: id(d[3]), Child: id(d[4]), Parent: id(d[2]),
				At: int64(d[5]), Prompt: id(d[3]), Asked: id(d[4]),
			})
			for _, c := range b.Corrections(0, int(d[0]%3)) {
				b.Told(c)
			}
		}
		agents, calls := 0, 0
		for _, e := range b.sessions {
			s := e.Value.(*named)
			agents += len(s.Agents)
			calls += len(s.Calls)
			require.LessOrEqual(t, len(s.Agents), limits.Agents)
			require.LessOrEqual(t, len(s.Calls), limits.Agents)
			require.Len(t, s.open, len(s.Calls))
			loose := 0
			for _, a := range s.Agents {
				if a.isLoose() {
					loose++
				}
			}
			require.Len(t, s.loose, loose)
		}
		require.Equal(t, agents, b.agents)
		require.Equal(t, calls, b.calls)
		require.LessOrEqual(t, max(agents, calls), limits.All)
		require.LessOrEqual(t, len(b.sessions), 2)
		encoded, err := b.Encode()
		require.NoError(t, err)
		require.NoError(t, newBench(t, limits).Restore(encoded))
	})
}
