package coordinationprocessor

import (
	"time"

	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination/live"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination/recorded"
)

// entry is what the tracker is told at once: the events of a batch, or that none come.
// It is a line of the state's second file.
type entry struct {
	File   uint64  `json:"file"` // number of the state that it follows
	Log    string  `json:"log,omitempty"`
	First  uint64  `json:"first,omitempty"` // record of the audit log
	Now    int64   `json:"now,omitempty"`   // the clock when it was taken in
	Quiet  int64   `json:"quiet,omitempty"` // no events come, and all up to then have
	Events []event `json:"events,omitempty"`
}

type event struct {
	Session string             `json:"s"`
	Project string             `json:"p,omitempty"`
	Event   coordination.Event `json:"e"`
}

// read takes the events of a batch.
func (e *entry) read(ld plog.Logs) {
	e.Events = make([]event, 0, ld.LogRecordCount())
	for _, rl := range ld.ResourceLogs().All() {
		resource := rl.Resource().Attributes()
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				e.Events = append(e.Events, event{})
				one := &e.Events[len(e.Events)-1]
				of, ok := recorded.FromRecord(resource, lr, &one.Event)
				if !ok {
					e.Events = e.Events[:len(e.Events)-1]
					continue
				}
				one.Session, one.Project = of.Session, of.Project
			}
		}
	}
}

// apply tells the tracker.
func (e *entry) apply(t *live.Tracker) {
	now := time.Unix(0, e.Now)
	for i := range e.Events {
		one := &e.Events[i]
		t.Add(recorded.Of{Session: one.Session, Project: one.Project}, &one.Event, now)
	}
	if e.Quiet != 0 {
		t.Quiet(time.Unix(0, e.Quiet))
	}
}
