package report

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
	"github.com/agent-telemetry/agent-telemetry/internal/report"
	"github.com/agent-telemetry/agent-telemetry/internal/report/page"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// session writes the case file of one session.
func (o *Options) session(ctx context.Context) error {
	var shared report.Options // what progress sets
	shared.Verify = o.verify
	end := o.progress(&shared)
	c, err := report.BuildCase(ctx, report.CaseOptions{
		Audit: o.Audit, Session: o.Session, Now: o.Now(), By: by(), Verify: shared.Verify, NoKey: o.noKey, Progress: shared.Progress,
	})
	end()
	var several *story.AmbiguousError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, story.ErrNoSession):
		return fmt.Errorf("%w (agent-telemetry sessions lists them)", err)
	case errors.As(err, &several):
		return usage(err)
	case err != nil:
		return err
	}
	encode := func(w writer) error {
		if o.Format == formatJSON {
			return c.WriteJSON(w)
		}
		return page.WriteSession(w, c, page.Options{Print: o.Format == formatPrint, Rows: o.Rows})
	}
	name := ""
	if o.Format != formatJSON {
		name = "agent-telemetry-session-" + fileSafe(c.Session.ID) + ".html"
	}
	if err := o.write(name, encode, func(file string) string { return o.toldSession(c, file) }); err != nil {
		return err
	}
	return judged(&c.Integrity)
}

func (o *Options) toldSession(c *report.CaseFile, file string) string {
	s := &c.Session
	return fmt.Sprintf("%s\n  %s, %s: %d events, %d tool calls, %d files edited, %d alerts, risk %d; %d of %d records proven\n  %s\n",
		file, termtext.Clean(s.Project), s.Start.UTC().Format("2006-01-02 15:04 UTC"), s.Events, s.ToolCalls, s.FilesEdited, s.Alerts.Total(), s.Risk,
		c.Integrity.Proven, c.Integrity.Used, o.verdict(&c.Integrity))
}

// fileSafe keeps what a part of a file's name may have: an id is text of a record.
func fileSafe(id string) string {
	id = strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return '_'
	}, id)
	return strings.TrimLeft(id[:min(len(id), 64)], "-")
}
