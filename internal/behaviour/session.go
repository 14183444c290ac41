package behaviour

import (
	"time"
)

// Bounds of what is remembered of a session.
const (
	maxCalls      = 256 // enough to tell 150 in 60 s
	maxViolations = 128
	maxOthers     = 64
	maxSecrets    = 8
	maxFiles      = 32
	maxPath       = 256 // bytes of a remembered path; longer ones are not remembered
)

// Spans of time, in nanoseconds.
const (
	minute  = int64(time.Minute)
	recent  = int64(10 * time.Minute)
	project = int64(time.Hour)
)

// session is what is known of a session.
type session struct {
	Calls      ring    `json:"calls,omitempty"`
	Violations ring    `json:"violations,omitempty"`
	Denied     ring    `json:"denied,omitempty"`
	Failed     ring    `json:"failed,omitempty"`
	Outside    ring    `json:"outside,omitempty"`
	Deleted    ring    `json:"deleted,omitempty"`
	Secrets    []trace `json:"secrets,omitempty"`
	Files      []trace `json:"files,omitempty"`
	Usual      usual   `json:"usual"`

	weight int // bytes, as it was counted
}

// bytes is about what a session needs.
func (s *session) bytes() int {
	const fixed, anEntry, aTrace = 600, 24, 48
	n := fixed + anEntry*(cap(s.Calls)+cap(s.Violations)+cap(s.Denied)+cap(s.Failed)+cap(s.Outside)+cap(s.Deleted)) +
		aTrace*(cap(s.Secrets)+cap(s.Files))
	for _, l := range [...][]trace{s.Secrets, s.Files} {
		for i := range l {
			n += len(l[i].Path)
		}
	}
	return n
}

// trace is a path and what was done with it.
type trace struct {
	At   int64  `json:"t"`
	ID   uint64 `json:"i"` // of the call
	Path string `json:"p"`
	What mark   `json:"w"`
}

// mark is how a file came to be what it is.
type mark uint8

const (
	downloaded mark = 1 << iota
	written
	executable
)

// remember adds a trace, and forgets the oldest beyond the limit. A path that is
// there with the same mark is only made younger when it is another call's.
func remember(list []trace, t trace, limit int) []trace {
	if t.Path == "" || len(t.Path) > maxPath {
		return list
	}
	for i := range list {
		if list[i].ID == t.ID && list[i].Path == t.Path {
			list[i].What |= t.What
			return list
		}
	}
	for i := range list {
		if list[i].Path == t.Path && list[i].What == t.What && list[i].At <= t.At {
			// The first of two within the time still counts for what came between.
			if t.At-list[i].At < minute {
				return list
			}
			list[i] = t
			return list
		}
	}
	if len(list) >= limit {
		oldest := 0
		for i := range list {
			if list[i].At < list[oldest].At {
				oldest = i
			}
		}
		list[oldest] = t
		return list
	}
	return append(list, t)
}

// earlier reports whether a trace is of another call, and happened in the last 10
// minutes before a time.
func (t *trace) earlier(at int64, id uint64) bool {
	return t.ID != id && t.At <= at && at-t.At < recent
}

// usual follows how many calls a session makes in a minute in which it makes any.
type usual struct {
	Minute  int64   `json:"m,omitempty"` // of the running one, Unix
	Count   int64   `json:"n,omitempty"` // in it
	Mean    float64 `json:"a,omitempty"`
	Minutes int64   `json:"d,omitempty"` // that are in the mean
}

// Of the mean: how fast it follows, after how many minutes it says something, and
// how much a minute counts at most, so that a burst does not become usual.
const (
	follow     = 0.15
	enough     = 5
	mostMinute = 150
)

func (u *usual) call(at int64) {
	m := at / minute
	switch {
	case m == u.Minute:
		u.Count++
		return
	case m < u.Minute:
		return // late: the minute is closed
	}
	if u.Count > 0 {
		n := float64(min(u.Count, mostMinute))
		if u.Minutes == 0 {
			u.Mean = n
		} else {
			u.Mean += follow * (n - u.Mean)
		}
		u.Minutes = min(u.Minutes+1, 1<<20)
	}
	u.Minute, u.Count = m, 1
}

// baseline is the mean, rounded up; 0 when too little is known.
func (u *usual) baseline() int64 {
	if u.Minutes < enough {
		return 0
	}
	return int64(u.Mean) + 1
}
