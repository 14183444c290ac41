package capture

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/filehash"
	"github.com/agent-telemetry/agent-telemetry/internal/projectscope"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/sessionstate"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

type bench struct {
	t       testing.TB
	project string
	c       *Capturer
}

func newBench(t testing.TB, marked bool) *bench {
	t.Helper()
	project := filepath.Join(t.TempDir(), "project")
	require.NoError(t, os.Mkdir(project, 0o700))
	if marked {
		require.NoError(t, os.WriteFile(filepath.Join(project, projectscope.Marker), nil, 0o600))
	}
	return &bench{t: t, project: project, c: New(Settings{Dir: statedir.Dir(t.TempDir()), PromptPreview: true})}
}

func (b *bench) payload(fields map[string]any) []byte {
	b.t.Helper()
	for k, v := range map[string]any{"session_id": "s", "cwd": b.project, "hook_event_name": "PreToolUse"} {
		if _, ok := fields[k]; !ok {
			fields[k] = v
		}
	}
	raw, err := json.Marshal(fields)
	require.NoError(b.t, err)
	return raw
}

func (b *bench) capture(payload []byte, change ...func(*Input)) (map[string]any, bool) {
	b.t.Helper()
	in := Input{Payload: payload, Transport: semconv.TransportCommand, Received: time.Now()}
	for _, f := range change {
		f(&in)
	}
	r, err := b.c.Capture(b.t.Context(), in)
	require.NoError(b.t, err)
	m := map[string]any{}
	for _, kv := range r.Event.Attributes {
		m[string(kv.Key)] = kv.Value.AsInterface()
	}
	return m, r.Watched
}

func TestActivation(t *testing.T) {
	b := newBench(t, false)
	marker := filepath.Join(b.project, projectscope.Marker)
	_, watched := b.capture(b.payload(map[string]any{}))
	require.False(t, watched, "an unmarked project is not watched")
	for _, scope := range []string{semconv.InstallScopeUser, semconv.InstallScopeManaged} {
		_, watched = b.capture(b.payload(map[string]any{"session_id": scope}), func(in *Input) { in.InstallScope = scope })
		require.True(t, watched, scope)
	}
	require.NoError(t, os.WriteFile(marker, nil, 0o600))
	first, watched := b.capture(b.payload(map[string]any{"tool_use_id": "1"}))
	require.True(t, watched)
	require.Equal(t, b.project, first[semconv.ProjectPath])
	require.NoError(t, os.Remove(marker))
	r, err := b.c.Capture(t.Context(), Input{Payload: b.payload(map[string]any{"tool_use_id": "2"}), Received: time.Now()})
	require.NoError(t, err)
	require.True(t, r.Watched, "an agent cannot end the recording of its session by removing the marker")
	_, watched = b.capture(b.payload(map[string]any{"session_id": "another"}))
	require.False(t, watched)
}

func TestProjectComesFromTheSessionNotFromCd(t *testing.T) {
	b := newBench(t, true)
	other := t.TempDir()
	_, _ = b.capture(b.payload(map[string]any{"hook_event_name": "SessionStart"}), func(in *Input) { in.ProjectDir = b.project })
	got, watched := b.capture(b.payload(map[string]any{"cwd": other, "tool_name": "Read", "tool_input": map[string]any{"file_path": "x"}, "tool_use_id": "9"}))
	require.True(t, watched)
	require.Equal(t, b.project, got[semconv.ProjectPath])
	require.Equal(t, true, got[semconv.OutsideProject])
}

func TestNobodyWidensTheProjectOfASession(t *testing.T) {
	b := newBench(t, true)
	_, _ = b.capture(b.payload(map[string]any{"hook_event_name": "SessionStart"}))
	for i, forged := range []string{"/", os.Getenv("HOME"), filepath.Dir(b.project)} {
		got, _ := b.capture(b.payload(map[string]any{"tool_name": "Read", "tool_input": map[string]any{"file_path": "/etc/passwd"}, "tool_use_id": fmt.Sprint(i)}),
			func(in *Input) { in.ProjectDir = forged })
		require.Equal(t, b.project, got[semconv.ProjectPath])
		require.Equal(t, true, got[semconv.OutsideProject])
	}
	got, _ := b.capture(b.payload(map[string]any{"session_id": "new", "tool_name": "Read", "tool_input": map[string]any{"file_path": "/etc/passwd"}, "tool_use_id": "n"}),
		func(in *Input) { in.ProjectDir, in.InstallScope = "/", semconv.InstallScopeUser })
	require.Equal(t, true, got[semconv.OutsideProject])
}

// TestForgedStateWidensNothing: the state file can be written by whom it is about.
func TestForgedStateWidensNothing(t *testing.T) {
	in := Input{ProjectDir: "/srv/work"}
	for _, forged := range []string{"/", os.Getenv("HOME"), filepath.Dir(os.Getenv("HOME")), "//", "srv"} {
		if forged == os.Getenv("HOME") {
			require.Equal(t, forged, claimedProject(in, sessionstate.State{Project: forged}), "work in the home directory itself is work")
			continue
		}
		require.Equal(t, "/srv/work", claimedProject(in, sessionstate.State{Project: forged}), forged)
	}
}

// TestALookHasItsTime: a sender that dawdles until the caller's time is nearly over
// does not choose what is told of its event.
func TestALookHasItsTime(t *testing.T) {
	for _, callers := range []time.Duration{time.Microsecond, lookTime, time.Hour} {
		ctx, cancel := context.WithTimeout(t.Context(), callers)
		defer cancel()
		looking, stop := shortly(ctx)
		defer stop()
		until, ok := looking.Deadline()
		require.True(t, ok)
		require.InDelta(t, lookTime, time.Until(until), float64(lookTime/2))
		require.NoError(t, looking.Err())
	}
}

func TestSequenceAndDoubles(t *testing.T) {
	b := newBench(t, true)
	var mu sync.Mutex
	ids, seqs := map[string]int{}, map[int64]int{}
	var wg sync.WaitGroup
	for i := range 20 {
		raw := b.payload(map[string]any{"tool_name": "Bash", "tool_use_id": "toolu_" + string(rune('a'+i))})
		for range 2 { // registered twice
			wg.Go(func() {
				got, _ := b.capture(raw)
				mu.Lock()
				defer mu.Unlock()
				ids[got[semconv.EventID].(string)]++
				seqs[got[semconv.SessionSeq].(int64)]++
			})
		}
	}
	wg.Wait()
	require.Len(t, ids, 20, "the same call registered twice is one event")
	for i := int64(1); i <= 20; i++ {
		require.Equal(t, 2, seqs[i])
	}
}

func TestRepeatedEventsWithoutACallAreNotDoubles(t *testing.T) {
	b := newBench(t, true)
	raw := b.payload(map[string]any{"hook_event_name": "Notification", "message": "waiting"})
	first, _ := b.capture(raw)
	again, _ := b.capture(raw)
	later, _ := b.capture(raw, func(in *Input) { in.Received = time.Now().Add(time.Minute) })
	require.Equal(t, first[semconv.EventID], again[semconv.EventID])
	require.NotEqual(t, first[semconv.EventID], later[semconv.EventID])
	require.Equal(t, int64(2), later[semconv.SessionSeq])
}

func TestSuperClaudeIsCarried(t *testing.T) {
	b := newBench(t, true)
	prompt := func(text, id string) map[string]any {
		got, _ := b.capture(b.payload(map[string]any{"hook_event_name": "UserPromptSubmit", "prompt": text, "prompt_id": id}))
		return got
	}
	require.Equal(t, []string{"implement"}, prompt("/sc:implement x --persona-qa", "p1")[semconv.SuperCommands])
	call, _ := b.capture(b.payload(map[string]any{"tool_name": "Bash", "tool_use_id": "1", "tool_input": map[string]any{"command": "echo --ultrathink /sc:git"}}))
	require.Equal(t, []string{"implement"}, call[semconv.SuperCommands])
	require.Equal(t, []string{"qa"}, call[semconv.SuperPersonas])
	require.NotContains(t, call, semconv.SuperReasoning, "commands are not scanned")
	require.NotContains(t, prompt("yes, go on", "p2"), semconv.SuperCommands, "it asked for nothing itself")
	call, _ = b.capture(b.payload(map[string]any{"tool_name": "Bash", "tool_use_id": "2", "tool_input": map[string]any{"command": "ls"}}))
	require.Equal(t, []string{"implement"}, call[semconv.SuperCommands], "and the earlier prompt still stands")
	require.Equal(t, []string{"test"}, prompt("/sc:test", "p3")[semconv.SuperCommands])
	start, _ := b.capture(b.payload(map[string]any{"hook_event_name": "SessionStart", "source": "clear"}))
	require.NotContains(t, start, semconv.SuperCommands)
}

func TestFileHashes(t *testing.T) {
	b := newBench(t, true)
	file := filepath.Join(b.project, "f.txt")
	call := func(hook string) map[string]any {
		got, _ := b.capture(b.payload(map[string]any{"hook_event_name": hook, "tool_name": "Write", "tool_use_id": "w", "tool_input": map[string]any{"file_path": file, "content": "x"}}))
		return got
	}
	require.NotContains(t, call("PreToolUse"), semconv.FileHashBefore)
	require.NoError(t, os.WriteFile(file, []byte("alpha\n"), 0o600))
	require.Equal(t, filehash.Text("alpha\n"), call("PostToolUse")[semconv.FileHashAfter])
	require.NoError(t, os.WriteFile(file, make([]byte, filehash.MaxBytes+1), 0o600))
	got, _ := b.capture(b.payload(map[string]any{"tool_name": "Edit", "tool_use_id": "e", "tool_input": map[string]any{"file_path": file}}))
	require.Equal(t, "larger than 8 MiB", got[semconv.FileHashSkipped])
	got, _ = b.capture(b.payload(map[string]any{"tool_name": "Edit", "tool_use_id": "d", "tool_input": map[string]any{"file_path": "/dev/zero"}}))
	require.Equal(t, "not a regular file", got[semconv.FileHashSkipped])
	got, _ = b.capture(b.payload(map[string]any{"tool_name": "Edit", "tool_use_id": "k", "tool_input": map[string]any{"file_path": "/proc/self/status"}}))
	require.Equal(t, "not a regular file", got[semconv.FileHashSkipped])
}

func TestBadInputIsRecorded(t *testing.T) {
	b := newBench(t, true)
	for name, raw := range map[string]string{
		"empty": "", "truncated": `{"session_id":"s","cwd":"` + b.project + `","tool_name":"Ba`, "array": "[1]", "nul": "\x00\x00",
		"deep": strings.Repeat(`{"a":`, 100_000), "wrong types": `{"session_id":5,"cwd":[],"hook_event_name":{},"tool_name":true}`,
	} {
		got, watched := b.capture([]byte(raw), func(in *Input) { in.ProjectDir = b.project })
		require.True(t, watched, name)
		require.Equal(t, semconv.EventHookEvent, got[semconv.EventType], name)
		if name != "wrong types" {
			require.NotEmpty(t, got[semconv.DecodeError], name)
			require.Equal(t, int64(len(raw)), got[semconv.PayloadBytes], name)
			require.Len(t, got[semconv.PayloadSHA256], 64, name)
		}
	}
}

// TestAFileSystemThatDoesNotAnswer: what could not be told is taken for the worse.
func TestAFileSystemThatDoesNotAnswer(t *testing.T) {
	b := newBench(t, false)
	for range maxLooks { // as many looks as may hang do
		b.c.looks <- struct{}{}
	}
	got, watched := b.capture(b.payload(map[string]any{"tool_name": "Write", "tool_use_id": "1", "tool_input": map[string]any{"file_path": b.project + "/x"}}))
	require.True(t, watched)
	require.Equal(t, true, got[semconv.OutsideProject])
	require.Equal(t, true, got[semconv.ScopeUnknown])
	require.Equal(t, "timeout", got[semconv.FileHashSkipped])
	require.Equal(t, int64(1), got[semconv.SessionSeq])
}

func TestClaudeVersion(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "t.jsonl")
	require.NoError(t, os.WriteFile(path, []byte(`{"type":"summary"}`+"\n"+`{"version":"2.1.98","cwd":"/"}`), 0o600))
	require.Equal(t, "2.1.98", claudeVersion(path))
	require.NoError(t, os.WriteFile(path, []byte(`{"version":"2; rm -rf"}`), 0o600))
	require.Empty(t, claudeVersion(path))
	require.Empty(t, claudeVersion("/etc/passwd"))
	require.Empty(t, claudeVersion(dir+"/none.jsonl"))
}

func BenchmarkCapture(b *testing.B) {
	bb := newBench(b, true)
	i := 0
	for b.Loop() {
		i++
		in := Input{Payload: bb.payload(map[string]any{"tool_name": "Bash", "tool_use_id": time.Unix(int64(i), 0).String(), "tool_input": map[string]any{"command": "go test ./..."}}), Received: time.Now()}
		if _, err := bb.c.Capture(b.Context(), in); err != nil {
			b.Fatal(err)
		}
	}
}

func TestACommandIsInTheScopeItRunsIn(t *testing.T) {
	b := newBench(t, true)
	call := func(id, cwd string) map[string]any {
		got, _ := b.capture(b.payload(map[string]any{"tool_name": "Bash", "tool_use_id": id, "cwd": cwd, "tool_input": map[string]any{"command": "ls"}}))
		return got
	}
	require.Equal(t, semconv.ScopeProject, call("1", b.project)[semconv.Scope])
	require.NotContains(t, call("2", b.project), semconv.OutsideProject, "what the command names is not known")
	outside := call("3", t.TempDir())
	require.Equal(t, semconv.ScopeOutside, outside[semconv.Scope])
	require.Equal(t, true, outside[semconv.OutsideProject])
}
