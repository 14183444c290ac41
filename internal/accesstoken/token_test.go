package accesstoken

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

func TestEnsure(t *testing.T) {
	home := statedir.Dir(filepath.Join(t.TempDir(), "state"))
	token, made, err := Ensure(home)
	require.NoError(t, err)
	require.True(t, made)
	require.Regexp(t, `^[A-Za-z0-9_-]{43}$`, token)
	again, made, err := Ensure(home)
	require.NoError(t, err)
	require.False(t, made)
	require.Equal(t, token, again)
	require.NoError(t, os.Chmod(home.TokenFile(), 0o644))
	_, _, err = Ensure(home)
	require.ErrorContains(t, err, "can be read by others")
	require.NoError(t, os.Chmod(home.TokenFile(), 0o600))
	require.NoError(t, os.WriteFile(home.TokenFile(), []byte("short"), 0o600))
	_, _, err = Ensure(home)
	require.ErrorContains(t, err, "no usable token")
}

func TestEnsureAtOnceMakesOneToken(t *testing.T) {
	home := statedir.Dir(filepath.Join(t.TempDir(), "state"))
	tokens := make([]string, 16)
	made := make([]bool, len(tokens))
	var wg sync.WaitGroup
	for i := range tokens {
		wg.Go(func() {
			var err error
			if tokens[i], made[i], err = Ensure(home); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	makers := 0
	for i := range tokens {
		require.Equal(t, tokens[0], tokens[i])
		if made[i] {
			makers++
		}
	}
	require.Equal(t, 1, makers)
	entries, err := os.ReadDir(home.Run())
	require.NoError(t, err)
	require.Len(t, entries, 1, "no temporary file is left")
}

func TestReadRefusesWhatAnotherMayHavePutThere(t *testing.T) {
	home := statedir.Dir(filepath.Join(t.TempDir(), "state"))
	_, _, err := Ensure(home)
	require.NoError(t, err)
	file := home.TokenFile()
	t.Run("of another user", func(t *testing.T) {
		if os.Geteuid() != 0 {
			t.Skip("only root can give a file away")
		}
		require.NoError(t, os.Chown(file, 12345, -1))
		_, err := Read(home)
		require.ErrorContains(t, err, "belongs to another user: remove it")
		_, _, err = Ensure(home)
		require.ErrorContains(t, err, "belongs to another user")
		require.NoError(t, os.Chown(file, 0, -1))
		_, err = Read(home)
		require.NoError(t, err)
	})
	t.Run("a link", func(t *testing.T) {
		elsewhere := filepath.Join(t.TempDir(), "token")
		require.NoError(t, os.Rename(file, elsewhere))
		require.NoError(t, os.Symlink(elsewhere, file))
		_, err := Read(home)
		require.ErrorContains(t, err, "is not a token file: remove it")
	})
}
