package agentspan

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/recorded"
)

// made is a record of a program's own making.
func made(at time.Time, attrs map[string]string) record {
	lr := plog.NewLogRecord()
	lr.SetTimestamp(pcommon.NewTimestampFromTime(at))
	for k, v := range attrs {
		if v != "" {
			lr.Attributes().PutStr(k, v)
		}
	}
	resource := pcommon.NewMap()
	resource.PutStr(semconv.ServiceName, semconv.ServiceNameValue)
	return record{resource, lr}
}

// Whatever is sent, what is kept stays within its bounds, and every span has its parent.
func TestWhatIsKeptIsBounded(t *testing.T) {
	limits := Limits{Sessions: 20, SessionSpans: 100, Spans: 500, Bytes: 1 << 20}
	r := rand.New(rand.NewPCG(1, 1))
	hooks := []string{"PreToolUse", "PreToolUse", "PreToolUse", "PostToolUse", "SubagentStart", "SubagentStop", "UserPromptSubmit", "Stop", "SessionEnd", "PermissionRequest", "?"}
	id := func(prefix string, n int) string {
		if r.IntN(4) == 0 {
			return ""
		}
		return fmt.Sprint(prefix, r.IntN(n))
	}
	for name, sessions := range map[string]int{"one session": 1, "many sessions": 60} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, limits)
			for range 6_000 {
				hook := hooks[r.IntN(len(hooks))]
				attrs := map[string]string{
					semconv.HookEvent: hook, semconv.SessionID: fmt.Sprint("s", r.IntN(sessions)), semconv.PromptID: id("p", 3000), semconv.AgentID: id("a", 3000),
					semconv.ToolCallID: id("t", 1<<30), semconv.ToolName: "Bash", semconv.CommandLine: strings.Repeat("x", r.IntN(3000)),
					semconv.AgentParentID: id("a", 3000), semconv.AgentDelegationID: id("t", 100), semconv.AgentLink: "confirmed", semconv.EventType: "?",
				}
				if r.IntN(10) == 0 {
					attrs[semconv.HookEvent], attrs[semconv.EventType] = "", semconv.EventSecurityAlert
					attrs[semconv.AlertID], attrs[semconv.RuleTitle] = fmt.Sprint(r.Uint64()), strings.Repeat("y", 2000)
				}
				b.at = b.at.Add(time.Millisecond)
				b.feed(made(b.at, attrs))
				require.LessOrEqual(t, len(b.sessions), limits.Sessions)
				require.LessOrEqual(t, b.nodes, limits.Spans)
				require.LessOrEqual(t, b.bytes, limits.Bytes)
				require.Empty(t, b.pending)
			}
			b.check()
			b.pass(50 * time.Hour)
			b.pass(50 * time.Hour)
			require.Zero(t, b.nodes)
			require.Zero(t, b.bytes)
			spans := b.store.ByID()
			for _, sp := range spans {
				require.True(t, sp.Parent() == "" || spans[sp.Parent()] != nil, "the parent of %s", sp.Name)
			}
		})
	}
}

// check holds the counts to what is there.
func (b *bench) check() {
	nodes, bytes := 0, 0
	for e := b.order.Front(); e != nil; e = e.Next() {
		s := e.Value.(*session)
		nodes, bytes = nodes+s.nodes(), bytes+s.weight()
		require.Len(b.t, s.Sent.of, s.Sent.len())
		for _, of := range []map[string]*node{{"": s.Root}, s.Turns, s.Agents, s.Calls} {
			for _, n := range of {
				require.Equal(b.t, n.size(), n.bytes, n.title(n.Kind))
			}
		}
	}
	require.Equal(b.t, nodes, b.nodes)
	require.Equal(b.t, bytes, b.bytes)
}

// What was made room of while records come together is used again for other calls: none of
// those is taken for the one that has ended.
func TestCallsThatAreEvictedAreNotMistaken(t *testing.T) {
	b := newBench(t, Limits{SessionSpans: 16})
	hook := func(name, call string) record {
		b.at = b.at.Add(time.Millisecond)
		return made(b.at, map[string]string{semconv.HookEvent: name, semconv.SessionID: "s", semconv.ToolCallID: call, semconv.ToolName: "Bash"})
	}
	ended := []record{hook("PreToolUse", "first"), hook("PostToolUse", "first")}
	for i := range 40 {
		ended = append(ended, hook("PreToolUse", fmt.Sprint("t", i)))
	}
	b.feed(ended...)
	b.check()
	open := 0
	for _, e := range b.sessions {
		for _, c := range e.Value.(*session).Calls {
			require.False(t, c.Ended)
			open++
		}
	}
	require.Positive(t, open)
	for _, sp := range b.store.Named("execute_tool Bash") {
		require.Equal(t, sp.Text(semconv.ToolCallID) != "first", sp.Text(semconv.SpanNoEnd) == semconv.NoEndEvicted, sp.Text(semconv.ToolCallID))
	}
	require.Len(t, b.store.Named("execute_tool Bash"), 41-open)
}

// A record may have a name as often as it likes; a state with it must be one that can be read.
func TestARecordOfTheSameNameAgainAndAgain(t *testing.T) {
	b := newBench(t, Limits{})
	b.feed(made(b.at, map[string]string{semconv.HookEvent: "UserPromptSubmit", semconv.SessionID: "s", semconv.PromptID: "p", semconv.EventType: "user_prompt"}))
	same := `{"key":"` + semconv.RuleName + `","value":{"stringValue":"x"}},`
	ld, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs([]byte(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"attributes":[` + strings.Repeat(same, 500) +
		`{"key":"` + semconv.EventType + `","value":{"stringValue":"` + semconv.EventSecurityAlert + `"}},{"key":"` + semconv.SessionID + `","value":{"stringValue":"s"}}]}]}]}]}`))
	require.NoError(t, err)
	b.feed(record{pcommon.NewMap(), ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)})
	data, err := b.Encode()
	require.NoError(t, err)
	require.NoError(t, NewTracker(Limits{}, b.now).Restore(data))
	b.pass(100 * time.Hour)
	require.Len(t, b.store.Named("invoke_agent main")[0].Events, 1)
	require.Len(t, b.store.Named("invoke_agent main")[0].Events[0].Attributes, 1)
}

// Texts of others are cut to whole characters, and are valid for every backend.
func TestTextsAreBoundedAndValid(t *testing.T) {
	b := newBench(t, Limits{})
	at := map[string]string{
		semconv.HookEvent: "PostToolUse", semconv.SessionID: "s", semconv.ToolCallID: "t", semconv.ToolName: strings.Repeat("\xff", 4000),
		semconv.CommandLine: strings.Repeat("ä", 4000), semconv.FilePath: "\xff\xfe\x00\x1b[2J", semconv.PromptID: strings.Repeat("p", 300), semconv.AgentID: "\xff",
	}
	b.feed(made(b.at, at))
	b.feed(made(time.Unix(1<<40, 0), at), made(time.Time{}, at), made(time.Unix(-5, 0), at))
	b.pass(100 * time.Hour)
	sp := b.store.All()[0]
	require.Len(t, sp.Text(semconv.CommandLine), maxText)
	require.Equal(t, "\ufffd\x00\x1b[2J", sp.Text(semconv.FilePath))
	require.LessOrEqual(t, len(sp.Name), 200)
	require.NoError(t, b.store.Check())
}

func TestWithoutDetails(t *testing.T) {
	b := newBench(t, Limits{NoDetails: true})
	b.feed(made(b.at, map[string]string{
		semconv.HookEvent: "PreToolUse", semconv.SessionID: "s", semconv.ToolCallID: "t", semconv.ToolName: "Bash", semconv.ProjectPath: "/secret",
		semconv.CommandLine: "secret", semconv.FilePath: "/secret", semconv.URLFull: "http://secret", semconv.ServerAddress: "secret", semconv.Scope: "project",
	}))
	b.pass(100 * time.Hour)
	require.NoError(t, b.store.Check())
	for _, sp := range b.store.All() {
		require.NotContains(t, fmt.Sprint(sp.Attr), "secret")
	}
}

// Whatever records hold, they become spans that a store can read, or none.
func FuzzObserve(f *testing.F) {
	for i, ld := range recorded.Sessions(time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)) {
		if i%5 == 0 {
			raw, err := (&plog.ProtoMarshaler{}).MarshalLogs(ld)
			require.NoError(f, err)
			f.Add(raw)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		ld, err := (&plog.ProtoUnmarshaler{}).UnmarshalLogs(raw)
		if err != nil {
			return
		}
		b := newBench(t, Limits{SessionSpans: 20, Spans: 40, Sessions: 5})
		for range 2 { // everything comes twice
			for _, rl := range ld.ResourceLogs().All() {
				for _, sl := range rl.ScopeLogs().All() {
					for _, lr := range sl.LogRecords().All() {
						b.Observe(rl.Resource().Attributes(), lr)
					}
				}
			}
			b.Flush()
			b.check()
		}
		data, err := b.Encode()
		require.NoError(t, err)
		require.NoError(t, NewTracker(Limits{}, b.now).Restore(data))
		b.pass(100 * time.Hour)
		b.pass(100 * time.Hour)
		require.Zero(t, b.nodes)
		require.Zero(t, b.bytes)
	})
}
