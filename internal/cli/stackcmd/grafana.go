package stackcmd

import (
	"context"

	"github.com/agent-telemetry/agent-telemetry/internal/health"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
	"github.com/agent-telemetry/agent-telemetry/internal/supervise"
)

// GrafanaStatus is our Grafana.
type GrafanaStatus struct {
	URL     string        `json:"url"`
	Ready   bool          `json:"ready"`
	Error   string        `json:"error"`
	Version string        `json:"version"`
	Process ProcessStatus `json:"process"`
}

func (s *Status) grafana(ctx context.Context, c *stack.Config, report supervise.Report) {
	if !c.Grafana {
		return
	}
	g := &GrafanaStatus{URL: c.GrafanaAddress(), Process: s.process(c, supervise.Grafana, report)}
	s.Grafana = g
	if g.Process.PID == 0 {
		// Whatever answers on that port is not ours.
		g.Error = "not running"
		if g.Process.Error != "" {
			g.Error += ": " + g.Process.Error
		}
		return
	}
	if err := health.Grafana(ctx, g.URL); err != nil {
		g.Error = err.Error()
		return
	}
	g.Ready, g.Version = true, health.GrafanaVersion(ctx, g.URL)
}

// lines shows it to people.
func (g *GrafanaStatus) lines(line func(name, format string, args ...any)) {
	text := g.URL + ", not ready"
	if g.Ready {
		text = g.URL + ", ready"
	}
	if g.Version != "" {
		text += ", " + g.Version
	}
	line("Grafana", "%s", text)
	line("", "%s", printable(g.Process.text()))
}

// grafana checks our Grafana, where one is asked for.
func (d *Diagnosis) grafana(ctx context.Context, s *Status, c *stack.Config) {
	const name = "grafana"
	switch {
	case s.Grafana == nil:
	case s.Grafana.Ready:
		d.add(name, Pass, "", "%s is ready %s", s.Grafana.URL, s.Grafana.Version)
	case s.Grafana.Process.PID != 0:
		d.add(name, Fail, "wait if it has just started, else see "+stack.Log(c.Home, supervise.Grafana), "it runs but does not answer: %s", s.Grafana.Error)
	default:
		if _, err := stack.FindGrafana(ctx, c); err != nil {
			d.add(name, Fail, "install Grafana and run `agent-telemetry restart`, or do without: `agent-telemetry restart --grafana=false`", "%v", err)
			return
		}
		d.add(name, Fail, upRemedy+"; if it does not stay, see "+stack.Log(c.Home, supervise.Grafana), "%s", s.Grafana.Error)
	}
}
