package agentmetricsconnector

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// An agent that makes up names: nothing grows beyond its bound, nothing is lost of
// what is added up, and it is told.
func TestFloodOfNames(t *testing.T) {
	const calls = 10_000
	m := newMade(t, start, func(c *Config) {
		c.MaxSeries, c.MaxSessions, c.MaxAgents, c.DedupWindow, c.ProjectAttribute = 100, 200, 300, 1_000, true
	})
	long := strings.Repeat("ü", 100_000)
	heap := func() uint64 {
		runtime.GC()
		var s runtime.MemStats
		runtime.ReadMemStats(&s)
		return s.HeapAlloc
	}
	before := heap()
	for i := range calls {
		e := &events{t: t}
		name := fmt.Sprintf("%d", i)
		lr := e.hook(semconv.EventSubagentStart+name, "PostToolUse", attrs{
			semconv.SessionID: name, semconv.AgentID: name, semconv.AgentName: "agent-" + name, semconv.ToolName: name, semconv.ErrorType: "e" + name,
			semconv.ProjectName: "p" + name, semconv.ToolDurationMillis: i, semconv.AgentDepth: i, semconv.EventID: name,
		})
		if i%1_000 == 0 {
			for _, key := range []string{semconv.SessionID, semconv.AgentID, semconv.AgentName, semconv.ToolName, semconv.ErrorType, semconv.ProjectName, semconv.EventType, semconv.EventID} {
				lr.Attributes().PutStr(key, name+long)
			}
		}
		lr.Attributes().PutStr(semconv.EventID, name)
		require.NoError(t, m.ConsumeLogs(t.Context(), e.records[0]))
		e = &events{t: t}
		e.native(semconv.NativeAPIRequest, attrs{semconv.NativeModel: name, semconv.NativeQuerySource: name, semconv.NativeTokensIn: 1})
		e.records[0].ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes().PutStr(semconv.EventID, "n"+name)
		require.NoError(t, m.ConsumeLogs(t.Context(), e.records[0]))
	}
	sent := m.sent(t)
	m.sink.Reset()
	require.Less(t, int64(heap())-int64(before), int64(16<<20))
	for name, x := range sent {
		require.LessOrEqual(t, points(x), 101, name)
	}
	for _, name := range []string{semconv.MetricToolCalls, semconv.MetricRequests, semconv.MetricEvents} {
		require.Equal(t, float64(calls), total(sent[name])[0], name)
	}
	require.Equal(t, [2]float64{calls, calls}, total(sent[semconv.MetricTokenUsage]))
	require.Equal(t, float64(calls), total(sent[semconv.MetricToolDuration])[1])
	over := 0
	for _, p := range sent[semconv.MetricToolCalls].Sum().DataPoints().All() {
		v, ok := p.Attributes().Get(semconv.MetricOverflow)
		if ok {
			over++
			require.True(t, v.Bool())
			require.Equal(t, 1, p.Attributes().Len())
			require.EqualValues(t, calls-100, p.IntValue())
		}
		for _, v := range p.Attributes().All() {
			require.LessOrEqual(t, len(v.AsString()), 128)
			require.True(t, utf8.ValidString(v.AsString()))
		}
	}
	require.Equal(t, 1, over)
	require.LessOrEqual(t, m.counting.activity.sessions.Len(), 200)
	require.LessOrEqual(t, m.counting.activity.agents.Len(), 300)
	require.LessOrEqual(t, len(m.counting.seen.known), 1_000)
	require.EqualValues(t, calls-100, own(t, m, "otelcol_connector_agent_metrics_overflow", semconv.MetricToolCalls))
	require.EqualValues(t, calls-200, own(t, m, "otelcol_connector_agent_metrics_forgotten", "session"))
	require.EqualValues(t, calls-300, own(t, m, "otelcol_connector_agent_metrics_forgotten", "agent"))
}

func points(x pmetric.Metric) int {
	switch x.Type() {
	case pmetric.MetricTypeSum:
		return x.Sum().DataPoints().Len()
	case pmetric.MetricTypeHistogram:
		return x.Histogram().DataPoints().Len()
	}
	return x.ExponentialHistogram().DataPoints().Len()
}

// own is the value of an own metric with an attribute of the given value.
func own(t testing.TB, m made, name, value string) int64 {
	t.Helper()
	x, err := m.tel.GetMetric(name)
	require.NoError(t, err)
	for _, p := range x.Data.(metricdata.Sum[int64]).DataPoints {
		for _, kv := range p.Attributes.ToSlice() {
			if kv.Value.AsString() == value {
				return p.Value
			}
		}
	}
	return 0
}

// Labels are short, UTF-8, and nothing that a terminal or a line would obey.
func TestLabel(t *testing.T) {
	for in, want := range map[string]string{
		"Bash": "Bash", "": "", "größe": "größe", "a\nb\x1b[31m\x7f": "a_b_[31m_", "\xff\xfe": "__", "0123456789abcdeü": "0123456789abcde",
		"0123456789abcdefgh": "0123456789abcdef", "\u2028\u0085": "__", "😀😀😀😀😀": "😀😀😀😀",
	} {
		got := label(in, 16)
		require.Equal(t, want, got, "%q", in)
		require.True(t, utf8.ValidString(got))
	}
}

// Numbers that are none, or none that can be, do not spoil a sum.
func TestNumber(t *testing.T) {
	for _, tc := range []struct {
		in   any
		want float64
	}{
		{"12", 12},
		{"NaN", 0},
		{"Inf", maxNumber},
		{"-5", 0},
		{"1e300", maxNumber},
		{int64(-1), 0},
		{int64(1 << 62), maxNumber},
		{1.5, 1.5},
		{true, 0},
		{strings.Repeat("9", 40), 0},
		{map[string]any{"a": 1}, 0},
	} {
		v := pcommon.NewValueEmpty()
		require.NoError(t, v.FromRaw(tc.in))
		require.Equal(t, tc.want, number(v), "%v", tc.in)
	}
}

// The window is of the last ids, whatever they are.
func TestSeen(t *testing.T) {
	s := newSeen(3)
	for _, id := range []string{"a", "b", "c"} {
		require.False(t, s.before(id))
		require.True(t, s.before(id))
	}
	require.False(t, s.before("d"))
	require.True(t, s.before("b"))
	require.False(t, s.before("a"), "it left the window")
	require.False(t, s.before(""))
	require.False(t, s.before(""), "what has no id is always new")
	require.Len(t, s.known, 3)
	none := newSeen(0)
	require.False(t, none.before("a"))
	require.False(t, none.before("a"))
}

// Whatever comes over OTLP: nothing panics, and what goes out can be read by all.
func FuzzRecords(f *testing.F) {
	e := day(f)
	for _, ld := range e.records {
		raw, err := (&plog.ProtoMarshaler{}).MarshalLogs(ld)
		require.NoError(f, err)
		f.Add(raw)
	}
	f.Add([]byte("\x0a\x00"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		ld, err := (&plog.ProtoUnmarshaler{}).UnmarshalLogs(raw)
		if err != nil {
			return
		}
		cfg := createDefaultConfig().(*Config)
		cfg.MaxSeries, cfg.MaxAttributeBytes, cfg.MaxAgents, cfg.MaxSessions, cfg.ProjectAttribute = 10, 16, 4, 2, true
		c, err := newCounting(cfg)
		require.NoError(t, err)
		require.NoError(t, c.m.levels(c.levels))
		sum := c.addAll(ld)
		require.EqualValues(t, ld.LogRecordCount(), sum.counted+sum.doubled+sum.unrelated)
		c.m.settle(t.Context())
		var rm metricdata.ResourceMetrics
		require.NoError(t, c.m.reader.Collect(t.Context(), &rm))
		md, err := convert(&rm, pcommon.NewResource())
		require.NoError(t, err)
		for name, x := range byName(md) {
			require.LessOrEqual(t, points(x), 11, name)
		}
		out, err := (&pmetric.JSONMarshaler{}).MarshalMetrics(md)
		require.NoError(t, err)
		require.True(t, utf8.Valid(out))
	})
}
