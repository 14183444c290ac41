package report

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/timerange"
	"github.com/agent-telemetry/agent-telemetry/internal/reconcile"
)

// period reads --from and --to.
func (o *Options) period() error {
	now := o.Now()
	var errs []error
	var err error
	if o.From != "all" {
		if o.since, err = moment(o.From, now, false); err != nil {
			errs = append(errs, fmt.Errorf("--from: %w", err))
		}
	}
	settled := now.Add(-reconcile.Settle)
	o.until = settled
	if o.To != "" && o.To != "now" {
		if o.until, err = moment(o.To, now, true); err != nil {
			errs = append(errs, fmt.Errorf("--to: %w", err))
		}
		if o.until.After(settled) {
			o.until = settled
		}
	}
	if len(errs) == 0 && !o.until.After(o.since) {
		errs = append(errs, errors.New("--to: lies before --from"))
	}
	return errors.Join(errs...)
}

// moment reads a time: a day or a month, of which it is the beginning, or with end
// that of the next, or what other commands take.
func moment(s string, now time.Time, end bool) (time.Time, error) {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		if end {
			t = t.AddDate(0, 0, 1)
		}
		return t, nil
	}
	if t, err := time.Parse("2006-01", s); err == nil {
		if end {
			t = t.AddDate(0, 1, 0)
		}
		return t, nil
	}
	t, err := timerange.Parse(s, now)
	if err != nil {
		return t, fmt.Errorf("%w, a day like 2026-01-31 or a month like 2026-01", err)
	}
	return t, nil
}

// name is a part of the name of a file: the period.
func (o *Options) name() string {
	stamp := func(t time.Time) string {
		t = t.UTC()
		if t.Equal(t.Truncate(24 * time.Hour)) {
			return t.Format(time.DateOnly)
		}
		return t.Format("2006-01-02T1504")
	}
	from := "beginning"
	if !o.since.IsZero() {
		from = stamp(o.since)
	}
	until := o.until
	if u := until.UTC(); u.Equal(u.Truncate(24 * time.Hour)) {
		until = u.AddDate(0, 0, -1) // the last day is a whole one
	}
	return from + "_" + stamp(until)
}

// fileName is where the report goes when nobody says; "" is standard output.
func (o *Options) fileName() string {
	base := "agent-telemetry-report-" + o.name()
	switch {
	case o.Table != "" || o.Format == formatJSON:
		return ""
	case o.Format == formatCSV:
		return base + ".zip"
	}
	return base + ".html"
}

// transcripts opens the directories of Claude Code's transcripts.
func (o *Options) transcripts() (*reconcile.Files, error) {
	dirs := o.Transcripts
	if len(dirs) == 0 {
		dir, err := os.UserHomeDir()
		if err != nil {
			return nil, fmt.Errorf("find the home directory, where transcripts are (--with native leaves them out): %w", err)
		}
		dirs = []string{dir}
	}
	return reconcile.NewFiles(dirs...)
}
