package stack

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// program writes a program that says what it is, and returns its path.
func program(t *testing.T, path, text string) string {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o700))
	return path
}

func TestGrafanaIsFoundOnThePath(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", filepath.Join(dir, "bin"))
	_, err := FindGrafana(t.Context(), &Config{})
	require.ErrorIs(t, err, ErrNoGrafana)

	path := program(t, filepath.Join(dir, "bin", "grafana"), "echo grafana version 11.3.1+security-01")
	_, err = FindGrafana(t.Context(), &Config{})
	require.ErrorIs(t, err, ErrNoGrafana)
	require.ErrorContains(t, err, "--grafana-home", "a program without its files")

	program(t, filepath.Join(dir, "conf", "defaults.ini"), "")
	g, err := FindGrafana(t.Context(), &Config{})
	require.NoError(t, err)
	require.Equal(t, Grafana{Path: path, Home: dir, Version: "11.3.1+security-01"}, g)

	for text, want := range map[string]string{
		"echo grafana version 10.4.2": "it is Grafana 10.4.2, needed is 11.1 or newer",
		"echo grafana version 11.0.9": "needed is 11.1",
		"echo a game called grafana":  "does not say that it is Grafana",
		"echo version 12.0.0; exit 3": "failed",
		"echo my own version 12.0.0":  "does not say that it is Grafana",
	} {
		program(t, path, text)
		_, err := FindGrafana(t.Context(), &Config{})
		require.ErrorIs(t, err, ErrNoGrafana)
		require.ErrorContains(t, err, want)
	}

	// The old program, as Homebrew links it.
	require.NoError(t, os.Remove(path))
	cellar := program(t, filepath.Join(dir, "cellar", "bin", "grafana-server"), `[ "$1" = -v ] && echo "Version 11.6.0 (commit: abc, branch: HEAD)"`)
	program(t, filepath.Join(dir, "cellar", "share", "grafana", "conf", "defaults.ini"), "")
	require.NoError(t, os.Symlink(cellar, filepath.Join(dir, "bin", "grafana-server")))
	t.Setenv("PATH", filepath.Join(dir, "bin")+":/usr/bin:/bin")
	g, err = FindGrafana(t.Context(), &Config{})
	require.NoError(t, err)
	require.Equal(t, filepath.Join(dir, "cellar", "share", "grafana"), g.Home)
	require.Equal(t, "11.6.0", g.Version)
}

func TestOldServerGetsNoCommand(t *testing.T) {
	dir := t.TempDir()
	home := statedir.Dir(filepath.Join(dir, "state"))
	require.NoError(t, home.Create())
	program(t, filepath.Join(dir, "conf", "defaults.ini"), "")
	for name, first := range map[string]string{"grafana": "server", "grafana-server": "--homepath"} {
		path := program(t, filepath.Join(dir, "bin", name), "echo grafana version 11.3.1")
		c, err := resolve(home, Flags{"grafana": "true", "grafana_bin": path}, nil, env(nil))
		require.NoError(t, err)
		cmd, err := GrafanaCommand(t.Context(), c)
		require.NoError(t, err)
		require.Equal(t, first, cmd.Args[0])
		require.NotContains(t, cmd.Args, "admin", "no secret in arguments, which others see")
	}
	info, err := os.Stat(GrafanaPasswordFile(home))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestGrafanaIsOffByDefault(t *testing.T) {
	home := statedir.Dir(t.TempDir())
	c, err := resolve(home, Flags{"loki_port": "3000"}, nil, env(nil))
	require.NoError(t, err, "its port is of no account then")
	require.False(t, c.Grafana)
	require.Empty(t, c.GrafanaPorts())
	_, err = resolve(home, Flags{"loki_port": "3000", "grafana": "true"}, nil, env(nil))
	require.ErrorContains(t, err, "grafana_port: port 3000 is already loki_port")
	_, err = resolve(home, Flags{"grafana": "perhaps"}, nil, env(nil))
	require.ErrorContains(t, err, "neither true nor false")
}
