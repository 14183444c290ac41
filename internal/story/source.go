package story

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

// Query says which records are wanted; what is empty wants all.
type Query struct {
	Session string    // a whole id
	Project string    // a name, or an absolute path
	From    time.Time // inclusive
	To      time.Time // exclusive
	// Requests wants events of type ModelRequest, too, whatever their project.
	Requests bool
}

// ModelRequest is the type of events made of Claude Code's own telemetry: an agent that
// is named in it asked the model.
const ModelRequest = "model_request"

// matches decides about an event, whatever its source knew.
func (q *Query) matches(e *Event) bool {
	return e.Session != "" &&
		(q.Session == "" || q.Session == e.Session) &&
		(q.Project == "" || e.Type == ModelRequest || q.Project == e.Project || filepath.Clean(q.Project) == e.ProjectPath) &&
		(q.From.IsZero() || !e.Time.Before(q.From)) &&
		(q.To.IsZero() || e.Time.Before(q.To))
}

// Source is where records are read from: Audit or Loki.
type Source interface {
	// Name is "audit" or "loki".
	Name() string
	// Events calls fn for every record of a session that q chooses, in the order
	// in which they are stored, until fn returns an error, which Events returns.
	// When lines of the audit log could not be read, the others have been given,
	// and the error is a *DamageError.
	Events(ctx context.Context, q Query, fn func(*Event) error) error
	// tally counts the records of all sessions that q chooses.
	tally(ctx context.Context, q Query, all *tallies) error
	// last returns the session that has the newest record.
	last(ctx context.Context, q Query) (string, error)
	// starting returns sessions whose id begins with prefix, at least two if there
	// are as many.
	starting(ctx context.Context, q Query, prefix string) ([]string, error)
}

// DamageError says that lines of the audit log could not be read. It wraps
// auditlog.ErrCorrupt.
type DamageError struct {
	Lines int
	First string // file name of the first one's segment
}

// Error implements error.
func (e *DamageError) Error() string {
	return fmt.Sprintf("%d lines of the audit log cannot be read, the first in %s: `agent-telemetry verify` tells more", e.Lines, e.First)
}

// Unwrap returns auditlog.ErrCorrupt.
func (e *DamageError) Unwrap() error { return auditlog.ErrCorrupt }

// damaged returns how many lines could not be read; rest is the error when it is
// another one.
func damaged(err error) (lines int, rest error) {
	var d *DamageError
	if errors.As(err, &d) {
		return d.Lines, nil
	}
	return 0, err
}
