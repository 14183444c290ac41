package report

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/recordsource"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// completeSession names the newest sessions of the audit log to a shell.
func (o *Options) completeSession(cmd *cobra.Command, _ []string, start string) ([]string, cobra.ShellCompDirective) {
	return recordsource.CompleteSessions(cmd, func(context.Context) (story.Source, error) {
		dir := o.Audit
		if dir == "" {
			home, err := o.Factory.Home()
			if err != nil {
				return nil, err
			}
			dir = home.Audit()
		}
		return story.Audit(dir), nil
	}, o.Now(), start), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}
