package install_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/root"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		root.Name: func() { os.Exit(root.Main(cliio.System(), os.Args[1:])) },
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			bin := filepath.Join(env.WorkDir, "bin")
			if err := os.MkdirAll(bin, 0o700); err != nil {
				return err
			}
			env.Setenv("HOOK", filepath.Join(bin, "claude-hook"))
			env.Setenv("HOME", filepath.Join(env.WorkDir, "home"))
			env.Setenv("STATE", filepath.Join(env.WorkDir, "home", ".local", "state", "agent-telemetry"))
			env.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
			env.Setenv("GIT_CONFIG_NOSYSTEM", "1")
			env.Setenv("GORACE", "atexit_sleep_ms=0") // else each command under -race ends a second late
			// Only looked at, never run.
			return os.WriteFile(filepath.Join(bin, "claude-hook"), []byte("#!/bin/sh\n"), 0o700)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"mode": cmdMode,
		},
	})
}

// cmdMode checks a file's permissions: mode 0600 file.
func cmdMode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: mode 0600 file")
	}
	info, err := os.Stat(ts.MkAbs(args[1]))
	ts.Check(err)
	if got := "0" + octal(uint32(info.Mode().Perm())); got != args[0] {
		ts.Fatalf("%s has mode %s, expected %s", args[1], got, args[0])
	}
}

func octal(m uint32) string {
	digits := []byte{byte('0' + m>>6&7), byte('0' + m>>3&7), byte('0' + m&7)}
	return string(digits)
}
