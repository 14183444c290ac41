package stackcmd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/internal/supervise"
	"github.com/agent-telemetry/agent-telemetry/test/freeport"
)

// The test binary is every program of a stack: which one, its mark tells.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "validate" {
		os.Exit(0) // as otelcol-claude judges a good configuration
	}
	if len(os.Args) > 1 && os.Args[1] == "--version" {
		fmt.Println("grafana version 12.1.0")
		os.Exit(0)
	}
	switch supervise.Role(os.Getenv(semconv.EnvRole)) {
	case supervise.Supervisor:
		os.Exit(program(cliio.System(), os.Args[1:]))
	case supervise.Collector:
		os.Exit(fakeCollector())
	case supervise.Grafana:
		os.Exit(fakeGrafana())
	default:
		_ = os.Setenv("GORACE", "atexit_sleep_ms=0") // else each child under -race ends a second late
		os.Exit(m.Run())
	}
}

// program is agent-telemetry with the commands of this package.
func program(io *cliio.IO, args []string) int {
	f := &cliio.Factory{IO: io}
	cmd := &cobra.Command{Use: "agent-telemetry", SilenceErrors: true, SilenceUsage: true}
	cmd.PersistentFlags().StringVar(&f.HomeFlag, "home", "", "")
	cmd.AddCommand(NewUp(f), NewDown(f), NewRestart(f), NewStatus(f), NewDoctor(f))
	cmd.SetArgs(args)
	cmd.SetOut(io.Out)
	cmd.SetErr(io.Err)
	err := cmd.ExecuteContext(context.Background())
	var exit *cliio.ExitError
	switch {
	case errors.As(err, &exit):
		if exit.Err != nil {
			fmt.Fprintln(io.Err, exit.Err)
		}
		return exit.Code
	case err != nil:
		fmt.Fprintln(io.Err, err)
		return 1
	}
	return 0
}

// fakeCollector listens where the collector would, until it is asked to end.
func fakeCollector() int {
	home := statedir.Dir(os.Getenv(statedir.EnvHome))
	_ = os.Remove(home.Socket())
	l, err := net.Listen("unix", home.Socket())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := os.Chmod(home.Socket(), 0o600); err != nil {
		return 1
	}
	h := http.NewServeMux()
	h.HandleFunc("/", func(http.ResponseWriter, *http.Request) {})
	h.HandleFunc(semconv.StatusURLPath, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"version":"0.1.0"}`)) })
	go func() { _ = http.Serve(l, h) }()
	for _, env := range []string{semconv.EnvHookPort, semconv.EnvOTLPGRPCPort, semconv.EnvOTLPHTTPPort, semconv.EnvHealthPort, semconv.EnvMetricsPort} {
		t, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv(env))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		go func() { _ = http.Serve(t, h) }()
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	<-stop
	return 0
}

// cli is one stack and the commands on it.
type cli struct {
	t     *testing.T
	home  statedir.Dir
	flags []string
}

func newCLI(t *testing.T) *cli {
	dir, err := os.MkdirTemp("", "at") // short: it holds a unix socket
	require.NoError(t, err)
	c := &cli{t: t, home: statedir.Dir(dir)}
	self, err := os.Executable()
	require.NoError(t, err)
	conf := filepath.Join(dir, "collector.yaml")
	require.NoError(t, os.WriteFile(conf, nil, 0o600))
	c.flags = []string{"--collector-bin", self, "--collector-config", conf}
	for _, name := range []string{"hook-port", "otlp-grpc-port", "otlp-http-port", "health-port", "metrics-port", "loki-port", "loki-grpc-port"} {
		c.flags = append(c.flags, "--"+name, strconv.Itoa(freePort(t)))
	}
	t.Cleanup(func() {
		code, _, stderr := c.run("down")
		require.Zero(t, code, stderr)
		require.NoError(t, os.RemoveAll(dir))
	})
	return c
}

func freePort(t *testing.T) int {
	ports, err := freeport.Find(1)
	require.NoError(t, err)
	return ports[0]
}

func (c *cli) run(args ...string) (code int, stdout, stderr string) {
	c.t.Helper()
	var out, err bytes.Buffer
	code = program(&cliio.IO{Out: &out, Err: &err}, append([]string{"--home", string(c.home)}, args...))
	return code, out.String(), err.String()
}

// up starts the stack and returns the result.
func (c *cli) up(want int, args ...string) UpResult {
	c.t.Helper()
	code, stdout, stderr := c.run(append(append([]string{"up", "--json"}, c.flags...), args...)...)
	require.Equal(c.t, want, code, stderr+logs(c.home))
	var r UpResult
	require.NoError(c.t, json.Unmarshal([]byte(stdout), &r))
	return r
}

func logs(home statedir.Dir) string {
	return "\n" + tail(stack.Log(home, supervise.Supervisor)) + "\n" + tail(stack.Log(home, supervise.Loki))
}

// lokiBin is the Loki of this clone.
func lokiBin(t *testing.T) string {
	path, err := filepath.Abs("../../../bin/loki")
	require.NoError(t, err)
	if _, err := os.Stat(path); err != nil {
		t.Skip("bin/loki has not been built: make bin/loki")
	}
	return path
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	require.NoError(t, until(t.Context(), 15*time.Second, func() (bool, error) { return ok(), nil }), what)
}
