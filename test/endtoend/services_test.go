package endtoend

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/stack"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// service makes ready what docs/services.md asks for, and returns the command of
// the systemd unit, as systemd would run it.
func service(t *testing.T, s *harness.Stack) *exec.Cmd {
	t.Helper()
	unit, err := os.ReadFile(filepath.Join(s.Root, "deploy", "systemd", "agent-telemetry.service"))
	require.NoError(t, err)
	_, line, ok := strings.Cut(string(unit), "\nExecStart=")
	require.True(t, ok)
	line, _, _ = strings.Cut(line, "\n")
	argv := strings.Fields(strings.ReplaceAll(line, "%h", s.UserHome))
	if _, err := os.Lstat(argv[0]); err != nil {
		require.NoError(t, os.MkdirAll(filepath.Dir(argv[0]), 0o700))
		require.NoError(t, os.Symlink(s.Binaries.CLI, argv[0]))
		require.NoError(t, os.MkdirAll(string(s.Home), 0o700))
		settings := fmt.Sprintf("hook_port: %d\notlp_grpc_port: %d\notlp_http_port: %d\nhealth_port: %d\nmetrics_port: %d\nloki_port: %d\nloki_grpc_port: %d\nloki_bin: %s\ncollector_bin: %s\n",
			s.Ports.Hook, s.Ports.OTLPGRPC, s.Ports.OTLPHTTP, s.Ports.Health, s.Ports.Metrics, s.Ports.Loki, s.Ports.LokiGRPC, s.Loki, s.Collector)
		require.NoError(t, os.WriteFile(filepath.Join(string(s.Home), stack.FileName), []byte(settings), 0o600))
	}
	cmd := exec.CommandContext(t.Context(), argv[0], argv[1:]...)
	cmd.Env, cmd.Dir = s.Environment(), s.UserHome
	return cmd
}

type status struct {
	State      string
	Supervisor struct{ PID int }
	Collector  struct{ PID int }
}

func statusOf(t *testing.T, s *harness.Stack) (st status) {
	t.Helper()
	out, err := s.CLI(t.Context(), "status", "--json")
	require.NoError(t, json.Unmarshal([]byte(out), &st), "%v", err)
	return st
}

func awaitOK(t *testing.T, s *harness.Stack) (st status) {
	t.Helper()
	await(t, "the service", func() error {
		if st = statusOf(t, s); st.State != "ok" {
			return fmt.Errorf("state %s", st.State)
		}
		return nil
	})
	return st
}

// What a service manager starts is a stack like any other, and SIGTERM ends all
// of it.
func TestService(t *testing.T) {
	s := own(t)
	main := service(t, s)
	var log bytes.Buffer
	main.Stdout, main.Stderr = &log, &log
	require.NoError(t, main.Start())
	st := awaitOK(t, s)
	require.Equal(t, main.Process.Pid, st.Supervisor.PID, "the manager's process is the supervisor itself")
	_, err := s.CLI(t.Context(), "send-test")
	require.NoError(t, err)
	out, err := s.CLI(t.Context(), "up", "--json")
	require.NoError(t, err)
	require.Contains(t, out, `"started": []`, "everything runs already")

	second, err := service(t, s).CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(second), fmt.Sprintf("its supervisor is process %d: run `agent-telemetry down`", st.Supervisor.PID))

	require.Equal(t, 1, killCollector(t, s))
	run(t, s, call(s, "service", 0))
	await(t, "another collector", func() error {
		if pid := statusOf(t, s).Collector.PID; pid == 0 || pid == st.Collector.PID {
			return fmt.Errorf("process %d", pid)
		}
		return nil
	})
	requireOnce(t, s, "service", 1)

	require.NoError(t, main.Process.Signal(syscall.SIGTERM))
	require.NoError(t, main.Wait(), "status 0: the manager starts it no more")
	require.Contains(t, log.String(), "supervisor ends")
	require.Empty(t, s.Processes())

	// After a supervisor that was killed, the next one takes over.
	main = service(t, s)
	require.NoError(t, main.Start())
	st = awaitOK(t, s)
	require.NoError(t, main.Process.Kill())
	require.Error(t, main.Wait())
	require.Contains(t, s.PIDs(), st.Collector.PID, "the collector goes on")
	main = service(t, s)
	require.NoError(t, main.Start())
	await(t, "one that takes over", func() error {
		if now := statusOf(t, s); now.State != "ok" || now.Supervisor.PID != main.Process.Pid || now.Collector.PID == st.Collector.PID {
			return fmt.Errorf("%+v", now)
		}
		return nil
	})
	require.NoError(t, s.Down(t.Context()))
	require.NoError(t, main.Wait(), "down ends it with status 0, too")
}
