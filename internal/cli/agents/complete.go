package agents

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/recordsource"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// Bounds of what a shell is told of sessions.
const (
	completeTime  = 2 * time.Second
	completeSince = 7 * 24 * time.Hour
	completeMost  = 50
)

// completeSessions names the newest sessions to a shell, up to as many arguments as a
// command has.
func completeSessions(f *cliio.Factory, now func() time.Time, most int) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective) {
		const only = cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
		if len(args) >= most {
			return nil, only
		}
		ctx := cmd.Context()
		if ctx == nil {
			ctx = context.Background()
		}
		ctx, cancel := context.WithTimeout(ctx, completeTime)
		defer cancel()
		source, err := recordsource.Open(ctx, f, recordsource.Auto)
		if err != nil {
			return nil, only
		}
		found, err := story.Sessions(ctx, source, story.Query{From: now().Add(-completeSince)})
		if err != nil {
			return nil, only
		}
		var all []string
		for i := range found.Sessions {
			s := &found.Sessions[i]
			if len(all) == completeMost {
				break
			}
			if strings.HasPrefix(s.ID, start) && termtext.Clean(s.ID) == s.ID && !slices.Contains(args, s.ID) {
				all = append(all, cobra.CompletionWithDesc(s.ID, termtext.Clean(s.Project)+" "+s.Start.Local().Format("2 Jan 15:04")))
			}
		}
		return all, only
	}
}
