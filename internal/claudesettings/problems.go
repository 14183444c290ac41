package claudesettings

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/claudesettings/jsondoc"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
)

// Codes of problems.
const (
	ProblemNotInstalled    = "not_installed"
	ProblemNotWatched      = "not_watched"
	ProblemUnreadable      = "settings_unreadable"
	ProblemHooksDisabled   = "hooks_disabled"
	ProblemManagedOnly     = "managed_hooks_only"
	ProblemURLNotAllowed   = "http_url_not_allowed"
	ProblemBinary          = "hook_binary_unusable"
	ProblemOtherHome       = "other_state_directory"
	ProblemToken           = "token_mismatch"
	ProblemMissingEvents   = "events_missing"
	ProblemDoubles         = "registered_twice"
	ProblemTokenReadable   = "token_readable_by_others"
	ProblemForbiddenEvents = "event_must_not_be_hooked"
	ProblemEnforceHTTP     = "enforcement_needs_command"
)

// policy is what settings say about all hooks.
type policy struct {
	disableAll, managedOnly bool
	allowedURLs             []string
	restrictsURLs           bool
}

func readPolicy(doc *jsondoc.Doc) policy {
	var p policy
	if doc.Root().Kind() != jsondoc.Object {
		return p
	}
	flag := func(key string) (on bool) {
		if n := doc.Root().Get(key); n != nil && n.Decode(&on) != nil {
			return false
		}
		return on
	}
	p.disableAll, p.managedOnly = flag("disableAllHooks"), flag("allowManagedHooksOnly")
	if n := doc.Root().Get("allowedHttpHookUrls"); n != nil {
		p.restrictsURLs = n.Decode(&p.allowedURLs) == nil && p.allowedURLs != nil
	}
	return p
}

// judge fills Problems, those that stop everything first.
func (r *Report) judge(home string) {
	var urls []string
	for _, f := range r.Files {
		urls = append(urls, f.URLs...)
	}
	r.judgePolicies(urls)
	if !r.Installed() {
		r.add(ProblemNotInstalled, true, "no hook is registered with Claude Code", "run `agent-telemetry install` in the project, or `agent-telemetry install --user`")
	} else if r.ProjectDir != "" && !r.Watched() {
		r.add(ProblemNotWatched, true, fmt.Sprintf("%s is not a watched project: %s is missing", r.ProjectDir, semconv.MarkerFile), "run `agent-telemetry install` in it")
	}
	for _, f := range r.Files {
		if f.Error != "" {
			r.add(ProblemUnreadable, false, f.Error, "correct the file: Claude Code ignores settings it cannot read")
		}
		for _, path := range f.Binaries {
			if err := CheckBinary(binaryOf(path)); err != nil {
				r.add(ProblemBinary, true, fmt.Sprintf("%s: %v", f.Path, err), "build the program, or run `agent-telemetry install` again")
			}
		}
		r.judgeHome(f, home)
		r.judgeToken(f, home)
		r.judgeEnforcement(f)
		for _, event := range []string{"WorktreeCreate", "WorktreeRemove", "MessageDisplay"} {
			if slices.Contains(f.Events, event) {
				r.add(ProblemForbiddenEvents, false, fmt.Sprintf("%s hooks %s, which can break or slow down Claude Code", f.Path, event), "run `agent-telemetry install` again")
			}
		}
	}
	if r.Installed() && len(r.Missing) > 0 {
		r.add(ProblemMissingEvents, false, "not registered: "+strings.Join(r.Missing, ", "), "run `agent-telemetry install` again")
	}
	if len(r.Doubles) > 0 {
		levels := make([]string, 0, len(r.Doubles[0].Levels))
		for _, l := range r.Doubles[0].Levels {
			levels = append(levels, string(l))
		}
		r.add(ProblemDoubles, false, fmt.Sprintf("%d events are registered more than once (%s); each is recorded once, but the hook runs again for nothing", len(r.Doubles), strings.Join(levels, ", ")), "run `agent-telemetry uninstall` at one of the levels")
	}
}

// Policies reports the settings that keep hooks which are to be registered from
// running; url is where they would post to, "" for command hooks.
func (l Locations) Policies(url string) []Problem {
	var urls []string
	if url != "" {
		urls = append(urls, url)
	}
	r := l.read()
	r.judgePolicies(urls)
	return r.Problems
}

func (r *Report) judgePolicies(urls []string) {
	var allowed []string
	restricted := false
	for _, f := range r.Files {
		if f.policy.disableAll {
			// Only managed settings can switch off managed hooks.
			all := f.Level == LevelManaged || !r.managedHooks()
			r.add(ProblemHooksDisabled, all, f.Path+" sets disableAllHooks: hooks do not run", "remove disableAllHooks from it")
		}
		if f.Level == LevelManaged && f.policy.managedOnly && !r.managedHooks() {
			r.add(ProblemManagedOnly, true, f.Path+" sets allowManagedHooksOnly: hooks of users and projects do not run", "ask the administrator to register the hooks in the managed settings")
		}
		restricted = restricted || f.policy.restrictsURLs
		allowed = append(allowed, f.policy.allowedURLs...)
	}
	if !restricted {
		return
	}
	for _, u := range urls {
		if !slices.ContainsFunc(allowed, func(pattern string) bool { return matchWildcard(pattern, u) }) {
			r.add(ProblemURLNotAllowed, true, "allowedHttpHookUrls does not cover "+u, "add it there, or run `agent-telemetry install --command`")
		}
	}
}

func (r *Report) managedHooks() bool {
	return slices.ContainsFunc(r.Files, func(f FileUse) bool { return f.Level == LevelManaged && len(f.Events) > 0 })
}

// judgeHome finds command hooks that record into another state directory.
func (r *Report) judgeHome(f FileUse, home string) {
	for _, h := range f.handlers {
		if h.handler.Type != "command" || home == "" {
			continue
		}
		uses := h.handler.flag("--home", "")
		if uses == "" {
			dir, err := statedir.Default()
			if err != nil {
				continue
			}
			uses = string(dir)
		}
		if filepath.Clean(uses) != filepath.Clean(home) {
			r.add(ProblemOtherHome, false, fmt.Sprintf("the hooks of %s record into %s, not into %s", f.Path, uses, home), "use --home "+uses+", or run `agent-telemetry install` again with the --home you want")
			return
		}
	}
}

// judgeToken finds http hooks whose token the collector will refuse, and
// settings that show it to other users.
func (r *Report) judgeToken(f FileUse, home string) {
	if f.Mode != ModeHTTP {
		return
	}
	if info, err := os.Stat(f.Path); err == nil && info.Mode().Perm()&0o077 != 0 {
		r.add(ProblemTokenReadable, false, f.Path+" holds the collector's token and can be read by others", "chmod 600 "+f.Path)
	}
	if home == "" {
		return
	}
	token, err := os.ReadFile(statedir.Dir(home).TokenFile())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		r.add(ProblemToken, false, fmt.Sprintf("cannot read the collector's token: %v", err), "check the permissions of the state directory")
		return
	}
	for _, h := range f.handlers {
		if h.handler.Type == "http" && h.handler.header("Authorization", "") != "Bearer "+strings.TrimSpace(string(token)) {
			r.add(ProblemToken, true, "the token in "+f.Path+" is not the collector's: it will refuse the events", "run `agent-telemetry install --http` again")
			return
		}
	}
}

func (r *Report) add(code string, blocking bool, message, remedy string) {
	r.Problems = append(r.Problems, Problem{Code: code, Blocking: blocking, Message: message, Remedy: remedy})
}

// CheckBinary reports why the hook program at path cannot be run.
func CheckBinary(path string) error {
	if !filepath.IsAbs(path) {
		return fmt.Errorf("the hook program %s is not given as an absolute path", path)
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("the hook program %s does not exist", path)
	case err != nil:
		return fmt.Errorf("inspect the hook program: %w", err)
	case !info.Mode().IsRegular() || info.Mode().Perm()&0o111 == 0:
		return fmt.Errorf("the hook program %s is not executable", path)
	}
	return nil
}

// matchWildcard reports whether s matches pattern, in which * stands for any text.
func matchWildcard(pattern, s string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == s
	}
	rest, ok := strings.CutPrefix(s, parts[0])
	if !ok {
		return false
	}
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(rest, part)
		if i < 0 {
			return false
		}
		rest = rest[i+len(part):]
	}
	return strings.HasSuffix(rest, parts[len(parts)-1])
}
