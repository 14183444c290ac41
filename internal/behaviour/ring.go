package behaviour

import (
	"slices"
)

// entry is one thing that happened.
type entry struct {
	At int64  `json:"t"` // Unix nanoseconds
	ID uint64 `json:"i"` // of the call or event
	// Tag is the rule of a violation, the number of deletions.
	Tag uint64 `json:"n,omitempty"`
}

// ring holds entries in the order of their times: at most a number of them, the
// latest ones. Its memory grows as needed.
type ring []entry

// add takes an entry in once: one of the same id and tag is not counted again. It
// reports whether it was taken.
func (r *ring) add(e entry, limit int, keep int64) bool {
	for i := range *r {
		if (*r)[i].ID == e.ID && (*r)[i].Tag == e.Tag {
			return false
		}
	}
	r.forget(max(e.At, r.last()) - keep)
	if len(*r) >= limit {
		if e.At <= (*r)[0].At {
			return false
		}
		*r = slices.Delete(*r, 0, 1)
	}
	at := len(*r)
	for at > 0 && (*r)[at-1].At > e.At {
		at--
	}
	*r = slices.Insert(*r, at, e)
	return true
}

func (r *ring) last() int64 {
	if len(*r) == 0 {
		return 0
	}
	return (*r)[len(*r)-1].At
}

// forget drops what is older than a time.
func (r *ring) forget(before int64) {
	n := 0
	for n < len(*r) && (*r)[n].At < before {
		n++
	}
	if n > 0 {
		*r = slices.Delete(*r, 0, n)
	}
}

// within counts the entries of the time (at-span, at].
func (r ring) within(at, span int64) (n int64) {
	for i := len(r) - 1; i >= 0 && r[i].At > at-span; i-- {
		if r[i].At <= at {
			n++
		}
	}
	return n
}

// sum adds the tags of the entries of the time (at-span, at].
func (r ring) sum(at, span int64) (n int64) {
	for i := len(r) - 1; i >= 0 && r[i].At > at-span; i-- {
		if r[i].At <= at {
			n += int64(min(r[i].Tag, 1<<20))
		}
	}
	return n
}

// distinct counts the different tags, and the different ids, of that time.
func (r ring) distinct(at, span int64) (tags, ids int64) {
	var t, d []uint64
	for i := len(r) - 1; i >= 0 && r[i].At > at-span; i-- {
		if r[i].At > at {
			continue
		}
		if !slices.Contains(t, r[i].Tag) {
			t = append(t, r[i].Tag)
		}
		if !slices.Contains(d, r[i].ID) {
			d = append(d, r[i].ID)
		}
	}
	return int64(len(t)), int64(len(d))
}

// remove drops the entries of an id.
func (r *ring) remove(id uint64) {
	*r = slices.DeleteFunc(*r, func(e entry) bool { return e.ID == id })
}

// sane reports whether a ring from a file can be used.
func (r ring) sane(limit int) bool {
	return len(r) <= limit && slices.IsSortedFunc(r, func(a, b entry) int {
		switch {
		case a.At < b.At:
			return -1
		case a.At > b.At:
			return 1
		}
		return 0
	})
}
