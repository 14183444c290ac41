package lokiexporter

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/grafana/loki/pkg/push"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/exporter/lokiexporter/internal/metadata"
)

func testConverter(t testing.TB, cfg *Config) *converter {
	t.Helper()
	telemetry, err := metadata.NewTelemetryBuilder(componenttest.NewNopTelemetrySettings())
	require.NoError(t, err)
	return newConverter(cfg, telemetry)
}

func TestValueSet(t *testing.T) {
	now := testTime
	s := newValueSet(2, time.Hour)
	require.True(t, s.admit("a", now))
	require.True(t, s.admit("b", now))
	require.False(t, s.admit("c", now))
	now = now.Add(40 * time.Minute)
	require.True(t, s.admit("a", now))
	now = now.Add(40 * time.Minute)
	require.True(t, s.admit("c", now), "b was idle")
	require.False(t, s.admit("b", now))
	require.Len(t, s.lastSeen, 2)
}

func TestStreamTableIsBounded(t *testing.T) {
	table := newStreamTable(100, time.Hour)
	for i := range 210 {
		require.Equal(t, i >= 100, table.crowded(testTime))
		require.NotNil(t, table.get(fmt.Append(nil, i), testTime, func() string { return "{}" }))
	}
	require.Len(t, table.streams, 200)
	table.get([]byte("later"), testTime.Add(2*time.Hour), func() string { return "{}" })
	require.Len(t, table.streams, 1)
}

func TestAppendKeyIsUnique(t *testing.T) {
	require.NotEqual(t, appendKey(nil, []string{"a", "b"}), appendKey(nil, []string{"a1:b", ""}))
	require.NotEqual(t, appendKey(nil, []string{"", "a"}), appendKey(nil, []string{"a", ""}))
}

func TestSplitKey(t *testing.T) {
	for _, values := range [][]string{{""}, {"a"}, {"", "a:b", "1:", "", strings.Repeat("x", 5_000)}} {
		require.Equal(t, values, splitKey(string(appendKey(nil, values))))
	}
	require.Empty(t, splitKey(""))
	require.Empty(t, splitKey("9:a"))
	require.Empty(t, splitKey("!:a"))
}

// What is sent does not depend on what was sent before in the same memory.
func TestMemoryIsUsedAgain(t *testing.T) {
	cfg := testConfig("http://127.0.0.1")
	sent := func(c *converter, room *encodeRoom, ld plog.Logs) (bodies [][]byte) {
		b := c.convert(t.Context(), ld, testTime)
		for _, p := range plan(b.streams, 1<<20, testTime) {
			body, err := encodePush(p, room)
			require.NoError(t, err)
			bodies = append(bodies, body)
		}
		c.release(b)
		if b.records <= keepRecords && cap(b.text) <= keepText {
			require.Same(t, b, c.spare)
		} else {
			require.Nil(t, c.spare)
			return bodies
		}
		for _, s := range b.streams[:cap(b.streams)] {
			require.Nil(t, s, "nothing of the records is held")
		}
		for _, d := range b.drafts[:cap(b.drafts)] {
			require.Zero(t, d)
		}
		return bodies
	}
	again, room := testConverter(t, cfg), new(encodeRoom)
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 30 {
		ld, records := newLogs("claude-telemetry")
		for i := range 1 + random.IntN(300) {
			at := testTime.Add(time.Duration(random.IntN(1_000)))
			session := fmt.Sprint("session-", random.IntN(9))
			switch random.IntN(3) {
			case 0:
				addNativeRecord(records, session, at)
			case 1:
				addHookRecord(records, session, i, at)
			case 2:
				body := addHookRecord(records, session, i, at).Body().Map()
				for _, key := range []string{"z", "y", "x"} {
					inner := body.PutEmptyMap(key)
					for j := range random.IntN(5) {
						inner.PutEmptyMap(fmt.Sprint(9-j)).PutStr(key, strings.Repeat("v", random.IntN(100)))
					}
				}
			}
		}
		if round == 20 { // more than is kept
			for range 12 {
				records.AppendEmpty().Body().SetEmptyMap().PutStr("long", strings.Repeat("x", 200<<10))
			}
		}
		require.Equal(t, sent(testConverter(t, cfg), new(encodeRoom), ld), sent(again, room, ld))
	}
}

func TestStreamWithoutAnyLabel(t *testing.T) {
	cfg := testConfig("http://127.0.0.1")
	cfg.Labels = []FieldConfig{field("tool", SourceAttribute, "tool"), field("app", SourceAttribute, "app")}
	ld, records := newLogs("x")
	records.AppendEmpty().Body().SetStr("line")
	b := testConverter(t, cfg).convert(context.Background(), ld, testTime)
	require.Equal(t, `{app="unknown"}`, b.streams[0].labels)
	require.Equal(t, testTime, b.streams[0].entries[0].Timestamp)
}

func TestBoundMetadata(t *testing.T) {
	cfg := testConfig("http://127.0.0.1")
	cfg.Limits.MaxStructuredMetadataEntries = 3
	cfg.Limits.MaxStructuredMetadataBytes = 20
	meta, dropped := testConverter(t, cfg).boundMetadata(push.LabelsAdapter{
		{Name: "a", Value: "12345"}, {Name: "b", Value: "123456789"}, {Name: "c", Value: "1"}, {Name: "d", Value: "1234567890123456789"},
	})
	require.Equal(t, 1, dropped)
	require.Equal(t, push.LabelsAdapter{{Name: "a", Value: "12345"}, {Name: "b", Value: "123456789"}, {Name: "c", Value: "1"}}, meta)
}

// The estimate must not be below what is sent: Loki's limits hang on it.
func TestEntrySizeIsAnUpperBound(t *testing.T) {
	for _, e := range []entry{
		newEntry(testTime, "", nil, 0),
		newEntry(testTime, string(make([]byte, 1<<20)), push.LabelsAdapter{{Name: "a", Value: string(make([]byte, 1<<16))}, {Name: "b"}}, 0),
	} {
		request := push.PushRequest{Streams: []push.Stream{{Entries: []push.Entry{e.Entry}}}}
		empty := push.PushRequest{Streams: []push.Stream{{}}}
		require.GreaterOrEqual(t, e.size, request.Size()-empty.Size())
	}
}

func planned(pushes []*plannedPush) (out [][]string) {
	for _, p := range pushes {
		var parts []string
		for _, q := range p.parts {
			parts = append(parts, fmt.Sprintf("%s:%d", q.stream.key, len(q.entries)))
		}
		if p.watched {
			parts = append(parts, "watched")
		}
		out = append(out, parts)
	}
	return out
}

func TestPlan(t *testing.T) {
	now := testTime
	known := func(key string, entries int) *stream {
		s := &stream{key: key, state: &streamState{accepted: now, spentAt: now}}
		for i := range entries {
			e := newEntry(now.Add(time.Duration(i)), "", nil, i)
			e.size = 1000
			s.entries = append(s.entries, e)
		}
		return s
	}
	unseen := func(key string, entries int) *stream {
		s := known(key, entries)
		s.state.accepted = time.Time{}
		return s
	}
	late := known("late", 1)
	late.state.newest = now.Add(time.Hour)
	fast := known("fast", 1)
	fast.state.spent = streamBurst
	tests := map[string]struct {
		streams []*stream
		want    [][]string
	}{
		"known together": {[]*stream{known("a", 2), known("b", 2)}, [][]string{{"a:2", "b:2"}}},
		"new ones last":  {[]*stream{unseen("n", 1), known("a", 2), unseen("m", 1)}, [][]string{{"a:2", "n:1", "watched"}, {"m:1", "watched"}}},
		"split":          {[]*stream{known("a", 12)}, [][]string{{"a:8"}, {"a:4"}}},
		"new split":      {[]*stream{unseen("n", 12)}, [][]string{{"n:8", "watched"}, {"n:4", "watched"}}},
		"late and fast":  {[]*stream{late, fast}, [][]string{{"late:1", "watched"}, {"fast:1", "watched"}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, tt.want, planned(plan(tt.streams, 9500, now)))
		})
	}
	t.Run("halves", func(t *testing.T) {
		p := plan([]*stream{known("a", 2), unseen("n", 4)}, 1<<20, now)[0]
		require.Equal(t, [][]string{{"a:2", "n:1", "watched"}, {"n:3", "watched"}}, planned(p.halves()))
		p = plan([]*stream{known("a", 4), unseen("n", 2)}, 1<<20, now)[0]
		require.Equal(t, [][]string{{"a:3"}, {"a:1", "n:2", "watched"}}, planned(p.halves()))
	})
}

func BenchmarkConvertAndEncode(b *testing.B) {
	ld, records := newLogs("claude-telemetry")
	for i := range 1000 {
		addHookRecord(records, fmt.Sprintf("session-%d", i%10), i, testTime.Add(time.Duration(i)))
	}
	c := testConverter(b, testConfig("http://127.0.0.1"))
	var room encodeRoom
	for b.Loop() {
		now := time.Now()
		batch := c.convert(context.Background(), ld, now)
		for _, p := range plan(batch.streams, 2<<20, now) {
			if _, err := encodePush(p, &room); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/record")
}
