package agentspan

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
)

// Of the state: a line with version and hash, then JSON.
const (
	stateHeader = "agent-telemetry spans state 2 "
	// MaxState is the size of the largest state that is read.
	MaxState = 64 << 20
	// Of the largest that is written.
	savedBytes = MaxState - 1<<20
)

// ErrState says that a file is no state of spans.
var ErrState = errors.New("no state of spans")

type state struct {
	Newest   int64             `json:"newest"`             // time, as far as events tell
	Pending  []*Span           `json:"pending,omitempty"`  // finished and not delivered
	Sessions []json.RawMessage `json:"sessions,omitempty"` // of *session; the one seen last first
}

// Changed reports whether there is something that the last state does not hold.
func (t *Tracker) Changed() bool { return t.changed }

// Urgent reports whether something of that is told by no later event: where a turn, an
// agent or a session began or ended.
func (t *Tracker) Urgent() bool { return t.urgent }

// Encode returns the state for a file: spans that were not delivered, and the sessions
// seen last, as many as a file may hold. It must not be called between Observe and
// Flush.
func (t *Tracker) Encode() ([]byte, error) {
	// Put together by hand: encoding/json would read again what it has written.
	body := fmt.Appendf(make([]byte, 0, t.encoded+t.encoded/8), `{"newest":%d`, t.clock())
	body, err := appendList(body, "pending", func(yield func(any) bool) {
		for _, s := range t.pending {
			if !yield(s) {
				return
			}
		}
	})
	if err != nil {
		return nil, fmt.Errorf("encode a span: %w", err)
	}
	body, err = appendList(body, "sessions", func(yield func(any) bool) {
		for e := t.order.Back(); e != nil; e = e.Prev() {
			if !yield(e.Value) {
				return
			}
		}
	})
	if err != nil {
		return nil, fmt.Errorf("encode a session: %w", err)
	}
	body = append(body, '}')
	t.encoded = len(body)
	sum := sha256.Sum256(body)
	return append([]byte(stateHeader+hex.EncodeToString(sum[:])+"\n"), body...), nil
}

// appendList appends a list to an object, as far as there is room in a file.
func appendList(body []byte, key string, list iter.Seq[any]) ([]byte, error) {
	body = append(append(append(body, `,"`...), key...), `":[`...)
	first := true
	for v := range list {
		raw, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		if len(body)+len(raw) >= savedBytes {
			break
		}
		if !first {
			body = append(body, ',')
		}
		body, first = append(body, raw...), false
	}
	return append(body, ']'), nil
}

// Saved notes that what Encode returned last is safe.
func (t *Tracker) Saved() { t.changed, t.urgent = false, false }

// Restore takes over a state, before anything is observed. One that Encode cannot have
// made is refused as a whole, with ErrState.
func (t *Tracker) Restore(data []byte) error {
	head, body, ok := bytes.Cut(data, []byte("\n"))
	sum := sha256.Sum256(body)
	if !ok || len(data) > MaxState || string(head) != stateHeader+hex.EncodeToString(sum[:]) {
		return ErrState
	}
	return t.restore(body)
}

func (t *Tracker) restore(body []byte) error {
	var st state
	if err := json.Unmarshal(body, &st); err != nil {
		return errors.Join(ErrState, err)
	}
	for _, s := range st.Pending {
		if !s.sane() {
			return ErrState
		}
	}
	list := make([]*session, 0, len(st.Sessions))
	for _, raw := range st.Sessions {
		s := &session{}
		if err := json.Unmarshal(raw, s); err != nil {
			return errors.Join(ErrState, err)
		}
		if !s.sane() {
			return ErrState
		}
		list = append(list, s)
	}
	t.adopt(&st, list)
	return nil
}

// adopt takes over what was read. The limits may be others than when it was written.
func (t *Tracker) adopt(st *state, list []*session) {
	now := t.now()
	t.newest, t.newestAt = min(max(st.Newest, 0), now.UnixNano()+maxAhead), now
	t.pending = st.Pending
	for _, s := range list {
		if t.sessions[s.ID] != nil || len(t.sessions) >= t.limits.Sessions {
			continue
		}
		s.index(now.UnixNano())
		if t.nodes+s.nodes() > t.limits.Spans || t.bytes+s.weight() > t.limits.Bytes || s.nodes() > t.limits.SessionSpans {
			continue
		}
		t.sessions[s.ID] = t.order.PushFront(s)
		t.nodes += s.nodes()
		t.bytes += s.weight()
	}
}

// index makes what is not in a file.
func (s *session) index(now int64) {
	s.seen = now
	s.Root.bytes = s.Root.size()
	for _, of := range []map[string]*node{s.Turns, s.Agents, s.Calls} {
		for _, n := range of {
			n.bytes = n.size()
		}
	}
	s.Clock = min(s.Clock, now+maxAhead)
}

// sane reports whether a session can have been written by Encode.
func (s *session) sane() bool {
	if !sane(s.ID) || s.Root == nil || !s.Root.sane(KindSession, "") || len(s.Current) > 2*maxID ||
		len(s.Resource) > maxResource || !saneAttrs(s.Resource) {
		return false
	}
	for kind, of := range map[Kind]*map[string]*node{KindTurn: &s.Turns, KindAgent: &s.Agents, KindCall: &s.Calls} {
		if *of == nil {
			*of = map[string]*node{}
		}
		for key, n := range *of {
			if n == nil || key == "" || kind == KindCall && n.Sent || !n.sane(kind, key) {
				return false
			}
		}
	}
	return true
}

func (n *node) sane(kind Kind, key string) bool {
	return n.identity.sane() && len(n.Error) <= maxListText && n.Kind == kind && n.Key == key && n.Start >= 0 && n.End >= 0 && n.Last >= 0 && n.Duration >= 0 && n.Duration <= maxDuration &&
		len(n.Links) <= maxList && n.Dropped >= 0 && saneAttrs(n.Attrs) && saneMoments(n.Moments)
}

func (n *identity) sane() bool {
	for _, s := range []string{n.Key, n.Name, n.Turn, n.Agent, n.Type, n.Parent, n.Root, n.Delegation, n.Link} {
		if len(s) > 2*maxID {
			return false
		}
	}
	return true
}

func (s *Span) sane() bool {
	return s != nil && sane(s.Session) && s.Kind < kinds && (s.Above == ID{}) == (s.Kind == KindSession) && s.identity.sane() &&
		len(s.Error) <= maxListText && s.Start >= 0 && s.End >= s.Start && len(s.Links) <= maxList && s.Dropped >= 0 && len(s.Resource) <= maxResource &&
		len(s.NoEnd) <= maxListText && saneAttrs(s.Resource) && saneAttrs(s.Attrs) && saneMoments(s.Moments)
}

func saneMoments(list []Moment) bool {
	if len(list) > maxMoments {
		return false
	}
	for i := range list {
		if len(list[i].Name) > 2*maxListText || !saneAttrs(list[i].Attrs) {
			return false
		}
	}
	return true
}

func saneAttrs(list []Attr) bool {
	if len(list) > 2*maxAttrs {
		return false
	}
	for i := range list {
		a := &list[i]
		if a.Key == "" || len(a.Key) > maxListText || a.Kind >= noKind || len(a.Str) > 3*maxText || len(a.List) > maxList {
			return false
		}
		for _, s := range a.List {
			if len(s) > 3*maxListText {
				return false
			}
		}
	}
	return true
}
