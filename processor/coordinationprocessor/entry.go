package coordinationprocessor

import (
	"slices"
	"strconv"
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

// appendJSON appends the entry as encoding/json would write it, and the end of the line.
func (e *entry) appendJSON(b []byte) []byte {
	b = append(b, `{"file":`...)
	b = strconv.AppendUint(b, e.File, 10)
	if e.Log != "" {
		b = append(b, `,"log":`...)
		b = coordination.AppendJSONText(b, e.Log)
	}
	if e.First != 0 {
		b = append(b, `,"first":`...)
		b = strconv.AppendUint(b, e.First, 10)
	}
	if e.Now != 0 {
		b = append(b, `,"now":`...)
		b = strconv.AppendInt(b, e.Now, 10)
	}
	if e.Quiet != 0 {
		b = append(b, `,"quiet":`...)
		b = strconv.AppendInt(b, e.Quiet, 10)
	}
	for i := range e.Events {
		if i == 0 {
			b = append(b, `,"events":[`...)
		} else {
			b = append(b, ',')
		}
		b = e.Events[i].appendJSON(b)
	}
	if len(e.Events) > 0 {
		b = append(b, ']')
	}
	return append(b, "}\n"...)
}

func (e *event) appendJSON(b []byte) []byte {
	b = append(b, `{"s":`...)
	b = coordination.AppendJSONText(b, e.Session)
	if e.Project != "" {
		b = append(b, `,"p":`...)
		b = coordination.AppendJSONText(b, e.Project)
	}
	b = append(b, `,"e":`...)
	return append(e.Event.AppendJSON(b), '}')
}

// read takes the events of a batch. It uses the memory of those that are there.
func (e *entry) read(ld plog.Logs) {
	e.Events = slices.Grow(e.Events[:0], ld.LogRecordCount())
	for _, rl := range ld.ResourceLogs().All() {
		resource := rl.Resource().Attributes()
		for _, sl := range rl.ScopeLogs().All() {
			for _, lr := range sl.LogRecords().All() {
				n := len(e.Events)
				one := &e.Events[:n+1][n]
				if of, ok := recorded.FromRecord(resource, lr, &one.Event); ok {
					one.Session, one.Project = of.Session, of.Project
					e.Events = e.Events[:n+1]
				}
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
