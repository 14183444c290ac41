package report

import (
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

// Bounds of what is told of the recorder.
const (
	maxStretches = 200
	// silence is how long the log can be without a heartbeat, which it has every
	// minute, before it counts as closed.
	silence = 3 * time.Minute
)

// Recorder says when the log was open in the period. While it is not, events wait
// in the spool, if the spool has room.
type Recorder struct {
	// Since is when the log was first opened, as far as its records tell; null when it
	// has no record of that.
	Since *time.Time `json:"since"`
	// Off is how often it was closed after that and in the period, and OffSeconds for
	// how long in all.
	Off        int       `json:"off"`
	OffSeconds float64   `json:"off_seconds"`
	Stretches  []Stretch `json:"stretches"` // the first 200
}

// Why the log was closed.
const (
	StretchStopped = "stopped" // as somebody asked
	StretchEnded   = "ended"   // without a stop: killed, or the machine went down
	StretchSilent  = "silent"  // no heartbeat: suspended, for example
)

// Stretch is a time in which the log was closed.
type Stretch struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	Why  string    `json:"why"` // see the Stretch constants
}

// recorder takes the log's own records in.
type recorder struct {
	since, until time.Time
	first, last  time.Time
	stopped      bool // the last record is a stop
	out          Recorder
}

func (r *recorder) add(e *auditlog.Entry) {
	switch e.Kind {
	case auditlog.KindStart, auditlog.KindStop, auditlog.KindHeartbeat:
	default:
		return
	}
	at := e.When().UTC()
	if r.first.IsZero() {
		r.first = at
	} else {
		r.gap(at, e.Kind == auditlog.KindStart)
	}
	r.last, r.stopped = at, e.Kind == auditlog.KindStop
}

// gap looks at the time between the last record and the one that follows.
func (r *recorder) gap(at time.Time, start bool) {
	var why string
	switch {
	case r.stopped:
		why = StretchStopped
	case start:
		why = StretchEnded
	case at.Sub(r.last) > silence:
		why = StretchSilent
	default:
		return
	}
	from, to := r.last, at
	if from.Before(r.since) {
		from = r.since.UTC()
	}
	if to.After(r.until) {
		to = r.until.UTC()
	}
	if !to.After(from) {
		return // of another time, or the clock was set
	}
	r.out.Off++
	r.out.OffSeconds += to.Sub(from).Seconds()
	if len(r.out.Stretches) < maxStretches {
		r.out.Stretches = append(r.out.Stretches, Stretch{From: from, To: to, Why: why})
	}
}

// result ends the last stretch with the period.
func (r *recorder) result() Recorder {
	if r.out.Stretches == nil {
		r.out.Stretches = []Stretch{}
	}
	if r.first.IsZero() {
		return r.out
	}
	if r.last.Before(r.until) {
		r.gap(r.until, false)
	}
	first := r.first
	r.out.Since = &first
	return r.out
}
