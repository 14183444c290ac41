package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/timerslack"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// process is a collector that this program started itself.
type process struct {
	cmd    *exec.Cmd
	exited chan error
}

// startProcess starts a collector with its output in a file, and waits until it tells its
// metrics. slack is that of its timers.
func startProcess(ctx context.Context, cmd *exec.Cmd, slack time.Duration, output, metrics string) (_ *process, err error) {
	log, err := os.Create(output)
	if err != nil {
		return nil, fmt.Errorf("open the collector's log: %w", err)
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	p := &process{cmd: cmd, exited: make(chan error, 1)}
	cmd.Stdout, cmd.Stderr = log, log
	if err := timerslack.Start(cmd, slack); err != nil {
		return nil, fmt.Errorf("start the collector: %w", err)
	}
	go func() { p.exited <- cmd.Wait() }()
	ctx, cancel := context.WithTimeout(ctx, harness.StartTimeout)
	defer cancel()
	for {
		if _, err := harness.Get(ctx, metrics); err == nil {
			return p, nil
		}
		select {
		case err := <-p.exited:
			text, _ := os.ReadFile(output)
			return nil, fmt.Errorf("the collector ended: %w: %s", err, text)
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("the collector is not ready: %w", ctx.Err()), p.stop())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (p *process) stop() error {
	err := p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.exited:
	case <-time.After(30 * time.Second):
		err = errors.Join(errors.New("the collector did not end within 30 s"), p.cmd.Process.Kill())
		<-p.exited
	}
	return err
}
