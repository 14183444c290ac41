package stackcmd

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/supervise"
)

// recorded is what the program that stands for Grafana was given.
type recorded struct {
	Args, Env, Files []string
}

// fakeGrafana stands for Grafana, which cannot be had where these tests run: it
// writes down how it was started and what it could read, and answers as Grafana says
// how it is.
func fakeGrafana() int {
	r := recorded{Args: os.Args[1:], Env: os.Environ()}
	for _, dir := range []string{os.Getenv("GF_PATHS_PROVISIONING"), os.Getenv(semconv.EnvGrafanaDashboards)} {
		_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				r.Files = append(r.Files, path)
			}
			return err
		})
	}
	text, err := json.Marshal(r)
	if err == nil {
		err = os.WriteFile(filepath.Join(os.Getenv("GF_PATHS_DATA"), "recorded.json"), text, 0o600)
	}
	l, lerr := net.Listen("tcp", net.JoinHostPort(os.Getenv("GF_SERVER_HTTP_ADDR"), os.Getenv("GF_SERVER_HTTP_PORT")))
	if err != nil || lerr != nil {
		fmt.Fprintln(os.Stderr, err, lerr)
		return 1
	}
	go func() {
		_ = http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			if req.URL.Path == "/api/health" {
				_, _ = w.Write([]byte(`{"commit":"x","database":"ok","version":"12.1.0"}`))
			}
		}))
	}()
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	<-stop
	return 0
}

func (c *cli) grafanaRecord() recorded {
	text, err := os.ReadFile(filepath.Join(c.home.Grafana(), "data", "recorded.json"))
	require.NoError(c.t, err)
	var r recorded
	require.NoError(c.t, json.Unmarshal(text, &r))
	return r
}

// withGrafana adds flags for the program that stands for Grafana.
func (c *cli) withGrafana() (port string) {
	self, err := os.Executable()
	require.NoError(c.t, err)
	own := filepath.Join(string(c.home), "own")
	require.NoError(c.t, os.MkdirAll(filepath.Join(own, "conf"), 0o700))
	require.NoError(c.t, os.WriteFile(filepath.Join(own, "conf", "defaults.ini"), nil, 0o600))
	port = strconv.Itoa(freePort(c.t))
	c.flags = append(c.flags, "--grafana", "--grafana-bin", self, "--grafana-home", own, "--grafana-port", port)
	return port
}

func TestGrafanaIsPartOfTheStack(t *testing.T) {
	t.Setenv("GF_AUTH_ANONYMOUS_ENABLED", "false")
	t.Setenv("GF_SECRET_OF_SOMEBODY", "x")
	t.Setenv("ANTHROPIC_API_KEY", "x")
	c := newCLI(t)
	port := c.withGrafana()
	r := c.up(0, "--no-loki")
	require.Equal(t, []supervise.Role{supervise.Collector, supervise.Grafana}, r.Started)
	require.Equal(t, GrafanaOwn, r.Grafana.Mode)
	require.True(t, r.Grafana.Ready)
	require.Equal(t, "12.1.0", r.Grafana.Version)
	require.Equal(t, "http://127.0.0.1:"+port, r.Grafana.URL)
	info, err := os.Stat(r.Grafana.PasswordFile)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	password, err := os.ReadFile(r.Grafana.PasswordFile)
	require.NoError(t, err)

	got := c.grafanaRecord()
	require.Equal(t, []string{
		"server", "--homepath", filepath.Join(string(c.home), "own"), "--config", filepath.Join(c.home.Grafana(), "grafana.ini"),
	}, got.Args)
	for _, want := range []string{
		"GF_SERVER_HTTP_ADDR=127.0.0.1", "GF_SERVER_ENFORCE_DOMAIN=true", "GF_AUTH_ANONYMOUS_ENABLED=true", "GF_AUTH_ANONYMOUS_ORG_ROLE=Viewer",
		"GF_PLUGINS_PREINSTALL_DISABLED=true", "GF_ANALYTICS_REPORTING_ENABLED=false",
		"GF_SECURITY_ADMIN_PASSWORD=" + strings.TrimSpace(string(password)), "AGENT_TELEMETRY_LOKI_URL=" + r.Loki.URL,
	} {
		require.Contains(t, got.Env, want)
	}
	require.False(t, slices.ContainsFunc(got.Env, func(v string) bool {
		return strings.HasPrefix(v, "ANTHROPIC_") || strings.HasPrefix(v, "GF_SECRET_OF")
	}), "it gets what it needs, and not the rest of the environment")
	var uid string
	for _, path := range got.Files {
		require.True(t, strings.HasPrefix(path, c.home.Grafana()), path)
		require.NotContains(t, path, "contact-point", "nobody is to be told: Grafana does not start with an empty address")
		if strings.HasSuffix(path, "datasources/agent-telemetry.yaml") {
			var doc struct {
				Datasources []struct{ UID string }
			}
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			require.NoError(t, yaml.Unmarshal(text, &doc))
			uid = doc.Datasources[0].UID
		}
	}
	require.Equal(t, "agent-telemetry-loki", uid)

	s := c.status(ExitDegraded) // there is no Loki
	require.True(t, s.Grafana.Ready)
	require.Equal(t, r.Grafana.PID, s.Grafana.Process.PID)
	_, text, _ := c.run("status")
	require.Contains(t, text, "Grafana     http://127.0.0.1:"+port+", ready, 12.1.0")
	_, text, _ = c.run("doctor")
	require.Regexp(t, `pass  grafana +http`, text)

	d := c.down()
	require.Len(t, d.Stopped, 3)
	require.Empty(t, d.Leftovers)
}

func TestGrafanaKeepsItsPasswordAndTakesSettingsThatAreNamed(t *testing.T) {
	t.Setenv("GF_AUTH_ANONYMOUS_ENABLED", "false")
	t.Setenv(semconv.EnvGrafanaWebhook, "http://127.0.0.1:1/told")
	c := newCLI(t)
	c.withGrafana()
	c.flags = append(c.flags, "--pass-env", "GF_AUTH_ANONYMOUS_ENABLED")
	first := c.up(0, "--no-loki")
	before, err := os.ReadFile(first.Grafana.PasswordFile)
	require.NoError(t, err)
	got := c.grafanaRecord()
	require.Contains(t, got.Env, "GF_AUTH_ANONYMOUS_ENABLED=false")
	require.NotContains(t, got.Env, "GF_AUTH_ANONYMOUS_ENABLED=true")
	require.Contains(t, got.Env, semconv.EnvGrafanaWebhook+"=http://127.0.0.1:1/told")
	require.True(t, slices.ContainsFunc(got.Files, func(p string) bool { return strings.HasSuffix(p, "alerting/contact-point.yaml") }))

	stale := filepath.Join(c.home.Grafana(), "provisioning", "datasources", "another.yaml")
	require.NoError(t, os.WriteFile(stale, nil, 0o600))
	code, _, stderr := c.run("restart", "--no-loki")
	require.Zero(t, code, stderr)
	require.NoFileExists(t, stale)
	after, err := os.ReadFile(first.Grafana.PasswordFile)
	require.NoError(t, err)
	require.Equal(t, before, after)
}

func TestWithoutAGrafanaTheRestRuns(t *testing.T) {
	t.Setenv("PATH", "")
	c := newCLI(t)
	c.flags = append(c.flags, "--grafana")
	r := c.up(ExitNoGrafana, "--no-loki")
	require.NotZero(t, r.Collector.PID)
	require.Equal(t, GrafanaMissing, r.Grafana.Mode)
	for _, word := range []string{"--grafana-bin", "deploy/compose.yaml", "docs/grafana.md"} {
		require.Contains(t, strings.Join(r.Warnings, "\n"), word)
	}
	s := c.status(ExitDegraded)
	require.False(t, s.Grafana.Ready)
	require.Contains(t, s.Grafana.Error, "no Grafana was found")
	_, text, _ := c.run("doctor")
	require.Regexp(t, `FAIL  grafana `, text)

	code, _, stderr := c.run("restart", "--no-loki", "--grafana=false")
	require.Zero(t, code, stderr)
	require.Nil(t, c.status(ExitDegraded).Grafana)
}

func TestGrafanaThatDoesNotStartIsToldOf(t *testing.T) {
	c := newCLI(t)
	c.withGrafana()
	broken := filepath.Join(string(c.home), "broken")
	require.NoError(t, os.WriteFile(broken, []byte("#!/bin/sh\n[ \"$1\" = --version ] && echo grafana version 11.6.1 && exit\necho my database is bad >&2\nexit 1\n"), 0o700))
	code, _, stderr := c.run(append(append([]string{"up", "--no-loki", "--wait", "20s"}, c.flags...), "--grafana-bin", broken)...)
	require.Equal(t, ExitNoGrafana, code, stderr)
	require.Contains(t, stderr, "Grafana is not ready")
	log, err := os.ReadFile(filepath.Join(c.home.Logs(), "grafana.log"))
	require.NoError(t, err)
	require.Contains(t, string(log), "my database is bad")
}
