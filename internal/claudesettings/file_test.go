package claudesettings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func openFile(t *testing.T, text string) *File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "settings.json")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	f, err := Open(path)
	require.NoError(t, err)
	return f
}

func TestSaveRefusesAFileThatChanged(t *testing.T) {
	f := openFile(t, "{}")
	require.NoError(t, os.WriteFile(f.Path, []byte(`{"a":1}`), 0o600))
	require.ErrorIs(t, f.Save(false), ErrChanged)
	require.ErrorIs(t, f.Remove(), ErrChanged)
	text, err := os.ReadFile(f.Path)
	require.NoError(t, err)
	require.Equal(t, `{"a":1}`, string(text))

	require.NoError(t, os.Remove(f.Path))
	require.ErrorIs(t, f.Save(false), ErrChanged)

	fresh, err := Open(f.Path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(f.Path, []byte(`{}`), 0o600))
	require.ErrorIs(t, fresh.Save(false), ErrChanged)
}

func TestSaveLeavesNoTemporaryFile(t *testing.T) {
	f := openFile(t, "{}")
	require.NoError(t, f.Save(false))
	entries, err := os.ReadDir(filepath.Dir(f.Path))
	require.NoError(t, err)
	require.Len(t, entries, 1)
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	big := filepath.Join(dir, "big.json")
	require.NoError(t, os.WriteFile(big, []byte(`{"a":"`+strings.Repeat("x", MaxFileBytes)+`"}`), 0o600))
	_, err := Open(big)
	require.ErrorContains(t, err, "larger than 2 MiB")
	_, err = Open(dir)
	require.ErrorContains(t, err, "not a regular file")
	loop := filepath.Join(dir, "loop")
	require.NoError(t, os.Symlink(loop, loop))
	_, err = Open(loop)
	require.Error(t, err)
}

func TestBackupsAreTheNewestFive(t *testing.T) {
	f := openFile(t, `{"a":1}`)
	stranger := f.Path + backupInfix + "mine"
	require.NoError(t, os.WriteFile(stranger, nil, 0o600))
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var last string
	for i := range 8 {
		path, err := f.Backup(start.Add(time.Duration(i) * time.Millisecond))
		require.NoError(t, err)
		last = path
	}
	all, err := f.backups()
	require.NoError(t, err)
	require.Len(t, all, keepBackups)
	require.Equal(t, last, all[keepBackups-1])
	require.FileExists(t, stranger)
	_, err = f.Backup(start.Add(7 * time.Millisecond))
	require.Error(t, err, "a backup is never overwritten")
}
