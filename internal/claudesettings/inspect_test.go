package claudesettings

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// world is a machine's settings in a temporary directory.
type world struct {
	t    *testing.T
	l    Locations
	home statedir.Dir
	hook string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	dir := t.TempDir()
	w := &world{t: t, home: statedir.Dir(filepath.Join(dir, "state")), hook: filepath.Join(dir, semconv.HookBinary)}
	w.l = Locations{
		ManagedDir: filepath.Join(dir, "managed [x]"), UserDir: filepath.Join(dir, "user"), ProjectDir: filepath.Join(dir, "app"),
	}
	w.write(w.hook, "#!/bin/sh\n", 0o700)
	w.write(filepath.Join(w.l.ProjectDir, semconv.MarkerFile), "", 0o600)
	return w
}

func (w *world) write(path, text string, mode os.FileMode) {
	w.t.Helper()
	require.NoError(w.t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(w.t, os.WriteFile(path, []byte(text), mode))
}

// install writes settings with the plan's hooks and nothing else.
func (w *world) install(level Level, change func(*Plan)) {
	w.t.Helper()
	p := Plan{Mode: ModeCommand, Scope: "project", HookBinary: w.hook, Home: string(w.home)}
	if change != nil {
		change(&p)
	}
	text, err := p.Template()
	require.NoError(w.t, err)
	w.write(w.l.Path(level), string(text), 0o600)
}

func (w *world) codes() []string {
	codes := []string{}
	for _, p := range w.l.Inspect(string(w.home)).Problems {
		require.NotEmpty(w.t, p.Message)
		require.NotEmpty(w.t, p.Remedy)
		codes = append(codes, p.Code)
	}
	return codes
}

func http(p *Plan) {
	p.Mode, p.URL, p.Token = ModeHTTP, "http://127.0.0.1:4319/v1/hooks", "secret"
}

func TestInspectOfAGoodInstall(t *testing.T) {
	w := newWorld(t)
	w.install(LevelLocal, nil)
	r := w.l.Inspect(string(w.home))
	require.True(t, r.Installed())
	require.True(t, r.Watched())
	require.Empty(t, r.Problems)
	require.Empty(t, r.Missing)
	require.Empty(t, r.Doubles)
	require.Len(t, r.Files, 1)
	f := r.Files[0]
	require.Equal(t, LevelLocal, f.Level)
	require.Equal(t, ModeCommand, f.Mode)
	require.Equal(t, "project", f.Scope)
	require.Equal(t, []string{w.hook}, f.Binaries)
	require.Len(t, f.Events, len(Events()))
	require.Equal(t, filepath.Join(w.l.ProjectDir, semconv.MarkerFile), r.Marker)
}

func TestInspectFindsProblems(t *testing.T) {
	tests := map[string]struct {
		prepare func(*world)
		want    []string
	}{
		"nothing": {func(*world) {}, []string{ProblemNotInstalled}},
		"no marker": {func(w *world) {
			w.install(LevelLocal, nil)
			require.NoError(w.t, os.Remove(filepath.Join(w.l.ProjectDir, semconv.MarkerFile)))
		}, []string{ProblemNotWatched}},
		"user scope needs no marker": {func(w *world) {
			w.install(LevelUser, func(p *Plan) { p.Scope = "user" })
			require.NoError(w.t, os.Remove(filepath.Join(w.l.ProjectDir, semconv.MarkerFile)))
		}, []string{}},
		"unreadable": {func(w *world) {
			w.install(LevelLocal, nil)
			w.write(w.l.Path(LevelUser), "{", 0o600)
		}, []string{ProblemUnreadable}},
		"disabled": {func(w *world) {
			w.install(LevelLocal, nil)
			w.write(w.l.Path(LevelProject), `{"disableAllHooks": true}`, 0o600)
		}, []string{ProblemHooksDisabled}},
		"managed only": {func(w *world) {
			w.install(LevelLocal, nil)
			w.write(filepath.Join(w.l.ManagedDir, "managed-settings.d", "10.json"), `{"allowManagedHooksOnly": true}`, 0o600)
		}, []string{ProblemManagedOnly}},
		"managed only, and managed": {func(w *world) {
			w.install(LevelManaged, func(p *Plan) { p.Scope = "managed" })
			w.write(filepath.Join(w.l.ManagedDir, "managed-settings.d", "10.json"), `{"allowManagedHooksOnly": true}`, 0o600)
		}, []string{}},
		"managed only counts only in managed settings": {func(w *world) {
			w.install(LevelLocal, nil)
			w.write(w.l.Path(LevelUser), `{"allowManagedHooksOnly": true}`, 0o600)
		}, []string{}},
		"url not allowed": {func(w *world) {
			w.write(w.home.TokenFile(), "secret\n", 0o600)
			w.install(LevelLocal, http)
			w.write(w.l.Path(LevelUser), `{"allowedHttpHookUrls": ["https://*.example.com/*"]}`, 0o600)
		}, []string{ProblemURLNotAllowed}},
		"url allowed": {func(w *world) {
			w.write(w.home.TokenFile(), "secret\n", 0o600)
			w.install(LevelLocal, http)
			w.write(w.l.Path(LevelUser), `{"allowedHttpHookUrls": ["http://127.0.0.1:*"]}`, 0o600)
		}, []string{}},
		"binary gone": {func(w *world) {
			w.install(LevelLocal, nil)
			require.NoError(w.t, os.Remove(w.hook))
		}, []string{ProblemBinary}},
		"other home": {func(w *world) {
			w.install(LevelLocal, func(p *Plan) { p.Home = "/somewhere/else" })
		}, []string{ProblemOtherHome}},
		"other token": {func(w *world) {
			w.write(w.home.TokenFile(), "another\n", 0o600)
			w.install(LevelLocal, http)
		}, []string{ProblemToken}},
		"readable token": {func(w *world) {
			w.write(w.home.TokenFile(), "secret\n", 0o600)
			w.install(LevelLocal, http)
			require.NoError(w.t, os.Chmod(w.l.Path(LevelLocal), 0o644))
		}, []string{ProblemTokenReadable}},
		"twice": {func(w *world) {
			w.install(LevelLocal, nil)
			w.install(LevelUser, func(p *Plan) { p.Scope = "user" })
		}, []string{ProblemDoubles}},
		"missing and forbidden": {func(w *world) {
			w.write(w.l.Path(LevelLocal), `{"hooks":{"WorktreeCreate":[{"hooks":[{"type":"command","command":"`+w.hook+`","args":["--home","`+string(w.home)+`"]}]}]}}`, 0o600)
		}, []string{ProblemForbiddenEvents, ProblemMissingEvents}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			tt.prepare(w)
			require.Equal(t, tt.want, w.codes())
		})
	}
}

func TestPoliciesBeforeAnInstall(t *testing.T) {
	w := newWorld(t)
	w.write(w.l.Path(LevelUser), `{"allowedHttpHookUrls": []}`, 0o600)
	require.Empty(t, w.l.Policies(""))
	problems := w.l.Policies("http://127.0.0.1:1/v1/hooks")
	require.Len(t, problems, 1)
	require.Equal(t, ProblemURLNotAllowed, problems[0].Code)
}

func TestInspectWithoutAProject(t *testing.T) {
	w := newWorld(t)
	w.l.ProjectDir = ""
	w.install(LevelUser, func(p *Plan) { p.Scope = "user" })
	require.Empty(t, w.codes())
}

func TestMatchWildcard(t *testing.T) {
	for _, tt := range []struct {
		pattern, s string
		want       bool
	}{
		{"*", "anything", true},
		{"a", "a", true},
		{"a", "ab", false},
		{"a*", "ab", true},
		{"*b", "ab", true},
		{"a*c*e", "abcde", true},
		{"a*c*e", "abde", false},
		{"ab*ba", "aba", false},
		{"", "", true},
		{"", "x", false},
	} {
		require.Equal(t, tt.want, matchWildcard(tt.pattern, tt.s), "%+v", tt)
	}
}
