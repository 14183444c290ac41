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
