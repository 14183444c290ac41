package stackcmd

import (
	"fmt"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/supervise"
)

// text shows the status to people.
func (s *Status) text(color bool) string {
	var b strings.Builder
	line := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "  %-11s %s\n", name, fmt.Sprintf(format, args...))
	}
	head := map[string]string{
		StateOK: paint(color, green, "All is well."), StateDegraded: paint(color, yellow, "Something is down."),
		StateStopped: paint(color, yellow, "Nothing is running: `agent-telemetry up` starts it."),
	}
	fmt.Fprintf(&b, "%s\n\n", head[s.State])
	if s.Supervisor.Running {
		line("supervisor", "process %d, started %s", s.Supervisor.PID, ago(s.Supervisor.Since))
	} else {
		line("supervisor", "not running")
	}
	line("collector", "%s", s.Collector.text())
	loki := s.Loki.URL + " (" + s.Loki.Mode + ")"
	if s.Loki.Ready {
		loki += ", ready"
	} else {
		loki += ", not ready"
	}
	if s.Loki.Version != "" {
		loki += ", " + s.Loki.Version
	}
	line("Loki", "%s", loki)
	if s.Loki.Process != nil {
		line("", "%s, data %s", s.Loki.Process.text(), size(s.Loki.DataBytes))
	}
	if s.Grafana != nil {
		s.Grafana.lines(line)
	}
	answers := "answers"
	if !s.Socket.Answers {
		answers = "does not answer"
	}
	line("socket", "%s %s", s.Socket.Path, answers)
	spool := fmt.Sprintf("%d events, %s", s.Spool.Files, size(s.Spool.Bytes))
	if s.Spool.Oldest != nil {
		spool += ", oldest " + ago(s.Spool.Oldest)
	}
	if s.Spool.Rejected > 0 {
		spool += fmt.Sprintf(", %d rejected", s.Spool.Rejected)
	}
	line("spool", "%s", spool)
	line("backup", "%s in %d files", size(s.Audit.Bytes), s.Audit.Segments)
	for _, d := range s.Delivery {
		line("delivered", "%s", d.Text())
	}
	line("last event", "%s", ago(s.LastEvent))
	if s.Alerts != nil {
		line("alerts", "%s", alertsText(s.Alerts))
	}
	line("enforcement", "%s", s.Enforcement.text())
	line("disk", "%s free of %s", size(int64(s.Disk.Free)), size(int64(s.Disk.Total))) //nolint:gosec // no such disks
	line("state", "%s", s.Home)
	if len(s.Problems) > 0 {
		b.WriteString("\n")
	}
	for _, p := range s.Problems {
		fmt.Fprintf(&b, "%s %s\n", paint(color, red, "!"), printable(p))
	}
	return b.String()
}

func (p *ProcessStatus) text() string {
	if p.PID == 0 {
		if p.Error != "" {
			return fmt.Sprintf("%s: %s", p.State, p.Error)
		}
		return string(p.State)
	}
	t := fmt.Sprintf("process %d, started %s, %s, restarted %d times", p.PID, ago(p.Since), size(int64(p.RSSBytes)), p.Restarts) //nolint:gosec // no such memory
	if p.State != supervise.Running {
		t = string(p.State) + ", " + t
	}
	return t
}

// ago says how long something is past.
func ago(t *time.Time) string {
	if t == nil {
		return "never"
	}
	d := time.Since(*t)
	switch {
	case d < 0:
		return t.Local().Format(time.DateTime) + " (in the future)"
	case d < time.Minute:
		return fmt.Sprintf("%d s ago", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	default:
		return fmt.Sprintf("%d days ago", int(d.Hours()/24))
	}
}

// size shows bytes.
func size(n int64) string {
	const units = "KMGTPE"
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	v, i := float64(n)/1024, 0
	for ; v >= 1024 && i < len(units)-1; i++ {
		v /= 1024
	}
	return fmt.Sprintf("%.1f %ciB", v, units[i])
}

// Colours of a terminal.
const (
	red    = "31"
	green  = "32"
	yellow = "33"
)

func paint(on bool, code, text string) string {
	if !on {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}
