package reconcile

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// hook is an event of a session, so many seconds after the start.
func hook(session, event string, seq, second int, more ...any) *auditlog.Entry {
	attributes := map[string]any{
		semconv.SessionID: session, semconv.HookEvent: event, semconv.SessionSeq: json.Number(fmt.Sprint(seq)),
	}
	for i := 0; i < len(more); i += 2 {
		attributes[more[i].(string)] = more[i+1]
	}
	return &auditlog.Entry{Record: auditlog.Record{
		Kind: auditlog.KindLog, Time: start.Add(time.Duration(second) * time.Second),
		Resource: map[string]any{semconv.ServiceName: semconv.ServiceNameValue}, Attributes: attributes,
	}}
}

func collect(t *testing.T, entries ...*auditlog.Entry) *Collector {
	t.Helper()
	c := NewCollector(Options{Since: start.Add(-time.Hour), Until: start.Add(24 * time.Hour)})
	for _, e := range entries {
		require.NoError(t, c.Add(e))
	}
	return c
}

func TestSequence(t *testing.T) {
	restarted := func(seq, second int) *auditlog.Entry {
		return hook("s", "Stop", seq, second, semconv.SessionSeqRestarted, true)
	}
	n := func(seq, second int) *auditlog.Entry { return hook("s", "Stop", seq, second) }
	for name, c := range map[string]struct {
		entries []*auditlog.Entry
		given   uint64
		holes   string
		want    Sequence
	}{
		"whole":                {entries: []*auditlog.Entry{n(1, 1), n(2, 2)}, given: 2, want: Sequence{Events: 2}},
		"late":                 {entries: []*auditlog.Entry{n(3, 3), n(1, 1), n(2, 2)}, want: Sequence{Events: 3}},
		"late with its time":   {entries: []*auditlog.Entry{n(1, 1), n(3, 2), n(2, 9)}, want: Sequence{Events: 3}},
		"a hole":               {entries: []*auditlog.Entry{n(1, 1), n(5, 2)}, holes: "2-4", want: Sequence{Events: 2, Missing: 3}},
		"the first is missing": {entries: []*auditlog.Entry{n(2, 1)}, holes: "1-1", want: Sequence{Events: 1, Missing: 1}},
		"the last is missing":  {entries: []*auditlog.Entry{n(1, 1)}, given: 3, holes: "2-3", want: Sequence{Events: 1, Missing: 2}},
		"twice":                {entries: []*auditlog.Entry{n(1, 1), n(1, 2)}, want: Sequence{Events: 2, Doubled: 1}},
		"began again": {
			entries: []*auditlog.Entry{n(1, 1), n(3, 3), restarted(1, 5), n(2, 6)}, given: 2, holes: "2-2",
			want: Sequence{Events: 4, Missing: 1, Restarts: 1},
		},
		"a forged number": {entries: []*auditlog.Entry{n(1, 1), n(1<<40, 2), n(2, 3)}, holes: fmt.Sprintf("3-%d", 1<<40-1), want: Sequence{Events: 3, Missing: 1<<40 - 3}},
	} {
		t.Run(name, func(t *testing.T) {
			r := collect(t, c.entries...).Report(Checks{Given: func(string) uint64 { return c.given }}).Sequence
			var holes []string
			for _, h := range r.Holes {
				holes = append(holes, fmt.Sprintf("%d-%d", h.First, h.Last))
			}
			require.Equal(t, c.holes, strings.Join(holes, " "))
			c.want.Status, c.want.Holes = statusOf(c.want.Missing > 0), r.Holes
			require.Equal(t, c.want, r)
		})
	}
}

func TestWhatMayBeOnItsWayIsNoHole(t *testing.T) {
	c := NewCollector(Options{Since: start, Until: start.Add(time.Hour), Now: start.Add(time.Hour + 30*time.Second)})
	for _, e := range []*auditlog.Entry{
		hook("new", "Stop", 1, 10), hook("new", "Stop", 3, 3610),
		hook("forged", "Stop", 1, 10), hook("forged", "Stop", 3, 1_000_000),
	} {
		require.NoError(t, c.Add(e))
	}
	r := c.Report(Checks{}).Sequence
	require.Equal(t, 1, r.Settling)
	require.Len(t, r.Holes, 1)
	require.Equal(t, "forged", r.Holes[0].SessionID, "a time in the future hides nothing")
}

func TestPrunedEventsAreNoHole(t *testing.T) {
	e := hook("s", "Stop", 7, 1)
	e.Seq = 1000
	r := collect(t, e).Report(Checks{})
	require.Equal(t, 1, r.Sequence.Cut)
	require.Zero(t, r.Sequence.Missing)
}

func TestOnlySessionsOfTheWindow(t *testing.T) {
	c := NewCollector(Options{Since: start.Add(time.Minute), Until: start.Add(time.Hour)})
	for _, e := range []*auditlog.Entry{hook("old", "Stop", 3, 1), hook("s", "Stop", 1, 2), hook("s", "Stop", 2, 120)} {
		require.NoError(t, c.Add(e))
	}
	r := c.Report(Checks{})
	require.Equal(t, OK, r.Sequence.Status, "the session is looked at from its start, the other not at all")
	require.Equal(t, 1, r.Audit.Sessions)
	require.Equal(t, 1, r.Audit.Records)
}

func TestMemoryIsBounded(t *testing.T) {
	c := NewCollector(Options{Until: start.Add(time.Hour), MaxEvents: 2})
	require.NoError(t, c.Add(hook("s", "Stop", 1, 1)))
	require.NoError(t, c.Add(hook("s", "Stop", 2, 1)))
	require.ErrorIs(t, c.Add(hook("s", "Stop", 3, 1)), ErrTooMany)
}

func TestFilesOpensOnlyTranscripts(t *testing.T) {
	home, elsewhere := t.TempDir(), t.TempDir()
	write := func(path string) string {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte("{}\n"), 0o600))
		return path
	}
	good := write(filepath.Join(home, "projects", "x", "a.jsonl"))
	outside := write(filepath.Join(elsewhere, "b.jsonl"))
	require.NoError(t, os.Symlink(outside, filepath.Join(home, "link.jsonl")))
	require.NoError(t, os.Symlink(elsewhere, filepath.Join(home, "dir")))
	require.NoError(t, syscall.Mkfifo(filepath.Join(home, "fifo.jsonl"), 0o600))
	large := write(filepath.Join(home, "large.jsonl"))
	require.NoError(t, os.Truncate(large, maxFileBytes+1))
	write(filepath.Join(home, "id_rsa"))

	files, err := NewFiles(home)
	require.NoError(t, err)
	defer func() { require.NoError(t, files.Close()) }()
	f, err := files.open(good)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	for path, want := range map[string]error{
		outside: errOutside, filepath.Join(home, "..", filepath.Base(elsewhere), "b.jsonl"): errOutside,
		filepath.Join(home, "link.jsonl"): errNoFile, filepath.Join(home, "fifo.jsonl"): errNoFile,
		filepath.Join(home, "id_rsa"): errNoFile, "relative.jsonl": errNoFile, large: errTooLarge,
		filepath.Join(home, "none.jsonl"): os.ErrNotExist,
	} {
		_, err := files.open(path)
		require.ErrorIs(t, err, want, path)
	}
	_, err = files.open(filepath.Join(home, "dir", "b.jsonl"))
	require.Error(t, err, "a link that leads out of the directory")
	_, err = NewFiles(filepath.Join(home, "missing"))
	require.Error(t, err)
}

const transcript = `{"type":"summary","summary":"x"}
{"type":"assistant","timestamp":"2026-01-02T03:04:06Z","message":{"content":[{"type":"text","text":"t"},{"type":"tool_use","id":"a","name":"Read","input":{}}]}}
{"type":"user","timestamp":"2026-01-02T03:04:07Z","message":{"content":[{"type":"tool_result","tool_use_id":"a","content":[{"type":"text","text":"x"}]}]}}
{"type":"user","message":{"content":"a prompt"}}
not JSON

{"type":"assistant","timestamp":"yesterday","message":{"content":[{"type":"tool_use","id":"b","name":"Read"}]}}
{"type":"assistant","timestamp":"2026-01-02T03:04:08Z","message":{"content":[{"type":"tool_use","id":"c","name":"Bash"},{"type":"server_tool_use","id":"d"}]}}
{"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"c","is_error":true,"content":"<tool_use_error>InputValidationError: x"},{"type":"tool_result","tool_use_id":"never announced"}]}}
{"type":"assistant","timestamp":"2026-01-02T03:04:09Z","message":{"content":[{"type":"tool_use","id":"e","name":"Edit"}]}}`

func TestReadTranscript(t *testing.T) {
	uses := map[string]*use{}
	unreadable, err := readTranscript(strings.NewReader(transcript), uses)
	require.NoError(t, err)
	require.Equal(t, 1, unreadable)
	require.Len(t, uses, 4)
	require.True(t, uses["b"].at.IsZero())
	require.Equal(t, use{tool: "Read", at: time.Date(2026, 1, 2, 3, 4, 6, 0, time.UTC), done: true}, *uses["a"])
	require.True(t, uses["c"].refused)
	require.False(t, uses["e"].done, "a last line without its end counts, too")

	unreadable, err = readTranscript(strings.NewReader(strings.Repeat("x", maxLineBytes+10)+"\n"+transcript), map[string]*use{})
	require.NoError(t, err)
	require.Equal(t, 2, unreadable, "a line that is too long is passed over")
}

func FuzzReadTranscript(f *testing.F) {
	f.Add(transcript)
	f.Add("{}\n[]\n\"\"\nnull")
	f.Add(strings.Repeat("[", 20_000))
	f.Fuzz(func(t *testing.T, text string) {
		uses := map[string]*use{}
		if _, err := readTranscript(strings.NewReader(text), uses); err != nil {
			t.Fatal(err)
		}
		for id := range uses {
			if id == "" || len(id) > maxIDBytes {
				t.Fatalf("%q", id)
			}
		}
	})
}
