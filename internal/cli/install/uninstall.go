package install

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/claudesettings"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// UninstallOptions are the settings of uninstall.
type UninstallOptions struct {
	Factory *cliio.Factory
	Project string
	User    bool
	DryRun  bool
	JSON    bool

	locate locateFunc
	now    func() time.Time
}

// NewUninstall returns the command uninstall.
func NewUninstall(f *cliio.Factory) *cobra.Command { return newUninstall(f, runUninstall) }

func newUninstall(f *cliio.Factory, runF func(context.Context, *UninstallOptions) error) *cobra.Command {
	o := &UninstallOptions{Factory: f, locate: claudesettings.Locate, now: time.Now}
	cmd := &cobra.Command{
		Use:   "uninstall",
		Short: "Take the hooks out of Claude Code's settings",
		Long: `Removes the hooks that install registered, and what it made for them: entries
that would be left empty, a settings file that holds nothing else, and the marker
` + semconv.MarkerFile + ` if install made it. Everything else stays. What has been recorded is not touched.

With --json the result is the same object as that of install; its status is
uninstalled or not_installed.`,
		Example: `  $ agent-telemetry uninstall
  $ agent-telemetry uninstall --user
  $ agent-telemetry uninstall --project ~/src/shop --dry-run`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runF(cmd.Context(), o) },
	}
	fl := cmd.Flags()
	fl.StringVar(&o.Project, "project", ".", "uninstall from the project in `DIR`")
	fl.BoolVar(&o.User, "user", false, "uninstall from your own settings")
	fl.BoolVar(&o.DryRun, "dry-run", false, "say what would be done and change nothing")
	fl.BoolVar(&o.JSON, "json", false, "print the result as JSON")
	cmd.MarkFlagsMutuallyExclusive("project", "user")
	cobra.CheckErr(cmd.MarkFlagDirname("project"))
	return cmd
}

func runUninstall(ctx context.Context, o *UninstallOptions) error {
	t, err := findTarget(o.locate, o.Project, o.User, false)
	if err != nil {
		return err
	}
	home, err := o.Factory.Home()
	if err != nil {
		return fmt.Errorf("find the state directory: %w", err)
	}
	r := &Result{
		Status: StatusNotInstalled, DryRun: o.DryRun, Scope: t.scope, ProjectDir: t.project, StateDir: string(home),
		Files: []FileResult{}, Warnings: []Warning{}, Next: []string{},
	}
	enforced := t.enforces()
	e := &editor{target: t, home: home, dryRun: o.DryRun, now: o.now, result: r}
	if err := e.locked(ctx, func() error { return e.unregister() }); err != nil {
		return err
	}
	if !o.DryRun {
		if err := e.cleanUp(); err != nil {
			return err
		}
	}
	if len(r.Files) > 0 || (r.Marker != nil && r.Marker.Removed) {
		r.Status = StatusUninstalled
	}
	if enforced && len(r.Files) > 0 {
		r.warn(WarningEnforceOff, ended(o.DryRun), "install with --"+semconv.FlagEnforce+" to have them enforced")
	}
	switch {
	case r.DryRun:
		r.Next = []string{"run the command without --dry-run"}
	case len(r.Files) > 0:
		r.Next = []string{"restart Claude Code: a running session keeps the hooks it began with"}
		for _, f := range r.Files {
			if f.Backup != "" {
				r.Next = append(r.Next, "remove the copies of the settings when you do not need them: "+f.Path+".agent-telemetry-backup-*")
			}
		}
	}
	return r.print(o.Factory.IO, o.JSON)
}

// unregister takes the hooks out of every file of the target, and the marker.
func (e *editor) unregister() error {
	for _, level := range e.target.levels() {
		if _, err := e.edit(level, unregister); err != nil {
			return err
		}
	}
	if e.target.project == "" {
		return nil
	}
	var madeByUs string
	for _, m := range e.marks {
		if m.Marker != "" {
			madeByUs = m.Marker
		}
	}
	path, kept, err := removeMarker(e.target.project, madeByUs, e.dryRun)
	if err != nil {
		return err
	}
	if path != "" {
		e.result.Marker = &Marker{Path: path, Removed: kept == "", Kept: kept}
	}
	return nil
}

// cleanUp removes the settings' directory when an install made it and it is
// empty now, and forgets the installs.
func (e *editor) cleanUp() error {
	madeDir := false
	for _, m := range e.marks {
		madeDir = madeDir || m.CreatedDir
		if err := m.forget(e.home); err != nil {
			return err
		}
	}
	if !madeDir {
		return nil
	}
	entries, err := os.ReadDir(e.target.dir())
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for leftovers: %w", err)
	}
	if len(entries) > 0 {
		return nil
	}
	if err := os.Remove(e.target.dir()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove the empty settings directory: %w", err)
	}
	return nil
}
