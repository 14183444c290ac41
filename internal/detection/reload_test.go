package detection

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const good = "version: 1\noverrides: [{slug: fork-bomb, disabled: true}]\n"

func write(t *testing.T, path, text string) {
	t.Helper()
	// As editors do: another file takes the name.
	tmp := path + ".new"
	require.NoError(t, os.WriteFile(tmp, []byte(text), 0o600))
	require.NoError(t, os.Rename(tmp, path))
}

func TestRulesAreReloadedAndBadOnesAreNot(t *testing.T) {
	path := filepath.Join(t.TempDir(), "security-rules.yaml")
	loads := make(chan Status, 16)
	r, err := NewReloader(ReloaderConfig{Defaults: Defaults(), UserPaths: []string{path}, OnLoad: func(s Status) { loads <- s }})
	require.NoError(t, err, "the user's file need not exist")
	first := <-loads
	assert.Positive(t, first.Rules)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { r.Watch(ctx); close(done) }()
	defer func() { stop(); <-done }()
	next := func() Status {
		select {
		case s := <-loads:
			return s
		case <-time.After(20 * time.Second):
			t.Fatal("not loaded")
			return Status{}
		}
	}

	write(t, path, good)
	s := next()
	assert.False(t, s.Failed)
	assert.Equal(t, 1, s.Disabled)
	assert.NotEqual(t, first.Hash, s.Hash)
	assert.True(t, r.Rules().Rule("fork-bomb").Disabled)

	rules := r.Rules()
	write(t, path, good+"colour: red\n")
	bad := next()
	assert.True(t, bad.Failed)
	assert.Equal(t, int64(1), bad.Failures)
	assert.ErrorContains(t, bad.Faults.Err(), path+":3: field colour not found")
	assert.Same(t, rules, r.Rules(), "the rules before stay")
	assert.Equal(t, s.Hash, bad.Hash)

	require.NoError(t, os.Remove(path))
	s = next()
	assert.False(t, s.Failed)
	assert.Zero(t, s.Disabled)
	assert.Equal(t, int64(4), s.Loads)
}

func TestABadUserFileAtStartLeavesTheDefaults(t *testing.T) {
	path := filepath.Join(t.TempDir(), "user.yaml")
	write(t, path, "rules: [")
	r, err := NewReloader(ReloaderConfig{Defaults: Defaults(), UserPaths: []string{path}})
	require.ErrorContains(t, err, path)
	require.NotNil(t, r)
	assert.NotEmpty(t, r.Rules().Rules())
	assert.True(t, r.Status().Failed)
	require.NoError(t, r.Reload(), "the same again is no news")
	assert.Equal(t, int64(1), r.Status().Loads)

	_, err = NewReloader(ReloaderConfig{DefaultsPath: filepath.Join(t.TempDir(), "none")})
	require.ErrorContains(t, err, "no such file")
}

func TestOnlyFilesAreRead(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	for _, p := range []string{pipe, dir, "/dev/zero"} {
		_, err := ReadFile(p)
		require.ErrorContains(t, err, "no regular file", p)
	}
	big := filepath.Join(dir, "big")
	require.NoError(t, os.WriteFile(big, make([]byte, 3<<20), 0o600))
	data, err := ReadFile(big)
	require.NoError(t, err)
	assert.Len(t, data, MaxFileBytes+1)
}
