package enforcement

import (
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Mode says whether verdicts are asked for, and what becomes of a tool call for
// which none comes.
type Mode string

// The modes.
const (
	Off    Mode = ""       // no verdict is asked for
	Open   Mode = "open"   // without a verdict, Claude Code goes on as if nothing had been asked
	Ask    Mode = "ask"    // without a verdict, the user is asked
	Closed Mode = "closed" // without a verdict, the call is denied
)

// Modes are the values that switch enforcement on, for people to choose from.
const Modes = "open, ask or closed"

// Bounds of how long a verdict is waited for.
const (
	DefaultTimeout = 300 * time.Millisecond
	MinTimeout     = 20 * time.Millisecond
	MaxTimeout     = 1500 * time.Millisecond
)

// ParseMode returns the mode of a flag or header. ok is false when the text is
// none: somebody wanted enforcement then, and gets the strictest.
func ParseMode(text string) (m Mode, ok bool) {
	switch m = Mode(text); m {
	case Open, Ask, Closed:
		return m, true
	}
	return Closed, false
}

// Bound returns the timeout to use: the default for what is not positive, and
// nothing outside of the bounds.
func Bound(timeout time.Duration) time.Duration {
	if timeout <= 0 {
		return DefaultTimeout
	}
	return min(max(timeout, MinTimeout), MaxTimeout)
}

// Without is the verdict on a call that nobody could judge; why is one of the
// reasons in semconv.
func (m Mode) Without(why string) Verdict {
	v := Verdict{Decision: semconv.DecisionNone, Unjudged: why}
	switch m {
	case Closed:
		v.Decision = semconv.DecisionDeny
	case Ask:
		v.Decision = semconv.DecisionAsk
	case Open, Off:
	}
	return v
}
