package agentspan

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
)

// maxSent bounds the calls of a session that are remembered as finished.
const maxSent = 1024

// About what it takes to remember a finished call, and an agent beside its id, in bytes.
const (
	sentBytes  = 40
	agentBytes = 64
)

// sentCalls are calls that are finished, and who made them: what comes later of one makes
// no second span. There are many of them in each state that is written, so they hold no
// pointers of their own, and are written as a few long texts.
type sentCalls struct {
	ids    []ID     // the oldest first
	by     []uint16 // of each: its place in agents
	agents []string // each once, those of ids alone; "" is the main agent
	of     map[ID]uint16
	places map[string]uint16 // of agents
	names  int               // bytes of agents
}

// len is how many there are.
func (c *sentCalls) len() int { return len(c.ids) }

// size is about what they take, in bytes.
func (c *sentCalls) size() int { return sentBytes*len(c.ids) + agentBytes*len(c.agents) + c.names }

// get returns who made a call, and whether it is one of these.
func (c *sentCalls) get(id ID) (agent string, ok bool) {
	at, ok := c.of[id]
	if !ok {
		return "", false
	}
	return c.agents[at], true
}

// put adds a call, in the place of the oldest ones when there are too many.
func (c *sentCalls) put(id ID, agent string) {
	if _, known := c.of[id]; known {
		return
	}
	if len(c.ids) >= maxSent {
		c.forget(maxSent / 4)
	}
	c.add(id, c.place(agent))
}

func (c *sentCalls) add(id ID, by uint16) {
	if c.of == nil {
		c.of = map[ID]uint16{}
	}
	c.ids, c.by = append(c.ids, id), append(c.by, by)
	c.of[id] = by
}

// place is where an agent stands in agents. There are no more of them than calls.
func (c *sentCalls) place(agent string) uint16 {
	at, known := c.places[agent]
	if known {
		return at
	}
	if c.places == nil {
		c.places = map[string]uint16{}
	}
	at = uint16(len(c.agents)) //nolint:gosec // at most maxSent
	c.agents, c.places[agent] = append(c.agents, agent), at
	c.names += len(agent)
	return at
}

// forget forgets so many calls, the oldest, and agents that made none of the others.
func (c *sentCalls) forget(n int) {
	n = min(n, len(c.ids))
	was := *c
	*c = sentCalls{of: make(map[ID]uint16, len(was.ids)-n)}
	for i, id := range was.ids[n:] {
		c.add(id, c.place(was.agents[was.by[n+i]]))
	}
}

// The form in a state: ids and by are base64, as encoding/json has bytes, 8 and 2 of them
// for each call.
type sentForm struct {
	IDs    []byte   `json:"ids"`
	By     []byte   `json:"by"`
	Agents []string `json:"agents"`
}

// IsZero has an empty list left out of a state.
func (c sentCalls) IsZero() bool { return len(c.ids) == 0 }

// MarshalJSON implements json.Marshaler.
func (c sentCalls) MarshalJSON() ([]byte, error) {
	f := sentForm{IDs: make([]byte, 0, len(ID{})*len(c.ids)), By: make([]byte, 0, 2*len(c.by)), Agents: c.agents}
	for i, id := range c.ids {
		f.IDs = append(f.IDs, id[:]...)
		f.By = binary.BigEndian.AppendUint16(f.By, c.by[i])
	}
	return json.Marshal(f)
}

var errSent = errors.New("no list of finished calls")

// UnmarshalJSON implements json.Unmarshaler. What MarshalJSON cannot have made is an
// error.
func (c *sentCalls) UnmarshalJSON(data []byte) error {
	var f sentForm
	if err := json.Unmarshal(data, &f); err != nil {
		return fmt.Errorf("read finished calls: %w", err)
	}
	n := len(f.IDs) / len(ID{})
	if n > maxSent || n*len(ID{}) != len(f.IDs) || 2*n != len(f.By) || len(f.Agents) > n {
		return errSent
	}
	*c = sentCalls{}
	for _, agent := range f.Agents {
		if len(agent) > maxID {
			return errSent
		}
	}
	for i := range n {
		id := ID(f.IDs[i*len(ID{}):])
		by := binary.BigEndian.Uint16(f.By[2*i:])
		if _, twice := c.of[id]; twice || int(by) >= len(f.Agents) {
			return errSent
		}
		c.add(id, c.place(f.Agents[by]))
	}
	return nil
}
