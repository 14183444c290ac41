package install

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/claudesettings"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/enforcement"
)

// Statuses of a Result.
const (
	StatusInstalled    = "installed"         // no hook of ours was there
	StatusUpdated      = "updated"           // some were, and differed
	StatusUnchanged    = "already_installed" // all were
	StatusUninstalled  = "uninstalled"
	StatusNotInstalled = "not_installed" // there was nothing to uninstall
)

// Result is what install and uninstall print with --json.
type Result struct {
	Status       string       `json:"status"`  // one of the Status constants
	DryRun       bool         `json:"dry_run"` // nothing was changed, status says what would be
	Scope        string       `json:"scope"`   // project or user
	ProjectDir   string       `json:"project_dir,omitempty"`
	Mode         string       `json:"mode,omitempty"` // command or http; install only
	HookBinary   string       `json:"hook_binary,omitempty"`
	URL          string       `json:"url,omitempty"`     // with mode http
	Enforce      string       `json:"enforce,omitempty"` // how tool calls are enforced now; "" when not at all
	StateDir     string       `json:"state_dir"`
	TokenCreated bool         `json:"token_created,omitempty"`
	Files        []FileResult `json:"files"` // settings files that were changed
	Marker       *Marker      `json:"marker,omitempty"`
	Warnings     []Warning    `json:"warnings"`
	Next         []string     `json:"next"` // what to do now, for people
}

// FileResult is a settings file that was changed.
type FileResult struct {
	Path    string   `json:"path"`
	Added   []string `json:"added"`             // events that got a hook
	Removed []string `json:"removed"`           // events that lost one; both: replaced
	Backup  string   `json:"backup,omitempty"`  // copy of the file before
	Deleted bool     `json:"deleted,omitempty"` // held nothing else and was made by install
}

// Marker is the file that makes a project a watched one.
type Marker struct {
	Path    string `json:"path"`
	Created bool   `json:"created"`
	Removed bool   `json:"removed"`
	Kept    string `json:"kept,omitempty"` // why uninstall left it
}

// Warning is something that keeps events from being recorded, or leaks.
type Warning struct {
	Code    string `json:"code"` // a claudesettings.Problem… or a Warning… value
	Message string `json:"message"`
	Remedy  string `json:"remedy"`
}

// Codes of warnings beside those of claudesettings.
const (
	WarningGitTracks   = "git_tracks_settings"
	WarningGitWouldAdd = "git_would_add_settings"
	WarningSubdir      = "project_is_a_subdirectory"
	WarningNoMarker    = "no_marker"
	WarningEnforceOff  = "enforcement_off"
)

func (r *Result) warn(code, message, remedy string) {
	r.Warnings = append(r.Warnings, Warning{Code: code, Message: message, Remedy: remedy})
}

func (r *Result) warnAll(problems []claudesettings.Problem) {
	for _, p := range problems {
		r.warn(p.Code, p.Message, p.Remedy)
	}
}

// print writes the result for people, or as JSON.
func (r *Result) print(io *cliio.IO, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(io.Out)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		if err := enc.Encode(r); err != nil {
			return fmt.Errorf("print the result: %w", err)
		}
		return nil
	}
	for _, w := range r.Warnings {
		if err := say(io.Err, "warning: %s\n  %s\n", w.Message, w.Remedy); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprint(io.Out, r.text()); err != nil {
		return fmt.Errorf("print the result: %w", err)
	}
	return nil
}

func say(w io.Writer, format string, args ...any) error {
	if _, err := fmt.Fprintf(w, format, args...); err != nil {
		return fmt.Errorf("print the result: %w", err)
	}
	return nil
}

func (r *Result) text() string {
	var b strings.Builder
	would := ""
	if r.DryRun {
		would = "would be "
	}
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	switch r.Status {
	case StatusUnchanged:
		line("Already installed (%s hooks, scope %s): nothing to change.", r.Mode, r.Scope)
	case StatusNotInstalled:
		line("No hooks of agent-telemetry are installed here: nothing to remove.")
	}
	for _, f := range r.Files {
		switch {
		case f.Deleted:
			line("%s: hooks %sremoved (%s); the file %sdeleted, nothing else was in it", f.Path, would, events(f.Removed), would)
		case len(f.Added) > 0 && len(f.Removed) > 0:
			line("%s: hooks %sreplaced: %d added, %d removed (%s hooks)", f.Path, would, len(f.Added), len(f.Removed), r.Mode)
		case len(f.Added) > 0:
			line("%s: %s hooks %sadded (%s)", f.Path, r.Mode, would, events(f.Added))
		case len(f.Removed) > 0:
			line("%s: hooks %sremoved (%s)", f.Path, would, events(f.Removed))
		}
		if f.Backup != "" {
			line("  backup: %s", f.Backup)
		}
	}
	if m := r.Marker; m != nil {
		switch {
		case m.Created:
			line("%s: %smade, the project's events are recorded", m.Path, would)
		case m.Removed:
			line("%s: %sremoved", m.Path, would)
		case m.Kept != "":
			line("%s: kept, because %s", m.Path, m.Kept)
		}
	}
	if r.Enforce != "" {
		be := "is"
		if r.DryRun {
			be = "would be"
		}
		line("Enforcement %s on: a tool call that nobody judges %s", be, unjudged(enforcement.Mode(r.Enforce)))
	}
	if len(r.Next) > 0 {
		line("\nNext:")
		for _, n := range r.Next {
			line("  - %s", n)
		}
	}
	return b.String()
}

// unjudged says what becomes of a tool call for which no verdict comes.
func unjudged(m enforcement.Mode) string {
	switch m {
	case enforcement.Closed:
		return "is denied (closed)"
	case enforcement.Ask:
		return "has you asked (ask)"
	default:
		return "passes (open)"
	}
}

func events(names []string) string {
	if len(names) == 1 {
		return "1 event"
	}
	return fmt.Sprintf("%d events", len(names))
}
