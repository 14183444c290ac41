package auditverify

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditverify/logfixture"
)

// testLog is a log with everything in it that a log has, in several segments.
type testLog struct {
	dir     string
	vkey    string
	anchor  string // file with the newest anchor
	anchors []string
	end     time.Time
	size    int64
	starts  []int64
}

// plan says what a test log is made of.
type plan struct {
	segments int // of 10 records
	prune    int // segments removed
	tail     int // records behind the last checkpoint
	stop     bool
	logID    string
}

func makeLog(t testing.TB, p plan) testLog {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "audit")
	w, err := logfixture.New(logfixture.Options{Dir: dir, SegmentRecords: 10, Step: time.Second, LogID: p.logID})
	require.NoError(t, err)
	l := testLog{dir: dir, vkey: w.VKey}
	must := func(err error) { t.Helper(); require.NoError(t, err) }
	must(w.Lifecycle("start"))
	must(w.NextEpoch())
	var cut logfixture.Snapshot
	number := 0
	for len(w.Segments()) < p.segments || w.Size()%10 < 7 {
		number++
		must(w.Event(fmt.Sprint("session-", number%3), (number-number%3)/3+1-[]int{1, 0, 0}[number%3]))
		switch w.Size() % 20 {
		case 4:
			must(w.Lifecycle("heartbeat"))
		case 8, 15:
			n, err := w.Checkpoint()
			must(err)
			if w.Size()%40 > 20 {
				l.anchors = append(l.anchors, string(n))
			}
		case 12:
			must(w.NextEpoch())
		case 17:
			must(w.Torn([]byte(`{"seq":12,"lo`)))
		}
		if p.prune > 0 && cut.Hashes == nil && len(w.Segments()) == p.prune {
			cut, err = w.Cut()
			must(err)
		}
	}
	if p.prune > 0 {
		must(w.Prune(cut))
	}
	if p.stop {
		must(w.Lifecycle("stop"))
	}
	n, err := w.Checkpoint()
	must(err)
	l.anchors = append(l.anchors, string(n))
	for i := range p.tail {
		must(w.Event("session-t", i+1))
	}
	l.end, l.size, l.starts = w.Now, w.Size(), w.Segments()
	must(w.Close())
	l.anchor = filepath.Join(t.TempDir(), "anchor")
	require.NoError(t, os.WriteFile(l.anchor, n, 0o600))
	return l
}

// verify verifies the log against its newest anchor.
func (l testLog) verify(t testing.TB, change ...func(*Options)) *Report {
	t.Helper()
	o := Options{Dir: l.dir, VKey: l.vkey, Anchors: []string{l.anchor}, Now: func() time.Time { return l.end }}
	for _, c := range change {
		c(&o)
	}
	r, err := Verify(t.Context(), o)
	require.NoError(t, err)
	return r
}

func noAnchor(o *Options) { o.Anchors = nil }

// answers lists the checks that have the given status.
func answers(r *Report, s Status) []Check {
	var list []Check
	for _, c := range r.Checks {
		if c.Status == s {
			list = append(list, c.Check)
		}
	}
	return list
}
