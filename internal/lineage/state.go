package lineage

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/agent-telemetry/agent-telemetry/internal/semconv"
)

// Of the state file: a line with version and hash, then JSON.
const (
	stateHeader = "agent-telemetry lineage state 1 "
	// MaxState is the size of the largest state that is read.
	MaxState = 32 << 20
	// The sessions seen last, as many as have these many agents and calls.
	savedSessions = 1_000
	savedAgents   = 10_000
	maxText       = 3 * MaxID // of a text that is no id: replaced bytes take three
)

// ErrState says that a file is no state of lineage.
var ErrState = errors.New("no state of the lineage of agents")

type state struct {
	Sessions []savedSession `json:"sessions"` // the longest silent first
}

type savedSession struct {
	ID string   `json:"id"`
	S  *session `json:"s"`
}

// Changed reports whether something has become known since it was last asked.
func (t *Tracker) Changed() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.changed
	t.changed = false
	return c
}

// Encode returns the state for a file: the sessions seen last, up to 10,000 agents and
// calls. Sessions without agents are left out.
func (t *Tracker) Encode() ([]byte, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var st state
	things := 0
	for e := t.order.Back(); e != nil && len(st.Sessions) < savedSessions; e = e.Prev() {
		s := e.Value.(*named)
		n := len(s.Agents) + len(s.Calls)
		if n == 0 {
			continue
		}
		if things += n; things > savedAgents && len(st.Sessions) > 0 {
			break
		}
		st.Sessions = append(st.Sessions, savedSession{s.id, s.session})
	}
	for i, j := 0, len(st.Sessions)-1; i < j; i, j = i+1, j-1 {
		st.Sessions[i], st.Sessions[j] = st.Sessions[j], st.Sessions[i]
	}
	body, err := json.Marshal(st)
	if err != nil {
		return nil, fmt.Errorf("encode the state of lineage: %w", err)
	}
	sum := sha256.Sum256(body)
	return append([]byte(stateHeader+hex.EncodeToString(sum[:])+"\n"), body...), nil
}

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
	if len(st.Sessions) > savedSessions {
		return ErrState
	}
	for _, s := range st.Sessions {
		if !sane(s.ID) || s.S == nil || !s.S.sane() {
			return ErrState
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now().UnixNano()
	for _, saved := range st.Sessions {
		n := len(saved.S.Agents)
		if t.sessions[saved.ID] != nil || len(t.sessions) >= t.limits.Sessions || t.agents+n > t.limits.All ||
			n > t.limits.Agents || len(saved.S.Calls) > t.limits.Agents {
			continue // the limits may be others now
		}
		s := &named{saved.ID, saved.S}
		s.Seen = min(s.Seen, now)
		s.index()
		t.sessions[s.id] = t.order.PushBack(s)
		t.agents += len(s.Agents)
		t.weigh(s)
		for _, a := range s.Agents {
			if a.Changed != 0 {
				a.Changed = min(a.Changed, now)
				t.waiting[s.id] = s.session
			}
		}
		t.dirty[s.id] = s
	}
	return nil
}

func (s *session) sane() bool {
	if len(s.Project) > maxText || len(s.Transcript) > 3*maxTranscript {
		return false
	}
	if s.Agents == nil {
		s.Agents = map[string]*agent{}
	}
	if s.Calls == nil {
		s.Calls = map[string]*call{}
	}
	for id, a := range s.Agents {
		if a == nil || a.ID != id || !sane(id) || !a.Link.sane() || !a.Told.sane() || a.Corrected < 0 ||
			a.Notified != "" && !sane(a.Notified) || len(a.Type) > maxText || len(a.Prompt) > maxText || a.Link.Parent == id {
			return false
		}
	}
	for id, c := range s.Calls {
		if c == nil || c.ID != id || !sane(id) || c.Parent != semconv.AgentMain && !sane(c.Parent) || len(c.Prompt) > maxText || len(c.Asked) > maxText {
			return false
		}
	}
	return true
}

func (l Link) sane() bool {
	return (l.How == "" || rank(l.How) > 0) && (l.Call == "" || sane(l.Call)) && (l.Parent == "" || l.Parent == semconv.AgentMain || sane(l.Parent)) &&
		(l.How == "") == (l.Parent == "")
}
