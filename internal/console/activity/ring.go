package activity

// Bounds of what is kept of events.
const (
	maxEvents     = 5000
	maxEventBytes = 32 << 20
)

// ring keeps the newest events, bounded in number and in memory.
type ring struct {
	events []*Event // from first on
	first  int
	bytes  int
}

func (r *ring) add(e *Event) {
	r.events = append(r.events, e)
	r.bytes += e.cost()
	for r.len() > maxEvents || (r.bytes > maxEventBytes && r.len() > 1) {
		r.bytes -= r.events[r.first].cost()
		r.events[r.first] = nil
		r.first++
	}
	if r.first > maxEvents {
		r.events = append(make([]*Event, 0, 2*maxEvents+1), r.events[r.first:]...)
		r.first = 0
	}
}

func (r *ring) len() int { return len(r.events) - r.first }

// all are the events, oldest first. They are valid until the next add.
func (r *ring) all() []*Event { return r.events[r.first:] }
