package stackcmd

import (
	"context"
	"fmt"
	"time"

	"github.com/shirou/gopsutil/v4/process"

	"github.com/agent-telemetry/agent-telemetry/internal/health"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
	"github.com/agent-telemetry/agent-telemetry/internal/supervise"
)

// Status is what status prints with --json.
type Status struct {
	Home       string            `json:"home"`
	State      string            `json:"state"` // a State… value
	Problems   []string          `json:"problems"`
	Supervisor SupervisorStatus  `json:"supervisor"`
	Collector  ProcessStatus     `json:"collector"`
	Loki       LokiStatus        `json:"loki"`
	Grafana    *GrafanaStatus    `json:"grafana"` // nil when none is asked for
	Socket     SocketStatus      `json:"socket"`
	Receiver   health.Receiver   `json:"receiver"`
	Hook       health.Hook       `json:"hook"`
	Spool      health.Spool      `json:"spool"`
	Audit      health.Audit      `json:"audit"`
	Delivery   []health.Delivery `json:"delivery"`
	Disk       health.Disk       `json:"disk"`
	LastEvent  *time.Time        `json:"last_event"`
	Alerts     map[string]int    `json:"alerts"`
	Settings   *stack.Config     `json:"settings"`
	// Enforcement is that of the working directory.
	Enforcement EnforcementStatus `json:"enforcement"`
}

// States of a stack.
const (
	StateOK       = "ok"
	StateDegraded = "degraded"
	StateStopped  = "stopped"
)

// SupervisorStatus is the background process that watches the others.
type SupervisorStatus struct {
	Running bool       `json:"running"`
	PID     int        `json:"pid"`
	Since   *time.Time `json:"since"`
}

// ProcessStatus is a supervised process.
type ProcessStatus struct {
	State    supervise.State `json:"state"`
	PID      int             `json:"pid"`
	Since    *time.Time      `json:"since"`
	RSSBytes uint64          `json:"rss_bytes"`
	Restarts int             `json:"restarts"`
	Error    string          `json:"error"`
}

// stateOrphan is a process that lost its supervisor.
const stateOrphan supervise.State = "orphan"

// LokiStatus is where the events go.
type LokiStatus struct {
	Mode      string         `json:"mode"` // own or external
	URL       string         `json:"url"`
	Ready     bool           `json:"ready"`
	Error     string         `json:"error"`
	Version   string         `json:"version"`
	Process   *ProcessStatus `json:"process"`
	DataBytes int64          `json:"data_bytes"`
}

// SocketStatus is the collector's unix socket.
type SocketStatus struct {
	Path    string `json:"path"`
	Answers bool   `json:"answers"`
	Error   string `json:"error"`
}

// look asks every part of the stack.
func look(ctx context.Context, c *stack.Config) *Status {
	s := &Status{Home: string(c.Home), State: StateOK, Problems: []string{}, Settings: c}
	report := s.processes(c)
	s.Socket.Path = c.Home.Socket()
	if err := health.Socket(ctx, c.Home); err != nil {
		s.Socket.Error = err.Error()
	} else {
		s.Socket.Answers = true
		s.Receiver, _ = health.ReceiverStatus(ctx, c.Home)
	}
	s.Enforcement = enforcementIn(".", s.Home, s.Receiver)
	s.loki(ctx, c, report)
	s.grafana(ctx, c, report)
	if s.Loki.Ready {
		s.Alerts = alertCounts(ctx, c)
	}
	s.disk(ctx, c)
	s.judge()
	return s
}

// processes finds the supervisor and the collector.
func (s *Status) processes(c *stack.Config) supervise.Report {
	var report supervise.Report
	sup, err := supervise.Find(c.Home, supervise.Supervisor)
	s.fault(err)
	if sup != nil {
		s.Supervisor = SupervisorStatus{Running: true, PID: sup.PID}
		report, err = supervise.ReadReport(c.Home)
		s.fault(err)
		if !report.Started.IsZero() {
			s.Supervisor.Since = &report.Started
		}
	}
	s.Collector = s.process(c, supervise.Collector, report)
	return report
}

// process tells what the supervisor says of a child, if that is so.
func (s *Status) process(c *stack.Config, role supervise.Role, report supervise.Report) ProcessStatus {
	st := report.Children[role]
	out := ProcessStatus{State: supervise.Finished, Restarts: st.Restarts, Error: printable(st.Error)}
	if s.Supervisor.Running && st.State != "" && st.State != supervise.Running {
		out.State = st.State
	}
	p, err := supervise.Find(c.Home, role)
	s.fault(err)
	if p == nil {
		return out
	}
	out.PID, out.State = p.PID, supervise.Running
	if !s.Supervisor.Running {
		out.State = stateOrphan
	}
	proc, err := process.NewProcess(int32(p.PID)) //nolint:gosec // PIDs fit
	if err != nil {
		return out
	}
	if ms, err := proc.CreateTime(); err == nil {
		t := time.UnixMilli(ms).UTC()
		out.Since = &t
	}
	if mem, err := proc.MemoryInfo(); err == nil {
		out.RSSBytes = mem.RSS
	}
	return out
}

func (s *Status) loki(ctx context.Context, c *stack.Config, report supervise.Report) {
	s.Loki = LokiStatus{Mode: LokiOwn, URL: c.LokiAddress()}
	if c.External() {
		s.Loki.Mode = LokiExternal
	} else {
		p := s.process(c, supervise.Loki, report)
		s.Loki.Process = &p
		s.Loki.DataBytes = health.DirSize(c.LokiDir)
		if p.PID == 0 {
			// Whatever answers on that port is not ours.
			s.Loki.Error = "not running"
			if p.Error != "" {
				s.Loki.Error += ": " + p.Error
			}
			return
		}
	}
	if err := health.Loki(ctx, c.LokiAddress()); err != nil {
		s.Loki.Error = err.Error()
		return
	}
	s.Loki.Ready, s.Loki.Version = true, health.LokiVersion(ctx, c.LokiAddress())
}

func (s *Status) disk(ctx context.Context, c *stack.Config) {
	var err error
	s.Hook, err = health.ReadHook(c.Home, time.Now())
	s.fault(err)
	s.Spool, err = health.ReadSpool(c.Home)
	s.fault(err)
	s.Audit, err = health.ReadAudit(c.Home)
	s.fault(err)
	s.Delivery, err = health.ReadDelivery(ctx, c.Home)
	s.fault(err)
	if s.Disk, err = health.ReadDisk(c.Home); err != nil && s.Supervisor.Running {
		s.fault(err)
	}
	s.LastEvent = s.Receiver.LastEvent()
	if s.LastEvent == nil {
		s.LastEvent = s.Audit.Modified
	}
}

func (s *Status) fault(err error) {
	if err != nil {
		s.Problems = append(s.Problems, err.Error())
	}
}

// judge sums up.
func (s *Status) judge() {
	problem := func(format string, args ...any) {
		s.Problems = append(s.Problems, fmt.Sprintf(format, args...))
	}
	lokiRuns := s.Loki.Process != nil && s.Loki.Process.PID != 0
	if !s.Supervisor.Running && s.Collector.PID == 0 && !lokiRuns {
		s.State = StateStopped
		return
	}
	if !s.Supervisor.Running {
		problem("the supervisor is gone, what crashes is not started again: run `agent-telemetry up`")
	}
	if s.Collector.State != supervise.Running && s.Collector.State != stateOrphan {
		problem("the collector is down (%s): see `agent-telemetry doctor`", s.Collector.State)
	} else if !s.Socket.Answers {
		problem("the collector does not answer on its socket: see `agent-telemetry doctor`")
	}
	if !s.Loki.Ready {
		problem("Loki is not ready (%s): events wait in the audit log", s.Loki.Error)
	}
	if s.Grafana != nil && !s.Grafana.Ready {
		problem("Grafana does not answer (%s): see `agent-telemetry doctor`", s.Grafana.Error)
	}
	for _, d := range s.Delivery {
		if text, bad := d.Problem(); bad && s.Collector.PID != 0 {
			problem("%s: see `agent-telemetry doctor`", text)
		}
	}
	if s.Hook.Lost > 0 {
		problem("%d events were lost in the last 24 hours: see `agent-telemetry doctor`", s.Hook.Lost)
	}
	if s.Spool.Rejected > 0 {
		problem("%d events in the spool were rejected: see `agent-telemetry doctor`", s.Spool.Rejected)
	}
	if len(s.Problems) > 0 {
		s.State = StateDegraded
	}
}
