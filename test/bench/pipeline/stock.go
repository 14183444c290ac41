package main

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/agent-telemetry/agent-telemetry/test/freeport"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

//go:embed stock.yaml
var stockConfig []byte

// stock is the collector of the same program with stock components only.
type stock struct {
	*process
	port    int    // OTLP/HTTP
	metrics string // URL
}

func startStock(ctx context.Context, s *harness.Stack) (*stock, error) {
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
	cmd := exec.Command(s.Collector, "--config="+config)
	cmd.Env = append(os.Environ(), "BENCH_DIR="+dir, "BENCH_LOKI_URL="+s.LokiURL(),
		"BENCH_OTLP_PORT="+strconv.Itoa(ports[0]), "BENCH_METRICS_PORT="+strconv.Itoa(ports[1]))
	metrics := fmt.Sprintf("http://127.0.0.1:%d/metrics", ports[1])
	p, err := startProcess(ctx, cmd, 0, filepath.Join(dir, "log"), metrics)
	if err != nil {
		return nil, fmt.Errorf("stock: %w", err)
	}
	return &stock{process: p, port: ports[0], metrics: metrics}, nil
}
