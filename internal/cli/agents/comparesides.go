package agents

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/recordsource"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// sessions compares two of them.
func (o *CompareOptions) sessions(ctx context.Context) (*comparison, error) {
	source, err := recordsource.Open(ctx, o.Factory, o.Source)
	if err != nil {
		return nil, err
	}
	c := newComparison("sessions", source)
	for i, id := range []string{o.A, o.B} {
		var q story.Query
		if q.Session, err = story.Find(ctx, source, q, id); err != nil {
			return nil, noSession(err, source, false)
		}
		g, err := o.gather(ctx, source, q, c)
		if err != nil {
			return nil, err
		}
		if len(g.sessions) == 0 {
			return nil, noSession(fmt.Errorf("%w: %q", story.ErrNoSession, id), source, false)
		}
		c.side(i, whole(g, Side{Label: g.sessions[0].ID, Session: g.sessions[0].ID}))
	}
	c.compare()
	return c, nil
}

// times compares two of them.
func (o *CompareOptions) times(ctx context.Context) (*comparison, error) {
	now := o.Now()
	var queries [2]story.Query
	var errs []error
	for i, r := range []struct{ flag, text string }{{"--before", o.Before}, {"--after", o.After}} {
		from, to, err := timeRange(r.flag, r.text, now)
		errs = append(errs, err)
		queries[i] = story.Query{Project: o.Project, From: from, To: to}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, usage(err)
	}
	source, err := recordsource.Open(ctx, o.Factory, o.Source)
	if err != nil {
		return nil, err
	}
	c := newComparison("times", source)
	for i, label := range []string{o.Before, o.After} {
		g, err := o.gather(ctx, source, queries[i], c)
		if err != nil {
			return nil, err
		}
		if len(g.sessions) == 0 {
			return nil, &cliio.ExitError{Code: exitNone, Err: fmt.Errorf("nothing is recorded in the time %q: `agent-telemetry sessions --since 30d` lists what is", label)}
		}
		c.side(i, whole(g, Side{Label: label, From: unlessZero(queries[i].From), To: unlessZero(queries[i].To)}))
	}
	c.compare()
	return c, nil
}

// types compares two types of agents.
func (o *CompareOptions) types(ctx context.Context) (*comparison, error) {
	from, to, err := recordsource.Times(o.Since, o.Until, o.Now())
	if err != nil {
		return nil, usage(err)
	}
	source, err := recordsource.Open(ctx, o.Factory, o.Source)
	if err != nil {
		return nil, err
	}
	c := newComparison("types", source)
	g, err := o.gather(ctx, source, story.Query{Project: o.Project, From: from, To: to}, c)
	if err != nil {
		return nil, err
	}
	totals := coordination.Totals(g.sessions, coordination.ByType)
	for i, name := range []string{o.A, o.B} {
		found := false
		for j := range totals {
			if totals[j].Group == name {
				c.side(i, figuresOf{Side: Side{Label: name, Type: name, From: unlessZero(from), To: unlessZero(to)}, total: totals[j]})
				found = true
			}
		}
		if !found {
			return nil, &cliio.ExitError{Code: exitNone, Err: noType(name, totals)}
		}
	}
	c.compare()
	return c, nil
}

// noType says which types there are.
func noType(name string, totals []coordination.Total) error {
	var all []string
	for i := range totals[:min(len(totals), 10)] {
		all = append(all, fmt.Sprintf("%q", totals[i].Group))
	}
	if len(all) == 0 {
		return fmt.Errorf("no agent of type %q is recorded in this time, nor one of another: a longer --since may have some", name)
	}
	return fmt.Errorf("no agent of type %q is recorded in this time; there are %s", name, strings.Join(all, ", "))
}

func (o *CompareOptions) gather(ctx context.Context, source story.Source, q story.Query, c *comparison) (*gathered, error) {
	limits := o.bounds
	limits.keepAll = true
	g, err := gather(ctx, source, q, limits)
	if err != nil {
		return nil, err
	}
	for _, w := range g.warnings() {
		if len(c.warnings) == 0 || c.warnings[len(c.warnings)-1] != w {
			c.warnings = append(c.warnings, w)
		}
	}
	return g, nil
}
