package auditexport

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/auditverify/logfixture"
)

var now = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)

// newLog writes a log of three sessions over several segments and epochs.
func newLog(t *testing.T) (dir string, w *logfixture.Writer) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "audit")
	w, err := logfixture.New(logfixture.Options{Dir: dir, SegmentRecords: 40})
	require.NoError(t, err)
	require.NoError(t, w.Lifecycle("start"))
	for i := range 150 {
		require.NoError(t, w.Event(fmt.Sprint("s", i%3), i/3+1))
		if i == 70 || i == 100 {
			require.NoError(t, w.NextEpoch())
		}
	}
	checkpoint(t, w)
	return dir, w
}

func checkpoint(t *testing.T, w *logfixture.Writer) {
	t.Helper()
	_, err := w.Checkpoint()
	require.NoError(t, err)
	require.NoError(t, w.Flush())
}

func options(t *testing.T, dir string, w *logfixture.Writer) Options {
	t.Helper()
	return Options{Audit: dir, Out: filepath.Join(t.TempDir(), "case"), Lines: true, Table: true, VKey: w.VKey, By: "test", Now: now}
}

func check(t *testing.T, dir, vkey string) *Checked {
	t.Helper()
	c, err := Check(t.Context(), dir, vkey)
	require.NoError(t, err)
	return c
}

func TestExportAndCheck(t *testing.T) {
	dir, w := newLog(t)
	o := options(t, dir, w)
	o.Filter = Filter{Session: "s1"}
	m, err := Export(t.Context(), o)
	require.NoError(t, err)
	require.Equal(t, 50, m.Records)
	require.Equal(t, 50, m.Proofs.Proven)
	require.Zero(t, m.Proofs.Missing)
	require.Len(t, m.Proofs.Against.Keys, 2)
	require.Equal(t, logfixture.DefaultLogID, m.Log)
	require.Equal(t, w.Size(), m.Proofs.Against.TreeSize)
	c := check(t, o.Out, w.VKey)
	require.True(t, c.Holds, c.Problems)
	require.Equal(t, 50, c.Proven)
	require.Zero(t, check(t, o.Out, "").Proven, "nothing is proven without the key")

	info, err := os.Stat(o.Out)
	require.NoError(t, err)
	require.Equal(t, fs.ModeDir|0o700, info.Mode())
	names, err := os.ReadDir(o.Out)
	require.NoError(t, err)
	require.Len(t, names, 4)
	for _, n := range names {
		info, err := n.Info()
		require.NoError(t, err)
		require.Equal(t, fs.FileMode(0o600), info.Mode(), n.Name())
	}
	raw, err := os.ReadFile(filepath.Join(o.Out, TableName))
	require.NoError(t, err)
	rows, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 51)

	_, err = Export(t.Context(), o)
	require.ErrorIs(t, err, ErrThere)
	require.True(t, check(t, o.Out, w.VKey).Holds, "what was there is as it was")
	_, other := newLog(t)
	_, err = Check(t.Context(), o.Out, other.VKey)
	if err == nil {
		require.False(t, check(t, o.Out, other.VKey).Holds, "the key of another log")
	}
}

func TestFilters(t *testing.T) {
	dir, w := newLog(t)
	for name, c := range map[string]struct {
		filter Filter
		want   int
	}{
		"all":     {Filter{}, 150},
		"time":    {Filter{Since: w.Now.Add(-10 * time.Second)}, 100},
		"project": {Filter{Project: "demo"}, 150},
		"tool":    {Filter{Tool: "Read", Event: "file_read", Session: "s2"}, 50},
	} {
		t.Run(name, func(t *testing.T) {
			o := options(t, dir, w)
			o.Filter = c.filter
			m, err := Export(t.Context(), o)
			require.NoError(t, err)
			require.InDelta(t, c.want, m.Records, 3)
			require.True(t, check(t, o.Out, w.VKey).Holds)
		})
	}
	o := options(t, dir, w)
	o.Filter.Session = "nobody"
	_, err := Export(t.Context(), o)
	require.ErrorIs(t, err, ErrNothing)
	require.NoDirExists(t, o.Out)
}

func TestEveryChangeIsFound(t *testing.T) {
	dir, w := newLog(t)
	o := options(t, dir, w)
	o.Filter.Session = "s1"
	_, err := Export(t.Context(), o)
	require.NoError(t, err)
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(o.Out, name))
		require.NoError(t, err)
		return b
	}
	whole := map[string][]byte{}
	for _, name := range []string{LinesName, TableName, ProofsName, ManifestName} {
		whole[name] = read(name)
	}
	// With a manifest made to fit, only the proofs can tell.
	forge := func(name string, text []byte) {
		require.NoError(t, os.WriteFile(filepath.Join(o.Out, name), text, 0o600))
		var m Manifest
		require.NoError(t, json.Unmarshal(whole[ManifestName], &m))
		for i := range m.Files {
			if m.Files[i].Name == name {
				var err error
				m.Files[i].SHA256, m.Files[i].Bytes, err = digest(t.Context(), o.Out, name)
				require.NoError(t, err)
			}
		}
		b, err := json.Marshal(m)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(o.Out, ManifestName), b, 0o600))
	}
	lines := bytes.SplitAfter(whole[LinesName], []byte("\n"))
	proofs := bytes.SplitAfter(whole[ProofsName], []byte("\n"))
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	for name, change := range map[string]func(){
		"a byte of a line":  func() { forge(LinesName, bytes.Replace(whole[LinesName], []byte("file_read"), []byte("file_edit"), 1)) },
		"a line less":       func() { forge(LinesName, join(lines[1:]...)) },
		"a line more":       func() { forge(LinesName, join(append([][]byte{lines[0]}, lines...)...)) },
		"lines swapped":     func() { forge(LinesName, join(append([][]byte{lines[1], lines[0]}, lines[2:]...)...)) },
		"a proof less":      func() { forge(ProofsName, join(proofs[1:]...)) },
		"a proof of others": func() { forge(ProofsName, join(append([][]byte{proofs[1]}, proofs[1:]...)...)) },
		"the table":         func() { require.NoError(t, os.WriteFile(filepath.Join(o.Out, TableName), []byte("x"), 0o600)) },
		"no lines":          func() { require.NoError(t, os.Remove(filepath.Join(o.Out, LinesName))) },
		"a link": func() {
			path := filepath.Join(o.Out, LinesName)
			require.NoError(t, os.Rename(path, path+".real"))
			require.NoError(t, os.Symlink(path+".real", path))
		},
		"the tree's size": func() {
			require.NoError(t, os.WriteFile(filepath.Join(o.Out, ManifestName), bytes.Replace(whole[ManifestName], []byte(`"tree_size": 1`), []byte(`"tree_size": 2`), 1), 0o600))
		},
		"another root": func() {
			require.NoError(t, os.WriteFile(filepath.Join(o.Out, ManifestName), bytes.Replace(whole[ManifestName], []byte(`"root": "`), []byte(`"root": "0`), 1), 0o600))
		},
		"a key less": func() {
			var m Manifest
			require.NoError(t, json.Unmarshal(whole[ManifestName], &m))
			m.Proofs.Against.Keys = m.Proofs.Against.Keys[1:]
			b, err := json.Marshal(m)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(o.Out, ManifestName), b, 0o600))
		},
		"the number of records": func() {
			require.NoError(t, os.WriteFile(filepath.Join(o.Out, ManifestName), bytes.Replace(whole[ManifestName], []byte(`"missing": 0`), []byte(`"missing": 1`), 1), 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			change()
			c := check(t, o.Out, w.VKey)
			require.False(t, c.Holds)
			require.NotEmpty(t, c.Problems)
		})
		for name, text := range whole {
			path := filepath.Join(o.Out, name)
			require.NoError(t, os.RemoveAll(path))
			require.NoError(t, os.WriteFile(path, text, 0o600))
		}
		require.True(t, check(t, o.Out, w.VKey).Holds)
	}
}

func TestWhatCannotBeProven(t *testing.T) {
	dir, w := newLog(t)
	size := w.Size()
	for i := range 3 {
		require.NoError(t, w.Event("late", i+1))
	}
	require.NoError(t, w.Flush())
	o := options(t, dir, w)
	m, err := Export(t.Context(), o)
	require.NoError(t, err)
	require.Equal(t, 3, m.Proofs.Missing)
	require.Contains(t, m.Proofs.Reason, fmt.Sprint(size))
	c := check(t, o.Out, w.VKey)
	require.True(t, c.Holds, c.Problems)
	require.Equal(t, 150, c.Proven)

	o = options(t, dir, w)
	o.Filter.Session = "late"
	m, err = Export(t.Context(), o)
	require.NoError(t, err)
	require.Nil(t, m.Proofs.Against)
	require.NoFileExists(t, filepath.Join(o.Out, ProofsName))
	require.True(t, check(t, o.Out, w.VKey).Holds)

	o = options(t, dir, w)
	o.VKey, o.NoKey = "", "no key"
	m, err = Export(t.Context(), o)
	require.NoError(t, err)
	require.Equal(t, "no key", m.Proofs.Reason)

	// A log that was changed: the records are there, none is proven.
	path := filepath.Join(dir, "00000001.jsonl")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, bytes.Replace(text, []byte("main.go"), []byte("evil.go"), 1), 0o600))
	o = options(t, dir, w)
	m, err = Export(t.Context(), o)
	require.NoError(t, err)
	require.Equal(t, 153, m.Records)
	require.Zero(t, m.Proofs.Proven)
	require.Contains(t, m.Proofs.Reason, "verify tells where")
}

func TestPrunedLog(t *testing.T) {
	dir, w := newLog(t)
	cut, err := w.Cut()
	require.NoError(t, err)
	for i := range 30 {
		require.NoError(t, w.Event("after", i+1))
	}
	require.NoError(t, w.Prune(cut))
	checkpoint(t, w)
	o := options(t, dir, w)
	m, err := Export(t.Context(), o)
	require.NoError(t, err)
	require.Equal(t, 30, m.Records)
	require.Equal(t, 30, m.Proofs.Proven, m.Proofs.Reason)
	require.True(t, check(t, o.Out, w.VKey).Holds)
}

func TestInterruptedExportLeavesNothing(t *testing.T) {
	dir, w := newLog(t)
	o := options(t, dir, w)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Export(ctx, o)
	require.ErrorIs(t, err, context.Canceled)
	require.NoDirExists(t, o.Out)
	_, err = Check(t.Context(), dir, w.VKey)
	require.ErrorIs(t, err, ErrNoExport)
}
