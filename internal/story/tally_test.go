package story_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// Where the two halves of a call say different things of it, as when the file was made
// meanwhile and is a link that leads elsewhere, the call is what either says: in the
// totals as in the story, whichever half comes first, and wherever they stand.
func TestHalvesThatDisagree(t *testing.T) {
	half := func(hook, typ string, outside, redacted bool) story.Event {
		return story.Event{
			Time: noon, Session: "s", Hook: hook, Type: typ, Tool: "Write", ToolUseID: "toolu_1", Outside: outside, Redacted: redacted, Duration: -1,
		}
	}
	for _, pre := range []bool{false, true} {
		for _, post := range []bool{false, true} {
			begin, end := half("PreToolUse", semconv.EventFileWrite, pre, pre), half("PostToolUse", semconv.EventFileWrite, post, post)
			denied := half("PermissionDenied", semconv.EventPermissionDenied, post, false)
			want := 0
			if pre || post {
				want = 1
			}
			for name, all := range map[string][]story.Event{
				"in order": {begin, end}, "end first": {end, begin}, "denied": {begin, denied}, "denied first": {denied, begin},
				"begins twice": {begin, begin, end}, "ends twice": {end, end, begin},
			} {
				var whole, first, second story.Tally
				b := story.NewBuilder(story.Limits{})
				for i := range all {
					all[i].Time = noon.Add(time.Duration(i) * time.Second)
					whole.Add(&all[i])
					b.Add(&all[i])
					if i == 0 {
						first.Add(&all[i])
					} else {
						second.Add(&all[i])
					}
				}
				outside := 0
				for _, e := range b.Story().Entries {
					if e.Tool != nil && e.Tool.Outside {
						outside++
					}
				}
				if first.Merge(&second); len(all) > 2 {
					first = whole // a pair that was joined is forgotten: doubles are for the event's id to tell
				}
				require.Equal(t, want, outside, "%s %t %t", name, pre, post)
				for _, s := range []story.Session{whole.Session(), first.Session()} {
					require.Equal(t, want, s.Outside, "%s %t %t", name, pre, post)
					require.Equal(t, 1, s.ToolCalls, "%s %t %t", name, pre, post)
					require.Equal(t, map[string]int{"Write": 1}, s.Tools, "%s %t %t", name, pre, post)
				}
			}
		}
	}
}

// A call that a rule denied, and of which Claude Code then tells that it was denied, is
// one.
func TestACallIsDeniedOnce(t *testing.T) {
	begin := story.Event{
		Time: noon, Session: "s", Hook: "PreToolUse", Type: semconv.EventCommandExecution, Tool: "Bash", ToolUseID: "toolu_1", Decision: semconv.DecisionDeny, Duration: -1,
	}
	end := story.Event{Time: noon, Session: "s", Hook: "PermissionDenied", Type: semconv.EventPermissionDenied, Tool: "Bash", ToolUseID: "toolu_1", Duration: -1}
	for _, all := range [][]story.Event{{begin}, {end}, {begin, end}, {end, begin}, {begin, begin}} {
		require.Equal(t, 1, build(all, story.Limits{}).Session.Denied)
	}
}
