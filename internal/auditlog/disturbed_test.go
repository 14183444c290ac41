package auditlog

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDisturbedLog(t *testing.T) {
	for name, disturb := range map[string]func(t *testing.T, dir, segment string){
		"segment removed":   func(t *testing.T, _, s string) { require.NoError(t, os.Remove(s)) },
		"directory removed": func(t *testing.T, dir, _ string) { require.NoError(t, os.RemoveAll(dir)) },
		"segment cut":       func(t *testing.T, _, s string) { require.NoError(t, os.Truncate(s, 3)) },
		"segment replaced": func(t *testing.T, _, s string) {
			require.NoError(t, os.Remove(s))
			require.NoError(t, os.WriteFile(s, nil, 0o600))
		},
		"segment linked": func(t *testing.T, dir, s string) {
			require.NoError(t, os.Remove(s))
			require.NoError(t, os.Symlink(dir+"/lock", s))
		},
		"segment lengthened": func(t *testing.T, _, s string) { require.NoError(t, os.WriteFile(s, make([]byte, 5000), 0o600)) },
		"next name taken": func(t *testing.T, dir, s string) {
			require.NoError(t, os.Remove(s))
			require.NoError(t, os.Mkdir(dir+"/00000001.jsonl", 0o700))
			require.NoError(t, os.WriteFile(dir+"/00000002.jsonl", []byte("x\n"), 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "audit")
			l := openLog(t, dir, Options{quiet: true})
			_, err := l.Append(t.Context(), pending("a", 1), pending("b", 1))
			require.NoError(t, err)
			disturb(t, dir, l.path())
			r, err := l.Append(t.Context(), pending("c", 1))
			require.NoError(t, err)
			assert.Equal(t, uint64(3), r.FirstSeq)

			last, err := Last(t.Context(), dir, 2, Filter{FromSeq: 2})
			if !errors.Is(err, ErrCorrupt) {
				require.NoError(t, err)
			}
			require.Len(t, last, 2)
			assert.Equal(t, KindDisturbed, last[0].Kind)
			assert.Equal(t, "00000000.jsonl", last[0].Attribute(DisturbedSegment))
			assert.Equal(t, "2", fmt.Sprint(last[0].Attributes[DisturbedNextSeq]))
			assert.Equal(t, uint64(3), last[1].Seq)
			_, err = Open(dir, Options{quiet: true})
			require.ErrorIs(t, err, ErrLocked, "nobody else gets in")
		})
	}
}
