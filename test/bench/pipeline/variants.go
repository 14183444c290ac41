package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"gopkg.in/yaml.v3"

	agenttelemetry "github.com/agent-telemetry/agent-telemetry"
	"github.com/agent-telemetry/agent-telemetry/internal/accesstoken"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/test/freeport"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
)

// What the analysis of agents costs is measured on three collectors that are alike but
// for it, beside each other.
const (
	withoutAgents = "without agents" // no lineage, no coordination
	asShipped     = "as shipped"     // lineage and coordination
	withSignals   = "with signals"   // traces and metrics, too, sent to a program that drops them
)

var variantNames = []string{withoutAgents, asShipped, withSignals}

// variants are those collectors, and who takes what they send.
type variants struct {
	sides []*side
	stops []func() error
}

func startVariants(ctx context.Context, s *harness.Stack, e events) (_ *variants, err error) {
	v := &variants{}
	defer func() {
		if err != nil {
			err = errors.Join(err, v.close())
		}
	}()
	sink, err := v.startSink(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range variantNames {
		if err := v.start(ctx, s, e, name, sink); err != nil {
			return nil, fmt.Errorf("start the collector %s: %w", name, err)
		}
	}
	return v, nil
}

// startSink takes everything that is sent to it over HTTP, and returns its URL.
func (v *variants) startSink(ctx context.Context) (string, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("listen for traces and metrics: %w", err)
	}
	server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		_, _ = io.Copy(io.Discard, req.Body) // dropped
	})}
	go func() { _ = server.Serve(listener) }() // ends with Close
	v.stops = append(v.stops, server.Close)
	return "http://" + listener.Addr().String(), nil
}

func (v *variants) start(ctx context.Context, s *harness.Stack, e events, name, sink string) error {
	home := statedir.Dir(filepath.Join(s.Dir, strings.ReplaceAll(name, " ", "-")))
	if err := home.Create(); err != nil {
		return err
	}
	token, _, err := accesstoken.Ensure(home)
	if err != nil {
		return err
	}
	configs, err := variantConfigs(home, name, sink)
	if err != nil {
		return err
	}
	ports, err := freeport.Find(5)
	if err != nil {
		return err
	}
	cmd := exec.Command(s.Collector, configs...)
	cmd.Env = append(append(os.Environ(), stack.CollectorRuntime()...), "AGENT_TELEMETRY_HOME="+string(home), "AGENT_TELEMETRY_LOKI_URL="+s.LokiURL())
	for i, port := range []string{"HOOK", "METRICS", "HEALTH", "OTLP_GRPC", "OTLP_HTTP"} {
		cmd.Env = append(cmd.Env, "AGENT_TELEMETRY_"+port+"_PORT="+strconv.Itoa(ports[i]))
	}
	metrics := fmt.Sprintf("http://127.0.0.1:%d/metrics", ports[1])
	p, err := startProcess(ctx, cmd, stack.CollectorTimerSlack, filepath.Join(home.Logs(), "collector.log"), metrics)
	if err != nil {
		return err
	}
	v.stops = append(v.stops, p.stop)
	v.sides = append(v.sides, newCollectorSide(name, fmt.Sprintf("127.0.0.1:%d", ports[0]), token, e,
		&collector{pid: cmd.Process.Pid, metrics: metrics, exporters: []string{"audit_log", "loki"}}))
	return nil
}

// variantConfigs writes the configuration of a variant and returns the arguments that
// name it.
func variantConfigs(home statedir.Dir, name, sink string) ([]string, error) {
	raw, err := agenttelemetry.Files.ReadFile("otelcol-config.yaml")
	if err != nil {
		return nil, fmt.Errorf("read the shipped configuration: %w", err)
	}
	var shipped map[string]any
	if err := yaml.Unmarshal(raw, &shipped); err != nil {
		return nil, fmt.Errorf("read the shipped configuration: %w", err)
	}
	configs := []map[string]any{shipped}
	switch name {
	case withoutAgents:
		if err := withoutAnalysis(shipped); err != nil {
			return nil, err
		}
	case withSignals:
		for _, file := range []string{"traces-example.yaml", "metrics-example.yaml"} {
			raw, err := os.ReadFile(filepath.Join("config", file))
			if err != nil {
				return nil, fmt.Errorf("read an example configuration: %w", err)
			}
			var example map[string]any
			if err := yaml.Unmarshal(raw, &example); err != nil {
				return nil, fmt.Errorf("read %s: %w", file, err)
			}
			sendTo(example, sink)
			configs = append(configs, example)
		}
	}
	var args []string
	for i, config := range configs {
		raw, err := yaml.Marshal(config)
		if err != nil {
			return nil, fmt.Errorf("write the configuration: %w", err)
		}
		path := filepath.Join(home.Run(), fmt.Sprintf("config-%d.yaml", i))
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			return nil, fmt.Errorf("write the configuration: %w", err)
		}
		args = append(args, "--config=file:"+path)
	}
	return args, nil
}

// withoutAnalysis takes lineage and coordination out of the pipelines.
func withoutAnalysis(config map[string]any) error {
	service, _ := config["service"].(map[string]any)
	pipelines, _ := service["pipelines"].(map[string]any)
	in, _ := pipelines["logs/in"].(map[string]any)
	processors, _ := in["processors"].([]any)
	lineage := slices.Index(processors, any("lineage"))
	if _, ok := pipelines["logs/coordination"]; !ok || lineage < 0 {
		return errors.New("the shipped configuration has no lineage or no coordination: there is nothing to compare")
	}
	in["processors"] = slices.Delete(processors, lineage, lineage+1)
	delete(pipelines, "logs/coordination")
	return nil
}

// sendTo lets the exporters of an example send to url, and those that listen do so on any
// port.
func sendTo(config map[string]any, url string) {
	exporters, _ := config["exporters"].(map[string]any)
	for name, v := range exporters {
		exporter, _ := v.(map[string]any)
		switch kind, _, _ := strings.Cut(name, "/"); kind {
		case "otlp_http":
			exporter["endpoint"] = url
		case "prometheus":
			exporter["endpoint"] = "127.0.0.1:0"
		}
	}
}

// report prints what each takes.
func (v *variants) report(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "1000/s\tevents/s\tp50 ms\tp99 ms\tCPU µs/event\tmore\thalf of the rounds\t")
	for _, s := range v.sides {
		f := s.figures(fastRate)
		low, more, high := v.more(s.name)
		fmt.Fprintf(t, "%s\t%.0f\t%s\t%s\t%.0f\t%+.1f %%\t%+.1f to %+.1f %%\t\n", s.name, f.perSecond, ms(f.p50), ms(f.p99), us(f.cpu), more, low, high)
	}
	_ = t.Flush()
	fmt.Fprintln(w)
}

// variantPhase is how long the load of 1,000 events/s lasts: what differs is a few percent
// of what it costs, and the rounds go from one collector to the next quickly, so that
// whatever else the machine does hits all of them.
const variantPhase = 2 * time.Second

// measure puts the same load on each, in turns.
func (v *variants) measure(ctx context.Context, rounds int) error {
	for _, s := range v.sides {
		if err := s.phase(ctx, fastRate, time.Second); err != nil {
			return fmt.Errorf("%s, warming up: %w", s.name, err)
		}
		s.forget()
	}
	for round := range rounds {
		for i := range v.sides {
			s := v.sides[(i+round)%len(v.sides)]
			if err := s.phase(ctx, fastRate, variantPhase); err != nil {
				return fmt.Errorf("%s, round %d: %w", s.name, round+1, err)
			}
		}
	}
	return nil
}

// more is by how many percent a variant takes more processor time an event than the one
// without agents: the median of the rounds, each compared within itself, and between what
// the middle half of them lies.
func (v *variants) more(name string) (low, median, high float64) {
	rounds := map[string][]figures{}
	for _, s := range v.sides {
		rounds[s.name] = s.rounds[fastRate]
	}
	var all []float64
	for i, f := range rounds[name] {
		all = append(all, 100*(ratio(us(f.cpu), us(rounds[withoutAgents][i].cpu))-1))
	}
	slices.Sort(all)
	return all[len(all)/4], all[len(all)/2], all[len(all)*3/4]
}

// close ends the collectors, once.
func (v *variants) close() error {
	var err error
	for _, stop := range slices.Backward(v.stops) {
		err = errors.Join(err, stop())
	}
	v.stops = nil
	return err
}
