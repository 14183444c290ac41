package coordination

// store holds the tool calls of a session. Most of what the collector holds are calls of
// running sessions, which each collection of garbage visits: a call has no pointer, and is
// no object of its own.
type store struct {
	ids    texts // of the calls, and nothing else: a call has the number of its id
	names  texts // agents, tools, targets and so on
	chunks [][]call
	mores  []more
	doers  []doers
	odd    map[oddly]string
	sorted []uint32 // numbers of all calls by when they were done, as far as that was known
}

// chunkCalls is how many calls are in a chunk, of 2 KiB. The first one grows up to it.
const chunkCalls = 23

// more is what few calls have, such as edits and delegations.
type more struct {
	asked         *Asked
	before, after sum // of the file
}

// oddly is a field of a call that is held as it came.
type oddly struct {
	call uint32
	what field
}

type field uint8

const (
	beginID field = iota
	endID
	hashBefore
	hashAfter
)

// count is how many calls there are.
func (s *store) count() int { return len(s.ids.places) }

// call returns the call of a number. It stays where it is until another one is added.
func (s *store) call(n uint32) *call { return &s.chunks[(n-1)/chunkCalls][(n-1)%chunkCalls] }

// find returns the call of an id; nil when there is none.
func (s *store) find(id string) *call {
	if n := s.ids.find(id); n != 0 {
		return s.call(n)
	}
	return nil
}

// newCall adds a call.
func (s *store) newCall(id string) *call {
	n := s.ids.add(id)
	last := len(s.chunks) - 1
	if last < 0 || len(s.chunks[last]) == chunkCalls {
		room := chunkCalls
		if last < 0 {
			room = 4
		}
		s.chunks, last = append(s.chunks, make([]call, 0, room)), last+1
	} else if list := s.chunks[last]; len(list) == cap(list) {
		s.chunks[last] = append(make([]call, 0, min(2*len(list), chunkCalls)), list...)
	}
	s.chunks[last] = append(s.chunks[last], call{n: n})
	s.sorted = push(s.sorted, n)
	return s.call(n)
}

// id is the call's.
func (s *store) id(c *call) string { return s.ids.text(c.n) }

// name is the text of a number of a call: its agent, its target and so on.
func (s *store) name(n uint32) string { return s.names.text(n) }

// askedOf is what a call of an agent says; nil of others.
func (s *store) askedOf(c *call) *Asked {
	if c.more == 0 {
		return nil
	}
	return s.mores[c.more-1].asked
}

// several reports whether another agent did the same as a call.
func (s *store) several(c *call) bool { return c.doers != 0 && s.doers[c.doers-1].several }

// more makes room for what few calls have. It stays where it is until the next one does.
func (a *Analyzer) more(c *call) *more {
	if c.more == 0 {
		a.mores = push(a.mores, more{})
		c.more = uint32(len(a.mores)) //nolint:gosec // one of a call
		a.bytes += perMore
	}
	return &a.mores[c.more-1]
}

// event is the id of the event that tells of the call's beginning, or end.
func (s *store) event(c *call, what field) string {
	u := c.event(what)
	if u.form == short {
		return u.text()
	}
	return s.odd[oddly{c.n, what}] // "" when it is absent
}

func (a *Analyzer) setEvent(c *call, what field, id string) {
	u := c.event(what)
	a.unset(c, what, u.form)
	if u.form = short; !u.parse(id) {
		u.form = a.asItCame(c, what, id)
	}
}

// file is the hash of the file before a call, or after it.
func (s *store) file(c *call, what field) string {
	if c.more == 0 {
		return ""
	}
	h := s.mores[c.more-1].file(what)
	if h.form == short {
		return h.text()
	}
	return s.odd[oddly{c.n, what}]
}

// hashed reports whether the hash of the file before a call is known.
func (s *store) hashed(c *call) bool { return c.more != 0 && s.mores[c.more-1].before.form != absent }

func (a *Analyzer) setFile(c *call, what field, hash string) {
	if hash == "" && c.more == 0 {
		return
	}
	h := a.more(c).file(what)
	a.unset(c, what, h.form)
	if h.form = short; !h.parse(hash) {
		h.form = a.asItCame(c, what, hash)
	}
}

func (m *more) file(what field) *sum {
	if what == hashBefore {
		return &m.before
	}
	return &m.after
}

func (a *Analyzer) unset(c *call, what field, was form) {
	if was == odd {
		at := oddly{c.n, what}
		a.bytes -= perOdd + len(a.odd[at])
		delete(a.odd, at)
	}
}

func (a *Analyzer) asItCame(c *call, what field, s string) form {
	if s == "" {
		return absent
	}
	if a.odd == nil {
		a.odd = map[oddly]string{}
	}
	a.odd[oddly{c.n, what}] = s
	a.bytes += perOdd + len(s)
	return odd
}
