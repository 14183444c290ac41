package timeline

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/recordsource"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// completeSession names the newest sessions to a shell.
func completeSession(f *cliio.Factory, now func() time.Time) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective) {
		const only = cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
		if len(args) > 0 {
			return nil, only
		}
		open := func(ctx context.Context) (story.Source, error) { return recordsource.Open(ctx, f, recordsource.Auto) }
		return recordsource.CompleteSessions(cmd, open, now(), start), only
	}
}
