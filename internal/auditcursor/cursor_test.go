package auditcursor

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWriteAndRead(t *testing.T) {
	path := File(filepath.Join(t.TempDir(), "queue"), "audit_log/loki")
	require.Equal(t, "audit_log%2Floki.cursor", filepath.Base(path))
	_, err := Read(path)
	require.ErrorIs(t, err, fs.ErrNotExist)
	c := Cursor{Log: "id", NextSeq: 7, Segment: 2, Offset: 99, CaughtUp: time.Now().UTC().Round(0), Skipped: 1, Refused: 2}
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(t, os.WriteFile(path+".tmp", []byte("left by a crash"), 0o600))
	for range 2 {
		require.NoError(t, Write(path, c))
		got, err := Read(path)
		require.NoError(t, err)
		require.Equal(t, c, got)
		c.NextSeq++
	}
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
	left, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, left, 1)
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"log":"x","next_seq":1,"offset":-1}`))
	f.Add([]byte(`{"log":"x","caught_up":"2026-01-02T03:04:05Z"}`))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		path := filepath.Join(t.TempDir(), "c")
		require.NoError(t, os.WriteFile(path, raw, 0o600))
		if c, err := Read(path); err == nil && (c.Log == "" || c.Offset < 0) {
			t.Fatalf("%+v", c)
		}
	})
}

// The watched agent may put a pipe in the place of a cursor, and hold it open: the
// collector starts nevertheless.
func TestAPipeIsNoCursor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "reader"+Suffix)
	require.NoError(t, syscall.Mkfifo(path, 0o600))
	held, err := os.OpenFile(path, os.O_RDWR, 0)
	require.NoError(t, err)
	defer held.Close()
	_, err = Read(path)
	require.ErrorIs(t, err, ErrInvalid)
	want := Cursor{Log: "log", NextSeq: 3}
	require.NoError(t, Write(path, want))
	got, err := Read(path)
	require.NoError(t, err)
	require.Equal(t, want.NextSeq, got.NextSeq)
}
