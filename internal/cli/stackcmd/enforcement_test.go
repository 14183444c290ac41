package stackcmd

import (
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/claudesettings"
	"github.com/agent-telemetry/agent-telemetry/internal/enforcement"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

func TestDoctorSeesWhetherVerdictsCome(t *testing.T) {
	dir, err := os.MkdirTemp("", "at") // a socket's path is short
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	home := statedir.Dir(dir)
	check := func(report claudesettings.Report) Check {
		t.Helper()
		d := Diagnosis{Result: Pass}
		d.enforcement(t.Context(), home, report)
		require.Len(t, d.Checks, 1)
		return d.Checks[0]
	}
	on := claudesettings.Report{Files: []claudesettings.FileUse{{Path: "/p/settings.json", Enforce: enforcement.Closed}, {Path: "/q", Enforce: enforcement.Off}}}
	require.Equal(t, Pass, check(claudesettings.Report{}).Result, "off, and no collector")
	gone := check(on)
	require.Equal(t, Warn, gone.Result)
	require.Contains(t, gone.Found, "every tool call is denied")
	require.NotContains(t, gone.Found, "/q")

	var verdicts any
	require.NoError(t, os.MkdirAll(filepath.Dir(home.Socket()), 0o700))
	l, err := net.Listen("unix", home.Socket())
	require.NoError(t, err)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"version": "x", "verdicts": verdicts})
	})}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { require.NoError(t, server.Close()) })

	verdicts = map[string]any{"none": 7, "deny": 2, "judging": true}
	good := check(on)
	require.Equal(t, Pass, good.Result)
	require.Contains(t, good.Found, "on, fails closed; 7 passed, 2 denied")
	verdicts = map[string]any{"judging": false}
	require.Contains(t, check(on).Remedy, "security_alert")
	verdicts = map[string]any{"judging": true, "unanswered": 3}
	require.Equal(t, Warn, check(on).Result)
	verdicts = nil
	require.Equal(t, Pass, check(on).Result, "nothing was asked yet")
	verdicts = "nonsense"
	require.Equal(t, Pass, check(on).Result)
}

// Asked from anywhere, status tells of each project in which it is on.
func TestEnforcementOfEachProject(t *testing.T) {
	home, dir := statedir.Dir(t.TempDir()), t.TempDir()
	t.Setenv("CLAUDE_CONFIG_DIR", filepath.Join(dir, "user"))
	require.NoError(t, os.MkdirAll(home.Installs(), 0o700))
	install := func(name string, mode enforcement.Mode) string {
		t.Helper()
		project := filepath.Join(dir, name)
		settings := filepath.Join(project, ".claude", "settings.local.json")
		require.NoError(t, os.MkdirAll(filepath.Dir(settings), 0o700))
		plan := claudesettings.Plan{Mode: claudesettings.ModeCommand, HookBinary: "/bin/claude-hook", Home: string(home), Scope: semconv.InstallScopeProject, Enforce: mode}
		text, err := plan.Template()
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(settings, text, 0o600))
		note, err := json.Marshal(map[string]string{"settings": settings})
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(home.Installs(), name+".json"), note, 0o600))
		return project
	}
	shop := install("shop", enforcement.Closed)
	cart := install("cart\x1b[2J", enforcement.Open)
	install("plain", enforcement.Off)

	elsewhere := enforcementIn(dir, string(home), nil)
	require.Equal(t, enforcement.Off, elsewhere.Mode)
	require.Len(t, elsewhere.Projects, 2)
	require.Equal(t, cart, elsewhere.Projects[0].Project)
	require.Equal(t, ProjectEnforcement{Project: shop, Mode: enforcement.Closed, Files: []string{filepath.Join(shop, ".claude", "settings.local.json")}}, elsewhere.Projects[1])
	require.Contains(t, elsewhere.text(), "off here")
	require.Contains(t, elsewhere.text(), "on in "+shop+", fails closed")
	require.NotContains(t, elsewhere.text(), "\x1b")

	inside := filepath.Join(shop, "src", "deep")
	require.NoError(t, os.MkdirAll(inside, 0o700))
	for _, from := range []string{shop, inside} {
		here := enforcementIn(from, string(home), nil)
		require.Equal(t, enforcement.Closed, here.Mode, from)
		require.Len(t, here.Projects, 1, from)
		require.Contains(t, here.text(), "on, fails closed; 0 passed")
	}
	require.Equal(t, "off: alerts tell, and hold nothing back", enforcementIn(dir, t.TempDir(), nil).text())
}
