package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/agent-telemetry/agent-telemetry/test/freeport"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

//go:embed stock.yaml
var stockConfig []byte

// stock is the collector of the same program with stock components only.
type stock struct {
	port    int    // OTLP/HTTP
	metrics string // URL
	cmd     *exec.Cmd
	exited  chan error
}

func startStock(ctx context.Context, s *harness.Stack) (_ *stock, err error) {
	dir := filepath.Join(s.Dir, "stock")
	if err := os.MkdirAll(filepath.Join(dir, "queue"), 0o700); err != nil {
		return nil, fmt.Errorf("make the stock collector's directory: %w", err)
	}
	config := filepath.Join(dir, "config.yaml")
	if err := os.WriteFile(config, stockConfig, 0o600); err != nil {
		return nil, fmt.Errorf("write the stock collector's configuration: %w", err)
	}
	ports, err := freeport.Find(2)
	if err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return nil, fmt.Errorf("open the stock collector's log: %w", err)
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	st := &stock{port: ports[0], metrics: fmt.Sprintf("http://127.0.0.1:%d/metrics", ports[1]), exited: make(chan error, 1)}
	st.cmd = exec.Command(s.Collector, "--config="+config)
	st.cmd.Stdout, st.cmd.Stderr = log, log
	st.cmd.Env = append(os.Environ(), "BENCH_DIR="+dir, "BENCH_LOKI_URL="+s.LokiURL(),
		"BENCH_OTLP_PORT="+strconv.Itoa(ports[0]), "BENCH_METRICS_PORT="+strconv.Itoa(ports[1]))
	if err := st.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the stock collector: %w", err)
	}
	go func() { st.exited <- st.cmd.Wait() }()
	ctx, cancel := context.WithTimeout(ctx, harness.StartTimeout)
	defer cancel()
	for {
		if _, err := harness.Get(ctx, st.metrics); err == nil {
			return st, nil
		}
		select {
		case err := <-st.exited:
			text, _ := os.ReadFile(log.Name())
			return nil, fmt.Errorf("the stock collector ended: %w: %s", err, text)
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("the stock collector is not ready: %w", ctx.Err()), st.stop())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (s *stock) stop() error {
	err := s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.exited:
	case <-time.After(30 * time.Second):
		err = errors.Join(errors.New("the stock collector did not end within 30 s"), s.cmd.Process.Kill())
		<-s.exited
	}
	return err
}
