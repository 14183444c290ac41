package agents

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/agent-telemetry/agent-telemetry/internal/cli/cliio"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/recordsource"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termstyle"
	"github.com/agent-telemetry/agent-telemetry/internal/cli/termtext"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// exitNone is the exit code when there is no such session, or several.
const exitNone = 3

// sessionRead is one session as the commands need it.
type sessionRead struct {
	*story.Story
	status map[string]string // that the end of a call has, by the agent that was called
	tokens map[string]told   // by agent
}

// told is how many tokens an agent used, and what tells.
type told struct {
	tokens int64
	from   string
}

// maxStatus bounds how many of them are kept: as many as a story has agents.
const maxStatus = 4096

// readSession reads one session. The error is story.ErrNoSession when there are no
// records of it.
func readSession(ctx context.Context, source story.Source, q story.Query, limits story.Limits) (*sessionRead, error) {
	b := story.NewBuilder(limits)
	b.Part = !q.From.IsZero()
	r := &sessionRead{status: map[string]string{}, tokens: map[string]told{}}
	a := coordination.NewAnalyzer(coordination.Limits{})
	var event coordination.Event
	q.Requests = true
	damaged, err := eachEvent(ctx, source, q, func(e *story.Event) {
		if worked(e, &event) {
			a.Add(&event)
		}
		if e.Type != story.ModelRequest {
			b.Add(e)
			r.answered(e)
		}
	})
	if err != nil {
		return nil, err
	}
	worked := a.Session()
	for i := range worked.Delegations {
		if d := &worked.Delegations[i]; d.Tokens >= 0 {
			r.tokens[d.AgentID] = told{d.Tokens, d.TokensFrom}
		}
	}
	r.Story = b.Story()
	if len(r.Entries) == 0 && r.Session.Events == 0 {
		return nil, story.ErrNoSession
	}
	r.Source, r.Damaged = source.Name(), damaged
	return r, nil
}

// eachEvent gives every record that q chooses, and returns how many lines of the audit
// log could not be read.
func eachEvent(ctx context.Context, source story.Source, q story.Query, fn func(*story.Event)) (damaged int, err error) {
	err = source.Events(ctx, q, func(e *story.Event) error { fn(e); return nil })
	var bad *story.DamageError
	if errors.As(err, &bad) {
		return bad.Lines, nil
	}
	return 0, err
}

func (r *sessionRead) answered(e *story.Event) {
	if e.DelegateID == "" || e.DelegateStatus == "" {
		return
	}
	if _, known := r.status[e.DelegateID]; known || len(r.status) < maxStatus {
		r.status[e.DelegateID] = e.DelegateStatus
	}
}

// noSession says what to do when a session is not there.
func noSession(err error, source story.Source, narrowed bool) error {
	var several *story.AmbiguousError
	switch {
	case errors.As(err, &several):
		return &cliio.ExitError{Code: exitNone, Err: err}
	case !errors.Is(err, story.ErrNoSession):
		return err
	}
	where := "the audit log"
	if source.Name() == recordsource.Loki {
		where = "Loki"
	}
	if narrowed {
		where += " with this project and time"
	}
	return &cliio.ExitError{Code: exitNone, Err: fmt.Errorf("%w in %s: `agent-telemetry sessions --since 30d` lists those there are", err, where)}
}

// warnings are what a reader must know of how the figures came about.
func (t *agentTree) warnings() []string {
	r := t.read
	var all []string
	if t.Unplaced > 0 {
		all = append(all, fmt.Sprintf("Warning: the session has too many agents: %s of others left out. --since and --until show them.", termstyle.Count(t.Unplaced, "record is", "records are")))
	}
	if r.Damaged > 0 {
		all = append(all, damageWarning(r.Damaged))
	}
	if r.Missing > 0 {
		all = append(all, fmt.Sprintf("Warning: %s missing in the session: what is shown can be too little. See `agent-telemetry timeline`.", termstyle.Count(r.Missing, "record is", "records are")))
	}
	if r.LeftOut > 0 {
		all = append(all, fmt.Sprintf("Warning: the session is too large: its last %s left out. --since shows them.", termstyle.Count(r.LeftOut, "record is", "records are")))
	}
	return all
}

func damageWarning(lines int) string {
	return fmt.Sprintf("Warning: %s of the audit log cannot be read: see `agent-telemetry verify`.", termstyle.Count(lines, "line", "lines"))
}

func warn(w io.Writer, texts []string) error {
	for _, s := range texts {
		if _, err := fmt.Fprintln(w, termtext.Clean(s)); err != nil {
			return fmt.Errorf("print: %w", err)
		}
	}
	return nil
}
