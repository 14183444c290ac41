package reconcile

import (
	"os"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/sessionstate"
)

// Settle is how old an event must be to be expected everywhere.
const Settle = 30 * time.Second

// Given returns what tells the last number that a session was given, from the
// sessions' states in dir: it is for Checks. A state that was written a moment ago
// may be of an event that is on its way.
func Given(dir string, now time.Time) func(session string) uint64 {
	return func(id string) uint64 {
		info, err := os.Lstat(sessionstate.File(dir, id))
		if err != nil || !info.Mode().IsRegular() || now.Sub(info.ModTime()) < Settle+5*time.Second {
			return 0
		}
		s := sessionstate.Open(dir, id)
		defer s.Close()
		return s.Known().Seq
	}
}
