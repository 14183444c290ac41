package timeline

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/termstyle"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// facts are how a call ended, for the right end of its line.
func facts(c *story.Tool) string {
	var all []string
	if c.Outside {
		all = append(all, "outside")
	}
	if c.Change && (c.Added > 0 || c.Removed > 0) {
		all = append(all, lines(c))
	}
	switch c.Outcome {
	case story.OutcomeDenied, story.OutcomeInterrupted, story.OutcomeTimeout:
		all = append(all, c.Outcome)
	case story.OutcomeUnknown:
		all = append(all, "no end")
	case story.OutcomeFailed:
		if c.ExitCode != nil {
			all = append(all, "exit "+strconv.FormatInt(*c.ExitCode, 10))
		} else {
			all = append(all, "failed")
		}
	}
	last := termstyle.Duration(c.Duration)
	if c.Outcome == story.OutcomeDenied {
		last = ""
	}
	return strings.TrimRight(strings.Join(all, " ")+fmt.Sprintf(" %9s", last), " ")
}

// lines are those that a call added and removed.
func lines(c *story.Tool) string {
	var all []string
	if c.Added > 0 {
		all = append(all, "+"+strconv.FormatInt(c.Added, 10))
	}
	if c.Removed > 0 {
		all = append(all, "−"+strconv.FormatInt(c.Removed, 10))
	}
	return strings.Join(all, " ")
}

// facts paints the parts of facts.
func (t *text) facts(s string) string {
	if !t.Color {
		return s
	}
	words := strings.Split(s, " ")
	for i, w := range words {
		switch {
		case w == "outside" || w == story.OutcomeDenied:
			words[i] = t.Paint(termstyle.Yellow, w)
		case w == "failed" || w == "exit" || w == story.OutcomeInterrupted || w == story.OutcomeTimeout, i > 0 && words[i-1] == t.Paint(termstyle.Red, "exit"):
			words[i] = t.Paint(termstyle.Red, w)
		case strings.HasPrefix(w, "+"):
			words[i] = t.Paint(termstyle.Green, w)
		case strings.HasPrefix(w, "−"):
			words[i] = t.Paint(termstyle.Red, w)
		case w != "":
			words[i] = t.Paint(termstyle.Dim, w)
		}
	}
	return strings.Join(words, " ")
}
