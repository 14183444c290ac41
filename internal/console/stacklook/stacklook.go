// Package stacklook tells in a few words how the stack is, for the head of the
// console. agent-telemetry status and doctor tell more.
package stacklook

import (
	"context"
	"fmt"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/claudesettings"
	"github.com/agent-telemetry/agent-telemetry/internal/console/celltext"
	"github.com/agent-telemetry/agent-telemetry/internal/enforcement"
	"github.com/agent-telemetry/agent-telemetry/internal/health"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// State says how a part is.
type State int

// States.
const (
	Good State = iota
	Odd        // works, and somebody should look
	Bad
	Off // not in use
)

// Part is one part of the stack.
type Part struct {
	Name  string
	State State
	Text  string // a word or two; may be empty
}

// Stack is what is known of the parts. Its texts are clean.
type Stack struct {
	Parts   []Part
	Problem string // the first one, and what to do; "" for none
}

// timeout bounds a look.
const timeout = 4 * time.Second

// Look asks the parts of the stack in home, and whether tool calls are enforced in
// the project, a directory; "" for the user's settings alone.
func Look(ctx context.Context, home statedir.Dir, project string) Stack {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var s Stack
	receiver := s.collector(ctx, home)
	s.audit(ctx, home)
	s.loki(ctx, home)
	s.spool(home)
	s.enforcement(project, home, receiver)
	s.Problem = celltext.Clean(s.Problem, 300)
	return s
}

func (s *Stack) add(name string, state State, text, problem string) {
	s.Parts = append(s.Parts, Part{Name: name, State: state, Text: celltext.Clean(text, 40)})
	if s.Problem == "" {
		s.Problem = problem
	}
}

func (s *Stack) collector(ctx context.Context, home statedir.Dir) health.Receiver {
	if err := health.Socket(ctx, home); err != nil {
		s.add("collector", Bad, "down", "The collector does not answer, events wait in the spool: `agent-telemetry up` starts it, `agent-telemetry doctor` tells more.")
		return nil
	}
	receiver, err := health.ReceiverStatus(ctx, home)
	if err != nil {
		s.add("collector", Odd, "", "The collector takes connections and tells nothing of itself: see `agent-telemetry doctor`.")
		return nil
	}
	s.add("collector", Good, "", "")
	return receiver
}

func (s *Stack) audit(ctx context.Context, home statedir.Dir) {
	a, err := health.ReadAudit(home)
	switch {
	case err != nil:
		s.add("audit", Bad, "unreadable", "The audit log cannot be read: "+err.Error())
	case ctx.Err() != nil || a.Segments == 0:
		s.add("audit", Odd, "empty", "")
	default:
		s.add("audit", Good, size(a.Bytes), "")
	}
}

// behindIsMuch is how many records may wait for Loki before it is told.
const behindIsMuch = 1000

func (s *Stack) loki(ctx context.Context, home statedir.Dir) {
	config, err := stack.Current(home, nil)
	if err != nil {
		s.add("Loki", Odd, "", "The stack's settings cannot be read: "+err.Error())
		return
	}
	if err := health.Loki(ctx, config.LokiAddress()); err != nil {
		s.add("Loki", Bad, "down", "Loki is not ready; events wait in the audit log. `agent-telemetry status` tells more.")
		return
	}
	deliveries, err := health.ReadDelivery(ctx, home)
	if err != nil {
		s.add("Loki", Odd, "", "How far Loki has the audit log cannot be read: "+err.Error())
		return
	}
	for _, d := range deliveries {
		if text, bad := d.Problem(); bad {
			s.add("Loki", Odd, fmt.Sprintf("%d wait", d.Behind), text+": see `agent-telemetry doctor`.")
			return
		}
		if d.Behind > behindIsMuch {
			s.add("Loki", Good, fmt.Sprintf("%d wait", d.Behind), "")
			return
		}
	}
	s.add("Loki", Good, "", "")
}

func (s *Stack) spool(home statedir.Dir) {
	p, err := health.ReadSpool(home)
	switch {
	case err != nil:
		s.add("spool", Bad, "", "The spool cannot be read: "+err.Error())
	case p.Rejected > 0:
		s.add("spool", Odd, fmt.Sprint(p.Files), fmt.Sprintf("%d events in the spool were rejected: see `agent-telemetry doctor`.", p.Rejected))
	case p.Files > 0:
		s.add("spool", Odd, fmt.Sprint(p.Files), "")
	default:
		s.add("spool", Good, "0", "")
	}
}

func (s *Stack) enforcement(project string, home statedir.Dir, receiver health.Receiver) {
	const name = "enforce"
	report, err := claudesettings.Inspect(project, string(home))
	if err != nil {
		s.add(name, Odd, "unknown", "")
		return
	}
	if report.Enforce() == enforcement.Off {
		s.add(name, Off, "off", "")
		return
	}
	text := fmt.Sprintf("on, %d denied", receiver.Verdicts().Deny)
	if v := receiver.Verdicts(); receiver == nil || (v.Judging != nil && !*v.Judging) {
		s.add(name, Bad, "on, none judges", "Tool calls are to be judged and nobody judges them: see `agent-telemetry doctor`.")
		return
	}
	s.add(name, Good, text, "")
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
