package stackcmd

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/health"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/internal/supervise"
)

// Modes of Loki.
const (
	LokiOwn      = "own"      // run by us
	LokiExternal = "external" // run by somebody else
	LokiMissing  = "missing"  // no program was found
	LokiOff      = "off"      // not wanted (--no-loki)
)

// Modes of Grafana.
const (
	GrafanaOwn     = "own"     // run by us
	GrafanaMissing = "missing" // asked for, but it cannot be run
	GrafanaOff     = "off"     // not asked for
)

// UpResult is what up and restart print with --json.
type UpResult struct {
	Home         string           `json:"home"`
	Started      []supervise.Role `json:"started"`
	Running      []supervise.Role `json:"running"` // ran before
	TokenCreated bool             `json:"token_created"`
	Collector    UpCollector      `json:"collector"`
	Loki         UpLoki           `json:"loki"`
	Grafana      UpGrafana        `json:"grafana"`
	Warnings     []string         `json:"warnings"`
	Next         []string         `json:"next"`
}

// UpCollector is where the collector is reached.
type UpCollector struct {
	PID        int    `json:"pid"`
	Socket     string `json:"socket"`
	HookURL    string `json:"hook_url"`
	OTLPGRPC   string `json:"otlp_grpc"`
	OTLPHTTP   string `json:"otlp_http"`
	HealthURL  string `json:"health_url"`
	MetricsURL string `json:"metrics_url"`
	Log        string `json:"log"`
}

// UpLoki is where Loki is reached.
type UpLoki struct {
	Mode    string `json:"mode"` // own, external, missing or off
	URL     string `json:"url"`
	Ready   bool   `json:"ready"`
	PID     int    `json:"pid,omitempty"`
	Version string `json:"version,omitempty"`
	Error   string `json:"error,omitempty"`
	Log     string `json:"log,omitempty"`
}

// UpGrafana is where our Grafana is reached.
type UpGrafana struct {
	Mode         string `json:"mode"` // own, missing or off
	URL          string `json:"url,omitempty"`
	Ready        bool   `json:"ready"`
	PID          int    `json:"pid,omitempty"`
	Version      string `json:"version,omitempty"`
	Error        string `json:"error,omitempty"`
	Log          string `json:"log,omitempty"`
	PasswordFile string `json:"password_file,omitempty"` // of the user admin
}

func newUpResult(home statedir.Dir) *UpResult {
	return &UpResult{
		Home: string(home), Started: []supervise.Role{}, Running: []supervise.Role{},
		Warnings: []string{}, Next: []string{},
	}
}

func (r *UpResult) warn(format string, args ...any) {
	r.Warnings = append(r.Warnings, fmt.Sprintf(format, args...))
}

// fill looks at what runs now.
func (r *UpResult) fill(ctx context.Context, c *stack.Config, p *plan) {
	r.Started, r.Running = append(r.Started, p.start...), append(r.Running, p.running...)
	r.Collector = UpCollector{
		PID: pidOf(c.Home, supervise.Collector), Socket: c.Home.Socket(), HookURL: c.HookAddress(),
		OTLPGRPC: fmt.Sprintf("127.0.0.1:%d", c.OTLPGRPCPort), OTLPHTTP: fmt.Sprintf("http://127.0.0.1:%d", c.OTLPHTTPPort),
		HealthURL: c.HealthAddress(), MetricsURL: fmt.Sprintf("http://127.0.0.1:%d/metrics", c.MetricsPort),
		Log: stack.Log(c.Home, supervise.Collector),
	}
	r.Loki = UpLoki{URL: c.LokiAddress(), Mode: LokiOwn}
	switch {
	case c.External():
		r.Loki.Mode = LokiExternal
	case p.noLokiErr != nil:
		r.Loki.Mode, r.Loki.Error = LokiMissing, p.noLokiErr.Error()
		r.warn("Loki is missing: events are recorded and wait in the audit log until it is there")
		r.Next = append(r.Next, "make bin/loki   builds Loki (some minutes, once); then run `agent-telemetry up` again")
	case !p.wantLoki:
		r.Loki.Mode = LokiOff
	}
	if r.Loki.Mode == LokiOwn {
		r.Loki.PID, r.Loki.Log = pidOf(c.Home, supervise.Loki), stack.Log(c.Home, supervise.Loki)
	}
	if r.Loki.Mode == LokiOwn || r.Loki.Mode == LokiExternal {
		err := health.Loki(ctx, c.LokiAddress())
		r.Loki.Ready = err == nil
		if err != nil {
			r.Loki.Error = err.Error()
			r.warn("Loki is not ready (%v): events are recorded and wait in the audit log until it is", err)
		} else {
			r.Loki.Version = health.LokiVersion(ctx, c.LokiAddress())
		}
	}
	r.fillGrafana(ctx, c, p)
	r.Next = append(r.Next,
		"agent-telemetry install           in a project, to record what agents do there",
		"agent-telemetry events --follow   to see it",
		"agent-telemetry status            to see how the stack is")
}

func (r *UpResult) fillGrafana(ctx context.Context, c *stack.Config, p *plan) {
	r.Grafana.Mode = GrafanaOff
	switch {
	case !c.Grafana:
		return
	case p.noGrafana != nil:
		r.Grafana.Mode, r.Grafana.Error = GrafanaMissing, p.noGrafana.Error()
		r.warn("Grafana cannot be started: %v", p.noGrafana)
		return
	}
	r.Grafana = UpGrafana{
		Mode: GrafanaOwn, URL: c.GrafanaAddress(), PID: pidOf(c.Home, supervise.Grafana),
		Log: stack.Log(c.Home, supervise.Grafana), PasswordFile: stack.GrafanaPasswordFile(c.Home),
	}
	if err := health.Grafana(ctx, c.GrafanaAddress()); err != nil {
		r.Grafana.Error = err.Error()
		r.warn("Grafana is not ready (%v): its first start may take a minute; see %s", err, r.Grafana.Log)
		return
	}
	r.Grafana.Ready, r.Grafana.Version = true, health.GrafanaVersion(ctx, c.GrafanaAddress())
}

func pidOf(home statedir.Dir, role supervise.Role) int {
	p, err := supervise.Find(home, role)
	if err != nil || p == nil {
		return 0
	}
	return p.PID
}

func (r *UpResult) print(io *cliio.IO, asJSON bool) error {
	if asJSON {
		return printJSON(io.Out, r)
	}
	var b strings.Builder
	for _, w := range r.Warnings {
		fmt.Fprintf(&b, "warning: %s\n", w)
	}
	if err := write(io.Err, b.String()); err != nil {
		return err
	}
	b.Reset()
	if len(r.Started) == 0 {
		b.WriteString("Everything was running already.\n")
	} else {
		fmt.Fprintf(&b, "Started: %s.\n", join(r.Started))
	}
	fmt.Fprintf(&b, "\n  collector  process %d\n    hooks    %s\n             %s\n    OTLP     %s (gRPC), %s (HTTP)\n    health   %s\n    metrics  %s\n",
		r.Collector.PID, r.Collector.Socket, r.Collector.HookURL, r.Collector.OTLPGRPC, r.Collector.OTLPHTTP, r.Collector.HealthURL, r.Collector.MetricsURL)
	switch r.Loki.Mode {
	case LokiOwn, LokiExternal:
		ready := "ready"
		if !r.Loki.Ready {
			ready = "not ready"
		}
		fmt.Fprintf(&b, "  Loki       %s %s, %s\n", r.Loki.URL, strings.TrimSpace(r.Loki.Version+" ("+r.Loki.Mode+")"), ready)
	default:
		fmt.Fprintf(&b, "  Loki       %s\n", r.Loki.Mode)
	}
	switch {
	case r.Grafana.Mode == GrafanaOwn && r.Grafana.Ready:
		fmt.Fprintf(&b, "  Grafana    %s %s, ready\n    admin    its password is in %s\n", r.Grafana.URL, r.Grafana.Version, r.Grafana.PasswordFile)
	case r.Grafana.Mode == GrafanaOwn:
		fmt.Fprintf(&b, "  Grafana    %s, not ready\n", r.Grafana.URL)
	case r.Grafana.Mode == GrafanaMissing:
		b.WriteString("  Grafana    missing\n")
	}
	fmt.Fprintf(&b, "  state      %s\n\nNext:\n", r.Home)
	for _, n := range r.Next {
		fmt.Fprintf(&b, "  %s\n", n)
	}
	return write(io.Out, b.String())
}

func join(roles []supervise.Role) string {
	names := make([]string, 0, len(roles))
	for _, r := range roles {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}

func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("print the result: %w", err)
	}
	return nil
}

func write(w io.Writer, text string) error {
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("print the result: %w", err)
	}
	return nil
}
