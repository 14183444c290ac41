package story

import (
	"cmp"
	"context"
	"slices"
)

// Bounds of what Sessions holds at once.
const (
	maxSessions = 20_000
	maxHeld     = 1_000_000 // files and calls of all of them: 50 to 100 MiB
)

// tallies are those of many sessions.
type tallies struct {
	limit   int
	all     map[string]*Tally
	leftOut int // sessions
	room    int // for files and calls
}

func newTallies(limit int) *tallies {
	return &tallies{limit: limit, all: map[string]*Tally{}, room: maxHeld}
}

func (t *tallies) add(e *Event) {
	one := t.all[e.Session]
	if one == nil {
		t.makeRoom()
		one = &Tally{room: &t.room}
		t.all[e.Session] = one
	}
	one.Add(e)
}

// makeRoom makes room for one more: the session that ended first goes. Half of what is
// held goes at once, so that this is rare.
func (t *tallies) makeRoom() {
	if len(t.all) >= t.limit {
		t.trim(t.limit / 2)
	}
}

// trim keeps the n sessions that ended last.
func (t *tallies) trim(n int) {
	if len(t.all) <= n {
		return
	}
	ids := make([]string, 0, len(t.all))
	for id := range t.all {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int {
		return cmp.Or(t.all[b].session.End.Compare(t.all[a].session.End), cmp.Compare(a, b))
	})
	for _, id := range ids[n:] {
		t.room += t.all[id].held()
		delete(t.all, id)
		t.leftOut++
	}
}

func (t *tallies) merge(o *tallies) {
	t.leftOut += o.leftOut
	for id, tally := range o.all {
		if mine := t.all[id]; mine != nil {
			mine.Merge(tally)
		} else {
			t.room -= tally.held()
			tally.room = &t.room
			t.all[id] = tally
		}
	}
	if len(t.all) > t.limit {
		t.trim(t.limit)
	}
}

// Totals are what Sessions found.
type Totals struct {
	Sessions []Session // the one that started last is the first
	// LeftOut is how many sessions, the oldest, were too many to be held. One that
	// was left out and came again later counts from there.
	LeftOut int
	// Damaged is how many lines of the audit log could not be read.
	Damaged int
}

// Sessions returns the totals of the sessions that have records which q chooses,
// of these records. Of the audit log it reads the segments that can have some, two
// at a time or as many as there are processors, at most four.
func Sessions(ctx context.Context, source Source, q Query) (*Totals, error) {
	all := newTallies(maxSessions)
	bad, err := damaged(source.tally(ctx, q, all))
	if err != nil {
		return nil, err
	}
	t := &Totals{Sessions: make([]Session, 0, len(all.all)), LeftOut: all.leftOut, Damaged: bad}
	for _, one := range all.all {
		t.Sessions = append(t.Sessions, one.Session())
	}
	slices.SortFunc(t.Sessions, func(a, b Session) int {
		return cmp.Or(b.Start.Compare(a.Start), cmp.Compare(a.ID, b.ID))
	})
	return t, nil
}
