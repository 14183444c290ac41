package securityalertprocessor

import (
	"crypto/sha256"
	"fmt"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
)

// Bounds of what is remembered.
const (
	maxSeen    = 16_384 // calls in which a rule has found something
	maxWindows = 4_096  // alerts of which others are told apart
	maxFailed  = 1_024  // alerts that the next component did not take
	maxWindow  = 24 * time.Hour
)

// mark is a hash that stands for a few texts.
type mark [16]byte

func markOf(texts ...string) (m mark) {
	h := sha256.New()
	for _, t := range texts {
		_, _ = fmt.Fprintf(h, "%d\x00%s", len(t), t) // a hash takes everything
	}
	copy(m[:], h.Sum(nil))
	return m
}

// window is the time after an alert in which those like it are only counted.
type window struct {
	Alert      securityalert.Alert `json:"alert"`
	From       int64               `json:"from"` // Unix nanoseconds, of the event
	Span       int64               `json:"span"`
	Ends       int64               `json:"ends"` // by the clock of this machine
	Suppressed int64               `json:"suppressed,omitempty"`

	kept bool // the alert is safe
}

// memory is what was alerted, so that nothing is alerted twice. It is safe for
// concurrent use.
type memory struct {
	mu      sync.Mutex
	seen    *simplelru.LRU[mark, bool] // whether it is safe
	windows *simplelru.LRU[mark, *window]
	// failed are alerts that the next component did not take: when the event comes
	// again, they are what they were.
	failed  *simplelru.LRU[string, securityalert.Alert]
	evicted []*window // with something to tell
	changed bool
}

func newMemory() *memory {
	m := &memory{}
	m.seen, _ = simplelru.NewLRU[mark, bool](maxSeen, nil) // fails for sizes below 1 only
	m.windows, _ = simplelru.NewLRU(maxWindows, func(_ mark, w *window) {
		if w.Suppressed > 0 && len(m.evicted) < maxWindows {
			m.evicted = append(m.evicted, w)
		}
	})
	m.failed, _ = simplelru.NewLRU[string, securityalert.Alert](maxFailed, nil)
	return m
}

// raised is what a request does to the memory, until the next component has taken
// the request or not.
type raised struct {
	alerts  []told
	seen    []mark
	counted []*window
}

// told is an alert to be sent.
type told struct {
	alert  securityalert.Alert
	origin securityalert.Origin
	window *window
	key    mark
}

// question is an alert that may be raised.
type question struct {
	alert  securityalert.Alert
	origin securityalert.Origin
	// foreign alerts have windows of their own.
	foreign bool
	call    string   // the events with the same one are one for a rule
	also    []string // names under which other events of the call may come
	at      int64    // of the event, Unix nanoseconds
	window  time.Duration
}

// outcome is what became of a question.
type outcome int

const (
	outcomeRaised outcome = iota
	outcomeKnown          // the call has had its alert
	outcomeSuppressed
)

// ask decides whether an alert is raised, and notes it in r.
func (m *memory) ask(q *question, now time.Time, r *raised) outcome {
	call := markOf(q.alert.RuleID, q.call)
	key := markOf(q.alert.RuleID, q.alert.SuppressionKey)
	if q.foreign {
		key = markOf(q.alert.RuleID, q.alert.SuppressionKey, foreignMark)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.changed = true
	if old, ok := m.failed.Get(q.alert.ID); ok {
		m.failed.Remove(q.alert.ID)
		m.note(r, call, q)
		m.open(r, q, key, old, now)
		return outcomeRaised
	}
	if _, ok := m.seen.Get(call); ok {
		return outcomeKnown
	}
	m.note(r, call, q)
	if w, ok := m.windows.Get(key); ok {
		apart := q.at - w.From
		worse := securityalert.Rank(q.alert.Severity) > securityalert.Rank(w.Alert.Severity)
		if !worse && apart < w.Span && -apart < w.Span {
			w.Suppressed++
			r.counted = append(r.counted, w)
			return outcomeSuppressed
		}
		q.alert.Suppressed = w.Suppressed
		w.Suppressed = 0 // this alert carries them
	}
	m.open(r, q, key, q.alert, now)
	return outcomeRaised
}

func (m *memory) note(r *raised, call mark, q *question) {
	for _, k := range append([]mark{call}, marks(q.alert.RuleID, q.also)...) {
		m.seen.Add(k, false)
		r.seen = append(r.seen, k)
	}
}

func marks(rule string, names []string) (out []mark) {
	for _, n := range names {
		out = append(out, markOf(rule, n))
	}
	return out
}

// open begins the window of an alert that is raised.
func (m *memory) open(r *raised, q *question, key mark, a securityalert.Alert, now time.Time) {
	t := told{alert: a, origin: q.origin, key: key}
	if span := min(q.window, maxWindow); span > 0 {
		t.window = &window{Alert: compact(a), From: q.at, Span: int64(span), Ends: now.Add(span).UnixNano()}
		m.windows.Add(key, t.window)
	}
	r.alerts = append(r.alerts, t)
}

// compact is what a summary needs of an alert.
func compact(a securityalert.Alert) securityalert.Alert {
	a.Evidence = a.Evidence[:min(len(a.Evidence), 2)]
	for _, t := range []*string{&a.Command, &a.URL, &a.FilePath, &a.Project} {
		*t = securityalert.Escape(*t, 256)
	}
	return a
}

// settle says whether the next component has taken what was raised.
func (m *memory) settle(r *raised, taken bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.changed = true
	for _, k := range r.seen {
		if taken {
			if m.seen.Contains(k) {
				m.seen.Add(k, true)
			}
		} else {
			m.seen.Remove(k)
		}
	}
	for _, t := range r.alerts {
		if taken {
			if t.window != nil {
				t.window.kept = true
			}
			continue
		}
		m.failed.Add(t.alert.ID, t.alert)
		if w, ok := m.windows.Peek(t.key); ok && w == t.window {
			w.Suppressed = 0 // they were counted on the word of an alert that is not there
			m.windows.Remove(t.key)
		}
	}
	if !taken {
		for _, w := range r.counted {
			w.Suppressed = max(w.Suppressed-1, 0)
		}
	}
}

// due closes the windows that have ended and returns those which counted
// something.
func (m *memory) due(now time.Time) []*window {
	m.mu.Lock()
	defer m.mu.Unlock()
	at := now.UnixNano()
	for _, k := range m.windows.Keys() {
		if w, ok := m.windows.Peek(k); ok && w.Ends <= at {
			m.windows.Remove(k) // the callback keeps it when it has something to tell
			m.changed = true
		}
	}
	out := m.evicted
	m.evicted = nil
	return out
}
