package eventgen_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/test/eventgen"
)

// record is what the tests look at.
type record struct {
	at                                          time.Time
	event, tool, hook, session, call, id, scope string
	project, level, alertOf                     string
	seq                                         int64
	raw                                         plog.LogRecord
}

func all(o eventgen.Options) []record {
	var out []record
	for ld := range eventgen.New(o).All() {
		for _, rl := range ld.ResourceLogs().All() {
			for _, sl := range rl.ScopeLogs().All() {
				for _, lr := range sl.LogRecords().All() {
					out = append(out, of(lr))
				}
			}
		}
	}
	return out
}

func of(lr plog.LogRecord) record {
	text := func(key string) string {
		v, ok := lr.Attributes().Get(key)
		if !ok {
			return ""
		}
		return v.AsString()
	}
	r := record{
		at: lr.Timestamp().AsTime(), event: text(semconv.EventType), tool: text(semconv.ToolName), hook: text(semconv.HookEvent),
		session: text(semconv.SessionID), call: text(semconv.ToolCallID), id: text(semconv.EventID), scope: text(semconv.Scope),
		project: text(semconv.ProjectName), level: lr.SeverityText(), alertOf: text(semconv.AlertEventID), raw: lr,
	}
	if r.event == "" {
		r.event = text(semconv.NativeEventName)
	}
	if v, ok := lr.Attributes().Get(semconv.SessionSeq); ok {
		r.seq = v.Int()
	}
	return r
}

func TestExactlyAsManyAsAsked(t *testing.T) {
	for _, o := range []eventgen.Options{
		{Events: 16, Sessions: 5},
		{Events: 33},
		{Events: 100, Sessions: 3},
		{Events: 3_000},
		{Events: 2_000, Sessions: 1},
		{Events: 2_000, Sessions: 20, NoNative: true, Alerts: -1},
		{Events: 2_000, Sessions: 40, Span: time.Hour, Batch: 1},
		{Events: 2_000, Alerts: 0.3, Denied: 0.5, Sessions: 8, Batch: 7},
	} {
		for seed := range uint64(2) {
			o.Seed = seed
			n := 0
			for ld := range eventgen.New(o).All() {
				n += ld.LogRecordCount()
				require.LessOrEqual(t, ld.LogRecordCount(), max(o.Batch, 2)*max(1, 500/max(o.Batch, 1)), "%+v", o)
			}
			require.Equal(t, o.Events, n, "%+v", o)
		}
	}
}

func TestSameSeedSameEvents(t *testing.T) {
	marshal := func(seed uint64) []byte {
		var out []byte
		for ld := range eventgen.New(eventgen.Options{Seed: seed, Events: 3_000}).All() {
			raw, err := (&plog.ProtoMarshaler{}).MarshalLogs(ld)
			require.NoError(t, err)
			out = append(out, raw...)
		}
		return out
	}
	require.Equal(t, marshal(7), marshal(7))
	require.NotEqual(t, marshal(7), marshal(8))
}

func TestTimesAndNumbers(t *testing.T) {
	start := time.Date(2026, time.May, 4, 0, 0, 0, 0, time.UTC)
	records := all(eventgen.Options{Seed: 3, Events: 20_000, Start: start, Span: 12 * time.Hour})
	seq, ids, last := map[string]int64{}, map[string]bool{}, start
	for i, r := range records {
		require.False(t, r.at.Before(last), "record %d of %s", i, r.event)
		last = r.at
		require.True(t, r.at.Before(start.Add(12*time.Hour+time.Minute)), r.at)
		if r.seq > 0 {
			seq[r.session]++
			require.Equal(t, seq[r.session], r.seq)
		}
		if r.id == "" || r.alertOf != "" {
			continue
		}
		require.False(t, ids[r.id])
		ids[r.id] = true
		id := uuid.MustParse(r.id)
		require.EqualValues(t, 7, id.Version())
		sec, nsec := id.Time().UnixTime()
		require.WithinDuration(t, r.at, time.Unix(sec, nsec), time.Millisecond)
	}
	require.Len(t, seq, 200)
}

func TestAlertsStandBehindTheirEvents(t *testing.T) {
	records := all(eventgen.Options{Seed: 5, Events: 12_000})
	severities := map[string]int{}
	for i, r := range records {
		if r.event != semconv.EventSecurityAlert {
			continue
		}
		require.Equal(t, records[i-1].id, r.alertOf)
		_, marked := records[i-1].raw.Attributes().Get(semconv.RecordAlerts)
		require.True(t, marked)
		v, _ := r.raw.Attributes().Get(semconv.AlertSeverity)
		severities[v.Str()]++
	}
	for _, s := range []string{semconv.SeverityCritical, semconv.SeverityHigh, semconv.SeverityMedium, semconv.SeverityLow} {
		require.Positive(t, severities[s], "%s in %v", s, severities)
	}
}

// What a day looks like: the shares that the benchmarks stand on.
func TestMix(t *testing.T) {
	records := all(eventgen.Options{Seed: 1, Events: 25_000, Sessions: 80})
	count := map[string]int{}
	tools, projects, calls := map[string]int{}, map[string]bool{}, map[string][]string{}
	for _, r := range records {
		count[r.event]++
		count["scope "+r.scope]++
		count["hook "+r.hook]++
		if r.tool != "" && r.alertOf == "" {
			tools[r.tool]++
		}
		if r.project != "" {
			projects[r.project] = true
		}
		if r.call != "" && r.alertOf == "" {
			calls[r.call] = append(calls[r.call], r.hook)
		}
	}
	between := func(what string, n int, low, high float64) {
		share := float64(n) / float64(len(records))
		require.True(t, share >= low && share <= high, fmt.Sprintf("%s: %.4f of the records, not %.4f to %.4f", what, share, low, high))
	}
	require.GreaterOrEqual(t, len(tools), 20)
	require.Len(t, projects, 8)
	between("alerts", count[semconv.EventSecurityAlert], 0.007, 0.014)
	between("outside", count["scope "+semconv.ScopeOutside], 0.01, 0.035)
	between("failed", count["hook PostToolUseFailure"], 0.01, 0.05)
	between("denied", count["hook PermissionDenied"], 0.002, 0.01)
	between("native", count["api_request"], 0.08, 0.25)
	between("prompts", count[semconv.EventUserPrompt], 0.02, 0.09)
	between("agents", count[semconv.EventSubagentStart], 0.002, 0.02)
	for _, event := range []string{semconv.EventSessionStart, semconv.EventSessionEnd, semconv.EventTurnEnd, semconv.EventFileEdit, semconv.EventMCPCall} {
		require.Positive(t, count[event], event)
	}
	ended := 0
	for _, hooks := range calls {
		require.Equal(t, "PreToolUse", hooks[0], "%v", hooks)
		if len(hooks) > 1 {
			ended++
		}
	}
	require.Greater(t, float64(ended)/float64(len(calls)), 0.93)
	lines := 0
	for _, r := range records {
		if v, ok := r.raw.Attributes().Get(semconv.FileLinesAdded); ok && v.Type() == pcommon.ValueTypeInt && v.Int() > 0 {
			lines++
		}
	}
	between("records with added lines", lines, 0.02, 0.12)
}

func BenchmarkNext(b *testing.B) {
	g := eventgen.New(eventgen.Options{Events: b.N, Batch: 500})
	for {
		if _, ok := g.Next(); !ok {
			return
		}
	}
}

// Agents work together in all the ways that records are made of, and stand where they
// were called.
func TestAgentsWorkTogether(t *testing.T) {
	made, depths, links := map[string]int{}, map[string]int{}, map[string]int{}
	count := func(ld plog.Logs) {
		for _, rl := range ld.ResourceLogs().All() {
			for _, sl := range rl.ScopeLogs().All() {
				for _, lr := range sl.LogRecords().All() {
					made[of(lr).event]++
				}
			}
		}
	}
	c := eventgen.NewCoordination()
	for ld := range eventgen.New(eventgen.Options{Seed: 3, Events: 15_000, Sessions: 10}).All() {
		for _, rl := range ld.ResourceLogs().All() {
			for _, sl := range rl.ScopeLogs().All() {
				for _, lr := range sl.LogRecords().All() {
					if of(lr).event != semconv.EventSubagentStart {
						continue
					}
					depth, _ := lr.Attributes().Get(semconv.AgentDepth)
					link, _ := lr.Attributes().Get(semconv.AgentLink)
					depths[depth.AsString()]++
					links[link.AsString()]++
				}
			}
		}
		count(c.Add(ld))
	}
	count(c.End())
	for _, depth := range []string{"1", "2", "3"} {
		require.Positive(t, depths[depth], "agents of depth %s in %v", depth, depths)
	}
	require.Positive(t, links[semconv.LinkProvisional])
	require.Zero(t, links[""], "every agent's call is there")
	for _, event := range []string{
		semconv.EventAgentDelegation, semconv.EventAgentConflict, semconv.EventAgentRepeatedWork, semconv.EventSessionCoordination, semconv.EventAgentTypeShare,
	} {
		require.Positive(t, made[event], "%s in %v", event, made)
	}
}
