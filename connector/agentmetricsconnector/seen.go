package agentmetricsconnector

import "hash/maphash"

// seen remembers the ids of the last events. What comes again after more of them is
// taken for new.
type seen struct {
	seed  maphash.Seed // of this process: nobody can make up an id that another one stands for
	known map[uint64]struct{}
	order []uint64
	next  int
}

func newSeen(window int) *seen {
	return &seen{seed: maphash.MakeSeed(), known: make(map[uint64]struct{}), order: make([]uint64, 0, window)}
}

// before reports whether the id came before, and remembers it. An empty one never did.
func (s *seen) before(id string) bool {
	if id == "" || cap(s.order) == 0 {
		return false
	}
	sum := maphash.String(s.seed, id)
	n := len(s.known)
	if s.known[sum] = struct{}{}; len(s.known) == n {
		return true
	}
	if len(s.order) < cap(s.order) {
		s.order = append(s.order, sum)
		return false
	}
	delete(s.known, s.order[s.next])
	s.order[s.next] = sum
	s.next = (s.next + 1) % len(s.order)
	return false
}
