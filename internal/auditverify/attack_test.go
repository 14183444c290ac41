package auditverify

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"

	"github.com/agent-telemetry/agent-telemetry/internal/auditverify/logfixture"
)

// splitNotes returns the checkpoints of a file, each with its empty line.
func splitNotes(t *testing.T, dir string) []string {
	t.Helper()
	var list []string
	for _, part := range strings.SplitAfter(string(read(t, dir, checkpointsName)), "=\n\n") {
		if strings.HasPrefix(part, signatureMark) {
			list[len(list)-1] += part
		} else if part != "" {
			list = append(list, part)
		}
	}
	return list
}

func TestChangedCheckpoints(t *testing.T) {
	whole := makeLog(t, plan{segments: 5, stop: true})
	notes := splitNotes(t, whole.dir)
	n := len(notes)
	require.Greater(t, n, 6)
	other := func(i int, change func(string) string) []string {
		out := append([]string(nil), notes...)
		out[i] = change(out[i])
		return out
	}
	for name, tt := range map[string]struct {
		check Check
		notes []string
	}{
		"swapped":                {CheckCheckpointOrder, append([]string{notes[1], notes[0]}, notes[2:]...)},
		"first moved to the end": {CheckCheckpointOrder, append(append([]string(nil), notes[1:]...), notes[0])},
		"size changed":           {CheckCheckpointSignature, other(2, func(s string) string { l := strings.SplitAfter(s, "\n"); l[1] = "7\n"; return strings.Join(l, "") })},
		"root changed": {CheckCheckpointSignature, other(2, func(s string) string {
			l := strings.SplitAfter(s, "\n")
			l[2] = strings.SplitAfter(notes[3], "\n")[2]
			return strings.Join(l, "")
		})},
		"signature of another": {CheckCheckpointSignature, other(2, func(s string) string {
			return s[:strings.Index(s, "\n\n")+2] + notes[n-1][strings.Index(notes[n-1], "\n\n")+2:]
		})},
		"without signature":        {CheckCheckpointFormat, other(2, func(s string) string { return s[:strings.Index(s, "\n\n")+2] })},
		"epoch's last one removed": {CheckEpochs, withoutHandover(notes)},
		"the last ones removed":    {CheckAnchorKnown, notes[:n-2]},
		"all removed":              {CheckAnchorKnown, nil},
	} {
		t.Run(name, func(t *testing.T) {
			l := whole.copyLog(t)
			write(t, l.dir, checkpointsName, []byte(strings.Join(tt.notes, "")))
			r := l.verify(t)
			assert.Contains(t, answers(r, Fail), tt.check)
			assert.Equal(t, Tampered, r.Verdict)
		})
	}
	t.Run("doubled", func(t *testing.T) {
		l := whole.copyLog(t)
		write(t, l.dir, checkpointsName, []byte(strings.Join(append(notes, notes[n-1]), "")))
		assert.Equal(t, Verified, l.verify(t).Verdict, "a checkpoint that is there twice says nothing else")
	})
	t.Run("cut, and no anchor", func(t *testing.T) {
		l := whole.copyLog(t)
		for cut := 1; cut <= n; cut++ {
			write(t, l.dir, checkpointsName, []byte(strings.Join(notes[:n-cut], "")))
			r := l.verify(t, noAnchor)
			assert.NotEqual(t, Verified, r.Verdict)
			assert.Contains(t, append(answers(r, Warn), answers(r, Fail)...), CheckCoverage)
		}
	})
	t.Run("cut anywhere", func(t *testing.T) {
		l := whole.copyLog(t)
		text := strings.Join(notes, "")
		ends, end := map[int]bool{}, 0
		for _, n := range notes {
			end += len(n)
			ends[end], ends[end-1] = true, true
		}
		for cut := len(text) - 2; cut > len(text)-400; cut-- {
			write(t, l.dir, checkpointsName, []byte(text[:cut]))
			assert.Contains(t, answers(l.verify(t), Fail), CheckAnchorKnown, "cut at %d", cut)
			if !ends[cut] {
				assert.Contains(t, answers(l.verify(t, noAnchor), Warn), CheckCheckpointFormat, "cut at %d", cut)
			}
		}
	})
	t.Run("file removed", func(t *testing.T) {
		l := whole.copyLog(t)
		require.NoError(t, os.Remove(filepath.Join(l.dir, checkpointsName)))
		assert.Contains(t, answers(l.verify(t), Fail), CheckAnchorKnown)
		r := l.verify(t, noAnchor)
		assert.Equal(t, CannotTell, r.Verdict)
		assert.Equal(t, 2, r.ExitCode)
	})
}

// withoutHandover removes the last checkpoint of epoch 0.
func withoutHandover(notes []string) []string {
	var out []string
	for i, n := range notes {
		if strings.Contains(n, "/epoch-0 ") && i+1 < len(notes) && !strings.Contains(notes[i+1], "/epoch-0 ") {
			continue
		}
		out = append(out, n)
	}
	return out
}

func TestReplayedDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "audit")
	w, err := logfixture.New(logfixture.Options{Dir: dir, SegmentRecords: 10})
	require.NoError(t, err)
	l := testLog{dir: dir, vkey: w.VKey}
	for i := range 33 {
		require.NoError(t, w.Event("s", i+1))
	}
	_, err = w.Checkpoint()
	require.NoError(t, err)
	require.NoError(t, w.Flush())
	old := l.copyLog(t)
	for i := range 33 {
		require.NoError(t, w.Event("s", i+34))
	}
	anchor, err := w.Checkpoint()
	require.NoError(t, err)
	require.NoError(t, w.Close())
	old.anchor = filepath.Join(t.TempDir(), "anchor")
	require.NoError(t, os.WriteFile(old.anchor, anchor, 0o600))
	old.end = w.Now

	r := old.verify(t)
	assert.Equal(t, []Check{CheckAnchorLength, CheckAnchorKnown}, answers(r, Fail))
	assert.Equal(t, int64(33), r.FirstBad.Seq)
	assert.Equal(t, NotAnchored, old.verify(t, noAnchor).Verdict, "never a plain pass")
}

func TestFork(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "audit")
	w, err := logfixture.New(logfixture.Options{Dir: dir, SegmentRecords: 10})
	require.NoError(t, err)
	l := testLog{dir: dir, vkey: w.VKey, anchor: filepath.Join(t.TempDir(), "anchor")}
	for i := range 23 {
		require.NoError(t, w.Event("s", i+1))
	}
	_, err = w.Checkpoint()
	require.NoError(t, err)
	f, err := w.Fork(filepath.Join(t.TempDir(), "fork"))
	require.NoError(t, err)
	for i := range 20 {
		require.NoError(t, w.Event("s", i+24))
		require.NoError(t, f.Event("forged", i+1))
		if i%5 == 4 {
			_, err = w.Checkpoint()
			require.NoError(t, err)
			_, err = f.Checkpoint()
			require.NoError(t, err)
		}
	}
	anchor, err := w.Note()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(l.anchor, anchor, 0o600))
	require.NoError(t, w.Close())
	require.NoError(t, f.Close())
	l.end = w.Now
	require.Equal(t, Verified, l.verify(t).Verdict)

	fork := l
	fork.dir = f.Dir()
	r := fork.verify(t)
	assert.Equal(t, []Check{CheckAnchorConsistency, CheckAnchorKnown}, answers(r, Fail))
	assert.Equal(t, NotAnchored, fork.verify(t, noAnchor).Verdict)

	// The checkpoints of one branch, the records of the other.
	mixed := l.copyLog(t)
	write(t, mixed.dir, checkpointsName, read(t, f.Dir(), checkpointsName))
	r = mixed.verify(t, noAnchor)
	assert.Equal(t, []Check{CheckCheckpointRoot}, answers(r, Fail))
	assert.Equal(t, int64(23), r.FirstBad.Seq)

	// Both branches' checkpoints.
	write(t, mixed.dir, checkpointsName, append(read(t, l.dir, checkpointsName), splitNotes(t, f.Dir())[len(splitNotes(t, f.Dir()))-1]...))
	assert.Contains(t, answers(mixed.verify(t, noAnchor), Fail), CheckCheckpointConsistency)
}

func TestSwappedKey(t *testing.T) {
	whole := makeLog(t, plan{segments: 3, stop: true})
	// All is written anew, with a new key: once under the same id, once under another.
	same := makeLog(t, plan{segments: 3, stop: true})
	r := whole.verify(t, func(o *Options) { o.Dir = same.dir })
	assert.Contains(t, answers(r, Fail), CheckCheckpointSignature)
	other := makeLog(t, plan{segments: 3, stop: true, logID: "0197a2b4-0000-7000-8000-000000000002"})
	r = whole.verify(t, func(o *Options) { o.Dir = other.dir })
	assert.Subset(t, answers(r, Fail), []Check{CheckLogID, CheckCheckpointOrigin})
	// The auditor was given the new key, too: the anchor is of the old one.
	r = other.verify(t, func(o *Options) { o.Anchors = []string{whole.anchor} })
	assert.Equal(t, []Check{CheckAnchorAuthentic}, answers(r, Fail))
	r = same.verify(t, func(o *Options) { o.Anchors = []string{whole.anchor} })
	assert.Contains(t, answers(r, Fail), CheckAnchorAuthentic)
	// One epoch's checkpoints are signed by a key that nobody handed over to.
	l := whole.copyLog(t)
	skey, _, err := note.GenerateKey(rand.Reader, whole.origin()+"/epoch-1")
	require.NoError(t, err)
	signer, err := note.NewSigner(skey)
	require.NoError(t, err)
	notes := splitNotes(t, l.dir)
	for i, n := range notes {
		if strings.Contains(n, "/epoch-1 ") {
			text, _, _ := strings.Cut(n, "\n\n")
			forged, err := note.Sign(&note.Note{Text: text + "\n"}, signer)
			require.NoError(t, err)
			notes[i] = string(forged) + "\n"
		}
	}
	write(t, l.dir, checkpointsName, []byte(strings.Join(notes, "")))
	assert.Equal(t, []Check{CheckCheckpointSignature}, answers(l.verify(t, noAnchor), Fail)[:1])
}

func (l testLog) origin() string {
	o, err := OriginOf(l.vkey)
	if err != nil {
		panic(err)
	}
	return o
}

// What would make a verification worthless is refused.
func TestRefused(t *testing.T) {
	l := makeLog(t, plan{segments: 2, stop: true})
	inside := filepath.Join(l.dir, "key")
	require.NoError(t, os.WriteFile(inside, []byte(l.vkey), 0o600))
	link := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink(inside, link))
	for name, tt := range map[string]struct {
		err    error
		change func(*Options)
	}{
		"no key":                  {ErrNoKey, func(o *Options) { o.VKey = "" }},
		"key in the directory":    {ErrKeyInside, func(o *Options) { o.KeyFile = inside }},
		"link to such a key":      {ErrKeyInside, func(o *Options) { o.KeyFile = link }},
		"anchor in the directory": {ErrAnchor, func(o *Options) { o.Anchors = []string{filepath.Join(l.dir, checkpointsName)} }},
		"the directory as anchor": {ErrAnchor, func(o *Options) { o.Anchors = []string{l.dir} }},
		"another origin":          {ErrOrigin, func(o *Options) { o.Origin = "agent-telemetry/other" }},
		"no log":                  {ErrEmpty, func(o *Options) { o.Dir = t.TempDir(); o.Anchors = nil }},
		"no directory":            {os.ErrNotExist, func(o *Options) { o.Dir = "/nonexistent" }},
		"no anchor in the file":   {errNoAnchor, func(o *Options) { o.Anchors = []string{l.dir + "/../empty"} }},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(filepath.Join(l.dir, "../empty"), nil, 0o600))
			o := Options{Dir: l.dir, VKey: l.vkey, Anchors: []string{l.anchor}, Now: func() time.Time { return l.end }}
			tt.change(&o)
			r, err := Verify(t.Context(), o)
			require.ErrorIs(t, err, tt.err)
			assert.Equal(t, CannotTell, r.Verdict)
			assert.Equal(t, 2, r.ExitCode)
		})
	}
}

// An emptied directory is no empty log when there is an anchor.
func TestAllRemoved(t *testing.T) {
	l := makeLog(t, plan{segments: 2, stop: true})
	l.dir = t.TempDir()
	assert.Contains(t, answers(l.verify(t), Fail), CheckAnchorLength)
}
