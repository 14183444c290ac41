package capture

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/filehash"
	"github.com/agent-telemetry/agent-telemetry/internal/hookevent"
	"github.com/agent-telemetry/agent-telemetry/internal/projectscope"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/sessionstate"
)

// seen is what the file system tells about an event.
type seen struct {
	project string
	enabled bool // the marker or the installation activates the project now
	version string
	outside bool
	file    filehash.Result
	late    bool // it did not answer in time
}

// maxLooks bounds the looks that hang: a file system that does not answer must
// not gather goroutines in the collector.
const maxLooks = 64

// look asks the file system, and waits no longer than lookTime: the paths come
// from the payload, and one may lead to a file system that does not answer, or
// through so many links that following them takes seconds. What could not be told
// is taken for the worse: watched, and outside.
func (c *Capturer) look(ctx context.Context, in Input, p hookevent.Payload, known sessionstate.State) seen {
	unknown := seen{
		project: claimedProject(in, known), enabled: true, version: known.ClaudeVersion, late: true, outside: p.Target() != "",
		file: filehash.Result{Skipped: "timeout"},
	}
	select {
	case c.looks <- struct{}{}:
	default:
		return unknown
	}
	ctx, cancel := shortly(ctx)
	defer cancel()
	answer := make(chan seen, 1)
	go func() {
		defer func() { <-c.looks }()
		answer <- lookNow(ctx, in, p, known)
	}()
	select {
	case s := <-answer:
		return s
	case <-ctx.Done():
		return unknown
	}
}

// shortly gives a look its time. A caller's own deadline serves as well when it
// is about as far away: the collector saves a timer for each event. One that is
// nearly over does not count, for a slow sender would choose what is told of it.
func shortly(ctx context.Context) (context.Context, context.CancelFunc) {
	if until, ok := ctx.Deadline(); ok {
		if left := time.Until(until); left >= lookTime/2 && left <= 2*lookTime {
			return ctx, func() {}
		}
	}
	return context.WithTimeout(context.WithoutCancel(ctx), lookTime)
}

func lookNow(ctx context.Context, in Input, p hookevent.Payload, known sessionstate.State) seen {
	s := seen{project: claimedProject(in, known), version: known.ClaudeVersion}
	switch {
	case s.project != "":
	case p.Cwd() != "":
		s.project = projectscope.Find(p.Cwd())
	case in.WorkingDir != nil:
		if dir, err := in.WorkingDir(); err == nil {
			s.project = projectscope.Find(dir)
		}
	}
	if s.enabled = activated(in, s.project); !s.enabled && !known.Watched {
		return s
	}
	if s.version == "" {
		s.version = claudeVersion(p.Text("transcript_path"))
	}
	cwd, targets, target := p.Cwd(), p.Targets(), ""
	if len(targets) > 0 {
		target = targets[0]
	}
	if p.RunsCommand() && cwd != s.project {
		// Where a command runs is all that can be said of it without a shell parser.
		targets = append(targets, cwd)
	}
	if len(targets) == 0 {
		return s
	}
	scope := projectscope.At(s.project)
	for _, t := range targets {
		s.outside = s.outside || scope.Outside(cwd, t)
	}
	s.file = inspect(ctx, p, absolute(cwd, target), scope)
	return s
}

// claimedProject tells the project as the session's earlier events said it, or as
// Claude Code says it. A session keeps its project: a call that anybody on this
// host can make must not widen it for the calls that follow.
// Neither is believed when everything would be inside: the file that keeps the
// session's project can be written by anybody who runs as this user.
func claimedProject(in Input, known sessionstate.State) string {
	for _, claimed := range []string{known.Project, in.ProjectDir} {
		if !filepath.IsAbs(claimed) {
			continue
		}
		project := filepath.Clean(claimed)
		if home := os.Getenv("HOME"); project != "/" && !strings.HasPrefix(home, project+"/") {
			return project
		}
	}
	return ""
}

// activated reports whether the project is to be watched now. Where no project
// can be told, an HTTP hook counts: somebody configured its token.
func activated(in Input, project string) bool {
	switch in.InstallScope {
	case semconv.InstallScopeUser, semconv.InstallScopeManaged:
		return true
	}
	if project == "" {
		return in.Transport == semconv.TransportHTTP
	}
	return projectscope.Marked(project)
}

func absolute(cwd, path string) string {
	if path == "" || filepath.IsAbs(path) || !filepath.IsAbs(cwd) {
		return path
	}
	return filepath.Join(cwd, path)
}

// inspect looks at the file that the call is about.
func inspect(ctx context.Context, p hookevent.Payload, target string, scope projectscope.Scope) filehash.Result {
	if !filepath.IsAbs(target) {
		return filehash.Result{}
	}
	if p.ChangesFile() {
		real, whole := scope.Resolve(target)
		if !whole {
			real = "" // there may be another way to tell
		}
		return filehash.Resolved(ctx, target, real)
	}
	if info, err := os.Stat(target); err == nil && info.Mode().IsRegular() {
		return filehash.Result{Exists: true, Size: info.Size()}
	}
	return filehash.Result{}
}
