package eventgen

import (
	"time"
)

// Options say what is made. The zero value of a field is its default.
type Options struct {
	// Seed makes the events what they are; the same one gives the same.
	Seed uint64
	// Events is the number of records, alerts and native events among them.
	// Default 10,000, at least 16; exactly as many come.
	Events int
	// Sessions is how many sessions there are. Default 200; fewer when there are
	// less than 16 events for each.
	Sessions int
	// AtATime is how many of them run at a time, on average. Default 17.
	AtATime float64
	// Projects is how many projects they work in, at most 8, which is the default.
	Projects int
	// Start and Span are the time of the events. Default: 24 hours from
	// 2026-03-02 00:00 UTC, a Monday.
	Start time.Time
	Span  time.Duration
	// Alerts, Outside, Failed and Denied are shares: of the records that are
	// alerts (default 0.01), and of the tool calls that reach outside of the
	// project (0.02), fail (0.06) and are denied (0.01). Below 0 is none.
	Alerts, Outside, Failed, Denied float64
	// NoNative leaves out Claude Code's own events.
	NoNative bool
	// Batch is the largest number of records of one plog.Logs. Default 500.
	Batch int
}

// Defaults of Options.
const (
	defaultEvents   = 10_000
	defaultSessions = 200
	defaultAtATime  = 17
	defaultSpan     = 24 * time.Hour
	defaultBatch    = 500
	leastEvents     = 16 // of a session
)

func (o Options) complete() Options {
	fill(&o.Events, defaultEvents)
	fill(&o.Sessions, defaultSessions)
	fill(&o.AtATime, defaultAtATime)
	fill(&o.Projects, len(projects))
	fill(&o.Span, defaultSpan)
	fill(&o.Batch, defaultBatch)
	fill(&o.Alerts, 0.01)
	fill(&o.Outside, 0.02)
	fill(&o.Failed, 0.06)
	fill(&o.Denied, 0.01)
	o.Projects = min(o.Projects, len(projects))
	o.Events = max(o.Events, leastEvents)
	o.Sessions = max(1, min(o.Sessions, o.Events/leastEvents))
	if o.Start.IsZero() {
		o.Start = time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC)
	}
	return o
}

func fill[T int | float64 | time.Duration](v *T, byDefault T) {
	if *v == 0 {
		*v = byDefault
	}
}
