package stackcmd

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/claudesettings"
	"github.com/agent-telemetry/agent-telemetry/internal/health"
	"github.com/agent-telemetry/agent-telemetry/internal/hookrun"
	"github.com/agent-telemetry/agent-telemetry/internal/stack"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// examineHooks checks Claude Code's side.
func (d *Diagnosis) examineHooks(ctx context.Context, home, project string) {
	r, err := claudesettings.Inspect(project, home)
	if err != nil {
		d.add("hooks", Fail, "set HOME or CLAUDE_CONFIG_DIR", "%v", err)
		return
	}
	d.Project = r.ProjectDir
	for _, p := range r.Problems {
		result := Warn
		if p.Blocking {
			result = Fail
		}
		d.add("hooks."+p.Code, result, p.Remedy, "%s", p.Message)
	}
	if r.Installed() {
		var where []string
		for _, f := range r.Files {
			if len(f.Events) > 0 {
				where = append(where, f.Path)
			}
		}
		d.add("hooks", Pass, "", "registered in %s", strings.Join(where, ", "))
	}
	switch {
	case r.Marker != "":
		d.add("marker", Pass, "", "%s", r.Marker)
	case r.Watched():
		d.add("marker", Pass, "", "not needed: the hooks watch every project")
	case r.Installed():
		// The problem not_watched says so.
	default:
		d.add("marker", Warn, "run `agent-telemetry install` in the project", "%s is not a watched project", r.ProjectDir)
	}
	d.enforcement(ctx, statedir.Dir(home), r)
	if path, ok := stack.FindHook(); ok {
		d.add("hook_program", Pass, "", "%s", path)
	} else {
		d.add("hook_program", Warn, "run `make build`, which puts it beside this program", "%s does not exist or is not executable", path)
	}
}

// hookLog looks for recent errors of the hook.
func (d *Diagnosis) hookLog(home statedir.Dir) {
	const name = "hook_errors"
	hook, err := health.ReadHook(home, time.Now())
	see := "see " + filepath.Join(home.Logs(), hookrun.ErrorLog)
	switch {
	case err != nil:
		d.add(name, Warn, "find out who put it there and remove it", "%v", err)
	case hook.Lost > 0:
		d.add(name, Fail, "make room on the disk, start the collector; "+see,
			"%d events were lost in the last 24 hours: neither the collector nor the spool took them; the last: %.300s", hook.Lost, hook.Last)
	case hook.Errors > 0:
		d.add(name, Warn, see, "%d in the last 24 hours, the last: %.300s", hook.Errors, hook.Last)
	default:
		d.add(name, Pass, "", "none in the last 24 hours")
	}
}
