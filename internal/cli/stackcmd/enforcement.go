package stackcmd

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/claudesettings"
	"github.com/agent-telemetry/agent-telemetry/internal/enforcement"
	"github.com/agent-telemetry/agent-telemetry/internal/health"
	"github.com/agent-telemetry/agent-telemetry/internal/installs"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// EnforcementStatus says whether tool calls are enforced in the working directory,
// or the project that it is in, and in which other projects they are.
type EnforcementStatus struct {
	// Mode is what becomes of a call that nobody judges: open, ask or closed; ""
	// when no verdicts are asked for.
	Mode     enforcement.Mode     `json:"mode"`
	Files    []string             `json:"files"`    // settings that say so
	Projects []ProjectEnforcement `json:"projects"` // further ones in which it is on
	health.Verdicts
}

// ProjectEnforcement is a project in which tool calls are enforced.
type ProjectEnforcement struct {
	Project string           `json:"project"`
	Mode    enforcement.Mode `json:"mode"`
	Files   []string         `json:"files"`
}

// enforcementIn looks at the settings that count in a directory, "" for the user's
// alone, and at those of the projects in which hooks were installed.
func enforcementIn(dir, home string, r health.Receiver) EnforcementStatus {
	e := EnforcementStatus{Files: []string{}, Projects: []ProjectEnforcement{}, Verdicts: r.Verdicts()}
	projects := map[string]bool{}
	for _, i := range installs.List(statedir.Dir(home)) {
		if i.Project != "" {
			projects[i.Project] = true
		}
	}
	if dir != "" {
		if abs, err := filepath.Abs(dir); err == nil {
			dir = projectAround(abs, projects)
		}
	}
	if report, err := claudesettings.Inspect(dir, home); err == nil { // else doctor tells it
		e = e.of(report)
	}
	delete(projects, dir)
	for _, p := range slices.Sorted(maps.Keys(projects)) {
		report, err := claudesettings.Inspect(p, home)
		if err != nil {
			continue
		}
		if other := (EnforcementStatus{}).of(report); other.Mode != enforcement.Off {
			e.Projects = append(e.Projects, ProjectEnforcement{Project: p, Mode: other.Mode, Files: other.Files})
		}
	}
	return e
}

// projectAround is the innermost of the projects that a directory is in, or the
// directory itself. Names that lead elsewhere by a link are looked at as well.
func projectAround(dir string, projects map[string]bool) string {
	candidates := []string{dir}
	if there, err := filepath.EvalSymlinks(dir); err == nil && there != dir {
		candidates = append(candidates, there)
	}
	for _, from := range candidates {
		for d := from; ; d = filepath.Dir(d) {
			if projects[d] {
				return d
			}
			if d == filepath.Dir(d) {
				break
			}
		}
	}
	return dir
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

// maxProjectLines bounds the projects that are listed for people; --json has all.
const maxProjectLines = 10

// text is for people: a line, and one for each further project.
func (e EnforcementStatus) text() string {
	counts := fmt.Sprintf("%d passed, %d denied, %d asked, %d not judged", e.None, e.Deny, e.Ask, e.Unanswered)
	var text string
	switch {
	case e.Mode != enforcement.Off:
		text = fmt.Sprintf("on, fails %s; %s", e.Mode, counts)
	case len(e.Projects) == 0:
		return "off: alerts tell, and hold nothing back"
	default:
		text = "off here; " + counts
	}
	for i, p := range e.Projects {
		if i == maxProjectLines {
			text += fmt.Sprintf("\n              and in %d more", len(e.Projects)-i)
			break
		}
		text += fmt.Sprintf("\n              on in %s, fails %s", printable(p.Project), p.Mode)
	}
	return text
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
