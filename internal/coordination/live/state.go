package live

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/agent-telemetry/agent-telemetry/internal/coordination"
	"github.com/agent-telemetry/agent-telemetry/internal/coordination/recorded"
)

// Of a state: a line with the version, a line of JSON, and a line with its hash.
const (
	stateHeader = "agent-telemetry coordination state 2\n"
	maxText     = 3 * 256 // of a name: replaced bytes take three
)

// MaxState is the size of the largest state that is read, in bytes: eight times what sessions
// may take, since ids and escaped texts are longer in it. Somebody who writes the file in the
// collector's place must not have it run out of memory at each start.
func (l Limits) MaxState() int64 { return 8 * int64(max(l.Bytes, defaultBytes)) }

// ErrState says that data is no state of a Tracker.
var ErrState = errors.New("no state of how agents worked together")

type saved struct {
	savedHead
	Sessions []savedSession `json:"sessions"` // the longest silent first
}

type savedHead struct {
	Place  Place `json:"place"`
	Mark   int64 `json:"mark"`
	Looked int64 `json:"looked"`
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
	Calls   json.RawMessage  `json:"c,omitempty"`
}

// Place is how far the audit log was taken in.
type Place struct {
	Log  string `json:"log,omitempty"`  // its id
	Next uint64 `json:"next,omitempty"` // chunks whose first record is before it were taken in
	// File is the number of the state: what was written after it names it.
	File uint64 `json:"file,omitempty"`
}

// Encode writes the state, a session at a time: together they can take much more than
// there should be in memory. All records must have been taken.
func (t *Tracker) Encode(to io.Writer, at Place) error {
	sum := sha256.New()
	w := bufio.NewWriterSize(io.MultiWriter(to, sum), 1<<16)
	if err := t.encode(w, at); err != nil {
		return fmt.Errorf("encode how agents worked together: %w", err)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write how agents worked together: %w", err)
	}
	if _, err := fmt.Fprintf(to, "\n%x\n", sum.Sum(nil)); err != nil {
		return fmt.Errorf("write how agents worked together: %w", err)
	}
	return nil
}

// encode leaves the errors of w to its Flush.
func (t *Tracker) encode(w *bufio.Writer, at Place) error {
	head, err := json.Marshal(savedHead{Place: at, Mark: t.mark, Looked: t.looked})
	if err != nil {
		return err
	}
	_, _ = w.WriteString(stateHeader)
	_, _ = w.Write(head[:len(head)-1])
	before := `,"sessions":[`
	for e := t.order.Front(); e != nil; e = e.Next() {
		_, _ = w.WriteString(before)
		if err := e.Value.(*session).encode(w); err != nil {
			return err
		}
		before = ","
	}
	if t.order.Len() > 0 {
		_ = w.WriteByte(']')
	}
	_ = w.WriteByte('}')
	return nil
}

func (s *session) encode(w *bufio.Writer) error {
	head, err := json.Marshal(savedSession{
		ID: s.of.Session, Project: s.of.Project, Last: s.last, Ended: s.ended, Due: s.due, Since: s.since, Events: s.events, Worked: s.worked,
		Fresh: s.fresh, Told: s.told,
	})
	if err != nil {
		return err
	}
	calls, err := s.calls.MarshalJSON()
	if err != nil {
		return err
	}
	// As part of the head, encoding/json would read all of it again.
	_, _ = w.Write(head[:len(head)-1])
	_, _ = w.WriteString(`,"c":`)
	_, _ = w.Write(calls)
	_ = w.WriteByte('}')
	return nil
}

// Restore is the Tracker that Encode was called of, and the place. What Encode cannot
// have made is ErrState.
func Restore(data []byte, l Limits) (*Tracker, Place, error) {
	end := len(data) - 2*sha256.Size - 2
	if int64(len(data)) > l.MaxState() || end < len(stateHeader) || !bytes.HasPrefix(data, []byte(stateHeader)) ||
		string(data[end:]) != fmt.Sprintf("\n%x\n", sha256.Sum256(data[:end])) {
		return nil, Place{}, ErrState
	}
	return restore(data[len(stateHeader):end], l)
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
