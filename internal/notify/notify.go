// Package notify tells people and other systems of security alerts. What is told
// is a Notification; each way of telling, a channel, is a Notifier in a package of
// its own below this one.
//
// Everything in an alert came from an agent that may be hostile. A Notification is
// made by Of, which leaves no control character in any text and bounds its length;
// the forms that channels send are made by Go code or by templates of fixed text.
package notify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
)

// Notifier tells of notifications on one channel. Its methods are called by one
// goroutine at a time.
type Notifier interface {
	// Notify tells of notifications in their order. It returns how many of them, from
	// the first, were told. With an error, retry says whether it may go better later;
	// if not, the first that was not told never will be. An error may carry how long
	// to wait: see RetryAfter.
	Notify(ctx context.Context, list ...*Notification) (told int, retry bool, err error)
	// Batch is how many notifications one call takes at most.
	Batch() int
	// Close gives up what the notifier holds.
	Close() error
}

// Kinds of notifications.
const (
	KindAlert    = "alert"
	KindDigest   = "digest"    // sums up alerts that are told only so
	KindHeldBack = "held_back" // sums up alerts that were more than the rate limit allows
)

// Notification is what one message tells: an alert, or a summary of some.
type Notification struct {
	Kind     string
	ID       string // of the alert, or of the summary; the same when it is told again
	Time     time.Time
	Severity string // of the alert, or the highest in the summary

	Alert   *securityalert.Alert // with KindAlert, else nil
	Summary *Summary             // with the other kinds, else nil
}

// Bounds of a summary.
const (
	MaxSummaryRules  = 100
	MaxSummaryAlerts = 20
)

// Summary counts alerts by rule.
type Summary struct {
	Count  int64     `json:"count"`
	First  time.Time `json:"first"`
	Last   time.Time `json:"last"`
	Rules  []Rule    `json:"rules"`            // in the order of their first alert
	Others int64     `json:"others,omitempty"` // alerts of rules beyond MaxSummaryRules
	Alerts []Brief   `json:"alerts"`           // the first of them
}

// Rule is a rule's part of a summary.
type Rule struct {
	Rule     string `json:"rule"`
	Title    string `json:"title"`
	Severity string `json:"severity"`
	Count    int64  `json:"count"`
}

// Brief is an alert in a summary.
type Brief struct {
	ID       string    `json:"id"`
	Time     time.Time `json:"time"`
	Severity string    `json:"severity"`
	Rule     string    `json:"rule"`
	Title    string    `json:"title"`
	Session  string    `json:"session,omitempty"`
	Project  string    `json:"project,omitempty"`
}

// Add counts an alert. Its texts must be clean, see Of.
func (s *Summary) Add(a *securityalert.Alert) {
	if s.Count == 0 {
		s.First = a.Time
	}
	s.Count++
	s.Last = a.Time
	if len(s.Alerts) < MaxSummaryAlerts {
		s.Alerts = append(s.Alerts, Brief{ID: a.ID, Time: a.Time, Severity: a.Severity, Rule: a.Rule, Title: a.Title, Session: a.Session, Project: a.ProjectName})
	}
	for i := range s.Rules {
		if r := &s.Rules[i]; r.Rule == a.Rule {
			r.Count++
			if securityalert.Rank(a.Severity) > securityalert.Rank(r.Severity) {
				r.Severity = a.Severity
			}
			return
		}
	}
	if len(s.Rules) == MaxSummaryRules {
		s.Others++
		return
	}
	s.Rules = append(s.Rules, Rule{Rule: a.Rule, Title: a.Title, Severity: a.Severity, Count: 1})
}

// Of makes an alert's notification. Every text of it is one line, without control
// characters, and bounded.
func Of(a *securityalert.Alert) *Notification {
	c := clean(a)
	return &Notification{Kind: KindAlert, ID: c.ID, Time: c.Time, Severity: c.Severity, Alert: c}
}

// OfSummary makes a summary's notification. Its id is derived of what it sums up.
func OfSummary(kind string, s *Summary) *Notification {
	h := sha256.New()
	_, _ = h.Write([]byte(kind + "\x00" + s.First.UTC().Format(time.RFC3339Nano) + "\x00" + s.Last.UTC().Format(time.RFC3339Nano))) // a hash takes everything
	for _, a := range s.Alerts {
		_, _ = h.Write([]byte("\x00" + a.ID))
	}
	x := hex.EncodeToString(h.Sum(nil)[:16])
	n := &Notification{
		Kind: kind, Time: s.Last, Summary: s,
		ID: x[:8] + "-" + x[8:12] + "-8" + x[13:16] + "-a" + x[17:20] + "-" + x[20:],
	}
	for _, r := range s.Rules {
		if securityalert.Rank(r.Severity) > securityalert.Rank(n.Severity) {
			n.Severity = r.Severity
		}
	}
	return n
}

// retryAfterError is an error that says how long to wait.
type retryAfterError struct {
	error
	wait time.Duration
}

func (e retryAfterError) Unwrap() error { return e.error }

// maxRetryAfter bounds how long a server can silence a channel.
const maxRetryAfter = 10 * time.Minute

// WithRetryAfter has err say that the next try should wait so long, 10 minutes at
// most.
func WithRetryAfter(err error, wait time.Duration) error {
	if wait <= 0 {
		return err
	}
	return retryAfterError{err, min(wait, maxRetryAfter)}
}

// RetryAfter is how long to wait before the next try; 0 when err does not say.
func RetryAfter(err error) time.Duration {
	var e retryAfterError
	if errors.As(err, &e) {
		return e.wait
	}
	return 0
}
