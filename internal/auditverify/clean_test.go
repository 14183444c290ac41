package auditverify

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditverify/logfixture"
)

// Nothing that was left as it was written is ever called tampered: logs of every
// shape, also as a crash leaves them.
func TestRandomCleanLogs(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	verdicts := map[Verdict]int{}
	for n := range uint64(1000) {
		random := rand.New(rand.NewPCG(seed, n))
		l := randomLog(t, random)
		r := l.verify(t, func(o *Options) {
			if random.IntN(2) == 0 {
				o.Anchors = nil
			}
		})
		require.Empty(t, answers(r, Fail), "seed %d, log %d: %+v", seed, n, r.FirstBad)
		require.NotEqual(t, Tampered, r.Verdict)
		verdicts[r.Verdict]++
		require.NoError(t, os.RemoveAll(filepath.Dir(l.dir)))
	}
	t.Log(verdicts)
	for _, v := range []Verdict{Verified, NotAnchored} {
		require.NotZero(t, verdicts[v], "the logs are of many kinds")
	}
}

func randomLog(t *testing.T, random *rand.Rand) testLog {
	t.Helper()
	parent, err := os.MkdirTemp(t.TempDir(), "")
	require.NoError(t, err)
	dir := filepath.Join(parent, "audit")
	w, err := logfixture.New(logfixture.Options{Dir: dir, SegmentRecords: 1 + random.IntN(20), Step: time.Duration(random.IntN(100_000_000_000))})
	require.NoError(t, err)
	l := testLog{dir: dir, vkey: w.VKey, anchor: filepath.Join(parent, "anchor")}
	must := func(err error) { t.Helper(); require.NoError(t, err) }
	anchor := func() {
		note, err := w.Checkpoint()
		must(err)
		must(os.WriteFile(l.anchor, note, 0o600))
	}
	must(w.Lifecycle("start"))
	anchor()
	var cuts []logfixture.Snapshot
	numbers := map[int]int{}
	for range random.IntN(120) {
		switch random.IntN(12) {
		case 0:
			must(w.Lifecycle([]string{"heartbeat", "stop", "start"}[random.IntN(3)]))
		case 1:
			must(w.NextEpoch())
		case 2:
			anchor()
		case 3:
			must(w.Torn([]byte("torn")[:random.IntN(4)]))
		case 4:
			cut, err := w.Cut()
			must(err)
			cuts = append(cuts, cut)
		case 5:
			if len(cuts) > 0 {
				must(w.Prune(cuts[0]))
				cuts = cuts[1:]
			}
		default:
			s := random.IntN(4)
			numbers[s]++
			must(w.Event(fmt.Sprint("session-", s), numbers[s]))
		}
	}
	anchor()
	covered := w.Segments()
	crash := random.IntN(3)
	for i := range random.IntN(5) { // records that no checkpoint covers
		must(w.Event("tail", i+1))
	}
	l.end = w.Now.Add(time.Duration(random.IntN(100_000_000_000)))
	must(w.Close())
	if crash == 0 && !w.Stopped && len(w.Segments()) == len(covered) {
		tear(t, random, dir, len(covered)-1)
	}
	return l
}

// tear does to a log what a crash does: the last records may be cut off, or be
// blocks of zeros, and a checkpoint may be half written.
func tear(t *testing.T, random *rand.Rand, dir string, last int) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(dir, segmentFile(last)), os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(t, err)
	_, err = f.Write([][]byte{
		make([]byte, 4096), []byte(`{"seq":99,"log":"01`), []byte("{"), []byte("x\ny\n"),
		append(make([]byte, 512), lineOf("7", "0197a2b4-0000-7000-8000-000000000001", zeros, "{}")+"\nrest"...),
	}[random.IntN(5)])
	require.NoError(t, err)
	require.NoError(t, f.Close())
	f, err = os.OpenFile(filepath.Join(dir, checkpointsName), os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(t, err)
	note := "agent-telemetry/0197a2b4-0000-7000-8000-000000000001\n99\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n— agent-telemetry/0197a2b4-0000-7000-8000-000000000001/epoch-0 AAAAAAAA"
	_, err = f.WriteString(note[:random.IntN(len(note))])
	require.NoError(t, err)
	require.NoError(t, f.Close())
}
