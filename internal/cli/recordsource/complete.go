package recordsource

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

// CompleteSessions names to a shell the newest sessions of the last week whose id
// begins with start, but for some: at most 50, and none after two seconds.
//
// Who sends a record chooses the id in it, and a shell puts what completions have in
// common into the line as it is: bash runs a $(…) in there, at the next tab already.
// So an id with anything but letters, digits and -_. is not named.
func CompleteSessions(cmd *cobra.Command, open func(context.Context) (story.Source, error), now time.Time, start string, but ...string) []string {
	parent := cmd.Context()
	if parent == nil {
		parent = context.Background()
	}
	ctx, cancel := context.WithTimeout(parent, completeTime)
	defer cancel()
	source, err := open(ctx)
	if err != nil {
		return nil // a shell cannot be told
	}
	found, err := story.Sessions(ctx, source, story.Query{From: now.Add(-completeSince)})
	if err != nil {
		return nil
	}
	slices.SortStableFunc(found.Sessions, func(a, b story.Session) int { return b.Start.Compare(a.Start) })
	var all []string
	for i := range found.Sessions {
		s := &found.Sessions[i]
		if len(all) < completeMost && strings.HasPrefix(s.ID, start) && harmless(s.ID) && !slices.Contains(but, s.ID) {
			all = append(all, cobra.CompletionWithDesc(s.ID, termtext.Clean(s.Project)+" "+s.Start.Local().Format("2 Jan 15:04")))
		}
	}
	return all
}

// harmless reports whether no shell finds anything in an id but a word, and no
// program a flag.
func harmless(id string) bool {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."
	return strings.Trim(id, plain) == "" && !strings.HasPrefix(id, "-")
}
