package report

import (
	"slices"
	"strings"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
	"github.com/agent-telemetry/agent-telemetry/internal/story"
)

// maxSessions is how many sessions are told of; some 1 KiB each.
const maxSessions = 200_000

// session is a session on its way into the report.
type session struct {
	Session
	fresh  bool // its project does not count it yet
	score  int  // the highest of its alerts
	alerts story.AlertCounts
}

type sessions struct {
	all     map[string]*session
	leftOut map[uint64]struct{} // sessions above the bound
}

func newSessions() *sessions {
	return &sessions{all: map[string]*session{}, leftOut: map[uint64]struct{}{}}
}

// of returns the session of an event; nil when there are too many.
func (s *sessions) of(e *auditlog.Entry, host, user string) *session {
	id := bounded(e.Attribute(semconv.SessionID), maxName)
	if id == "" {
		return nil
	}
	at := e.When().UTC()
	k := s.all[id]
	if k == nil {
		if len(s.all) >= maxSessions {
			s.leftOut[key(id)] = struct{}{}
			return nil
		}
		k = &session{fresh: true, Session: Session{
			SessionID: id, Project: bounded(e.Attribute(semconv.ProjectName), maxName), ProjectPath: bounded(e.Attribute(semconv.ProjectPath), maxPath),
			Host: bounded(host, maxName), User: bounded(user, maxName), Start: at, End: at,
		}}
		s.all[strings.Clone(id)] = k
	}
	if at.Before(k.Start) {
		k.Start = at
	}
	if at.After(k.End) {
		k.End = at
	}
	return k
}

func (s *sessions) get(id string) *session { return s.all[id] }

// known reports whether the report has events of a session.
func (s *sessions) known(id string) bool {
	id = bounded(id, maxName)
	if s.all[id] != nil {
		return true
	}
	_, ok := s.leftOut[key(id)]
	return ok
}

func (k *session) alert(severity string, score int) {
	if securityalert.Rank(severity) > securityalert.Rank(k.Worst) {
		k.Worst = severity
	}
	k.score = max(k.score, score)
	switch severity {
	case semconv.SeverityCritical:
		k.alerts.Critical++
	case semconv.SeverityHigh:
		k.alerts.High++
	case semconv.SeverityMedium:
		k.alerts.Medium++
	default:
		k.alerts.Low++
	}
}

// sorted returns the sessions in the order of their start.
func (s *sessions) sorted() []Session {
	list := make([]Session, 0, len(s.all))
	for _, k := range s.all {
		k.Risk = story.Risk(k.score, k.alerts, k.Outside)
		list = append(list, k.Session)
	}
	slices.SortFunc(list, func(a, b Session) int {
		if d := a.Start.Compare(b.Start); d != 0 {
			return d
		}
		return strings.Compare(a.SessionID, b.SessionID)
	})
	return list
}

// Span is how long the session took in the period.
func (s *Session) Span() time.Duration { return s.End.Sub(s.Start) }
