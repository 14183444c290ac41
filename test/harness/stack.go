package harness

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/test/freeport"
)

// Stack is one collector and one Loki in a directory of their own, run by the
// real command line program, and a project that is watched.
type Stack struct {
	Binaries
	// Dir holds everything of this stack; Home, Project and UserHome lie in it.
	Dir     string
	Home    statedir.Dir
	Project string
	// UserHome is the HOME of every process that the stack starts.
	UserHome string
	Ports    Ports
	// External is the Loki at LokiURL when it is not the stack's own.
	External string
}

// Ports are the ports of a stack, all on 127.0.0.1.
type Ports struct{ Hook, OTLPGRPC, OTLPHTTP, Health, Metrics, Loki, LokiGRPC int }

// New makes the directories of a stack and chooses its ports; it starts
// nothing. The caller removes Dir.
func New() (*Stack, error) {
	bin, err := FindBinaries()
	if err != nil {
		return nil, err
	}
	// Not below a test's own directory: a unix socket's path has at most 107 bytes.
	dir, err := os.MkdirTemp("", "at-")
	if err != nil {
		return nil, fmt.Errorf("make stack directory: %w", err)
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return nil, fmt.Errorf("make stack directory: %w", err)
	}
	s := &Stack{Binaries: bin, Dir: dir, Home: statedir.Dir(filepath.Join(dir, "s")), UserHome: filepath.Join(dir, "home")}
	if err := os.MkdirAll(s.UserHome, 0o700); err != nil {
		return nil, fmt.Errorf("make stack directory: %w", err)
	}
	if s.Project, err = s.NewProject("shop", semconv.MarkerFile); err != nil {
		return nil, err
	}
	ports, err := freeport.Find(7)
	if err != nil {
		return nil, err
	}
	s.Ports = Ports{ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6]}
	return s, nil
}

// NewProject makes a project directory with a source file, and the marker at
// the given relative path when it is not "".
func (s *Stack) NewProject(name, marker string) (string, error) {
	dir := filepath.Join(s.Dir, "projects", name)
	files := map[string]string{"src/cart.go": "package cart\n\nfunc Total() int { return 0 }\n", "README.md": "# " + name + "\n"}
	if marker != "" {
		files[marker] = ""
	}
	for path, text := range files {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return "", fmt.Errorf("make project: %w", err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return "", fmt.Errorf("make project: %w", err)
		}
	}
	return dir, nil
}

// Environment is what the stack's processes and hooks find in theirs: a user of
// their own, and nothing that would lead them to another stack.
func (s *Stack) Environment() []string {
	env := []string{"HOME=" + s.UserHome, "USER=tester", semconv.EnvHome + "=" + string(s.Home)}
	for _, name := range []string{"PATH", "TMPDIR", "LANG"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// Command is agent-telemetry for the caller to run, as CLI runs it.
func (s *Stack) Command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, s.Binaries.CLI, append([]string{"--home", string(s.Home)}, args...)...)
	cmd.Env, cmd.Dir, cmd.WaitDelay = s.Environment(), s.Project, 5*time.Second
	return cmd
}

// CLI runs agent-telemetry and returns what it printed. The error holds its
// standard error.
func (s *Stack) CLI(ctx context.Context, args ...string) (string, error) {
	cmd := s.Command(ctx, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("agent-telemetry %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(errs.String()))
	}
	return out.String(), nil
}

// StartTimeout bounds Up, on a machine that is compiling beside it.
const StartTimeout = 90 * time.Second

// Running is what `up --json` says.
type Running struct {
	Started   []string `json:"started"`
	Collector struct {
		PID int `json:"pid"`
	} `json:"collector"`
	Loki struct {
		Mode  string `json:"mode"`
		Ready bool   `json:"ready"`
		PID   int    `json:"pid"`
	} `json:"loki"`
}

// Up starts the stack and waits until it answers.
func (s *Stack) Up(ctx context.Context, extra ...string) (Running, error) {
	ctx, cancel := context.WithTimeout(ctx, StartTimeout+10*time.Second)
	defer cancel()
	args := []string{"up", "--json", "--wait", StartTimeout.String(), "--loki-bin", s.Loki, "--collector-bin", s.Collector}
	for flag, port := range map[string]int{
		"--hook-port": s.Ports.Hook, "--otlp-grpc-port": s.Ports.OTLPGRPC, "--otlp-http-port": s.Ports.OTLPHTTP,
		"--health-port": s.Ports.Health, "--metrics-port": s.Ports.Metrics, "--loki-port": s.Ports.Loki, "--loki-grpc-port": s.Ports.LokiGRPC,
	} {
		args = append(args, flag, strconv.Itoa(port))
	}
	if s.External != "" {
		args = append(args, "--loki-url", s.External)
	}
	out, err := s.CLI(ctx, append(args, extra...)...)
	if err != nil {
		return Running{}, errors.Join(err, s.logs())
	}
	var r Running
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		return r, fmt.Errorf("read the answer of up: %w: %s", err, out)
	}
	return r, nil
}

// logs returns the ends of the background processes' logs as an error.
func (s *Stack) logs() error {
	names, err := filepath.Glob(filepath.Join(s.Home.Logs(), "*.log"))
	if err != nil {
		return err
	}
	var all []error
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			all = append(all, err)
			continue
		}
		all = append(all, fmt.Errorf("%s:\n%s", filepath.Base(name), text[max(0, len(text)-4000):]))
	}
	return errors.Join(all...)
}

// Down stops the stack and fails when a process of it is left.
func (s *Stack) Down(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if _, err := s.CLI(ctx, "down"); err != nil {
		return err
	}
	if left := s.Processes(); len(left) > 0 {
		return fmt.Errorf("processes are left after down: %s", strings.Join(left, ", "))
	}
	return nil
}

// Close stops the stack and removes its directory.
func (s *Stack) Close() error {
	err := s.Down(context.Background())
	for _, p := range s.processes() { // only after a failed down
		if proc, findErr := os.FindProcess(p.pid); findErr == nil {
			err = errors.Join(err, proc.Kill())
		}
	}
	return errors.Join(err, os.RemoveAll(s.Dir))
}

// LokiURL is where the stack's Loki answers.
func (s *Stack) LokiURL() string {
	if s.External != "" {
		return s.External
	}
	return "http://127.0.0.1:" + strconv.Itoa(s.Ports.Loki)
}

// HookURL is where HTTP hooks are posted.
func (s *Stack) HookURL() string {
	return "http://127.0.0.1:" + strconv.Itoa(s.Ports.Hook) + semconv.HookURLPath
}
