package auditverify

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

// envChild makes the test binary write the log in the named directory until it is
// killed, or told to end. envSeed says how.
const (
	envChild = "AUDITVERIFY_TEST_CHILD"
	envSeed  = "AUDITVERIFY_TEST_SEED"
)

// envRounds is how often the real writer is killed.
const envRounds = "AUDITVERIFY_TEST_ROUNDS"

func appendUntilKilled(dir string) {
	seed, _ := strconv.ParseUint(os.Getenv(envSeed), 10, 64)
	random := rand.New(rand.NewPCG(seed, 1))
	between := func(from, to int) time.Duration { return time.Duration(from+random.IntN(to-from)) * time.Millisecond }
	o := auditlog.Options{
		SegmentMaxBytes: 4000 + random.Int64N(20_000), CheckpointInterval: between(1, 30), Version: "test",
		EpochInterval: between(20, 400), HeartbeatInterval: between(5, 100), KeyDir: keyDir(dir),
	}
	if random.IntN(2) == 0 {
		o.RetentionMaxBytes = 30_000 + random.Int64N(60_000)
	}
	l, err := auditlog.Open(dir, o)
	if err != nil {
		fmt.Println("failed", err)
		os.Exit(1)
	}
	end := make(chan struct{})
	go func() {
		_, _ = os.Stdin.Read(make([]byte, 1)) // closed by the parent
		close(end)
	}()
	fmt.Println("open")
	session := fmt.Sprint("session-", os.Getpid())
	for i := 1; ; i++ {
		if i > maxWritten {
			<-end
		}
		select {
		case <-end:
			if err := l.Close(); err != nil {
				fmt.Println("failed", err)
				os.Exit(1)
			}
			return
		default:
		}
		now := time.Now().UTC().Format(time.RFC3339Nano)
		id := fmt.Sprintf("%s-%d", session, i)
		record := fmt.Sprintf(`{"kind":"log","time":%q,"observed_time":%q,"attributes":{"claude_code.event.id":%q,"session.id":%q,"claude_code.session.seq":%d},"body":%q}`,
			now, now, id, session, i, strings.Repeat("x", random.IntN(500)))
		if _, err := l.Append(context.Background(), auditlog.Pending{JSON: []byte(record), EventID: id}); err != nil {
			fmt.Println("failed", err)
			os.Exit(1)
		}
		if random.IntN(20) == 0 { // a pause in which the log's keeper signs, beats and rotates
			time.Sleep(between(0, 10))
		}
	}
}

// maxWritten is how many records a writer writes at most: it is verified meanwhile, and a
// verifier that is slower than the writer would never see the end.
const maxWritten = 3000

func keyDir(dir string) string { return filepath.Join(filepath.Dir(dir), "keys") }

// real is a log that the real writer writes, in processes that are killed.
type real struct {
	testLog
}

func newReal(t *testing.T) *real {
	t.Helper()
	parent, err := os.MkdirTemp(t.TempDir(), "")
	require.NoError(t, err)
	return &real{testLog: testLog{dir: filepath.Join(parent, "audit"), anchor: filepath.Join(parent, "anchor")}}
}

// check verifies the log as it is, against an anchor that was taken before.
func (l *real) check(t *testing.T, what string) *Report {
	t.Helper()
	if l.vkey == "" {
		pub, err := os.ReadFile(filepath.Join(keyDir(l.dir), "audit.pub"))
		require.NoError(t, err)
		l.vkey = strings.TrimSpace(string(pub))
	}
	o := Options{Dir: l.dir, VKey: l.vkey}
	if _, err := os.Stat(l.anchor); err == nil {
		o.Anchors = []string{l.anchor}
	}
	r, err := Verify(t.Context(), o)
	require.NoError(t, err, what)
	require.Empty(t, answers(r, Fail), "%s: %s\n%+v", what, l.dir, r.FirstBad)
	return r
}

// keep takes the newest checkpoint as the anchor.
func (l *real) keep(t *testing.T) {
	t.Helper()
	all, err := auditlog.ReadCheckpoints(l.dir)
	require.NoError(t, err)
	if len(all) > 0 {
		require.NoError(t, os.WriteFile(l.anchor, all[len(all)-1].Note, 0o600))
	}
}

// Whenever the writer is killed, and while it writes, what it leaves is never
// called tampered.
func TestKilledWriter(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	rounds := 60
	if n, err := strconv.Atoi(os.Getenv(envRounds)); err == nil {
		rounds = n
	}
	t.Logf("seed %d, %d rounds", seed, rounds)
	random := rand.New(rand.NewPCG(seed, 0))
	verdicts := map[Verdict]int{}
	l := newReal(t)
	var records, pruned, torn int64
	for round := range rounds {
		if random.IntN(12) == 0 {
			l = newReal(t)
		}
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), envChild+"="+l.dir, envSeed+"="+strconv.FormatUint(seed+uint64(round), 10))
		child.Stderr = os.Stderr
		in, err := child.StdinPipe()
		require.NoError(t, err)
		out, err := child.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, child.Start())
		word := make([]byte, 100)
		n, err := out.Read(word)
		require.NoError(t, err)
		require.Equal(t, "open\n", string(word[:n]), l.dir)
		time.Sleep(time.Duration(random.IntN(60)) * time.Millisecond) // killed at any moment, also of its start
		l.live(t)
		l.keep(t)
		if random.IntN(5) == 0 {
			require.NoError(t, in.Close())
			require.NoError(t, child.Wait(), l.dir)
		} else {
			require.NoError(t, child.Process.Signal(syscall.SIGKILL))
			require.Error(t, child.Wait())
			if random.IntN(3) == 0 { // what a power cut leaves; the next child records it
				last := filepath.Base(lastSegment(t, l.dir))
				text := read(t, l.dir, last)
				write(t, l.dir, last, append(text, [][]byte{make([]byte, 4096), []byte(`{"seq":1,"lo`), []byte("x\ny\n")}[random.IntN(3)]...))
			}
		}
		r := l.check(t, fmt.Sprintf("seed %d, round %d", seed, round))
		verdicts[r.Verdict]++
		records += r.Records
		if r.Pruned != nil {
			pruned++
		}
		if copies, _ := filepath.Glob(filepath.Join(l.dir, "*.torn-*")); len(copies) > 0 {
			torn++
		}
	}
	t.Logf("%v, %d records, %d pruned, %d torn", verdicts, records, pruned, torn)
}

func lastSegment(t *testing.T, dir string) string {
	t.Helper()
	all, err := auditlog.Segments(dir)
	require.NoError(t, err)
	require.NotEmpty(t, all)
	return all[len(all)-1].Path
}

// live verifies the log while it is written. It may be pruned meanwhile: then it
// has to be read again.
func (l *real) live(t *testing.T) {
	t.Helper()
	if l.vkey == "" {
		return
	}
	for range 10 {
		r, err := Verify(t.Context(), Options{Dir: l.dir, VKey: l.vkey})
		if errors.Is(err, errChanged) {
			continue
		}
		require.NoError(t, err)
		require.Empty(t, answers(r, Fail), "while it is written: %s\n%+v", l.dir, r.FirstBad)
		return
	}
	t.Log("it was pruned faster than it could be read")
}

// One bit of one byte of what the real writer signed, wherever it is, is found.
func TestAnyBitOfARealLog(t *testing.T) {
	l := newReal(t)
	open, err := auditlog.Open(l.dir, auditlog.Options{KeyDir: keyDir(l.dir), SegmentMaxBytes: 8000, CheckpointInterval: 5 * time.Millisecond})
	require.NoError(t, err)
	for i := range 100 {
		record := fmt.Sprintf(`{"kind":"log","time":"2026-11-01T09:00:00Z","attributes":{"session.id":"s","claude_code.session.seq":%d},"body":{"a":[1,true,null,"x\"\u00e9"]}}`, i+1)
		_, err := open.Append(t.Context(), auditlog.Pending{JSON: []byte(record)})
		require.NoError(t, err)
	}
	require.NoError(t, open.Close())
	l.keep(t)
	r := l.check(t, "untouched")
	require.Equal(t, Verified, r.Verdict, r.Reason)
	require.Greater(t, r.Segments, 3)

	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 0))
	for range 500 {
		name := segmentFile(random.IntN(r.Segments))
		text := read(t, l.dir, name)
		at, bit := random.IntN(len(text)), random.IntN(8)
		text[at] ^= 1 << bit
		write(t, l.dir, name, text)
		found := l.verify(t, func(o *Options) { o.Now = time.Now })
		require.Equal(t, Tampered, found.Verdict, "seed %d: bit %d of byte %d of %s", seed, bit, at, name)
		require.NotNil(t, found.FirstBad)
		seq := int64(strings.Count(string(text[:at]), "\n"))
		for i := range r.Segments {
			if s := segmentFile(i); s < name {
				seq += int64(strings.Count(string(read(t, l.dir, s)), "\n"))
			}
		}
		if f := found.FirstBad; f.Before == 0 && text[at] != '\n' && text[at]^1<<bit != '\n' {
			require.InDelta(t, seq, f.Seq, 1, "seed %d: bit %d of byte %d of %s: %+v", seed, bit, at, name, f)
		}
		text[at] ^= 1 << bit
		write(t, l.dir, name, text)
	}
}
