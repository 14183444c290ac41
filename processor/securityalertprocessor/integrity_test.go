package securityalertprocessor

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/processor/securityalertprocessor/internal/metadata"
)

// watchedProject is a project with hooks, as an install leaves it.
func watchedProject(t *testing.T) (home statedir.Dir, project, settings, program string) {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("HOME", filepath.Join(dir, "user"))
	t.Setenv("CLAUDE_CONFIG_DIR", "")
	t.Setenv(statedir.EnvHome, filepath.Join(dir, "state"))
	home, project = statedir.Dir(filepath.Join(dir, "state")), filepath.Join(dir, "shop")
	require.NoError(t, home.Create())
	require.NoError(t, os.MkdirAll(home.Installs(), 0o700))
	require.NoError(t, os.MkdirAll(filepath.Join(project, ".claude"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(project, ".telemetry-enabled"), nil, 0o600))
	program = filepath.Join(dir, "claude-hook")
	require.NoError(t, os.WriteFile(program, []byte("#!/bin/true\n"), 0o700))
	settings = filepath.Join(project, ".claude", "settings.local.json")
	hook := map[string]any{"hooks": []any{map[string]any{"type": "command", "command": program, "args": []string{"--enforce=closed"}}}}
	text, err := json.Marshal(map[string]any{"hooks": map[string]any{"PreToolUse": []any{hook}, "PostToolUse": []any{hook}}})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(settings, text, 0o600))
	note, err := json.Marshal(map[string]string{"settings": settings})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(home.Installs(), "1.json"), note, 0o600))
	return home, project, settings, program
}

func TestTampering(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(t *testing.T, home statedir.Dir, project, settings, program string)
		want []string
	}{
		"nothing": {func(*testing.T, statedir.Dir, string, string, string) {}, nil},
		"settings are deleted": {func(t *testing.T, _ statedir.Dir, _, settings, _ string) {
			require.NoError(t, os.Remove(settings))
		}, []string{"not_installed"}},
		"hooks are switched off": {func(t *testing.T, _ statedir.Dir, _, settings, _ string) {
			text, err := os.ReadFile(settings)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(settings, []byte(strings.Replace(string(text), "{", `{"disableAllHooks":true,`, 1)), 0o600))
		}, []string{"hooks_disabled"}},
		"the marker is deleted": {func(t *testing.T, _ statedir.Dir, project, _, _ string) {
			require.NoError(t, os.Remove(filepath.Join(project, ".telemetry-enabled")))
		}, []string{"not_watched"}},
		"the program is another": {func(t *testing.T, _ statedir.Dir, _, _, program string) {
			require.NoError(t, os.WriteFile(program, []byte("#!/bin/sh\n"), 0o700))
		}, []string{"is another"}},
		"the program is deleted": {func(t *testing.T, _ statedir.Dir, _, _, program string) {
			require.NoError(t, os.Remove(program))
		}, []string{"hook_binary_unusable", "SHA-256 missing"}},
		"all of it, with the note": {func(t *testing.T, home statedir.Dir, _, settings, _ string) {
			require.NoError(t, os.Remove(settings))
			require.NoError(t, os.RemoveAll(home.Installs()))
		}, []string{"not_installed", "were uninstalled"}},
		"enforcement is switched off": {func(t *testing.T, _ statedir.Dir, _, settings, _ string) {
			text, err := os.ReadFile(settings)
			require.NoError(t, err)
			require.Contains(t, string(text), "--enforce=closed")
			require.NoError(t, os.WriteFile(settings, []byte(strings.ReplaceAll(string(text), "--enforce=closed", "--scope=project")), 0o600))
		}, []string{"off, was closed"}},
		"enforcement is less": {func(t *testing.T, _ statedir.Dir, _, settings, _ string) {
			text, err := os.ReadFile(settings)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(settings, []byte(strings.ReplaceAll(string(text), "--enforce=closed", "--enforce=ask")), 0o600))
		}, []string{"ask, was closed"}},
		"rules are switched off": {func(t *testing.T, home statedir.Dir, _, _, _ string) {
			require.NoError(t, os.WriteFile(filepath.Join(string(home), "security-rules.yaml"), []byte("version: 1\n"), 0o600))
		}, []string{"security rules"}},
		"the collector is configured anew": {func(t *testing.T, home statedir.Dir, _, _, _ string) {
			require.NoError(t, os.MkdirAll(home.CollectorConfigs(), 0o700))
			require.NoError(t, os.WriteFile(filepath.Join(home.CollectorConfigs(), "x.yaml"), []byte("{}"), 0o600))
		}, []string{"collector's configuration"}},
		"a pipe in place of the settings": {func(t *testing.T, _ statedir.Dir, _, settings, _ string) {
			require.NoError(t, os.Remove(settings))
			require.NoError(t, exec.CommandContext(t.Context(), "mkfifo", settings).Run())
		}, []string{"not_installed", "settings_unreadable"}},
	} {
		t.Run(name, func(t *testing.T) {
			home, project, settings, program := watchedProject(t)
			g := guard{home: home, rules: []string{filepath.Join(string(home), "security-rules.yaml")}}
			first := g.look()
			require.Empty(t, g.compare(first), "there is nothing to compare with")
			require.Contains(t, first, "program "+program)
			g.before = first
			c.do(t, home, project, settings, program)
			now := g.look()
			var texts []string
			for _, ch := range g.compare(now) {
				texts = append(texts, ch.text)
			}
			require.Len(t, texts, len(c.want), texts)
			for i := range c.want {
				require.Contains(t, texts[i], c.want[i])
			}
			g.before = now
			require.Empty(t, g.compare(g.look()), "each change is told once")
		})
	}
}

func TestTamperingIsAnAlertAlsoAcrossARestart(t *testing.T) {
	_, _, settings, program := watchedProject(t)
	start := func() *bench {
		cfg := createDefaultConfig().(*Config)
		cfg.IntegrityInterval = minLook
		next := &sink{}
		p, err := newProcessor(processortest.NewNopSettings(metadata.Type), cfg, next)
		require.NoError(t, err)
		p.factsOf = words
		require.NoError(t, p.Start(t.Context(), componenttest.NewNopHost()))
		return &bench{alertProcessor: p, t: t, sink: next}
	}
	b := start()
	require.Eventually(t, func() bool { return b.changes.seen() != nil }, 10*time.Second, 10*time.Millisecond)
	require.NoError(t, os.WriteFile(program, []byte("#!/bin/sh\n"), 0o700))
	require.Eventually(t, func() bool { return len(b.alerts()) > 0 }, 10*time.Second, 10*time.Millisecond)
	require.NoError(t, b.Shutdown(t.Context()))
	require.Equal(t, []string{"telemetry-tampered"}, b.rulesAlerted())

	require.NoError(t, os.Remove(settings))
	b = start()
	require.Eventually(t, func() bool { return len(b.alerts()) > 0 }, 10*time.Second, 10*time.Millisecond)
	require.NoError(t, b.Shutdown(t.Context()))
	require.Contains(t, b.alerts()[0].Evidence[0], "not_installed")
}
