package behaviour

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/detection"
	"github.com/agent-telemetry/agent-telemetry/internal/detection/facts"
)

var start = time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)

func tracker(limit int) *Tracker {
	t := NewTracker(limit)
	t.now = func() time.Time { return start.Add(24 * time.Hour) }
	return t
}

// event is the event of a call, some seconds after the start.
func event(hook, call string, after float64) *facts.Facts {
	return &facts.Facts{Event: facts.Event{
		ID: hook + call, HookEvent: hook, Tool: "Bash", ToolCallID: call, Session: "s", Project: "/p",
		UnixNano: start.Add(time.Duration(after * float64(time.Second))).UnixNano(),
	}}
}

func observe(t *Tracker, f *facts.Facts) detection.Session {
	s, _ := t.Observe(f)
	return s
}

func TestCountersAreOfTheEventsCountedInThem(t *testing.T) {
	_, c := tracker(10).Observe(event("PreToolUse", "1", 1))
	require.Equal(t, Counted{Call: true}, c)
	for key, want := range map[string][2]bool{
		"session:calls_60s>=100": {true, true}, "session:denied_10m>=5": {true, false}, "session:violations_10m": {true, false},
		"session:secret_read_recently": {false, false}, "program:rm": {false, false},
	} {
		counting, counted := c.Counts([]string{key})
		require.Equal(t, want, [2]bool{counting, counted}, key)
	}
	counting, _ := c.Counts([]string{"session:denied_10m>=5", "program:rm"})
	require.False(t, counting)
}

func TestCallsCountOnceInAnyOrder(t *testing.T) {
	var events []*facts.Facts
	for i := range 200 {
		call := fmt.Sprint(i)
		at := float64(i) / 4 // 200 in 50 s
		events = append(events, event("PreToolUse", call, at), event("PostToolUse", call, at+0.1), event("PostToolUse", call, at+0.1))
	}
	last := event("PreToolUse", "last", 50)
	inOrder, shuffled := tracker(10), tracker(10)
	for _, e := range events {
		observe(inOrder, e)
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
	for _, e := range events {
		observe(shuffled, e)
	}
	require.EqualValues(t, 201, observe(inOrder, last).Calls60s)
	require.EqualValues(t, 201, observe(shuffled, last).Calls60s)
	require.EqualValues(t, 1, observe(shuffled, event("PreToolUse", "later", 200)).Calls60s)
}

func TestALateEventIsCountedAtItsTime(t *testing.T) {
	tr := tracker(10)
	for i := range 5 {
		observe(tr, event("PreToolUse", fmt.Sprint("now", i), 600+float64(i)))
	}
	require.EqualValues(t, 1, observe(tr, event("PreToolUse", "old", 100)).Calls60s, "what came after it does not count")
	require.EqualValues(t, 6, observe(tr, event("PreToolUse", "new", 606)).Calls60s)
}

func TestAForgedFutureIsNow(t *testing.T) {
	tr := tracker(10)
	for i := range 5 {
		observe(tr, event("PreToolUse", fmt.Sprint(i), 24*3600-10))
	}
	f := event("PreToolUse", "forged", 0)
	f.Event.UnixNano = start.AddDate(100, 0, 0).UnixNano()
	require.EqualValues(t, 6, observe(tr, f).Calls60s)
}

func TestBaseline(t *testing.T) {
	tr := tracker(10)
	var s detection.Session
	for m := range 10 {
		for i := range 12 {
			s = observe(tr, event("PreToolUse", fmt.Sprint(m, "-", i), float64(m*60+i)))
		}
		if m < 5 {
			require.Zero(t, s.Baseline60s, "minute %d", m)
		}
	}
	require.EqualValues(t, 13, s.Baseline60s)
}

func TestViolations(t *testing.T) {
	tr := tracker(10)
	var s detection.Session
	for i := range 4 {
		for _, hook := range []string{"PreToolUse", "PostToolUse"} {
			f := event(hook, fmt.Sprint(i), float64(i))
			s = tr.Violation(f, observe(tr, f), []string{"a", fmt.Sprint(i % 2)})
		}
	}
	require.EqualValues(t, 4, s.Violations10m, "of one call they are one")
	require.EqualValues(t, 3, s.DistinctRules10m)
	require.EqualValues(t, 4, s.ProjectViolations1h)
	other := event("PreToolUse", "x", 1800)
	other.Event.Session = "another"
	s = observe(tr, other)
	require.Zero(t, s.Violations10m)
	require.EqualValues(t, 4, s.ProjectViolations1h)
	other.Event.UnixNano += 2 * int64(time.Hour)
	require.Zero(t, observe(tr, other).ProjectViolations1h)
}

func TestDeniedFailedDeletedOutside(t *testing.T) {
	tr := tracker(10)
	f := event("PermissionDenied", "1", 1)
	f.Event.Denied = true
	observe(tr, f)
	f = event("PostToolUseFailure", "2", 2)
	f.Event.Failed = true
	observe(tr, f)
	f = event("PreToolUse", "3", 3)
	f.Paths = []facts.Path{{Path: "/a", Access: facts.AccessDelete}, {Path: "/b", Access: facts.AccessDelete}}
	observe(tr, f)
	f.Event.HookEvent, f.Event.ID = "PostToolUse", "again"
	observe(tr, f)
	f = event("PreToolUse", "4", 4)
	f.Event.OutsideProject = true
	s := observe(tr, f)
	require.EqualValues(t, 1, s.Denied10m)
	require.EqualValues(t, 1, s.Failed10m)
	require.EqualValues(t, 2, s.Deleted10m)
	require.EqualValues(t, 1, s.Outside10m)
}

func path(f *facts.Facts, p, access, class, program string) *facts.Facts {
	f.Paths = append(f.Paths, facts.Path{Path: p, Access: access, Class: class, Program: program})
	return f
}

func TestSecretThenNetwork(t *testing.T) {
	tr := tracker(10)
	read := path(event("PreToolUse", "1", 1), "/home/u/.ssh/id_rsa", facts.AccessRead, facts.ClassCredential, "")
	require.False(t, observe(tr, read).SecretReadRecently, "itself is not earlier")
	read.Event.HookEvent, read.Event.ID = "PostToolUse", "post"
	require.False(t, observe(tr, read).SecretReadRecently, "nor is the other event of the call")
	s := observe(tr, event("PreToolUse", "2", 30))
	require.True(t, s.SecretReadRecently)
	require.Equal(t, "/home/u/.ssh/id_rsa", s.SecretRead)
	require.False(t, observe(tr, event("PreToolUse", "3", 700)).SecretReadRecently, "long ago")
	require.False(t, observe(tr, event("PreToolUse", "0", 0.5)).SecretReadRecently, "before it")
}

func TestADeniedStepWasNotTaken(t *testing.T) {
	tr := tracker(10)
	read := path(event("PreToolUse", "1", 1), "/home/u/.ssh/id_rsa", facts.AccessRead, facts.ClassCredential, "")
	observe(tr, read)
	read.Event.HookEvent, read.Event.ID, read.Event.Denied = "PermissionDenied", "d", true
	observe(tr, read)
	require.False(t, observe(tr, event("PreToolUse", "2", 2)).SecretReadRecently)
}

func TestDownloadMoveChmodExecute(t *testing.T) {
	tr := tracker(10)
	get := path(event("PreToolUse", "1", 1), "/tmp/x", facts.AccessWrite, facts.ClassTemp, "curl")
	get.Net = []facts.Net{{Program: "curl", Direction: facts.DirectionDownload}}
	observe(tr, get)
	move := path(event("PreToolUse", "2", 2), "/tmp/x", facts.AccessMove, facts.ClassTemp, "mv")
	path(move, "/tmp/y", facts.AccessWrite, facts.ClassTemp, "mv")
	observe(tr, move)
	s := observe(tr, path(event("PreToolUse", "3", 3), "/tmp/y", facts.AccessMode, facts.ClassTemp, "chmod"))
	require.True(t, s.DownloadRecently)
	require.False(t, s.ChmodRecently)
	s = observe(tr, path(event("PreToolUse", "4", 4), "/tmp/y", facts.AccessExecute, facts.ClassTemp, ""))
	require.True(t, s.DownloadRecently)
	require.True(t, s.ChmodRecently)
	require.Equal(t, "/tmp/y", s.ExecutedFile)
	s = observe(tr, path(event("PreToolUse", "5", 5), "/tmp/z", facts.AccessExecute, facts.ClassTemp, ""))
	require.Empty(t, s.ExecutedFile)
}

func TestWriteThenExecute(t *testing.T) {
	tr := tracker(10)
	observe(tr, path(event("PreToolUse", "1", 1), "/p/run.sh", facts.AccessWrite, facts.ClassProject, ""))
	s := observe(tr, path(event("PreToolUse", "2", 2), "/p/run.sh", facts.AccessExecute, facts.ClassProject, "bash"))
	require.True(t, s.WrittenRecently)
	require.False(t, s.DownloadRecently)
}

func TestStateGoesThroughAFile(t *testing.T) {
	tr := tracker(10)
	for i := range 30 {
		f := path(event("PreToolUse", fmt.Sprint(i), float64(i)), "/home/u/.ssh/id", facts.AccessRead, facts.ClassCredential, "")
		tr.Violation(f, observe(tr, f), []string{"r"})
	}
	require.True(t, tr.Changed())
	require.False(t, tr.Changed())
	var data []byte
	tr.Save(func(s State) { data, _ = json.Marshal(s) })
	var st State
	require.NoError(t, json.Unmarshal(data, &st))
	back := tracker(10)
	require.NoError(t, back.Restore(st))
	next := event("PreToolUse", "next", 31)
	require.Equal(t, observe(tr, next), observe(back, next))

	st.Sessions[0].Counters.Calls = make(ring, maxCalls+1)
	require.Error(t, tracker(10).Restore(st))
	require.Error(t, tracker(10).Restore(State{Sessions: []NamedSession{{ID: "x"}}}))
}

func TestMemoryIsBounded(t *testing.T) {
	const events = 200_000
	tr := tracker(1000)
	for i := range events {
		f := event("PreToolUse", fmt.Sprint(i), float64(i)/100)
		f.Event.Session, f.Event.Project = fmt.Sprint("s", i%5000), fmt.Sprint("/p", i%4000)
		path(f, fmt.Sprint("/x", i), facts.AccessWrite, facts.ClassProject, "")
		tr.Violation(f, observe(tr, f), []string{fmt.Sprint("r", i%50)})
	}
	sessions, projects, dropped := tr.Counts()
	require.Equal(t, 1000, sessions)
	require.Equal(t, maxProjects, projects)
	require.Positive(t, dropped)
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	require.Less(t, m.HeapAlloc, uint64(64<<20))
	runtime.KeepAlive(tr)
}

// A session each of whose counters is full is large: many of them make room.
func TestFullSessionsMakeRoom(t *testing.T) {
	tr := tracker(0)
	tr.budget = 4 << 20
	const sessions = 400
	for i := range sessions {
		for j := range maxViolations {
			f := event("PreToolUse", fmt.Sprint(i, "-", j), float64(j))
			f.Event.Session = fmt.Sprint("s", i)
			path(f, fmt.Sprintf("/%0200d", j), facts.AccessWrite, facts.ClassProject, "")
			s, _ := tr.Observe(f)
			tr.Violation(f, s, []string{fmt.Sprint(j)})
		}
	}
	n, _, dropped := tr.Counts()
	require.Positive(t, dropped)
	require.Equal(t, sessions, n+int(dropped))
	require.LessOrEqual(t, tr.memory, tr.budget)
	sum := 0
	for e := tr.sessions.order.Front(); e != nil; e = e.Next() {
		sum += e.Value.(*item[*session]).value.bytes()
	}
	require.Equal(t, sum, tr.memory)
}

func BenchmarkObserve(b *testing.B) {
	tr := tracker(0)
	f := path(event("PreToolUse", "1", 0), "/p/a.go", facts.AccessRead, facts.ClassProject, "")
	i := 0
	for b.Loop() {
		i++
		f.Event.ToolCallID = fmt.Sprint(i)
		f.Event.UnixNano += int64(100 * time.Millisecond)
		observe(tr, f)
	}
}
