package replay

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/lokiconfig"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination/live"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination/recorded"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// The collector waits so long, when no events come, until it tells what is over.
const collectorsQuiet = 5 * time.Minute

// following makes the records of how agents worked together as the collector does, and
// brings into Loki what of them is not there.
type following struct {
	dir          string
	since, until time.Time
	now          time.Time
	tracker      *live.Tracker
	whole        bool            // the log has its beginning
	begun        bool            // an entry was read
	known        map[string]bool // sessions, by whether their beginning is there
	*bringing
}

// newFollowing returns what makes the records; the caller closes it.
func newFollowing(ctx context.Context, o *options, how *lokiconfig.Coordination) (*following, error) {
	b, err := newBringing(ctx, o, how.Target, semconv.CoordinationServiceName, "records of how agents worked together")
	if err != nil {
		return nil, err
	}
	return &following{
		dir: o.audit, since: o.filter.Since, until: o.filter.Until, now: o.now(), tracker: live.NewTracker(how.Limits), known: map[string]bool{}, bringing: b,
	}, nil
}

// run follows the whole log. What the collector may not have told yet is left to it.
func (f *following) run(ctx context.Context) error {
	err := auditlog.Read(ctx, f.dir, auditlog.Filter{}, func(e auditlog.Entry) error {
		if !f.begun {
			f.begun, f.whole = true, e.Seq == 0
		}
		event, of, ok := recorded.FromAudit(e)
		if !ok || !f.follows(of.Session, event.Seq) {
			return nil
		}
		f.tracker.Add(of, &event, f.now)
		return f.take(ctx)
	})
	if errors.Is(err, auditlog.ErrCorrupt) {
		err = nil // the replay of the events has told
	}
	if err != nil {
		return err
	}
	f.tracker.Quiet(f.now.Add(-collectorsQuiet))
	if err := f.take(ctx); err != nil {
		return err
	}
	return f.flush(ctx)
}

// follows reports whether a session is followed: retention may have left only its end,
// of which nothing can be told that holds.
func (f *following) follows(session string, seq uint64) bool {
	if f.whole {
		return true
	}
	whole, known := f.known[session]
	if !known {
		whole = seq <= 1
		f.known[session] = whole
	}
	return whole
}

// take brings in the records that were made, those of the time that is asked for.
func (f *following) take(ctx context.Context) error {
	list := f.tracker.Take()
	if len(list) == 0 {
		return nil
	}
	made := recorded.Logs(list)
	made.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().RemoveIf(func(lr plog.LogRecord) bool {
		at := lr.Timestamp().AsTime()
		return at.Before(f.since) || !at.Before(f.until)
	})
	return f.bring(ctx, made)
}
