package agentspan

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/agent-telemetry/agent-telemetry/internal/agentspan/spantest"
	"github.com/agent-telemetry/agent-telemetry/internal/hookevent"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/eventgen"
)

// bench is a Tracker with a clock of its own, and a store behind it.
type bench struct {
	*Tracker
	t     testing.TB
	at    time.Time
	store spantest.Store
}

func newBench(t testing.TB, l Limits) *bench {
	b := &bench{t: t, at: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)}
	b.Tracker = NewTracker(l, func() time.Time { return b.at })
	return b
}

// feed takes records that come together.
func (b *bench) feed(list ...record) {
	for _, r := range list {
		b.Observe(r.resource, r.lr)
	}
	b.Flush()
	b.deliver()
}

func (b *bench) deliver() {
	for {
		spans := b.Pending(100, 1<<20)
		if len(spans) == 0 {
			return
		}
		raw, err := (&ptrace.ProtoMarshaler{}).MarshalTraces(Traces(spans, "test", "1"))
		require.NoError(b.t, err)
		require.NoError(b.t, b.store.Add(raw))
		b.Delivered(len(spans))
	}
}

// pass lets time pass in which nothing comes.
func (b *bench) pass(d time.Duration) {
	b.at = b.at.Add(d)
	b.Expire()
	b.deliver()
}

// record is one record with its resource.
type record struct {
	resource pcommon.Map
	lr       plog.LogRecord
}

func (r record) text(key string) string { return text(r.lr.Attributes(), key) }
func (r record) at() int64              { return int64(r.lr.Timestamp()) }

func flat(ld plog.Logs) (list []record) {
	for _, rl := range ld.ResourceLogs().All() {
		if text(rl.Resource().Attributes(), semconv.ServiceName) != semconv.ServiceNameValue {
			continue
		}
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				list = append(list, record{rl.Resource().Attributes(), lr})
			}
		}
	}
	return list
}

func generated(seed uint64, events int) (list []record) {
	g := eventgen.New(eventgen.Options{Seed: seed, Events: events, Sessions: events / 400, Span: 6 * time.Hour, AtATime: 5, Alerts: 0.02})
	for ld := range g.All() {
		list = append(list, flat(ld)...)
	}
	return list
}

// disturb has events overtake each other, come twice, or not at all.
func disturb(list []record, window time.Duration, doubled, missing int) []record {
	r := rand.New(rand.NewPCG(1, 2))
	type late struct {
		record
		comes int64
	}
	var all []late
	comes := func(x record) int64 {
		if window < 0 {
			return r.Int64()
		}
		return x.at() + r.Int64N(int64(window)+1)
	}
	for _, x := range list {
		if r.IntN(100) < missing {
			continue
		}
		all = append(all, late{x, comes(x)})
		if r.IntN(100) < doubled {
			all = append(all, late{x, comes(x)})
		}
	}
	slices.SortStableFunc(all, func(a, b late) int { return cmp.Compare(a.comes, b.comes) })
	out := make([]record, len(all))
	for i := range all {
		out[i] = all[i].record
	}
	return out
}

// callTruth is what the events of a call say.
type callTruth struct {
	begin, end          int64
	hook, failed, agent string
	millis              int64 // -1 when it is not told
}

func truthOf(list []record) map[string]*callTruth {
	all := map[string]*callTruth{}
	for _, r := range list {
		id, hook := r.text(semconv.ToolCallID), r.text(semconv.HookEvent)
		if id == "" || hook == "" || hook == "PermissionRequest" {
			continue
		}
		c := all[id]
		if c == nil {
			c = &callTruth{millis: -1}
			all[id] = c
		}
		c.agent = r.text(semconv.AgentID)
		if hook == "PreToolUse" {
			c.begin = r.at()
			continue
		}
		c.end, c.hook, c.failed = r.at(), hook, r.text(semconv.ErrorType)
		if v, ok := r.lr.Attributes().Get(semconv.ToolDurationMillis); ok {
			c.millis = v.Int()
		}
	}
	return all
}

// Whatever happens to events on their way, every span has its parent, and every call
// that ended is told as its events tell it.
func TestGeneratedSessions(t *testing.T) {
	list := generated(7, 6_000)
	for name, d := range map[string]struct {
		window           time.Duration
		doubled, missing int
		grace            time.Duration
		exact            bool // nothing that has ended is told to have no end
	}{
		"in order":         {exact: true},
		"doubled":          {doubled: 30, exact: true},
		"overtaking":       {window: 20 * time.Second, doubled: 20, exact: true},
		"a tenth missing":  {window: 5 * time.Second, missing: 10},
		"in any order":     {window: -1},
		"any, a long wait": {window: -1, doubled: 20, grace: 12 * time.Hour, exact: true},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, Limits{Grace: d.grace, Sessions: 5_000, Spans: 50_000, SessionSpans: 10_000, Bytes: 1 << 30})
			came := disturb(list, d.window, d.doubled, d.missing)
			for part := range slices.Chunk(came, 100) {
				b.feed(part...)
			}
			b.pass(80 * time.Hour)
			b.pass(80 * time.Hour)
			require.NoError(t, b.store.Check())
			require.Zero(t, b.Counts().Sessions)
			require.Zero(t, b.nodes)
			require.Zero(t, b.bytes)

			spans, wrong := b.store.ByID(), 0
			calls := truthOf(came)
			for id, c := range calls {
				sp := spans[CallID(id).String()]
				require.NotNil(t, sp, id)
				if c.end == 0 {
					require.NotEmpty(t, sp.Text(semconv.SpanNoEnd), "%s has no end", id)
					continue
				}
				if sp.Text(semconv.SpanNoEnd) != "" {
					wrong++
					continue
				}
				require.Equal(t, c.end, int64(sp.EndTimeUnixNano), id)
				require.Equal(t, c.failed, sp.Text(semconv.ErrorType), id)
				switch {
				case c.millis >= 0:
					require.Equal(t, c.millis, sp.Millis(), id)
				case c.begin > 0 && d.window >= 0:
					require.Equal(t, c.begin, int64(sp.StartTimeUnixNano), id)
				}
				if c.agent != "" {
					require.Equal(t, AgentID(sp.Text(semconv.SessionID), c.agent).String(), sp.Parent(), id)
				}
			}
			t.Logf("%d calls; %d of them are told to have no end, though it came", len(calls), wrong)
			if d.exact {
				require.Zero(t, wrong)
			}
			if d.exact && d.missing == 0 && d.window >= 0 {
				requireAgents(t, came, spans)
			}
		})
	}
}

// requireAgents holds the places of agents, and their times, to the events.
func requireAgents(t *testing.T, list []record, spans map[string]*spantest.Span) {
	t.Helper()
	stops, made := map[string]int64{}, map[string]string{}
	for _, r := range list {
		switch agent := r.text(semconv.AgentID); r.text(semconv.HookEvent) {
		case "SubagentStop":
			stops[agent] = max(stops[agent], r.at())
		case "PostToolUse":
			body, ok := within(r.lr.Body().Map(), semconv.BodyAgent)
			if !ok {
				continue
			}
			if call, ok := within(body, semconv.AgentBodyCall); ok {
				made[text(call, semconv.CallBodyAgentID)] = r.text(semconv.ToolCallID)
			}
		}
	}
	require.NotEmpty(t, stops)
	right := 0
	for _, sp := range spans {
		id := sp.Text(semconv.GenAIAgentID)
		if sp.Text(semconv.OperationName) != semconv.OperationInvokeAgent || id == "" {
			continue
		}
		require.Equal(t, stops[id], int64(sp.EndTimeUnixNano), id)
		require.Empty(t, sp.Text(semconv.SpanNoEnd))
		if sp.Parent() == fmt.Sprintf("%x", hookevent.SpanID(made[id])) {
			right++
		}
	}
	// What the lineage processor takes back is not in the generated records.
	require.GreaterOrEqual(t, right*100, len(stops)*90, "%d of %d agents are below the call that made them", right, len(stops))
}
