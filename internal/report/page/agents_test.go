package page

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agent-telemetry/agent-telemetry/internal/report"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// crowd is a session in which agents make calls of 10 s.
func crowd(agents, calls int) *report.CaseFile {
	at := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	c := &report.CaseFile{Made: at, Session: story.Session{ID: "s", ProjectPath: "/p", Start: at, End: at.Add(time.Hour)}}
	for i := range agents {
		parent := ""
		if i%4 > 0 {
			parent = fmt.Sprint("a", i/4*4)
		}
		c.Agents = append(c.Agents, story.Agent{
			ID: fmt.Sprint("a", i), Type: fmt.Sprint("type", i%5), Parent: parent, Link: semconv.LinkConfirmed, Start: at.Add(time.Duration(i) * time.Second), End: at.Add(time.Hour),
		})
		for j := range calls {
			c.Entries = append(c.Entries, story.Entry{
				Kind: story.KindTool, Event: semconv.EventFileRead, AgentID: fmt.Sprint("a", i), Time: at.Add(time.Duration(i+j*100) * time.Second),
				Tool: &story.Tool{Name: "Read", File: "/p/" + strings.Repeat("x", 500), Outcome: story.OutcomeOK, Duration: 10_000},
			})
		}
	}
	return c
}

// TestThePageIsBounded: of a session as large as a story can be the page has 500 agents,
// and says of how many more; the other calls are in their sums.
func TestThePageIsBounded(t *testing.T) {
	c := crowd(4000, 25)
	var b bytes.Buffer
	start := time.Now()
	require.NoError(t, WriteSession(&b, c, Options{Rows: 1}))
	t.Logf("%d bytes in %v", b.Len(), time.Since(start))
	require.NoError(t, check(b.Bytes(), Options{}))
	require.Less(t, b.Len(), 6<<20)
	page := b.String()
	_, left, _ := strings.Cut(page, `<p class="left">`)
	left, _, _ = strings.Cut(left, "</p>")
	require.True(t, strings.HasPrefix(left, "501 of 4,001 agents have a row each: "), left) // one would be alone in its sum
	require.Contains(t, left, "The other 3,500 are summed up")
	require.Contains(t, page, "100,000 tool calls in ")
	require.Contains(t, page, "more agents")
	require.Less(t, strings.Count(page, "<rect "), 20_000)
}

func TestAgentsOfAPage(t *testing.T) {
	c := crowd(3, 2)
	c.Agents[1].Link, c.Agents[2].Parent, c.Agents[0].Background = semconv.LinkProvisional, "gone", true
	c.Agents[0].Tokens = 12345
	c.Entries = append(c.Entries, story.Entry{Kind: story.KindTool, AgentID: "stray", Time: c.Session.Start, Tool: &story.Tool{}})
	c.Entries[0].Tool.Outcome = story.OutcomeFailed
	var b bytes.Buffer
	require.NoError(t, WriteSession(&b, c, Options{}))
	page := b.String()
	for _, s := range []string{
		"Of 3 sub-agents, of 1 the caller is inferred from times, prompts and types; the others’ is recorded.", `<span class="tag">background</span>`, "12,345",
		`<small class="unsure">inferred</small>`, "which has no records", "1 tool call of theirs only the timeline has", "6 tool calls in 4 lanes", "type0: 2 calls, 1 failed or denied", `class="f-bad"`, "10 s, failed</title>", "03:00",
	} {
		require.Contains(t, page, s)
	}

	b.Reset()
	require.NoError(t, WriteSession(&b, &report.CaseFile{}, Options{}))
	require.NotContains(t, b.String(), `id="agents"`, "a session without anything has no agents")
	require.NotContains(t, b.String(), `href="#agents"`)
}
