package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/shirou/gopsutil/v4/process"

	agentdashboards "github.com/agent-telemetry/agent-telemetry/dashboards"
	"github.com/agent-telemetry/agent-telemetry/test/harness"
	"github.com/agent-telemetry/agent-telemetry/test/panelquery"
)

// connections is how many requests a browser has under way to one server.
const connections = 6

// panel is something that asks for data when a dashboard is opened.
type panel struct {
	panelquery.Panel
	file  string
	board *panelquery.Dashboard
	width int
}

func (p *panel) name() string { return p.file + " " + p.Title }

// board is a dashboard and what it asks for.
type board struct {
	panelquery.Dashboard
	panels []*panel
}

// loadBoards reads the dashboards. Their annotations ask like a panel.
func loadBoards(o options) ([]*board, error) {
	all, err := panelquery.Load(agentdashboards.Files)
	if err != nil {
		return nil, err
	}
	var boards []*board
	for _, d := range all {
		b := &board{Dashboard: d}
		panels := d.Panels
		for _, a := range d.Annotations {
			panels = append(panels, panelquery.Panel{Title: "Annotation " + a.Name, Type: "annotation", Shown: true, Targets: []panelquery.Target{a}})
		}
		for _, p := range panels {
			one := &panel{Panel: p, file: d.File, board: &b.Dashboard, width: p.WidthPx(o.width)}
			if p.Type == "annotation" {
				one.width = o.width
			}
			if o.only.MatchString(one.name()) {
				b.panels = append(b.panels, one)
			}
		}
		if len(b.panels) > 0 {
			boards = append(boards, b)
		}
	}
	if len(boards) == 0 {
		return nil, errors.New("-only fits no panel")
	}
	return boards, nil
}

// many is the number of events from which on only the default view is measured.
const many = 1_000_000

// sample is a panel's time once.
type sample struct {
	took    time.Duration
	cpu     time.Duration // Loki's processor time, alone
	queries []asked
	err     error
}

// asked is a query, and what became of it.
type asked struct {
	panelquery.Query
	took         time.Duration
	lines, bytes int64
	series       int
}

// figures are all times of a panel.
type figures struct {
	panel           *panel
	together, alone []sample
}

// result is what was measured with a number of events.
type result struct {
	events  int
	panels  []*figures
	opening map[string][]time.Duration // of a dashboard: until all its panels have their data
}

func measure(ctx context.Context, o options, boards []*board, events int) (r result, err error) {
	loki, d, err := fill(ctx, o.keep, events)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, loki.Stop()) }()
	r = result{events: events, opening: map[string][]time.Duration{}}
	for _, b := range boards {
		v, err := viewOf(b, d, events < many)
		if err != nil {
			return r, err
		}
		for range o.runs {
			if err := r.once(ctx, loki, v, o.alone); err != nil {
				return r, err
			}
		}
		r.panels = append(r.panels, slices.Concat(v.open, v.folded)...)
	}
	return r, nil
}

// once measures a dashboard one time.
func (r *result) once(ctx context.Context, loki *harness.LokiServer, v view, alone bool) error {
	for part, panels := range map[string][]*figures{"": v.open, ", folded rows": v.folded} {
		if len(panels) == 0 {
			continue
		}
		if err := restart(ctx, loki); err != nil {
			return err
		}
		r.opening[v.file+part] = append(r.opening[v.file+part], v.ask(ctx, loki.URL, panels))
	}
	if alone {
		if err := restart(ctx, loki); err != nil {
			return err
		}
		for _, f := range slices.Concat(v.open, v.folded) {
			before := processorTime(loki.PID())
			s := v.askOne(ctx, loki.URL, f.panel)
			s.cpu = processorTime(loki.PID()) - before
			f.alone = append(f.alone, s)
		}
	}
	return ctx.Err()
}

// processorTime is what a process has used so far.
func processorTime(pid int) time.Duration {
	p, err := process.NewProcess(int32(pid))
	if err != nil {
		return 0
	}
	t, err := p.Times()
	if err != nil {
		return 0
	}
	return time.Duration((t.User + t.System) * float64(time.Second))
}

// restart starts Loki anew and has it open its index.
func restart(ctx context.Context, loki *harness.LokiServer) error {
	if err := errors.Join(loki.Stop(), loki.Start(ctx)); err != nil {
		return err
	}
	_, err := harness.QueryLoki(ctx, loki.URL, `{service="nothing"}`)
	return err
}

// view is a dashboard as somebody looks at it.
type view struct {
	file         string
	open, folded []*figures
	vars         panelquery.Vars
	from, to     time.Time
}

// agentsUID is the dashboard that shows the agents of a session.
const agentsUID = "agent-telemetry-agent-hierarchy"

// viewOf is the whole dashboard over the whole day, or its default view.
func viewOf(b *board, d day, whole bool) (view, error) {
	v := view{file: b.File, vars: b.Default()}
	var err error
	if v.from, v.to, err = b.Range(d.End); err != nil {
		return v, fmt.Errorf("%s: %w", b.File, err)
	}
	if whole {
		v.from = d.End.Add(-span)
	}
	for _, p := range b.panels {
		switch {
		case p.Shown:
			v.open = append(v.open, &figures{panel: p})
		case whole:
			v.folded = append(v.folded, &figures{panel: p})
		}
	}
	for _, variable := range b.Variables {
		// A session has to be chosen: the longest, or that with most agents. Grafana
		// begins with the first.
		if chosen := v.vars[variable.Name]; variable.Name == "session" && !chosen.All {
			session := d.First
			switch {
			case whole && b.UID == agentsUID:
				session = d.Agents
			case whole:
				session = d.Session
			}
			v.vars[variable.Name] = panelquery.Value{Values: []string{session}}
		}
	}
	return v, nil
}

// ask asks for all panels at once, and returns how long all of them took.
func (v *view) ask(ctx context.Context, url string, into []*figures) time.Duration {
	began := time.Now()
	slots := make(chan struct{}, connections)
	var all sync.WaitGroup
	for _, f := range into {
		slots <- struct{}{} // in the order of the dashboard
		all.Go(func() {
			defer func() { <-slots }()
			f.together = append(f.together, v.askOne(ctx, url, f.panel))
		})
	}
	all.Wait()
	return time.Since(began)
}

// askOne gets a panel its data.
func (v *view) askOne(ctx context.Context, url string, p *panel) (s sample) {
	loki := panelquery.Loki{URL: url, Fresh: true}
	began := time.Now()
	for _, t := range p.Targets {
		q, err := t.Interpolate(v.vars, v.from, v.to, p.width)
		if err != nil {
			s.err = err
			break
		}
		a, err := loki.Run(ctx, q)
		if err != nil {
			s.err = err
			break
		}
		s.queries = append(s.queries, asked{Query: q, took: a.Took, lines: a.Lines, bytes: a.Bytes, series: len(a.Series)})
	}
	s.took = time.Since(began)
	return s
}
