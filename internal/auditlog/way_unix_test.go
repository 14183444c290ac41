//go:build unix

package auditlog

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whatever has the name of a file of the log, the log opens, and can be written.
func TestNothingStandsInTheWay(t *testing.T) {
	for kind, put := range map[string]func(path string) error{
		"a pipe":      func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"a link":      func(path string) error { return os.Symlink("/dev/zero", path) },
		"a directory": func(path string) error { return os.MkdirAll(path+"/x", 0o700) },
		"garbage":     func(path string) error { return os.WriteFile(path, []byte("garbage\n\n\x00\n\n"), 0o600) },
		"nothing":     func(string) error { return nil },
	} {
		for _, name := range []string{
			"audit/lock", "audit/tree", "audit/tree.tmp", "audit/checkpoints", "audit/epochs", "audit/torn.tmp", "audit/00000000.jsonl", "audit/00000001.jsonl",
			"keys/audit.key", "keys/audit.key.next", "keys/audit.pub", "keys/audit.lock",
		} {
			t.Run(kind+" for "+name, func(t *testing.T) {
				home := t.TempDir()
				options := Options{KeyDir: filepath.Join(home, "keys")}
				l, err := Open(filepath.Join(home, "audit"), options)
				require.NoError(t, err)
				require.NoError(t, l.Close())
				path := filepath.Join(home, name)
				require.NoError(t, errors.Join(os.RemoveAll(path), put(path)))

				for range 2 {
					l, err = Open(filepath.Join(home, "audit"), options)
					require.NoError(t, err)
					r, err := l.Append(t.Context(), pending("", 1))
					require.NoError(t, err)
					require.Equal(t, 1, r.Written)
					require.NoError(t, l.Close())
				}
				n, _ := l.Uncovered()
				require.Zero(t, n, "it signs")
			})
		}
	}
}
