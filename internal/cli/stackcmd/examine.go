package stackcmd

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/accesstoken"
	"github.com/agent-telemetry/agent-telemetry/internal/health"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/internal/supervise"
)

// Limits of what is normal.
const (
	lowDisk     = 1 << 30   // bytes free: warn
	noDisk      = 256 << 20 // bytes free: fail
	spoolPasses = time.Minute
	validateFor = 20 * time.Second
)

const upRemedy = "run `agent-telemetry up`"

// examine checks what is on this side of the hooks.
func (d *Diagnosis) examine(ctx context.Context, c *stack.Config) {
	s := look(ctx, c)
	d.stateDir(c.Home)
	d.token(c.Home)
	d.collectorConfig(ctx, c)
	d.processes(s)
	d.socket(ctx, s, c.Home)
	d.health(ctx, s, c)
	d.loki(ctx, s, c)
	d.grafana(ctx, s, c)
	d.ports(s, c)
	d.delivery(s)
	d.spool(s)
	d.lastEvent(s)
	d.disk(s)
	d.clock(s)
	d.hookLog(c.Home)
}

func (d *Diagnosis) stateDir(home statedir.Dir) {
	const name = "state_directory"
	for _, dir := range []string{string(home), home.Run(), home.Spool(), home.Audit(), home.Queue(), home.Loki(), home.Logs()} {
		info, err := os.Lstat(dir)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			d.add(name, Warn, upRemedy+", which makes it", "%s does not exist", dir)
			return
		case err != nil:
			d.add(name, Fail, "check the permissions of the directories above it", "%v", err)
			return
		case dir != string(home) && !info.IsDir():
			d.add(name, Fail, "find out who put it there and remove it, then "+upRemedy, "%s is not a directory", dir)
			return
		case info.IsDir() && info.Mode().Perm() != 0o700:
			d.add(name, Fail, "chmod 700 "+dir, "%s has the mode %#o: others could look into it", dir, info.Mode().Perm())
			return
		}
	}
	d.add(name, Pass, "", "%s, for its owner only", home)
}

func (d *Diagnosis) token(home statedir.Dir) {
	_, err := accesstoken.Read(home)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.add("token", Warn, upRemedy+", which makes it", "there is no token for HTTP hooks yet")
	case err != nil:
		d.add("token", Fail, "rm "+home.TokenFile()+", run `agent-telemetry restart`, and `agent-telemetry install --http` where it is used", "%v", err)
	default:
		d.add("token", Pass, "", "%s, for its owner only", home.TokenFile())
	}
}

// collectorConfig lets the collector itself judge its configuration.
func (d *Diagnosis) collectorConfig(ctx context.Context, c *stack.Config) {
	const name = "collector_config"
	if _, err := os.Stat(c.Home.Run()); err != nil {
		if path, err := stack.FindCollector(c); err != nil {
			d.add("collector_program", Fail, "run `make build`, or name it with --collector-bin", "%v", err)
		} else {
			d.add("collector_program", Pass, "", "%s", path)
		}
		return // the configuration is put into the run directory
	}
	cmd, err := stack.CollectorCommand(c)
	if err != nil {
		d.add("collector_program", Fail, "run `make build`, or name the files with --collector-bin and --collector-config", "%v", err)
		return
	}
	d.add("collector_program", Pass, "", "%s", cmd.Path)
	ctx, cancel := context.WithTimeout(ctx, validateFor)
	defer cancel()
	p := exec.CommandContext(ctx, cmd.Path, append([]string{"validate"}, cmd.Args...)...) //nolint:gosec // the operator's program
	p.Env, p.Dir, p.WaitDelay = cmd.Env, cmd.Dir, time.Second
	out, err := p.CombinedOutput()
	if err != nil {
		d.add(name, Fail, "correct the file, then run `agent-telemetry restart`", "%s: %v: %s", cmd.Args[0], err, out[:min(len(out), 2000)])
		return
	}
	d.add(name, Pass, "", "valid (%s)", cmd.Args[0])
}

func (d *Diagnosis) processes(s *Status) {
	if s.Supervisor.Running {
		d.add("supervisor", Pass, "", "process %d", s.Supervisor.PID)
	} else {
		d.add("supervisor", Fail, upRemedy, "not running: nothing is restarted when it crashes")
	}
	log := stack.Log(statedir.Dir(s.Home), supervise.Collector)
	switch {
	case s.Collector.PID == 0:
		d.add("collector", Fail, upRemedy+"; if it does not stay, see "+log, "%s", s.Collector.text())
	case s.Collector.Restarts > 0:
		d.add("collector", Warn, "see "+log, "it crashed: %s; last: %s", s.Collector.text(), s.Collector.Error)
	default:
		d.add("collector", Pass, "", "%s", s.Collector.text())
	}
}

// socket checks who takes the events in: a hook hands them to whoever listens on
// the socket, and every program of the same user could put itself there.
func (d *Diagnosis) socket(ctx context.Context, s *Status, home statedir.Dir) {
	info, err := os.Lstat(s.Socket.Path)
	switch {
	case err != nil:
		d.add("socket", Fail, upRemedy, "%s does not exist: events go to the spool", s.Socket.Path)
	case info.Mode().Type() != os.ModeSocket:
		d.add("socket", Fail, "find out who put it there, remove it, then run `agent-telemetry restart`", "%s is not a socket", s.Socket.Path)
	case info.Mode().Perm() != 0o600:
		d.add("socket", Fail, "chmod 600 "+s.Socket.Path, "%s has the mode %#o, not 0600", s.Socket.Path, info.Mode().Perm())
	case !s.Socket.Answers:
		d.add("socket", Fail, "run `agent-telemetry restart`", "nobody answers on it: %s", s.Socket.Error)
	case s.Collector.PID == 0:
		d.add("socket", Fail, "find the program with `fuser "+s.Socket.Path+"`", "a program that is not our collector answers on %s", s.Socket.Path)
	default:
		owner, err := health.SocketOwner(ctx, home)
		switch {
		case err != nil:
			d.add("socket", Fail, "run `agent-telemetry restart`", "%v", err)
		case owner != 0 && owner != s.Collector.PID:
			d.add("socket", Fail, fmt.Sprintf("look at it with `ps %d`, end it, then run `agent-telemetry restart`: it has had the events since it listens", owner),
				"process %d listens on %s, and not the collector, which is process %d", owner, s.Socket.Path, s.Collector.PID)
		default:
			d.add("socket", Pass, "", "the collector answers on %s", s.Socket.Path)
		}
	}
}

func (d *Diagnosis) health(ctx context.Context, s *Status, c *stack.Config) {
	if s.Collector.PID == 0 {
		return // said already
	}
	if err := health.URL(ctx, c.HealthAddress()); err != nil {
		d.add("collector_health", Fail, "see "+stack.Log(c.Home, supervise.Collector)+", then run `agent-telemetry restart`", "%v", err)
		return
	}
	d.add("collector_health", Pass, "", "%s answers", c.HealthAddress())
}

func (d *Diagnosis) loki(ctx context.Context, s *Status, c *stack.Config) {
	switch {
	case s.Loki.Ready:
		d.add("loki", Pass, "", "%s (%s) is ready %s", s.Loki.URL, s.Loki.Mode, s.Loki.Version)
	case c.External():
		d.add("loki", Fail, "check the URL (--loki-url) and that Loki; events wait in the audit log", "%s", s.Loki.Error)
	case s.Loki.Process.PID != 0:
		d.add("loki", Fail, "wait if it has just started, else see "+stack.Log(c.Home, supervise.Loki), "it runs but is not ready: %s", s.Loki.Error)
	default:
		if _, err := stack.FindLoki(ctx, c); err != nil {
			d.add("loki", Fail, "make bin/loki, then "+upRemedy+"; events wait in the audit log meanwhile", "%v", err)
			return
		}
		d.add("loki", Fail, upRemedy, "%s", s.Loki.Error)
	}
}

// ports looks for strangers on the ports of what does not run.
func (d *Diagnosis) ports(s *Status, c *stack.Config) {
	var ports []stack.Port
	if s.Collector.PID == 0 {
		ports = append(ports, c.CollectorPorts()...)
	}
	if s.Loki.Process != nil && s.Loki.Process.PID == 0 {
		ports = append(ports, c.LokiPorts()...)
	}
	if s.Grafana != nil && s.Grafana.Process.PID == 0 {
		ports = append(ports, c.GrafanaPorts()...)
	}
	if err := health.PortsFree(ports); err != nil {
		d.add("ports", Fail, "end that program, or move the port with the flag that is named", "%v", err)
		return
	}
	d.add("ports", Pass, "", "none is taken by another program")
}

// delivery tells whether all that read the audit log have what it has: Loki, alerts, and
// what is counted.
func (d *Diagnosis) delivery(s *Status) {
	for _, one := range s.Delivery {
		_, bad := one.Problem()
		switch text := one.Text(); {
		case one.Error != "":
			d.add("delivery", Fail, "remove the file and restart; Loki stores what it has already only once", "%s", text)
		case bad:
			d.add("delivery", Warn, "they are safe in the audit log, and delivered once they can be; see "+stack.Log(statedir.Dir(s.Home), supervise.Collector), "%s", text)
		case one.Skipped > 0 || one.Refused > 0:
			d.add("delivery", Warn, "agent-telemetry reconcile tells which; agent-telemetry replay brings back what can be", "%s", text)
		default:
			d.add("delivery", Pass, "", "%s", text)
		}
	}
}

func (d *Diagnosis) spool(s *Status) {
	dir := statedir.Dir(s.Home).Spool()
	switch {
	case s.Spool.Files == 0:
		d.add("spool", Pass, "", "empty")
	case s.Spool.Oldest != nil && time.Since(*s.Spool.Oldest) < spoolPasses && s.Collector.PID != 0:
		d.add("spool", Pass, "", "%d events, being taken in", s.Spool.Files)
	case s.Collector.PID == 0:
		d.add("spool", Warn, upRemedy+", which takes them in", "%d events (%s) wait, the oldest from %s", s.Spool.Files, size(s.Spool.Bytes), ago(s.Spool.Oldest))
	default:
		d.add("spool", Fail, "see "+stack.Log(statedir.Dir(s.Home), supervise.Collector)+" for why they are not taken in", "%d events (%s) wait, the oldest from %s, and the collector runs", s.Spool.Files, size(s.Spool.Bytes), ago(s.Spool.Oldest))
	}
	if s.Spool.Rejected > 0 {
		d.add("rejected", Warn, "look at the files in "+filepath.Join(dir, health.RejectedDir)+"; somebody may have put them there", "%d spool files could not be taken in", s.Spool.Rejected)
	} else {
		d.add("rejected", Pass, "", "no spool file was rejected")
	}
}

func (d *Diagnosis) lastEvent(s *Status) {
	if s.LastEvent == nil {
		d.add("last_event", Warn, "run `agent-telemetry install` in a project and restart Claude Code there; `agent-telemetry send-test` tries the way", "no event has been recorded yet")
		return
	}
	d.add("last_event", Pass, "", "%s", ago(s.LastEvent))
}

func (d *Diagnosis) disk(s *Status) {
	remedy := "make room on the file system of " + s.Home + ", or move the state directory with --home"
	found := fmt.Sprintf("%s free of %s", size(int64(s.Disk.Free)), size(int64(s.Disk.Total))) //nolint:gosec // no such disks
	switch {
	case s.Disk.Total == 0:
		d.add("disk", Warn, upRemedy+", which makes the state directory", "unknown: there is no state directory")
	case s.Disk.Free < noDisk:
		d.add("disk", Fail, remedy, "%s", found)
	case s.Disk.Free < lowDisk:
		d.add("disk", Warn, remedy, "%s", found)
	default:
		d.add("disk", Pass, "", "%s", found)
	}
}

// clock notices a clock that is far off, or was set back.
func (d *Diagnosis) clock(s *Status) {
	now := time.Now()
	remedy := "set the clock (`timedatectl set-ntp true`); times of records are taken from it"
	self, err := os.Executable()
	if err == nil {
		if info, err := os.Stat(self); err == nil && info.ModTime().After(now.Add(time.Minute)) {
			d.add("clock", Warn, remedy, "it is %s, before this program was built (%s)", now.Format(time.RFC3339), info.ModTime().Format(time.RFC3339))
			return
		}
	}
	for _, t := range []*time.Time{s.LastEvent, s.Supervisor.Since, s.Audit.Modified} {
		if t != nil && t.After(now.Add(time.Minute)) {
			d.add("clock", Warn, remedy, "it is %s, but something was recorded at %s: it was set back", now.Format(time.RFC3339), t.Format(time.RFC3339))
			return
		}
	}
	d.add("clock", Pass, "", "%s", now.Format(time.RFC3339))
}
