package auditlog

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// envChild makes the test binary append to the log in the named directory until
// it is killed.
const envChild = "AUDITLOG_TEST_CHILD"

// envPoint makes that process do everything that a log does in quick succession,
// and kill itself when it comes to a point for the Nth time: "POINT:N".
const envPoint = "AUDITLOG_TEST_POINT"

func TestMain(m *testing.M) {
	if dir := os.Getenv(envChild); dir != "" {
		appendUntilKilled(dir)
		return
	}
	goleak.VerifyTestMain(m)
}

// appendUntilKilled prints "seq id" for everything that is acknowledged.
func appendUntilKilled(dir string) {
	options := Options{SegmentMaxBytes: 30_000}
	if point, times, ok := strings.Cut(os.Getenv(envPoint), ":"); ok {
		left, err := strconv.Atoi(times)
		if err != nil {
			panic(err)
		}
		var mu sync.Mutex
		options = Options{
			SegmentMaxBytes: 100_000, RetentionMaxBytes: 300_000, CheckpointInterval: 3 * time.Millisecond,
			EpochInterval: 20 * time.Millisecond, HeartbeatInterval: 10 * time.Millisecond,
			Observer: loud{},
			at: func(here string) {
				mu.Lock()
				defer mu.Unlock()
				if here == point {
					left--
				}
				if left < 0 {
					_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
					select {}
				}
			},
		}
	}
	l, err := Open(dir, options)
	if err != nil {
		fmt.Println("failed", err)
		os.Exit(1)
	}
	var out sync.Mutex
	var wg sync.WaitGroup
	for a := range 8 {
		wg.Go(func() {
			for i := 0; ; i++ {
				id := fmt.Sprintf("%d-%d-%d", os.Getpid(), a, i)
				r, err := l.Append(context.Background(), pending(id, 10+i%900))
				if err != nil {
					fmt.Println("failed", err)
					os.Exit(1)
				}
				out.Lock()
				fmt.Println(r.FirstSeq, id)
				out.Unlock()
			}
		})
	}
	wg.Wait()
}

// loud prints what should not happen while nothing but kills goes wrong.
type loud struct{ silent }

func (loud) Failed(err error)                    { fmt.Fprintln(os.Stderr, "failed:", err) }
func (loud) Disturbed(why error)                 { fmt.Fprintln(os.Stderr, "disturbed:", why) }
func (loud) SetAside(_ string, why error)        { fmt.Fprintln(os.Stderr, "set aside:", why) }
func (loud) KeeperFailed(what string, why error) { fmt.Fprintln(os.Stderr, what+":", why) }

func TestKilledWhileAppending(t *testing.T) {
	dir := t.TempDir()
	acknowledged := map[string]uint64{}
	for round := range 12 {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), envChild+"="+dir)
		child.Stderr = os.Stderr
		out, err := child.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, child.Start())
		lines, enough := bufio.NewScanner(out), 20+round*13
		for n := 0; lines.Scan(); n++ {
			var seq uint64
			var id string
			_, err := fmt.Sscan(lines.Text(), &seq, &id)
			require.NoError(t, err, lines.Text())
			acknowledged[id] = seq
			if n == enough {
				require.NoError(t, child.Process.Kill())
			}
		}
		require.Error(t, child.Wait(), "killed")
	}
	openLog(t, dir, Options{quiet: true})
	found := map[string]uint64{}
	for _, e := range requireChained(t, dir) {
		if e.Kind != KindLog {
			continue
		}
		id := e.Attribute(semconv.EventID)
		assert.NotContains(t, found, id, "twice")
		found[id] = e.Seq
	}
	assert.Greater(t, len(acknowledged), 12*20)
	for id, seq := range acknowledged {
		got, ok := found[id]
		require.True(t, ok, "acknowledged %s is lost", id)
		require.Equal(t, seq, got)
	}
	t.Logf("%d acknowledged, %d found", len(acknowledged), len(found))
}

// unsigned makes a log of records id-0, id-1 and so on, as a process leaves it
// that is killed before it signed anything, and returns where each line ends.
func unsigned(t *testing.T, records int) (dir string, ends []int64) {
	t.Helper()
	live := filepath.Join(t.TempDir(), "live")
	l := openLog(t, live, Options{quiet: true, CheckpointInterval: time.Hour})
	for i := range records {
		_, err := l.Append(t.Context(), pending(fmt.Sprint("id-", i), 20))
		require.NoError(t, err)
		ends = append(ends, l.Status().SegmentBytes)
	}
	return copyLog(t, live), ends
}

// copyLog copies a log and its keys, as a crash leaves them.
func copyLog(t *testing.T, from string) (to string) {
	t.Helper()
	to = filepath.Join(t.TempDir(), "copy")
	for _, suffix := range []string{"", "-keys"} {
		require.NoError(t, os.CopyFS(to+suffix, os.DirFS(from+suffix)))
	}
	return to
}

// requireChained requires that all lines of the log follow one from the other, and
// match every checkpoint, and returns its entries.
func requireChained(t testing.TB, dir string) []Entry {
	t.Helper()
	all := readAll(t, dir)
	var c chain
	roots := map[int64]tlog.Hash{0: c.tree.Root()}
	for _, e := range all {
		l, err := ParseLine(e.Line)
		require.NoError(t, err)
		require.True(t, c.follows(l, l.Log), "seq %d follows", e.Seq)
		c.add(LeafHash(e.Line))
		roots[c.tree.Size()] = c.tree.Root()
	}
	checkpoints, err := ReadCheckpoints(dir)
	require.NoError(t, err)
	for i, cp := range checkpoints {
		require.Equal(t, roots[cp.Size], cp.Root, "checkpoint %d of size %d", i, cp.Size)
	}
	return all
}

func TestTornTailAtEveryOffset(t *testing.T) {
	whole, ends := unsigned(t, 3)
	full, err := os.ReadFile(whole + "/00000000.jsonl")
	require.NoError(t, err)

	for cut := ends[1] + 1; cut < ends[2]; cut += 1 + cut%3 {
		dir := copyLog(t, whole)
		require.NoError(t, os.WriteFile(dir+"/00000000.jsonl", full[:cut], 0o600))
		l, err := Open(dir, Options{quiet: true})
		require.NoError(t, err)
		_, err = l.Append(t.Context(), pending("id-2", 20), pending("id-1", 20))
		require.NoError(t, err)
		require.NoError(t, l.Close())

		all := requireChained(t, dir)
		require.Len(t, all, 4, "cut at %d", cut)
		torn := all[2]
		assert.Equal(t, KindTornTail, torn.Kind)
		name := fmt.Sprintf("00000000.torn-%d", ends[1])
		assert.Equal(t, name, torn.Attribute(TornFile))
		assert.Equal(t, fmt.Sprint(cut-ends[1]), fmt.Sprint(torn.Attributes[TornBytes]))
		kept, err := os.ReadFile(dir + "/" + name)
		require.NoError(t, err)
		assert.Equal(t, full[ends[1]:cut], kept, "not a byte is lost")
		info, err := os.Stat(dir + "/" + name)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
}

// A crash while a torn tail is being set aside is finished by the next Open.
func TestTornTailInterrupted(t *testing.T) {
	whole, ends := unsigned(t, 3)
	full, err := os.ReadFile(whole + "/00000000.jsonl")
	require.NoError(t, err)
	at := int(ends[0])
	line, second, third := string(full[:at]), string(full[at:ends[1]]), string(full[ends[1]:])
	name := fmt.Sprintf("/00000000.torn-%d", at)
	for state, tt := range map[string]struct {
		segment string
		files   map[string]string
		kept    map[string]string
	}{
		"copied, not cut":                  {line + "torn", map[string]string{name + ".pending": "torn"}, map[string]string{name: "torn"}},
		"cut, not recorded":                {line, map[string]string{name + ".pending": "torn"}, map[string]string{name: "torn"}},
		"half a copy":                      {line + "torn", map[string]string{"/torn.tmp": "to"}, map[string]string{name: "torn"}},
		"the record itself is torn":        {line + second[:20], map[string]string{name + ".pending": "torn"}, map[string]string{name: "torn", name + "-2": second[:20]}},
		"torn twice at one offset":         {line + "again", map[string]string{name: "torn"}, map[string]string{name: "torn", name + "-2": "again"}},
		"a sound line behind a broken one": {line + "zero\x00\n" + third, nil, map[string]string{name: "zero\x00\n" + third}},
		"a block in the middle is missing": {line + strings.Repeat("\x00", len(second)) + third, nil, map[string]string{name: strings.Repeat("\x00", len(second)) + third}},
	} {
		t.Run(state, func(t *testing.T) {
			dir := copyLog(t, whole)
			require.NoError(t, os.WriteFile(dir+"/00000000.jsonl", []byte(tt.segment), 0o600))
			for file, content := range tt.files {
				require.NoError(t, os.WriteFile(dir+file, []byte(content), 0o600))
			}
			l := openLog(t, dir, Options{quiet: true})
			_, err := l.Append(t.Context(), pending("x", 1))
			require.NoError(t, err)
			recorded := map[string]bool{}
			for _, e := range requireChained(t, dir) {
				if e.Kind == KindTornTail {
					recorded["/"+e.Attribute(TornFile)] = true
				}
			}
			for file, want := range tt.kept {
				got, err := os.ReadFile(dir + file)
				require.NoError(t, err)
				assert.Equal(t, want, string(got))
				if _, before := tt.files[file]; !before {
					assert.True(t, recorded[file], "%s is recorded", file)
				}
			}
			left, err := os.ReadDir(dir)
			require.NoError(t, err)
			for _, f := range left {
				assert.False(t, strings.HasSuffix(f.Name(), pendingSuffix), f.Name())
			}
		})
	}
}

// The number goes on from the segment before when the last one has no line.
func TestTornFirstLineOfASegment(t *testing.T) {
	dir := t.TempDir()
	l, err := Open(dir, Options{quiet: true})
	require.NoError(t, err)
	_, err = l.Append(t.Context(), pending("a", 1), pending("b", 1))
	require.NoError(t, err)
	require.NoError(t, l.Close())
	require.NoError(t, os.WriteFile(dir+"/00000001.jsonl", []byte(`{"seq":2,"lo`), 0o600))
	openLog(t, dir, Options{quiet: true, now: func() time.Time { return time.Unix(1, 0) }})
	all := readAll(t, dir)
	require.Len(t, all, 3)
	assert.Equal(t, KindTornTail, all[2].Kind)
	assert.Equal(t, "00000001.torn-0", all[2].Attribute(TornFile))
}

// A line that was damaged later is not torn: what follows it stays in the log.
func TestDamageIsLeftInPlace(t *testing.T) {
	dir := t.TempDir()
	l, err := Open(dir, Options{quiet: true})
	require.NoError(t, err)
	for range 5 {
		_, err = l.Append(t.Context(), pending("", 1))
		require.NoError(t, err)
	}
	require.NoError(t, l.Close())
	path := dir + "/00000000.jsonl"
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	content[len(content)/2] = '"'
	require.NoError(t, os.WriteFile(path, content, 0o600))

	l = openLog(t, dir, Options{quiet: true})
	r, err := l.Append(t.Context(), pending("", 1))
	require.NoError(t, err)
	assert.Equal(t, uint64(5), r.FirstSeq)
	last, err := Last(t.Context(), dir, 9, Filter{})
	require.ErrorIs(t, err, ErrCorrupt)
	assert.Equal(t, []uint64{0, 1, 3, 4, 5}, seqs(last))
}

// Behind the last checkpoint a change cannot be proven, but is not taken for a
// crash: the lines stay where they are, and the log goes on in a new segment.
func TestChangeBehindTheLastCheckpoint(t *testing.T) {
	dir, ends := unsigned(t, 4)
	path := filepath.Join(dir, segmentName(0))
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	changed := bytes.Clone(content)
	changed[ends[1]-6] = 'y' // in the body of seq 1
	require.NoError(t, os.WriteFile(path, changed, 0o600))

	l := openLog(t, dir, Options{quiet: true})
	r, err := l.Append(t.Context(), pending("new", 1))
	require.NoError(t, err)
	assert.Equal(t, uint64(3), r.FirstSeq, "behind the record of that, which follows from the changed line")
	require.NoError(t, l.Close())
	left, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, changed, left)
	all, err := Last(t.Context(), dir, 9, Filter{Kind: KindDisturbed})
	require.NoError(t, err)
	require.Len(t, all, 1)
	assert.Contains(t, all[0].Attribute(DisturbedReason), "lines that do not follow")
}
