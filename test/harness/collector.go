package harness

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// ErrEnded says that the collector had ended by itself.
var ErrEnded = errors.New("the collector had ended by itself")

// Collector is the stack's collector, run by the test itself instead of a
// supervisor, so that the test says when it dies and when it comes back.
type Collector struct {
	stack   *Stack
	configs []string
	cmd     *exec.Cmd
	exited  chan struct{}
}

// NewCollector prepares a collector with the repository's configuration and what
// further files change of it.
func (s *Stack) NewCollector(further ...string) *Collector {
	return &Collector{stack: s, configs: append([]string{filepath.Join(s.Root, "otelcol-config.yaml")}, further...)}
}

// Start starts it. It does not wait until it answers.
func (c *Collector) Start() (err error) {
	s := c.stack
	if err := s.Home.Create(); err != nil {
		return err
	}
	log, err := os.OpenFile(filepath.Join(s.Home.Logs(), "collector.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open the collector's log: %w", err)
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	var args []string
	for _, config := range c.configs {
		args = append(args, "--config=file:"+config)
	}
	c.cmd = exec.Command(s.Collector, args...)
	c.cmd.Stdout, c.cmd.Stderr, c.cmd.Dir = log, log, string(s.Home)
	c.cmd.Env = append(s.Environment(), semconv.EnvLokiURL+"="+s.LokiURL())
	for name, port := range map[string]int{
		semconv.EnvHookPort: s.Ports.Hook, semconv.EnvOTLPGRPCPort: s.Ports.OTLPGRPC, semconv.EnvOTLPHTTPPort: s.Ports.OTLPHTTP,
		semconv.EnvHealthPort: s.Ports.Health, semconv.EnvMetricsPort: s.Ports.Metrics,
	} {
		c.cmd.Env = append(c.cmd.Env, name+"="+strconv.Itoa(port))
	}
	if err := c.cmd.Start(); err != nil {
		return fmt.Errorf("start the collector: %w", err)
	}
	c.exited = make(chan struct{})
	go func(cmd *exec.Cmd, exited chan<- struct{}) {
		_ = cmd.Wait() // it is killed more often than not
		close(exited)
	}(c.cmd, c.exited)
	return nil
}

// Ready waits until it takes events.
func (c *Collector) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, StartTimeout)
	defer cancel()
	address := "http://127.0.0.1:" + strconv.Itoa(c.stack.Ports.Health) + "/"
	for {
		if _, err := Get(ctx, address); err == nil {
			return nil
		}
		select {
		case <-c.exited:
			return fmt.Errorf("the collector ended: see %s", filepath.Join(c.stack.Home.Logs(), "collector.log"))
		case <-ctx.Done():
			return fmt.Errorf("the collector is not ready: %w", ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Kill ends it without a chance to put anything in order.
func (c *Collector) Kill() error { return c.end(syscall.SIGKILL) }

// Stop ends it as a supervisor does.
func (c *Collector) Stop() error { return c.end(syscall.SIGTERM) }

// Signal sends it any other signal.
func (c *Collector) Signal(signal syscall.Signal) error { return c.cmd.Process.Signal(signal) }

func (c *Collector) end(signal syscall.Signal) error {
	if c.cmd == nil {
		return nil
	}
	select {
	case <-c.exited:
		c.cmd = nil
		return ErrEnded
	default:
	}
	if err := c.cmd.Process.Signal(signal); err != nil {
		return fmt.Errorf("end the collector: %w", err)
	}
	select {
	case <-c.exited:
		c.cmd = nil
		return nil
	case <-time.After(time.Minute):
		return errors.New("the collector did not end within a minute")
	}
}
