package auditlog

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// event writes a record with the attributes that a filter asks for.
func event(t *testing.T, l *Log, at time.Time, name string, attributes map[string]any) {
	t.Helper()
	b, err := Record{Kind: KindLog, Time: at, EventName: name, Attributes: attributes}.Encode()
	require.NoError(t, err)
	_, err = l.Append(t.Context(), Pending{JSON: b})
	require.NoError(t, err)
}

func seqs(entries []Entry) []uint64 {
	out := []uint64{}
	for _, e := range entries {
		out = append(out, e.Seq)
	}
	return out
}

func TestFilters(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir, Options{quiet: true, SegmentMaxBytes: 300})
	start := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	event(t, l, start, "claude_code.file_read", map[string]any{"session.id": "s1", "claude_code.project.name": "shop", "claude_code.project.path": "/src/shop", "gen_ai.tool.name": "Read", "event.type": "file_read", "claude_code.event.id": "e1"})
	event(t, l, start.Add(time.Minute), "", map[string]any{"session.id": "s2", "tool_name": "Bash", "event.name": "tool_result"})
	event(t, l, start.Add(2*time.Minute), "claude_code.api_request", map[string]any{"session.id": "s/\"<1>", "gen_ai.tool.name": "Größe"})
	_, err := l.Append(t.Context(), Pending{JSON: []byte(`{"kind":"torn_tail","observed_time":"2026-01-02T03:03:00Z"}`)})
	require.NoError(t, err)

	for name, tt := range map[string]struct {
		filter Filter
		want   []uint64
	}{
		"all":               {Filter{}, []uint64{0, 1, 2, 3}},
		"session":           {Filter{SessionID: "s1"}, []uint64{0}},
		"session escaped":   {Filter{SessionID: `s/"<1>`}, []uint64{2}},
		"project name":      {Filter{Project: "shop"}, []uint64{0}},
		"project path":      {Filter{Project: "/src/shop/"}, []uint64{0}},
		"tool":              {Filter{Tool: "Read"}, []uint64{0}},
		"native tool":       {Filter{Tool: "Bash"}, []uint64{1}},
		"tool not ASCII":    {Filter{Tool: "Größe"}, []uint64{2}},
		"type":              {Filter{EventType: "file_read"}, []uint64{0}},
		"type with prefix":  {Filter{EventType: "claude_code.file_read"}, []uint64{0}},
		"native type":       {Filter{EventType: "tool_result"}, []uint64{1}},
		"type by EventName": {Filter{EventType: "api_request"}, []uint64{2}},
		"event id":          {Filter{EventID: "e1"}, []uint64{0}},
		"since":             {Filter{Since: start.Add(time.Minute)}, []uint64{1, 2, 3}},
		"until":             {Filter{Until: start.Add(time.Minute)}, []uint64{0}},
		"kind":              {Filter{Kind: KindTornTail}, []uint64{3}},
		"from seq":          {Filter{FromSeq: 2}, []uint64{2, 3}},
		"nothing":           {Filter{SessionID: "s1", Tool: "Bash"}, []uint64{}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []Entry
			require.NoError(t, Read(t.Context(), dir, tt.filter, func(e Entry) error { got = append(got, e); return nil }))
			assert.Equal(t, tt.want, seqs(got))
			last, err := Last(t.Context(), dir, 100, tt.filter)
			require.NoError(t, err)
			assert.Equal(t, tt.want, seqs(last))
		})
	}
}

func TestLast(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir, Options{quiet: true, HeartbeatInterval: -1, SegmentMaxBytes: 700_000})
	for i := range 60 {
		_, err := l.Append(t.Context(), pending(fmt.Sprint("id", i), (i%7)*60_000)) // lines shorter and longer than a chunk
		require.NoError(t, err)
	}
	all := readAll(t, dir)
	for _, n := range []int{0, 1, 7, 59, 60, 61} {
		got, err := Last(t.Context(), dir, n, Filter{})
		require.NoError(t, err)
		want := all[max(0, len(all)-n):]
		require.Equal(t, seqs(want), seqs(got))
		for i := range want {
			assert.Equal(t, want[i].Line, got[i].Line)
		}
	}
}

func TestReadersOfDamagedLogs(t *testing.T) {
	dir := t.TempDir()
	good := `{"seq":0,"record":{"kind":"log"}}` + "\n"
	long := strings.Repeat("x", maxLineBytes+10) + "\n"
	content := good + "garbage\n" + long + `{"seq":1}` + "\n" + strings.Replace(good, ":0", ":3", 1) + `{"seq":4,"rec`
	require.NoError(t, os.WriteFile(filepath.Join(dir, segmentName(0)), []byte(content), 0o600))
	require.NoError(t, os.Symlink("/etc/passwd", filepath.Join(dir, segmentName(1))))

	var got []Entry
	err := Read(t.Context(), dir, Filter{}, func(e Entry) error { got = append(got, e); return nil })
	require.ErrorIs(t, err, ErrCorrupt)
	assert.ErrorContains(t, err, "3, the first in 00000000.jsonl")
	assert.Equal(t, []uint64{0, 3}, seqs(got))

	got, err = Last(t.Context(), dir, 1, Filter{})
	require.NoError(t, err)
	assert.Equal(t, []uint64{3}, seqs(got))

	got, err = Last(t.Context(), dir, 10, Filter{})
	require.ErrorIs(t, err, ErrCorrupt)
	assert.ErrorContains(t, err, "3, the first in 00000000.jsonl")
	assert.Equal(t, []uint64{0, 3}, seqs(got))

	stop := errors.New("stop")
	require.ErrorIs(t, Read(t.Context(), dir, Filter{}, func(Entry) error { return stop }), stop)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, Read(ctx, dir, Filter{}, func(Entry) error { return nil }), context.Canceled)
}

func TestReadNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "missing")
	require.NoError(t, Read(t.Context(), dir, Filter{}, nil))
	last, err := Last(t.Context(), dir, 5, Filter{})
	require.NoError(t, err)
	assert.Empty(t, last)
}

func TestFollowWaitsForTheLog(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "later")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	seen, done := make(chan Entry), make(chan error)
	go func() {
		done <- Follow(ctx, dir, Filter{FromSeq: 1, Kind: KindLog}, func(e Entry) error { seen <- e; return nil })
	}()
	l := openLog(t, dir, Options{quiet: true})
	for range 3 {
		_, err := l.Append(t.Context(), pending("", 1))
		require.NoError(t, err)
	}
	assert.Equal(t, uint64(1), (<-seen).Seq)
	assert.Equal(t, uint64(2), (<-seen).Seq)
	_, err := l.Append(t.Context(), pending("", 1))
	require.NoError(t, err)
	assert.Equal(t, uint64(3), (<-seen).Seq)
	cancel()
	require.NoError(t, <-done)
}

// Integers beyond 2^53 come back exact.
func TestLargeIntegers(t *testing.T) {
	e, err := parseEntry([]byte(`{"seq":18446744073709551615,"record":{"attributes":{"n":9223372036854775807}}}`))
	require.NoError(t, err)
	assert.Equal(t, uint64(1<<64-1), e.Seq)
	assert.Equal(t, "9223372036854775807", fmt.Sprint(e.Attributes["n"]))
}

// The quick way to take a line apart and the careful one agree.
func TestParseHeader(t *testing.T) {
	for line, want := range map[string]string{
		`{"seq":7,"record":{"kind":"log"}}`:        `7 {"kind":"log"}`,
		`{ "record":{"kind":"log"}, "seq" : 7 }`:   `7 {"kind":"log"}`,
		`{"seq":7,"record":{},"seq":8}`:            `8 {}`,
		`{"seq":7,"record":{},"record":{"a":1}}`:   `7 {"a":1}`,
		`{"seq":7,"prev":"x","record":{}}`:         `7 {}`,
		`{"seq":07,"record":{}}`:                   "",
		`{"seq":7.5,"record":{}}`:                  "",
		`{"seq":-7,"record":{}}`:                   "",
		`{"seq":7,"record":{}`:                     "",
		`{"seq":7,"record":{}}}`:                   "",
		`{"seq":7,"record":"x"}`:                   "",
		`{"seq":7,"record":{"a":}}`:                "",
		`{"record":{}}`:                            "",
		`{"seq":99999999999999999999,"record":{}}`: "",
	} {
		seq, record, err := parseHeader([]byte(line))
		if want == "" {
			require.Error(t, err, line)
			continue
		}
		require.NoError(t, err, line)
		assert.Equal(t, want, fmt.Sprintf("%d %s", seq, record))
	}
}

// FuzzRead gives the readers and Open a segment of any content: none may crash,
// and what Open leaves has only lines that parse.
func FuzzRead(f *testing.F) {
	good := `{"seq":0,"record":{"kind":"log","time":"2026-01-02T03:04:05Z"}}` + "\n"
	for _, seed := range []string{"", "\n", "\n\n", "{}\n", good, good + good, good + `{"seq":1,`, good + "\x00\x00\n" + good, `{"seq":0,"record":{"time":5}}` + "\n", `{"seq":-1,"record":{}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, segmentName(0)), content, 0o600))
		forward := []uint64{}
		errRead := Read(t.Context(), dir, Filter{}, func(e Entry) error { forward = append(forward, e.Seq); return nil })
		backward, errLast := Last(t.Context(), dir, len(content)+1, Filter{})
		assert.Equal(t, errors.Is(errRead, ErrCorrupt), errors.Is(errLast, ErrCorrupt))
		assert.Equal(t, forward, seqs(backward))

		l, err := Open(dir, Options{quiet: true, sync: func(*os.File) error { return nil }})
		require.NoError(t, err)
		_, err = l.Append(t.Context(), pending("x", 1))
		require.NoError(t, err)
		require.NoError(t, l.Close())
		last, err := Last(t.Context(), dir, 1, Filter{})
		require.NoError(t, err)
		require.Len(t, last, 1)
	})
}
