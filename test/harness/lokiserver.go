package harness

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/agent-telemetry/agent-telemetry/test/freeport"
)

// LokiServer is a Loki that no stack owns: somebody else's, which a test can
// stop and start again with its data.
type LokiServer struct {
	URL string

	bin, config, dir string
	env              []string
	cmd              *exec.Cmd
	exited           chan error
}

// NewLoki prepares a Loki with the repository's configuration. change, which
// may be nil, edits the configuration's text.
func NewLoki(bin Binaries, dir string, change func(string) string) (*LokiServer, error) {
	ports, err := freeport.Find(2)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(bin.Root, "config", "loki.yaml"))
	if err != nil {
		return nil, fmt.Errorf("read Loki's configuration: %w", err)
	}
	config := string(text)
	if change != nil {
		config = change(config)
	}
	if err := os.MkdirAll(filepath.Join(dir, "data"), 0o700); err != nil {
		return nil, fmt.Errorf("make Loki's directory: %w", err)
	}
	l := &LokiServer{
		URL: "http://127.0.0.1:" + strconv.Itoa(ports[0]), bin: bin.Loki, config: filepath.Join(dir, "loki.yaml"), dir: dir,
		env: append(os.Environ(), "AGENT_TELEMETRY_LOKI_DIR="+filepath.Join(dir, "data"),
			"AGENT_TELEMETRY_LOKI_PORT="+strconv.Itoa(ports[0]), "AGENT_TELEMETRY_LOKI_GRPC_PORT="+strconv.Itoa(ports[1])),
	}
	if err := os.WriteFile(l.config, []byte(config), 0o600); err != nil {
		return nil, fmt.Errorf("write Loki's configuration: %w", err)
	}
	return l, nil
}

// Start runs it and waits until it is ready.
func (l *LokiServer) Start(ctx context.Context) (err error) {
	log, err := os.OpenFile(filepath.Join(l.dir, "loki.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open Loki's log: %w", err)
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	l.cmd = exec.Command(l.bin, "-config.file="+l.config, "-config.expand-env=true")
	l.cmd.Env, l.cmd.Dir, l.cmd.Stdout, l.cmd.Stderr = l.env, l.dir, log, log
	if err := l.cmd.Start(); err != nil {
		return fmt.Errorf("start Loki: %w", err)
	}
	l.exited = make(chan error, 1)
	go func(cmd *exec.Cmd, exited chan<- error) { exited <- cmd.Wait() }(l.cmd, l.exited)
	ctx, cancel := context.WithTimeout(ctx, StartTimeout)
	defer cancel()
	for {
		if answer, err := Get(ctx, l.URL+"/ready"); err == nil && strings.Contains(answer, "ready") {
			return nil
		}
		select {
		case err := <-l.exited:
			l.exited <- err
			return fmt.Errorf("Loki ended: %w", err)
		case <-ctx.Done():
			return fmt.Errorf("Loki is not ready: %w", ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// PID is its process; 0 while it does not run.
func (l *LokiServer) PID() int {
	if l.cmd == nil {
		return 0
	}
	return l.cmd.Process.Pid
}

// Stop ends it and waits; its data stays.
func (l *LokiServer) Stop() error {
	if l.cmd == nil {
		return nil
	}
	err := l.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-l.exited:
	case <-time.After(30 * time.Second):
		err = errors.Join(errors.New("Loki did not end within 30 s"), l.cmd.Process.Kill())
		<-l.exited
	}
	l.cmd = nil
	return err
}
