package report

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// Bounds of what a shell is told of sessions.
const (
	completeTime  = 2 * time.Second
	completeSince = 7 * 24 * time.Hour
	completeMost  = 50
)

// completeSession names the newest sessions of the audit log to a shell.
func (o *Options) completeSession(cmd *cobra.Command, _ []string, start string) ([]string, cobra.ShellCompDirective) {
	const only = cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	parent := cmd.Context()
	if parent == nil {
		parent = context.Background()
	}
	ctx, cancel := context.WithTimeout(parent, completeTime)
	defer cancel()
	dir := o.Audit
	if dir == "" {
		home, err := o.Factory.Home()
		if err != nil {
			return nil, only
		}
		dir = home.Audit()
	}
	found, err := story.Sessions(ctx, story.Audit(dir), story.Query{From: o.Now().Add(-completeSince)})
	if found == nil || err != nil && len(found.Sessions) == 0 {
		return nil, only
	}
	slices.SortStableFunc(found.Sessions, func(a, b story.Session) int { return b.Start.Compare(a.Start) })
	var all []string
	for i := range found.Sessions {
		s := &found.Sessions[i]
		if len(all) < completeMost && strings.HasPrefix(s.ID, start) && termtext.Clean(s.ID) == s.ID {
			all = append(all, cobra.CompletionWithDesc(s.ID, termtext.Clean(s.Project)+" "+s.Start.Local().Format("2 Jan 15:04")))
		}
	}
	return all, only
}
