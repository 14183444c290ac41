package install

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/agent-telemetry/agent-telemetry/internal/accesstoken"
	"github.com/agent-telemetry/agent-telemetry/internal/claudesettings"
	"github.com/agent-telemetry/agent-telemetry/internal/enforcement"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// tokenPlaceholder stands for the token where none may be made.
const tokenPlaceholder = "(token)"

func runInstall(ctx context.Context, o *Options) (err error) {
	t, err := findTarget(o.locate, o.Project, o.User, o.Shared)
	if err != nil {
		return err
	}
	plan, err := o.plan(t)
	if err != nil {
		return err
	}
	home, err := o.Factory.Home()
	if err != nil {
		return fmt.Errorf("find the state directory: %w", err)
	}
	r := &Result{
		DryRun: o.DryRun, Scope: t.scope, ProjectDir: t.project, Mode: string(plan.Mode),
		HookBinary: plan.HookBinary, URL: plan.URL, Enforce: string(plan.Enforce), StateDir: string(home),
		Files: []FileResult{}, Warnings: []Warning{}, Next: []string{},
	}
	e := &editor{target: t, home: home, dryRun: o.DryRun, now: o.now, secret: o.HTTP, result: r}
	if o.HTTP {
		if plan.Token, err = e.token(); err != nil {
			return err
		}
	}
	enforced := t.enforces()
	if !o.DryRun {
		if e.madeDir, err = t.makeDir(); err != nil {
			return err
		}
	}
	if err := e.locked(ctx, func() error { return e.register(plan, o.Marker) }); err != nil {
		return err
	}
	e.warnings(ctx, plan)
	if enforced && plan.Enforce == enforcement.Off {
		r.warn(WarningEnforceOff, ended(o.DryRun), "install with --"+semconv.FlagEnforce+" to have them enforced")
	}
	r.Next = nextSteps(t, r)
	return r.print(o.Factory.IO, o.JSON)
}

// enforces reports whether the target's own hooks ask for verdicts now.
func (t target) enforces() bool {
	for _, f := range t.locations.Inspect("").Files {
		if slices.Contains(t.levels(), f.Level) && f.Enforce != enforcement.Off {
			return true
		}
	}
	return false
}

func ended(dryRun bool) string {
	if dryRun {
		return "enforcement would be off: tool calls that a security rule is against would be told of, and made"
	}
	return "enforcement is off now: tool calls that a security rule is against are told of, and made"
}

// token returns the collector's token, making it if need be.
func (e *editor) token() (string, error) {
	if !e.dryRun {
		token, made, err := accesstoken.Ensure(e.home)
		e.result.TokenCreated = made
		return token, err
	}
	token, err := accesstoken.Read(e.home)
	if errors.Is(err, os.ErrNotExist) {
		return tokenPlaceholder, nil
	}
	return token, err
}

// register writes the hooks and the marker.
func (e *editor) register(plan claudesettings.Plan, marker bool) error {
	first := true
	wasThere := false
	for _, level := range e.target.levels() {
		step := unregister
		if first {
			step = func(f *claudesettings.File, _ footprint) (claudesettings.Change, error) {
				return claudesettings.Register(f.Doc, plan)
			}
		}
		change, err := e.edit(level, step)
		if err != nil && first {
			return err
		}
		// What is wrong with the other file is told by the warnings.
		wasThere = wasThere || (err == nil && (len(change.Removed) > 0 || (first && len(change.Added) < len(claudesettings.Events()))))
		first = false
	}
	switch {
	case len(e.result.Files) == 0:
		e.result.Status = StatusUnchanged
	case wasThere:
		e.result.Status = StatusUpdated
	default:
		e.result.Status = StatusInstalled
	}
	if e.madeDir {
		// Another install may have had the lock first, and found the
		// directory that this one made.
		if err := e.remember(e.target.path(), func(f *footprint) { f.CreatedDir = true }); err != nil {
			return err
		}
	}
	if e.target.project == "" || !marker {
		return nil
	}
	path, made, err := makeMarker(e.target.project, e.dryRun)
	if err != nil {
		return err
	}
	e.result.Marker = &Marker{Path: path, Created: made}
	if !made || e.dryRun {
		return nil
	}
	return e.remember(e.target.path(), func(f *footprint) { f.Marker = path })
}

// remember changes what is remembered of a settings file.
func (e *editor) remember(path string, change func(*footprint)) error {
	file, err := claudesettings.Open(path)
	if err != nil {
		return fmt.Errorf("remember the install: %w", err)
	}
	mark, _, err := loadFootprint(e.home, file.Target)
	if err != nil {
		return err
	}
	change(&mark)
	return mark.save(e.home)
}

// warnings tells what keeps the hooks from running, or leaks.
func (e *editor) warnings(ctx context.Context, plan claudesettings.Plan) {
	r, t := e.result, e.target
	if e.dryRun {
		r.warnAll(t.locations.Policies(plan.URL))
	} else {
		report := t.locations.Inspect(string(e.home))
		for _, p := range report.Problems {
			if p.Code == claudesettings.ProblemNotWatched {
				r.warn(WarningNoMarker, p.Message+": nothing is recorded", "make the file, or install without --marker=false")
				continue
			}
			r.warn(p.Code, p.Message, p.Remedy)
		}
	}
	if t.project == "" {
		return
	}
	if root := repositoryAbove(t.project); root != "" {
		r.warn(WarningSubdir, fmt.Sprintf("%s lies inside the repository %s: these hooks run only when Claude Code is started in it", t.project, root), "to watch the whole repository: agent-telemetry install --project "+root)
	}
	if t.level != claudesettings.LevelLocal {
		return
	}
	switch path := t.path(); {
	case gitTracks(ctx, path):
		r.warn(WarningGitTracks, path+" is part of the git repository, and holds "+held(plan)+" of this machine", "git rm --cached "+path+", and add .claude/settings.local.json* to .gitignore")
	case gitWouldAdd(ctx, path):
		r.warn(WarningGitWouldAdd, path+" is not ignored by git, and holds "+held(plan)+" of this machine", "add .claude/settings.local.json* to .gitignore")
	}
}

func held(plan claudesettings.Plan) string {
	if plan.Mode == claudesettings.ModeHTTP {
		return "a secret"
	}
	return "a path"
}

// repositoryAbove returns the git repository around dir, "" when dir is its
// root or in none.
func repositoryAbove(dir string) string {
	if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
		return ""
	}
	for up := filepath.Dir(dir); up != dir; dir, up = up, filepath.Dir(up) {
		if _, err := os.Lstat(filepath.Join(up, ".git")); err == nil {
			return up
		}
	}
	return ""
}

func nextSteps(t target, r *Result) []string {
	if r.DryRun {
		return []string{"run the command without --dry-run"}
	}
	where := "Claude Code"
	if t.project != "" {
		where += " in " + t.project
	}
	steps := []string{
		"start the collector, if it does not run: agent-telemetry up",
		"restart " + where + ": a running session keeps the hooks it began with",
		"see what it does: agent-telemetry events --follow",
	}
	if r.Scope == semconv.InstallScopeUser {
		return append(steps, "to stop: agent-telemetry uninstall --user")
	}
	return append(steps, "to stop: agent-telemetry uninstall --project "+t.project)
}
