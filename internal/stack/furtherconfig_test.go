package stack

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

func TestFurtherConfigurationsOfTheCollector(t *testing.T) {
	home := statedir.Dir(t.TempDir())
	require.NoError(t, home.Create())
	self, err := os.Executable()
	require.NoError(t, err)
	c, err := resolve(home, Flags{"collector_bin": self, "collector_config": self}, nil, env(nil))
	require.NoError(t, err)
	cmd, err := CollectorCommand(c)
	require.NoError(t, err)
	require.Equal(t, []string{"--config=file:" + self}, cmd.Args)

	dir := home.CollectorConfigs()
	require.NoError(t, os.MkdirAll(dir, 0o700))
	put := func(name string, mode os.FileMode) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
		require.NoError(t, os.Chmod(filepath.Join(dir, name), mode))
	}
	put("20-mail.yaml", 0o600)
	put("10-hook.yml", 0o400)
	put("README", 0o666)
	put(".hidden.yaml", 0o666)
	put("${env:X}.yaml", 0o600)
	cmd, err = CollectorCommand(c)
	require.NoError(t, err)
	require.Equal(t, []string{
		"--config=file:" + self, "--config=file:" + filepath.Join(dir, "10-hook.yml"), "--config=file:" + filepath.Join(dir, "20-mail.yaml"),
	}, cmd.Args)

	put("30-open.yaml", 0o620)
	_, err = CollectorCommand(c)
	require.ErrorContains(t, err, "can be written by others")
	require.NoError(t, os.Remove(filepath.Join(dir, "30-open.yaml")))
	require.NoError(t, os.Symlink(self, filepath.Join(dir, "40-link.yaml")))
	_, err = CollectorCommand(c)
	require.ErrorContains(t, err, "no regular file")
}
