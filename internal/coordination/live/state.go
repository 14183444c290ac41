package live

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination/recorded"
)

// Of a state: a line with version and hash, then JSON.
const (
	stateHeader = "agent-telemetry coordination state 1 "
	// MaxState is the size of the largest state that is read, in bytes: four times what a
	// configuration may allow sessions to take, since an escaped text is longer.
	MaxState int64 = 4 << 30
	maxText        = 3 * 256 // of a name: replaced bytes take three
)

// ErrState says that data is no state of a Tracker.
var ErrState = errors.New("no state of how agents worked together")

type saved struct {
	Place    Place          `json:"place"`
	Mark     int64          `json:"mark"`
	Looked   int64          `json:"looked"`
	Sessions []savedSession `json:"sessions"` // the longest silent first
}

type savedSession struct {
	ID      string           `json:"id"`
	Project string           `json:"p,omitempty"`
	Last    int64            `json:"l,omitempty"`
	Ended   int64            `json:"e,omitempty"`
	Due     int64            `json:"d,omitempty"`
	Since   int              `json:"s,omitempty"`
	Events  int              `json:"n,omitempty"`
	Worked  int64            `json:"w,omitempty"`
	Fresh   bool             `json:"f,omitempty"`
	Told    map[string]int64 `json:"t,omitempty"`
	Calls   json.RawMessage  `json:"c"`
}

// Place is how far the audit log was taken in.
type Place struct {
	Log  string `json:"log,omitempty"`  // its id
	Next uint64 `json:"next,omitempty"` // chunks whose first record is before it were taken in
	// File is the number of the state: what was written after it names it.
	File uint64 `json:"file,omitempty"`
}

// Encode returns the state for a file. All records must have been taken.
func (t *Tracker) Encode(at Place) ([]byte, error) {
	st := saved{Place: at, Mark: t.mark, Looked: t.looked}
	for e := t.order.Front(); e != nil; e = e.Next() {
		s := e.Value.(*session)
		calls, err := s.calls.MarshalJSON()
		if err != nil {
			return nil, fmt.Errorf("encode how agents worked together: %w", err)
		}
		st.Sessions = append(st.Sessions, savedSession{
			ID: s.of.Session, Project: s.of.Project, Last: s.last, Ended: s.ended, Due: s.due, Since: s.since, Events: s.events, Worked: s.worked,
			Fresh: s.fresh, Told: s.told, Calls: calls,
		})
	}
	body, err := json.Marshal(st)
	if err != nil {
		return nil, fmt.Errorf("encode how agents worked together: %w", err)
	}
	sum := sha256.Sum256(body)
	return append([]byte(stateHeader+hex.EncodeToString(sum[:])+"\n"), body...), nil
}

// Restore is the Tracker that Encode was called of, and the place. What Encode cannot
// have made is ErrState.
func Restore(data []byte, l Limits) (*Tracker, Place, error) {
	head, body, ok := bytes.Cut(data, []byte("\n"))
	sum := sha256.Sum256(body)
	if !ok || int64(len(data)) > MaxState || string(head) != stateHeader+hex.EncodeToString(sum[:]) {
		return nil, Place{}, ErrState
	}
	return restore(body, l)
}

func restore(body []byte, l Limits) (*Tracker, Place, error) {
	var st saved
	if err := json.Unmarshal(body, &st); err != nil {
		return nil, Place{}, errors.Join(ErrState, err)
	}
	t := NewTracker(l)
	t.mark, t.looked = st.Mark, st.Looked
	// Where the limits are others now, the sessions seen last have room.
	for i := len(st.Sessions) - 1; i >= 0; i-- {
		in := &st.Sessions[i]
		if in.ID == "" || len(in.ID) > maxText || len(in.Project) > maxText || t.sessions[in.ID] != nil {
			return nil, Place{}, ErrState
		}
		calls, err := coordination.RestoreAnalyzer(in.Calls, t.limits.Session)
		if err != nil {
			return nil, Place{}, errors.Join(ErrState, err)
		}
		s := &session{
			of: recorded.Of{Session: in.ID, Project: in.Project}, calls: calls, last: in.Last, ended: in.Ended, due: in.Due,
			since: in.Since, events: in.Events, worked: in.Worked, fresh: in.Fresh, told: in.Told,
		}
		if s.told == nil {
			s.told = map[string]int64{}
		}
		if len(t.sessions) >= t.limits.Sessions || t.bytes > t.limits.Bytes {
			t.totals.Evicted++
			continue
		}
		t.sessions[in.ID] = t.order.PushFront(s)
		t.weigh(s)
	}
	return t, st.Place, nil
}
