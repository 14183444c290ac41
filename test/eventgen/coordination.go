package eventgen

import (
	"time"

	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination/live"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination/recorded"
)

// Coordination makes the records of how agents worked together out of a Generator's
// records, as the coordination processor does.
type Coordination struct {
	tracker *live.Tracker
	latest  int64
}

// NewCoordination returns a Coordination that has seen no record yet.
func NewCoordination() *Coordination { return &Coordination{tracker: live.NewTracker(live.Limits{})} }

// Add takes records in, and returns what is over by then. There may be none.
func (c *Coordination) Add(ld plog.Logs) plog.Logs {
	for _, rl := range ld.ResourceLogs().All() {
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				var e coordination.Event
				if of, ok := recorded.FromRecord(rl.Resource().Attributes(), lr, &e); ok {
					c.latest = max(c.latest, e.At)
					c.tracker.Add(of, &e, time.Unix(0, c.latest))
				}
			}
		}
	}
	return recorded.Logs(c.tracker.Take())
}

// End returns what is left, as when all sessions had been silent for long.
func (c *Coordination) End() plog.Logs {
	c.tracker.End()
	return recorded.Logs(c.tracker.Take())
}
