package auditlog

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"
)

func kinds(entries []Entry) []string {
	var out []string
	for _, e := range entries {
		out = append(out, e.Kind)
	}
	return out
}

// requireSigned requires that every checkpoint is signed by the key of an epoch,
// as followed from the verification key that lies beside the log.
func requireSigned(t testing.TB, dir string) (epochs int) {
	t.Helper()
	all := requireChained(t, dir)
	pub, err := os.ReadFile(dir + "-keys/" + pubFile)
	require.NoError(t, err)
	keys := map[string]note.Verifier{}
	add := func(vkey string) note.Verifier {
		v, err := note.NewVerifier(vkey)
		require.NoError(t, err)
		keys[v.Name()] = v
		return v
	}
	current := add(string(pub[:len(pub)-1]))
	for _, e := range all {
		if e.Kind != KindKey {
			continue
		}
		signed := []byte(e.Attribute(KeySignature))
		_, err := note.Open(signed, note.VerifierList(current))
		require.NoError(t, err, "signed by the key before")
		k, err := ParseKeyChange(signed)
		require.NoError(t, err)
		epochs++
		require.Equal(t, uint64(epochs), k.Epoch)
		require.Equal(t, e.Attribute(KeyVKey), k.VKey)
		current = add(k.VKey)
	}
	checkpoints, err := ReadCheckpoints(dir)
	require.NoError(t, err)
	for _, c := range checkpoints {
		n, err := note.Open(c.Note, note.VerifierList(func() (list []note.Verifier) {
			for _, v := range keys {
				list = append(list, v)
			}
			return list
		}()...))
		require.NoError(t, err)
		require.Len(t, n.Sigs, 1)
	}
	return epochs
}

func TestLifeOfALog(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "audit")
	var mu sync.Mutex
	var handed []Checkpoint
	for range 3 {
		l, err := Open(dir, Options{Version: "1.2.3", OnCheckpoint: func(c Checkpoint) {
			mu.Lock()
			defer mu.Unlock()
			handed = append(handed, c)
		}})
		require.NoError(t, err)
		_, err = l.Append(t.Context(), pending("", 1))
		require.NoError(t, err)
		require.NoError(t, l.Close())
		require.NoError(t, l.Close())
	}
	all := requireChained(t, dir)
	assert.Equal(t, []string{
		KindStart, KindLog, KindStop,
		KindStart, KindKey, KindLog, KindStop,
		KindStart, KindKey, KindLog, KindStop,
	}, kinds(all))
	assert.Equal(t, "1.2.3", all[0].Attribute(LifeVersion))
	assert.Equal(t, fmt.Sprint(os.Getpid()), fmt.Sprint(all[0].Attributes[LifePID]))
	assert.Equal(t, "3", fmt.Sprint(all[3].Attributes[LifeTreeSize]))
	assert.Equal(t, 2, requireSigned(t, dir))
	changes, err := ReadKeyChanges(dir)
	require.NoError(t, err)
	assert.Len(t, changes, 2)
	checkpoints, err := ReadCheckpoints(dir)
	require.NoError(t, err)
	assert.Equal(t, int64(len(all)), checkpoints[len(checkpoints)-1].Size)
	assert.Equal(t, checkpoints[len(checkpoints)-1], handed[len(handed)-1])
	files, err := os.ReadDir(dir + "-keys")
	require.NoError(t, err)
	var names []string
	for _, f := range files {
		names = append(names, f.Name())
		info, err := f.Info()
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), f.Name())
	}
	assert.Equal(t, []string{keyFile, keyLockName, pubFile}, names)
}

func TestCheckpointsAndHeartbeatsComeByThemselves(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir, Options{
		CheckpointInterval: 20 * time.Millisecond, HeartbeatInterval: 50 * time.Millisecond,
		EpochInterval: 120 * time.Millisecond, SegmentMaxBytes: 2000,
	})
	require.Eventually(t, func() bool {
		_, err := l.Append(t.Context(), pending("", 100))
		require.NoError(t, err)
		s := l.Status()
		return s.Epoch >= 2 && s.SegmentIndex > 3
	}, 20*time.Second, 5*time.Millisecond)
	require.Eventually(t, func() bool {
		n, at := l.Uncovered()
		return n == 0 && !at.IsZero()
	}, 20*time.Second, time.Millisecond)
	require.NoError(t, l.Close())
	assert.GreaterOrEqual(t, requireSigned(t, dir), 2)
	assert.Contains(t, kinds(readAll(t, dir)), KindHeartbeat)

	// Each closed segment has a checkpoint of its own.
	sizes := map[int64]bool{}
	checkpoints, err := ReadCheckpoints(dir)
	require.NoError(t, err)
	for _, c := range checkpoints {
		sizes[c.Size] = true
	}
	segments, err := Segments(dir)
	require.NoError(t, err)
	for _, s := range segments[1:] {
		first, ok, err := firstLine(s)
		require.NoError(t, err)
		require.True(t, ok)
		assert.True(t, sizes[int64(first.Seq)], "segment %d", s.Index)
	}
}

// What Open may find beside sound segments does not stop it, and the log goes on.
func TestRestartWithoutWhatSparesReading(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, dir string){
		"nothing":             func(*testing.T, string) {},
		"no tree":             func(t *testing.T, dir string) { require.NoError(t, os.Remove(dir+"/tree")) },
		"empty tree":          func(t *testing.T, dir string) { require.NoError(t, os.WriteFile(dir+"/tree", nil, 0o600)) },
		"no epochs":           func(t *testing.T, dir string) { require.NoError(t, os.Remove(dir+"/epochs")) },
		"no checkpoints":      func(t *testing.T, dir string) { require.NoError(t, os.Remove(dir+"/checkpoints")) },
		"no verification key": func(t *testing.T, dir string) { require.NoError(t, os.Remove(dir+"-keys/audit.pub")) },
		"torn checkpoints": func(t *testing.T, dir string) {
			f, err := os.OpenFile(dir+"/checkpoints", os.O_WRONLY|os.O_APPEND, 0)
			require.NoError(t, err)
			_, err = f.WriteString("agent-telemetry/")
			require.NoError(t, errors.Join(err, f.Close()))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "audit")
			var id string
			for round := range 3 {
				if round == 2 {
					change(t, dir)
				}
				l, err := Open(dir, Options{SegmentMaxBytes: 1000})
				require.NoError(t, err)
				for range 5 {
					_, err = l.Append(t.Context(), pending("", 100))
					require.NoError(t, err)
				}
				if id == "" {
					id = l.Status().LogID
				}
				assert.Equal(t, id, l.Status().LogID, "it is the same log")
				require.NoError(t, l.Close())
			}
			if name == "no verification key" {
				requireChained(t, dir)
				return
			}
			assert.Equal(t, 2, requireSigned(t, dir))
		})
	}
}

// A log that cannot be gone on with is moved aside, recorded, and a new one begins.
func TestLogsMovedAside(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(t *testing.T, dir string)
		prefix string
		reason string
	}{
		"older form": {func(t *testing.T, dir string) {
			require.NoError(t, os.RemoveAll(dir))
			require.NoError(t, os.Rename(dir+"-keys", dir+"-taken")) // in one step: the log puts them back meanwhile
			require.NoError(t, os.Mkdir(dir, 0o700))
			require.NoError(t, os.WriteFile(dir+"/00000000.jsonl", []byte(`{"seq":0,"record":{"kind":"log","attributes":{"claude_code.event.id":"old"}}}`+"\n"), 0o600))
		}, "unchained-", "older form"},
		"keys gone": {func(t *testing.T, dir string) { require.NoError(t, os.RemoveAll(dir+"-keys")) }, "aside-", "private key is not there"},
		"tree and a segment gone": {func(t *testing.T, dir string) {
			require.NoError(t, os.Remove(dir+"/tree"))
			require.NoError(t, os.Remove(dir+"/00000001.jsonl"))
		}, "aside-", "can be followed"},
		"tree gone and a line changed": {func(t *testing.T, dir string) {
			require.NoError(t, os.Remove(dir+"/tree"))
			b, err := os.ReadFile(dir + "/00000000.jsonl")
			require.NoError(t, err)
			b[len(b)-5] = 'y'
			require.NoError(t, os.WriteFile(dir+"/00000000.jsonl", b, 0o600))
		}, "aside-", "can be followed"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "audit")
			l, err := Open(dir, Options{SegmentMaxBytes: 1000})
			require.NoError(t, err)
			for range 9 {
				_, err = l.Append(t.Context(), pending("", 100))
				require.NoError(t, err)
			}
			old := l.Status().LogID
			require.NoError(t, l.Close())
			tt.change(t, dir)

			l = openLog(t, dir, Options{})
			r, err := l.Append(t.Context(), Pending{JSON: pending("old", 1).JSON, EventID: "old"})
			require.NoError(t, err)
			if name == "older form" {
				assert.Equal(t, 1, r.Duplicates, "its event ids are known")
			}
			assert.NotEqual(t, old, l.Status().LogID)
			require.NoError(t, l.Close())
			all := requireChained(t, dir)
			assert.Equal(t, KindStart, all[0].Kind)
			require.Equal(t, KindSetAside, all[1].Kind)
			assert.Contains(t, all[1].Attribute(AsideDirectory), tt.prefix)
			assert.Contains(t, all[1].Attribute(AsideReason), tt.reason)
			assert.FileExists(t, filepath.Join(dir, all[1].Attribute(AsideDirectory), "00000000.jsonl"))
			if tt.prefix == "aside-" {
				assert.Equal(t, old, all[1].Attribute(AsideLog))
			}
			requireSigned(t, dir)
		})
	}
}

// Everything gone but the keys is recorded, too.
func TestVanishedLog(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "audit")
	l, err := Open(dir, Options{})
	require.NoError(t, err)
	old := l.Status().LogID
	require.NoError(t, l.Close())
	require.NoError(t, os.RemoveAll(dir))
	openLog(t, dir, Options{})
	all := requireChained(t, dir)
	assert.Equal(t, []string{KindStart, KindSetAside}, kinds(all))
	assert.Equal(t, old, all[1].Attribute(AsideLog))
	assert.FileExists(t, dir+"-keys/audit-"+old+".pub")
}

// What was changed while the log was closed is recorded and left as it was; the
// log goes on from the last line that it wrote.
func TestDisturbedWhileClosed(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, segment string){
		"lines cut off": func(t *testing.T, s string) { require.NoError(t, os.Truncate(s, 400)) },
		"all removed":   func(t *testing.T, s string) { require.NoError(t, os.Remove(s)) },
		"a line repeated": func(t *testing.T, s string) {
			b, err := os.ReadFile(s)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(s, append(b, b...), 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "audit")
			l, err := Open(dir, Options{})
			require.NoError(t, err)
			_, err = l.Append(t.Context(), pending("", 100), pending("", 100), pending("", 100))
			require.NoError(t, err)
			before := l.chain.clone()
			require.NoError(t, l.Close())
			stop := before.next()
			change(t, dir+"/00000000.jsonl")

			openLog(t, dir, Options{})
			first := Line{}
			require.NoError(t, Read(t.Context(), dir, Filter{FromSeq: stop + 1}, func(e Entry) error {
				if first.Log == "" {
					first, err = ParseLine(e.Line)
					require.NoError(t, err)
					require.Equal(t, KindStart, e.Kind)
				}
				return nil
			}))
			assert.Equal(t, stop+1, first.Seq, "it goes on where it was")
			all, err := Last(t.Context(), dir, 5, Filter{Kind: KindDisturbed})
			require.NoError(t, err)
			require.Len(t, all, 1)
			assert.Contains(t, all[0].Attribute(DisturbedReason), "while the log was closed")
			checkpoints, err := ReadCheckpoints(dir)
			require.NoError(t, err)
			assert.Greater(t, checkpoints[len(checkpoints)-1].Size, int64(stop))
		})
	}
}

func TestTwoLogsOfOneKey(t *testing.T) {
	dir := t.TempDir()
	openLog(t, dir+"/a", Options{KeyDir: dir + "/keys"})
	_, err := Open(dir+"/b", Options{KeyDir: dir + "/keys"})
	require.ErrorIs(t, err, ErrKeysLocked)
}

func TestCheckpointsChangedWhileOpen(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, path string){
		"removed":    func(t *testing.T, p string) { require.NoError(t, os.Remove(p)) },
		"cut":        func(t *testing.T, p string) { require.NoError(t, os.Truncate(p, 10)) },
		"lengthened": func(t *testing.T, p string) { require.NoError(t, os.WriteFile(p, make([]byte, 5000), 0o600)) },
		"linked": func(t *testing.T, p string) {
			require.NoError(t, os.Remove(p))
			require.NoError(t, os.Symlink("/dev/null", p))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "audit")
			l := openLog(t, dir, Options{CheckpointInterval: time.Millisecond})
			covered := func() bool { n, _ := l.Uncovered(); return n == 0 }
			_, err := l.Append(t.Context(), pending("", 1))
			require.NoError(t, err)
			require.Eventually(t, covered, 10*time.Second, time.Millisecond)
			change(t, filepath.Join(dir, CheckpointsName))
			_, err = l.Append(t.Context(), pending("", 1))
			require.NoError(t, err)
			require.Eventually(t, covered, 10*time.Second, time.Millisecond)
			require.NoError(t, l.Close())
			checkpoints, err := ReadCheckpoints(dir)
			require.NoError(t, err)
			require.NotEmpty(t, checkpoints)
			requireChained(t, dir)
			all, err := Last(t.Context(), dir, 5, Filter{Kind: KindDisturbed})
			require.NoError(t, err)
			require.Len(t, all, 1)
			assert.Equal(t, CheckpointsName, all[0].Attribute(DisturbedSegment))
		})
	}
}

func TestClock(t *testing.T) {
	now := time.Now()
	var c clock
	assert.Zero(t, c.look(now))
	assert.Zero(t, c.look(now.Add(time.Hour)), "both readings went on")
	assert.Equal(t, -time.Hour-time.Minute, clockStep(-time.Hour, time.Minute), "set back")
	assert.Equal(t, time.Hour, clockStep(time.Hour+time.Minute, time.Minute), "set forward, or slept")
	assert.Zero(t, clockStep(time.Minute+time.Second, time.Minute), "drifted")

	// Over a restart the last record's time stands for the clock.
	dir := t.TempDir()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for range 2 {
		l, err := Open(dir, Options{now: func() time.Time { return at }})
		require.NoError(t, err)
		require.NoError(t, l.Close())
		at = at.Add(-time.Hour)
	}
	starts, err := Last(t.Context(), dir, 2, Filter{Kind: KindStart})
	require.NoError(t, err)
	assert.NotContains(t, starts[0].Attributes, LifeClock)
	assert.Equal(t, "-3600", fmt.Sprint(starts[1].Attributes[LifeClock]))
	assert.Equal(t, at.Add(time.Hour), starts[1].Time)
}

func TestConflicts(t *testing.T) {
	dir := t.TempDir()
	record := func(id, command string) Pending {
		body := fmt.Sprintf(`{"command":%q}`, command)
		return Pending{
			JSON:    fmt.Appendf(nil, `{"kind":"log","event_name":"e","attributes":{"claude_code.event.id":%q,"process.command_line":%q},"body":%s}`, id, command, body),
			EventID: id,
			Content: ContentHash("e", []byte(body), func(key string) string {
				if key == "process.command_line" {
					return command
				}
				return ""
			}),
		}
	}
	for range 2 { // the window is filled again from the log
		l, err := Open(dir, Options{quiet: true})
		require.NoError(t, err)
		_, err = l.Append(t.Context(), record("a", "ls"), record("a", "ls"), record("a", "rm"), record("a", "rm"))
		require.NoError(t, err)
		_, err = l.Append(t.Context(), record("a", "rm"), record("a", "ls"), Pending{JSON: record("a", "x").JSON, EventID: "a"})
		require.NoError(t, err)
		require.NoError(t, l.Close())
	}
	all := requireChained(t, dir)
	require.Len(t, all, 2)
	assert.Equal(t, "a", all[0].Attribute("claude_code.event.id"))
	assert.NotEqual(t, "a", all[1].Attribute("claude_code.event.id"))
	assert.Equal(t, "a", all[1].Attribute("claude_code.event.conflicts_with"))
	assert.Equal(t, true, all[1].Attributes["claude_code.event.id_conflict"])
	assert.Equal(t, "rm", all[1].Attribute("process.command_line"))
}

func TestKeysRemovedWhileOpen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "audit")
	l, err := Open(dir, Options{HeartbeatInterval: 5 * time.Millisecond})
	require.NoError(t, err)
	id := l.Status().LogID
	require.NoError(t, os.Rename(dir+"-keys", dir+"-taken")) // in one step: the log puts them back meanwhile
	require.Eventually(t, func() bool {
		all, err := Last(t.Context(), dir, 2, Filter{Kind: KindDisturbed})
		require.NoError(t, err)
		return len(all) == 2
	}, 20*time.Second, 5*time.Millisecond)
	require.NoError(t, l.Close())
	l = openLog(t, dir, Options{})
	assert.Equal(t, id, l.Status().LogID, "it is the same log")
	require.NoError(t, l.Close())
	assert.Equal(t, 1, requireSigned(t, dir))
}

// Heartbeats are written at whole intervals of the clock.
func TestUntilBeat(t *testing.T) {
	for _, c := range []struct {
		at    string
		every time.Duration
		want  time.Duration
	}{
		{"2026-03-04T05:06:00Z", time.Minute, 20 * time.Millisecond},
		{"2026-03-04T05:06:00.02Z", time.Minute, time.Minute},
		{"2026-03-04T05:06:45Z", time.Minute, 15*time.Second + 20*time.Millisecond},
		{"2026-03-04T05:06:45Z", -1, -1},
		{"1969-12-31T23:59:59Z", time.Minute, time.Minute + 20*time.Millisecond + 59*time.Second},
	} {
		at, err := time.Parse(time.RFC3339Nano, c.at)
		require.NoError(t, err)
		l := &Log{opts: Options{HeartbeatInterval: c.every, now: func() time.Time { return at }}}
		got := l.untilBeat()
		if at.Year() < 1970 {
			require.Positive(t, got) // whatever the clock says
			continue
		}
		require.Equal(t, c.want, got, c.at)
	}
}
