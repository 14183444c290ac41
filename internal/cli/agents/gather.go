package agents

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/termstyle"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// bounds are what is held at once.
type bounds struct {
	sessions int // default 5,000
	events   int // of all of them; default 1,000,000
	bytes    int // of their texts and calls; default 256 MiB
	// keepAll keeps sessions in which no agent was called, too.
	keepAll bool
}

func (b bounds) orDefault() bounds {
	return bounds{cmp.Or(b.sessions, 5_000), cmp.Or(b.events, 1_000_000), cmp.Or(b.bytes, 256<<20), b.keepAll}
}

// gathered is what is known of how agents worked together in several sessions.
type gathered struct {
	// sessions are those in which an agent was called, by their begin.
	sessions []coordination.Named
	// without is how many there are in which none was.
	without int
	leftOut int // records that were too many
	damaged int // lines of the audit log that cannot be read
	source  string
}

// pending is a session while it is read.
type pending struct {
	project string
	*coordination.Analyzer
}

// gather reads the sessions that q chooses.
func gather(ctx context.Context, source story.Source, q story.Query, limits bounds) (*gathered, error) {
	limits = limits.orDefault()
	g := &gathered{source: source.Name()}
	open := map[string]*pending{}
	events, size := 0, 0
	var event coordination.Event
	q.Requests = true
	damaged, err := eachEvent(ctx, source, q, func(e *story.Event) {
		if !worked(e, &event) {
			return
		}
		p := open[e.Session]
		if p == nil && event.Kind == coordination.Request {
			return // of no session that is asked for
		}
		if events >= limits.events || size >= limits.bytes || p == nil && len(open) >= limits.sessions {
			g.leftOut++
			return
		}
		if p == nil {
			p = &pending{Analyzer: coordination.NewAnalyzer(coordination.Limits{})}
			open[e.Session] = p
		}
		p.project = cmp.Or(p.project, e.Project)
		before := p.Size()
		p.Add(&event)
		events, size = events+1, size+p.Size()-before
	})
	if err != nil {
		return nil, err
	}
	g.damaged = damaged
	for id, p := range open {
		delete(open, id)
		if !p.Delegates() && !limits.keepAll {
			g.without++
			continue
		}
		s := p.Session()
		g.leftOut += s.LeftOut
		g.sessions = append(g.sessions, coordination.Named{ID: id, Project: p.project, Session: s})
	}
	slices.SortFunc(g.sessions, func(a, b coordination.Named) int { return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.ID, b.ID)) })
	return g, nil
}

// warnings are what a reader must know of how the figures came about.
func (g *gathered) warnings() []string {
	var all []string
	if g.damaged > 0 {
		all = append(all, damageWarning(g.damaged))
	}
	if g.leftOut > 0 {
		all = append(all, fmt.Sprintf("Warning: there are too many records: %s left out. Ask for a shorter time, or for one session.", termstyle.Count(g.leftOut, "is", "are")))
	}
	return all
}
