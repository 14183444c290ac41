package stack

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

func env(vars map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := vars[name]; return v, ok }
}

func TestPrecedence(t *testing.T) {
	file := "hook_port: 1004\nloki_url: http://file.example\n"
	running := &Config{HookPort: 1003, LokiURL: "http://running.example", Sources: map[string]Source{"hook_port": SourceFlag, "loki_url": SourceFile}}
	for name, tc := range map[string]struct {
		flags   Flags
		env     map[string]string
		running *Config
		file    string
		port    int
		source  Source
		lokiURL string
	}{
		"default":                 {port: 4319, source: SourceDefault},
		"file":                    {file: file, port: 1004, source: SourceFile, lokiURL: "http://file.example"},
		"running beats file":      {file: file, running: running, port: 1003, source: SourceRunning, lokiURL: "http://file.example"},
		"environment":             {file: file, running: running, env: map[string]string{semconv.EnvHookPort: "1002"}, port: 1002, source: SourceEnv, lokiURL: "http://file.example"},
		"empty environment":       {file: file, env: map[string]string{semconv.EnvHookPort: ""}, port: 1004, source: SourceFile, lokiURL: "http://file.example"},
		"flag":                    {file: file, running: running, env: map[string]string{semconv.EnvHookPort: "1002"}, flags: Flags{"hook_port": "1001"}, port: 1001, source: SourceFlag, lokiURL: "http://file.example"},
		"empty flag takes it off": {file: file, flags: Flags{"loki_url": ""}, port: 1004, source: SourceFile},
	} {
		t.Run(name, func(t *testing.T) {
			home := statedir.Dir(t.TempDir())
			if tc.file != "" {
				require.NoError(t, os.WriteFile(filepath.Join(string(home), FileName), []byte(tc.file), 0o600))
			}
			c, err := resolve(home, tc.flags, tc.running, env(tc.env))
			require.NoError(t, err)
			require.Equal(t, tc.port, c.HookPort)
			require.Equal(t, tc.source, c.Sources["hook_port"])
			require.Equal(t, tc.lokiURL, c.LokiURL)
			require.Equal(t, home.Loki(), c.LokiDir)
		})
	}
}

func TestFaultsAreAllNamed(t *testing.T) {
	home := statedir.Dir(t.TempDir())
	for name, tc := range map[string]struct {
		file string
		mode os.FileMode
		want []string
	}{
		"unknown keys":  {"hook_prt: 1\nfoo: 2\n", 0o600, []string{`line 1: unknown key "hook_prt"`, `line 2: unknown key "foo"`, "hook_port"}},
		"twice":         {"hook_port: 1\nhook_port: 2\n", 0o600, []string{"twice"}},
		"wrong type":    {"hook_port: [1]\n", 0o600, []string{"hook_port: must be one value"}},
		"no number":     {"hook_port: x\nloki_port: y\n", 0o600, []string{"hook_port", "loki_port"}},
		"out of range":  {"hook_port: 0\nloki_port: 70000\n", 0o600, []string{"hook_port: 0", "loki_port: 70000"}},
		"same port":     {"hook_port: 4317\n", 0o600, []string{"otlp_grpc_port: port 4317 is already hook_port"}},
		"password":      {"loki_url: http://a:b@loki\n", 0o600, []string{"loki_url", "password"}},
		"no URL":        {"loki_url: loki:3100\n", 0o600, []string{"loki_url: must be a URL"}},
		"bad name":      {"pass_env: ['A B']\n", 0o600, []string{`pass_env: "A B"`}},
		"others can":    {"hook_port: 1\n", 0o644, []string{"chmod 600"}},
		"no mapping":    {"- 1\n", 0o600, []string{"key: value"}},
		"alias is safe": {"hook_port: &a 5\nloki_port: *a\n", 0o600, []string{"loki_port: must be one value"}},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(string(home), FileName)
			require.NoError(t, os.WriteFile(path, []byte(tc.file), tc.mode))
			require.NoError(t, os.Chmod(path, tc.mode))
			_, err := resolve(home, nil, nil, env(nil))
			for _, w := range tc.want {
				require.ErrorContains(t, err, w)
			}
		})
	}
}

func TestSettingsFileIsNoLink(t *testing.T) {
	home := statedir.Dir(t.TempDir())
	require.NoError(t, os.Symlink("/etc/hostname", filepath.Join(string(home), FileName)))
	_, err := resolve(home, nil, nil, env(nil))
	require.Error(t, err)
}

func TestArgsMeanTheSame(t *testing.T) {
	home := statedir.Dir(t.TempDir())
	want, err := resolve(home, Flags{"hook_port": "9", "pass_env": "A,B", "loki_url": "http://x/"}, nil, env(nil))
	require.NoError(t, err)
	fs := pflag.NewFlagSet("", pflag.ContinueOnError)
	flags := AddFlags(fs)
	require.NoError(t, fs.Parse(want.Args()))
	got, err := resolve(home, flags, nil, env(map[string]string{semconv.EnvLokiPort: "1"}))
	require.NoError(t, err)
	require.Empty(t, want.Differs(got))
}

func TestRecordIsChecked(t *testing.T) {
	home := statedir.Dir(t.TempDir())
	require.NoError(t, home.Create())
	c, err := resolve(home, Flags{"hook_port": "9"}, nil, env(nil))
	require.NoError(t, err)
	require.NoError(t, c.Save())
	back, err := Recorded(home)
	require.NoError(t, err)
	require.Equal(t, c, back)
	c.LokiURL = "file:///etc/passwd"
	require.NoError(t, c.Save())
	_, err = Recorded(home)
	require.ErrorContains(t, err, "loki_url")
}

func TestOtherProgramsOfThatNameArePassedOver(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	path := filepath.Join(dir, "loki")
	for text, want := range map[string]string{
		"echo 'Loki 1.0, linkage analysis'":  "not Grafana Loki",
		"echo 'loki, version 2.9.1 (x)'":     "needed is 3",
		"echo 'loki, version 3.0.0'; exit 1": "failed",
	} {
		require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o700))
		_, err := FindLoki(t.Context(), &Config{})
		require.ErrorIs(t, err, ErrNoLoki)
		require.ErrorContains(t, err, want)
	}
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\necho 'loki, version 3.1.0 (branch: x)'\n"), 0o700))
	l, err := FindLoki(t.Context(), &Config{})
	require.NoError(t, err)
	require.Equal(t, Loki{Path: path, Version: "3.1.0"}, l)
}

func TestChildrenGetNoSecrets(t *testing.T) {
	t.Setenv("ANTHROPIC_API_KEY", "secret")
	t.Setenv("WEBHOOK", "wanted")
	home := statedir.Dir(t.TempDir())
	require.NoError(t, home.Create())
	self, err := os.Executable()
	require.NoError(t, err)
	c, err := resolve(home, Flags{"collector_bin": self, "collector_config": self, "pass_env": "WEBHOOK"}, nil, env(nil))
	require.NoError(t, err)
	cmd, err := CollectorCommand(c)
	require.NoError(t, err)
	require.Contains(t, cmd.Env, "WEBHOOK=wanted")
	require.Contains(t, cmd.Env, "AGENT_TELEMETRY_HOOK_PORT=4319")
	require.Contains(t, cmd.Env, "OTEL_METRICS_EXEMPLAR_FILTER=always_off")
	if runtime.GOOS == "linux" {
		require.Contains(t, cmd.Env, fmt.Sprintf("GOMAXPROCS=%d", runtime.GOMAXPROCS(0)+1))
	}
	require.Equal(t, CollectorTimerSlack, cmd.TimerSlack)
	require.Contains(t, cmd.Env, "AGENT_TELEMETRY_LOKI_URL=http://127.0.0.1:3100")
	require.NotContains(t, cmd.Env, "ANTHROPIC_API_KEY=secret")
}

func FuzzParseFile(f *testing.F) {
	f.Add([]byte("hook_port: 1\npass_env: [A]\n"))
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		values, err := parseFile(text)
		for key := range values {
			if _, ok := lookup(key); !ok && err == nil {
				t.Fatalf("unknown key %q", key)
			}
		}
	})
}
