package install

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/claudesettings"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
)

// machine is where a test installs: nothing of it is the tester's own.
type machine struct {
	locations claudesettings.Locations
	project   string
	home      string
	hook      string
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	m := &machine{
		project: filepath.Join(dir, "app"), home: filepath.Join(dir, "state"), hook: filepath.Join(dir, "claude-hook"),
		locations: claudesettings.Locations{ManagedDir: filepath.Join(dir, "managed"), UserDir: filepath.Join(dir, "user")},
	}
	require.NoError(t, os.MkdirAll(m.project, 0o700))
	require.NoError(t, os.MkdirAll(m.locations.ManagedDir, 0o700))
	require.NoError(t, os.WriteFile(m.hook, []byte("#!/bin/sh\n"), 0o700))
	return m
}

func (m *machine) locate(project string) (claudesettings.Locations, error) {
	l := m.locations
	l.ProjectDir = project
	return l, nil
}

func (m *machine) install(t *testing.T, change func(*Options)) (Result, error) {
	t.Helper()
	var out, errs bytes.Buffer
	o := &Options{
		Factory: &cliio.Factory{IO: &cliio.IO{Out: &out, Err: &errs}, HomeFlag: m.home},
		Project: m.project, HookBinary: m.hook, Marker: true, JSON: true, locate: m.locate, now: time.Now,
	}
	if change != nil {
		change(o)
	}
	err := runInstall(t.Context(), o)
	return decode(t, out.Bytes()), err
}

func (m *machine) uninstall(t *testing.T) (Result, error) {
	t.Helper()
	var out bytes.Buffer
	err := runUninstall(t.Context(), &UninstallOptions{
		Factory: &cliio.Factory{IO: &cliio.IO{Out: &out, Err: &out}, HomeFlag: m.home},
		Project: m.project, JSON: true, locate: m.locate, now: time.Now,
	})
	return decode(t, out.Bytes()), err
}

func decode(t *testing.T, text []byte) (r Result) {
	t.Helper()
	if len(text) > 0 {
		dec := json.NewDecoder(bytes.NewReader(text))
		dec.DisallowUnknownFields()
		require.NoError(t, dec.Decode(&r), "%s", text)
	}
	return r
}

func (m *machine) local() string { return filepath.Join(m.project, ".claude", "settings.local.json") }

func TestInstallsAtOnceMakeOne(t *testing.T) {
	m := newMachine(t)
	results := make([]Result, 8)
	var wg sync.WaitGroup
	for i := range results {
		wg.Go(func() {
			r, err := m.install(t, func(o *Options) { o.HTTP = true })
			if err != nil {
				t.Error(err)
			}
			results[i] = r
		})
	}
	wg.Wait()
	counts := map[string]int{}
	tokens := 0
	for _, r := range results {
		counts[r.Status]++
		if r.TokenCreated {
			tokens++
		}
	}
	require.Equal(t, map[string]int{StatusInstalled: 1, StatusUnchanged: 7}, counts)
	require.Equal(t, 1, tokens)
	r, err := m.uninstall(t)
	require.NoError(t, err)
	require.Equal(t, StatusUninstalled, r.Status)
	entries, err := os.ReadDir(m.project)
	require.NoError(t, err)
	require.Empty(t, entries)
}

func TestInstallWaitsForTheLock(t *testing.T) {
	m := newMachine(t)
	tgt, err := findTarget(m.locate, m.project, false, false)
	require.NoError(t, err)
	_, err = tgt.makeDir()
	require.NoError(t, err)
	unlock, err := tgt.lock(t.Context())
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err = tgt.lock(ctx)
	require.ErrorContains(t, err, "another install or uninstall")
	require.NoError(t, unlock())
	_, err = m.install(t, nil)
	require.NoError(t, err)
}

func TestInstallTellsOfManagedPolicies(t *testing.T) {
	m := newMachine(t)
	policy := filepath.Join(m.locations.ManagedDir, "managed-settings.json")
	require.NoError(t, os.WriteFile(policy, []byte(`{"allowManagedHooksOnly": true, "disableAllHooks": true, "allowedHttpHookUrls": []}`), 0o600))
	for _, dry := range []bool{true, false} {
		r, err := m.install(t, func(o *Options) { o.HTTP, o.DryRun = true, dry })
		require.NoError(t, err)
		var codes []string
		for _, w := range r.Warnings {
			codes = append(codes, w.Code)
		}
		require.Equal(t, []string{claudesettings.ProblemHooksDisabled, claudesettings.ProblemManagedOnly, claudesettings.ProblemURLNotAllowed}, codes)
	}
}

func TestInstallWithoutMarkerSaysThatNothingIsRecorded(t *testing.T) {
	m := newMachine(t)
	r, err := m.install(t, func(o *Options) { o.Marker = false })
	require.NoError(t, err)
	require.Nil(t, r.Marker)
	require.Len(t, r.Warnings, 1)
	require.Equal(t, WarningNoMarker, r.Warnings[0].Code)
}

func TestMarkerElsewhereIsEnough(t *testing.T) {
	m := newMachine(t)
	marker := filepath.Join(m.project, "config", ".telemetry-enabled")
	require.NoError(t, os.MkdirAll(filepath.Dir(marker), 0o700))
	require.NoError(t, os.WriteFile(marker, []byte("ours\n"), 0o600))
	r, err := m.install(t, nil)
	require.NoError(t, err)
	require.Equal(t, &Marker{Path: marker}, r.Marker)
	r, err = m.uninstall(t)
	require.NoError(t, err)
	require.Equal(t, "it is not empty", r.Marker.Kept)
	require.FileExists(t, marker)
}

func TestUninstallWithoutTheRecord(t *testing.T) {
	m := newMachine(t)
	_, err := m.install(t, nil)
	require.NoError(t, err)
	require.NoError(t, os.RemoveAll(m.home))
	r, err := m.uninstall(t)
	require.NoError(t, err)
	require.Equal(t, "install did not make it", r.Marker.Kept, "without the record nobody knows who did")
	text, err := os.ReadFile(m.local())
	require.NoError(t, err, "a file that may be the user's stays")
	require.Equal(t, "{}\n", string(text))
}

func TestReinstallForgetsWhatTheLastOneMade(t *testing.T) {
	m := newMachine(t)
	_, err := m.install(t, nil)
	require.NoError(t, err)
	_, err = m.install(t, func(o *Options) { o.Shared = true })
	require.NoError(t, err)
	require.NoFileExists(t, m.local())
	require.NoError(t, os.WriteFile(m.local(), []byte("{ }"), 0o600)) // the user's own
	_, err = m.install(t, nil)
	require.NoError(t, err)
	_, err = m.uninstall(t)
	require.NoError(t, err)
	require.FileExists(t, m.local())
}

func TestFlagsReachTheOptions(t *testing.T) {
	var got *Options
	cmd := newInstall(&cliio.Factory{IO: &cliio.IO{}}, func(_ context.Context, o *Options) error { got = o; return nil })
	cmd.SetArgs([]string{"--project", "x", "--http", "--port", "7", "--hook-binary", "h", "--marker=false", "--dry-run", "--json"})
	require.NoError(t, cmd.Execute())
	require.Equal(t, "x", got.Project)
	require.True(t, got.HTTP && got.DryRun && got.JSON && !got.Marker && !got.User && !got.Shared)
	require.Equal(t, 7, got.Port)
}

func TestWaitingForTheLockCanBeInterrupted(t *testing.T) {
	m := newMachine(t)
	tgt, err := findTarget(m.locate, m.project, false, false)
	require.NoError(t, err)
	_, err = tgt.makeDir()
	require.NoError(t, err)
	unlock, err := tgt.lock(t.Context())
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = tgt.lock(ctx)
	require.ErrorIs(t, err, context.Canceled)
	require.NoError(t, unlock())
}
