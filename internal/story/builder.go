package story

import (
	"cmp"
	"context"
	"hash/maphash"
	"slices"
)

// Limits bound what is held of a session; what is 0 is the default.
type Limits struct {
	Events int // 100,000
	Text   int // bytes of text, 64 MiB
}

func (l Limits) orDefault() Limits {
	return Limits{Events: cmp.Or(max(l.Events, 0), 100_000), Text: cmp.Or(max(l.Text, 0), 64<<20)}
}

// Load reads one session. With a time in q it has what happened then, and does not
// take what was before From, or after To, for missing. The error is ErrNoSession when there are no
// records of it.
func Load(ctx context.Context, source Source, q Query, limits Limits) (*Story, error) {
	b := NewBuilder(limits)
	b.Part = !q.From.IsZero()
	bad, err := damaged(source.Events(ctx, q, func(e *Event) error { b.Add(e); return nil }))
	if err != nil {
		return nil, err
	}
	s := b.Story()
	if len(s.Entries) == 0 && s.Session.Events == 0 {
		return nil, ErrNoSession
	}
	s.Source, s.Damaged = source.Name(), bad
	return s, nil
}

// Builder makes a story of the records of one session, given in any order.
type Builder struct {
	// Part says that records from before the first one are not expected.
	Part bool

	limits Limits
	events []Event
	alerts int
	text   int
	seen   map[uint64]struct{} // event ids
	tally  Tally

	leftOut, cut, doubled int
}

// NewBuilder returns an empty builder.
func NewBuilder(limits Limits) *Builder {
	return &Builder{limits: limits.orDefault(), seen: map[uint64]struct{}{}}
}

// Add takes in one record. The builder keeps a copy.
func (b *Builder) Add(e *Event) {
	if e.ID != "" {
		id := maphash.String(seed, e.ID)
		if _, known := b.seen[id]; known {
			b.doubled++
			return
		}
		if len(b.seen) < 4*b.limits.Events {
			b.seen[id] = struct{}{}
		}
	}
	b.tally.Add(e)
	if b.full(e) {
		b.leftOut++
		return
	}
	kept := *e
	kept.forget()
	size := kept.text()
	if b.text += size; b.text > b.limits.Text {
		b.text -= size
		if kept.shorten() {
			b.cut++
		}
		b.text += kept.text()
	}
	if kept.Alert != nil {
		b.alerts++
	}
	b.events = append(b.events, kept)
}

// full reports whether there is no room for the record: alerts have some of their
// own.
func (b *Builder) full(e *Event) bool {
	if b.text > 2*b.limits.Text {
		return true
	}
	if e.Alert != nil {
		return b.alerts >= max(b.limits.Events/10, 100)
	}
	return len(b.events)-b.alerts >= b.limits.Events
}

// Session returns the totals so far.
func (b *Builder) Session() Session { return b.tally.Session() }

// Story returns what happened so far. More may be added afterwards.
func (b *Builder) Story() *Story {
	// Records of one instant stand in the order of their numbers.
	slices.SortStableFunc(b.events, func(x, y Event) int {
		return cmp.Or(x.Time.Compare(y.Time), cmp.Compare(x.Seq, y.Seq))
	})
	t := newTelling()
	for i := range b.events {
		t.add(&b.events[i])
	}
	s := &Story{Session: b.tally.Session(), LeftOut: b.leftOut, Cut: b.cut, Doubled: b.doubled + t.doubled}
	gaps := findGaps(b.events, b.Part)
	for i := range gaps {
		s.Missing += int(min(gaps[i].Gap.Missing, 1<<31))
	}
	s.Entries = t.entries(gaps)
	s.Agents = t.agents.list()
	return s
}
