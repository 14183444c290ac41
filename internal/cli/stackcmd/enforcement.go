package stackcmd

import (
	"context"
	"fmt"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/claudesettings"
	"github.com/agent-telemetry/agent-telemetry/internal/enforcement"
	"github.com/agent-telemetry/agent-telemetry/internal/health"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// EnforcementStatus says whether tool calls are enforced in the working directory.
type EnforcementStatus struct {
	// Mode is what becomes of a call that nobody judges: open, ask or closed; ""
	// when no verdicts are asked for.
	Mode  enforcement.Mode `json:"mode"`
	Files []string         `json:"files"` // settings that say so
	health.Verdicts
}

// enforcementIn looks at the settings that count in a project, "" for the user's
// alone.
func enforcementIn(project, home string, r health.Receiver) EnforcementStatus {
	e := EnforcementStatus{Files: []string{}, Verdicts: r.Verdicts()}
	report, err := claudesettings.Inspect(project, home)
	if err != nil {
		return e // doctor tells it
	}
	return e.of(report)
}

func (e EnforcementStatus) of(report claudesettings.Report) EnforcementStatus {
	e.Mode = report.Enforce()
	for _, f := range report.Files {
		if f.Enforce != enforcement.Off {
			e.Files = append(e.Files, f.Path)
		}
	}
	return e
}

// text is a line for people.
func (e EnforcementStatus) text() string {
	if e.Mode == enforcement.Off {
		return "off: alerts tell, and hold nothing back"
	}
	return fmt.Sprintf("on, fails %s; %d passed, %d denied, %d asked, %d not judged", e.Mode, e.None, e.Deny, e.Ask, e.Unanswered)
}

// enforcement checks that whoever is asked for verdicts can give them.
func (d *Diagnosis) enforcement(ctx context.Context, home statedir.Dir, report claudesettings.Report) {
	const name = "enforcement"
	receiver, err := health.ReceiverStatus(ctx, home)
	e := EnforcementStatus{Verdicts: receiver.Verdicts()}.of(report)
	if e.Mode == enforcement.Off {
		d.add(name, Pass, "", "%s", e.text())
		return
	}
	without := map[enforcement.Mode]string{
		enforcement.Open: "every tool call passes", enforcement.Ask: "the user is asked about every tool call", enforcement.Closed: "every tool call is denied",
	}[e.Mode]
	where := strings.Join(e.Files, ", ")
	off := "; to end enforcement: `agent-telemetry install` without --enforce"
	switch {
	case err != nil:
		d.add(name, Warn, upRemedy+off, "%s asks for verdicts and the collector gives none: %s", where, without)
	case e.Judging != nil && !*e.Judging:
		d.add(name, Warn, "put the processor security_alert into the pipeline of claude_hook (see docs/enforcement.md), then run `agent-telemetry restart`"+off,
			"%s asks for verdicts and nothing judged the last tool call: %s", where, without)
	case e.Unanswered > 0:
		d.add(name, Warn, "give it longer with `agent-telemetry install --enforce="+string(e.Mode)+" --enforce-timeout 1s`, or see the collector's log",
			"%s; %d calls since the collector started had no verdict in time", e.text(), e.Unanswered)
	default:
		d.add(name, Pass, "", "%s (%s)", e.text(), where)
	}
}
