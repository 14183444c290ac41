package gantt

import (
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// Turn is the time from a prompt to the answer. Its JSON is a part of the session's report.
type Turn struct {
	Number int       `json:"number"` // from 1
	Start  time.Time `json:"start"`
	End    time.Time `json:"end"`
	Ended  bool      `json:"ended"`  // its end was recorded; else it ends with the last record in front of the next prompt
	Failed bool      `json:"failed"` // Claude failed to answer
	Prompt string    `json:"prompt"` // its preview
}

// maxTurns bounds how many turns are told of.
const maxTurns = 10_000

// Turns finds the turns of a session's main agent; more says how many there are beyond
// the first 10,000.
func Turns(entries []story.Entry) (turns []Turn, more int) {
	turns = []Turn{}
	open := false
	for i := range entries {
		e := &entries[i]
		switch {
		case e.Kind == story.KindPrompt:
			if len(turns) == maxTurns {
				more, open = more+1, false
				continue
			}
			turns = append(turns, Turn{Number: len(turns) + 1, Start: e.Time, End: e.Time, Prompt: e.Text})
			open = true
		case !open:
		case e.Kind == story.KindTurn && e.AgentID == "":
			t := &turns[len(turns)-1]
			t.End, t.Ended, t.Failed = e.Time, true, e.Event == semconv.EventTurnFailure
			open = false
		default:
			t := &turns[len(turns)-1]
			if _, end := ran(e); end.After(t.End) {
				t.End = end
			}
		}
	}
	for i := 1; i < len(turns); i++ { // a call can outlast its turn
		if turns[i-1].End.After(turns[i].Start) {
			turns[i-1].End = turns[i].Start
		}
	}
	return turns, more
}

// ran is from when to when an entry was: a call from when it ran, after whoever had to
// allowed it.
func ran(e *story.Entry) (from, to time.Time) {
	t := e.Tool
	if t == nil || t.Duration < 0 {
		return e.Time, e.Time
	}
	took := time.Duration(min(t.Duration, maxDuration)) * time.Millisecond
	if begun := t.Ended.Add(-took); !t.Ended.IsZero() && t.Outcome != story.OutcomeDenied && begun.Sub(e.Time) > leastWait {
		return begun, t.Ended
	}
	return e.Time, e.Time.Add(took)
}

// leastWait is from when on a call has waited: what is shorter can be the hooks' own time.
const leastWait = time.Second

// maxDuration is the longest call that is believed, in milliseconds: 30 days.
const maxDuration = 30 * 24 * 3600 * 1000
