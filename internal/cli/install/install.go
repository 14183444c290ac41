package install

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/claudesettings"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/enforcement"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Options are the settings of install.
type Options struct {
	Factory    *cliio.Factory
	Project    string
	User       bool
	Shared     bool
	HTTP       bool
	Port       int // 0: the environment's, else the default
	HookBinary string
	Marker     bool
	NoPreview  bool
	// Enforce is how tool calls are enforced, "" for not at all; EnforceTimeout is
	// how long a verdict may take.
	Enforce        string
	EnforceTimeout time.Duration
	DryRun         bool
	JSON           bool

	locate locateFunc
	now    func() time.Time
}

// NewInstall returns the command install.
func NewInstall(f *cliio.Factory) *cobra.Command { return newInstall(f, runInstall) }

func newInstall(f *cliio.Factory, runF func(context.Context, *Options) error) *cobra.Command {
	o := &Options{Factory: f, locate: claudesettings.Locate, now: time.Now}
	var command bool
	cmd := &cobra.Command{
		Use:   "install",
		Short: "Register the hooks with Claude Code",
		Long: `Registers a hook for every event in the Claude Code settings of a project, or
in your own. Whatever else stands in the settings stays as it is; a copy of the
file is kept beside it. Installing again changes nothing, or only what differs.

A project's hooks go into .claude/settings.local.json: they name a path (and with
--http a secret) of this machine, which does not belong in a repository. With
--shared they go into .claude/settings.json, for teams that have claude-hook at
the same path on every machine.

The file .telemetry-enabled in a project makes its events be recorded. Hooks
installed with --user record every project without it.

With --http Claude Code posts most events to the collector itself, which is
faster than starting a program for each. Events while the collector is stopped
are then not recorded; with --command they are kept and handed over later.

With --enforce the hook asks, before a tool call is made, whether a security rule is
against it, and tells Claude Code to deny the call or to ask you. The value says what
happens to a call that nobody could judge in time: open lets it pass (the default),
ask has you asked, closed denies it. Installing again without --enforce ends it.
See docs/enforcement.md for what this holds back, and what it does not.

With --json the result is an object: status (installed, updated,
already_installed), dry_run, scope, project_dir, mode, enforce, hook_binary, url,
state_dir, token_created, files (path, added, removed, backup, deleted), marker
(path, created, removed, kept), warnings (code, message, remedy), next.`,
		Example: `  # Watch the project in the current directory
  $ agent-telemetry install

  # Watch everything you do with Claude Code
  $ agent-telemetry install --user

  # See what would change
  $ agent-telemetry install --project ~/src/shop --http --dry-run`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runF(cmd.Context(), o) },
	}
	fl := cmd.Flags()
	fl.StringVar(&o.Project, "project", ".", "install in the project in `DIR`")
	fl.BoolVar(&o.User, "user", false, "install for all your projects")
	fl.BoolVar(&o.Shared, "shared", false, "use the project's settings.json, which is meant to be committed")
	fl.BoolVar(&command, "command", false, "Claude Code runs claude-hook for each event (default)")
	fl.BoolVar(&o.HTTP, "http", false, "Claude Code posts events to the collector")
	fl.IntVar(&o.Port, "port", 0, "with --http, the collector's `PORT` (default $"+semconv.EnvHookPort+", else "+strconv.Itoa(semconv.DefaultHookPort)+")")
	fl.StringVar(&o.HookBinary, "hook-binary", "", "`PATH` of claude-hook (default: beside this program)")
	fl.BoolVar(&o.Marker, "marker", true, "make "+semconv.MarkerFile+" in the project")
	fl.BoolVar(&o.NoPreview, semconv.FlagNoPreview, false, "keep nothing of what you write in prompts (default: the first 120 characters, redacted)")
	fl.StringVar(&o.Enforce, semconv.FlagEnforce, "", "deny tool calls that a security rule is against, or ask; without a verdict: `MODE` "+enforcement.Modes)
	fl.Lookup(semconv.FlagEnforce).NoOptDefVal = string(enforcement.Open)
	fl.DurationVar(&o.EnforceTimeout, semconv.FlagEnforceTimeout, 0, "with --enforce, how long a verdict may take (default "+enforcement.DefaultTimeout.String()+")")
	fl.BoolVar(&o.DryRun, "dry-run", false, "say what would be done and change nothing")
	fl.BoolVar(&o.JSON, "json", false, "print the result as JSON")
	cmd.MarkFlagsMutuallyExclusive("project", "user")
	cmd.MarkFlagsMutuallyExclusive("command", "http")
	cmd.MarkFlagsMutuallyExclusive("user", "shared")
	cmd.MarkFlagsMutuallyExclusive("http", "shared") // the token would be committed
	cobra.CheckErr(errors.Join(cmd.MarkFlagDirname("project"), cmd.MarkFlagFilename("hook-binary")))
	return cmd
}

// plan works out what is to be registered, without the token.
func (o *Options) plan(t target) (claudesettings.Plan, error) {
	p := claudesettings.Plan{Mode: claudesettings.ModeCommand, Scope: t.scope, NoPreview: o.NoPreview}
	if err := o.enforcement(&p); err != nil {
		return p, err
	}
	home, err := o.Factory.Home()
	if err != nil {
		return p, fmt.Errorf("find the state directory: %w", err)
	}
	// Also when it is the default: Claude Code may be started from another
	// environment than this one, and the watched agent can edit the `env` of a
	// settings file, where a variable must not send the events elsewhere.
	p.Home = string(home)
	if p.HookBinary, err = findHook(o.HookBinary); err != nil {
		return p, err
	}
	if !o.HTTP {
		return p, nil
	}
	port, err := o.port()
	if err != nil {
		return p, err
	}
	p.Mode, p.ProjectDir = claudesettings.ModeHTTP, t.project
	p.URL = "http://" + net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) + semconv.HookURLPath
	return p, nil
}

// enforcement reads the flags --enforce and --enforce-timeout.
func (o *Options) enforcement(p *claudesettings.Plan) error {
	switch {
	case o.Enforce == "" && o.EnforceTimeout != 0:
		return usage("--%s needs --%s", semconv.FlagEnforceTimeout, semconv.FlagEnforce)
	case o.Enforce == "":
		return nil
	}
	mode, ok := enforcement.ParseMode(o.Enforce)
	if !ok {
		return usage("--%s is %q, expected %s", semconv.FlagEnforce, o.Enforce, enforcement.Modes)
	}
	if t := o.EnforceTimeout; t != 0 && t != enforcement.Bound(t) {
		return usage("--%s is %s, expected %s to %s", semconv.FlagEnforceTimeout, t, enforcement.MinTimeout, enforcement.MaxTimeout)
	}
	p.Enforce, p.EnforceTimeout = mode, o.EnforceTimeout
	return nil
}

func (o *Options) port() (int, error) {
	port, from := o.Port, "--port"
	if v := os.Getenv(semconv.EnvHookPort); port == 0 && v != "" {
		var err error
		from = "$" + semconv.EnvHookPort
		if port, err = strconv.Atoi(v); err != nil {
			return 0, usage("%s is %q, expected a port number", from, v)
		}
	} else if port == 0 {
		port = semconv.DefaultHookPort
	}
	if port < 1 || port > 65535 {
		return 0, usage("%s is %d, expected a port from 1 to 65535", from, port)
	}
	return port, nil
}

// usage is the error of a wrong command line.
func usage(format string, args ...any) error {
	return &cliio.ExitError{Code: 2, Err: fmt.Errorf(format, args...)}
}

// findHook returns the absolute path of the hook program, which can be run.
func findHook(flag string) (string, error) {
	if flag != "" {
		abs, err := filepath.Abs(flag)
		if err != nil {
			return "", fmt.Errorf("resolve --hook-binary: %w", err)
		}
		if err := claudesettings.CheckBinary(abs); err != nil {
			return "", fmt.Errorf("%w: give the path of %s with --hook-binary", err, semconv.HookBinary)
		}
		if filepath.Base(abs) != semconv.HookBinary {
			return "", usage("--hook-binary %s: the program must be named %s, it is recognised by its name", flag, semconv.HookBinary)
		}
		return abs, nil
	}
	self, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find %s: %w (name it with --hook-binary)", semconv.HookBinary, err)
	}
	beside := filepath.Join(filepath.Dir(self), semconv.HookBinary)
	missing := claudesettings.CheckBinary(beside)
	if missing == nil {
		return beside, nil
	}
	// This program may have been reached through a link.
	if linked, err := filepath.EvalSymlinks(self); err == nil {
		if path := filepath.Join(filepath.Dir(linked), semconv.HookBinary); claudesettings.CheckBinary(path) == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%w: run `make build`, or name it with --hook-binary", missing)
}
