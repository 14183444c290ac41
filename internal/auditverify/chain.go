package auditverify

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// place is where a line stands.
type place struct {
	seq     int64
	segment string
	offset  int64
}

func (p place) finding(expected, found, format string, args ...any) Finding {
	return Finding{
		Seq: p.seq, Segment: p.segment, Offset: p.offset, Expected: expected, Found: found,
		Message: fmt.Sprintf(format, args...),
	}
}

// chain holds what the next line must follow.
type chain struct {
	res   *results
	logID string

	begun  bool
	first  int64 // seq of the first line
	next   int64 // seq that comes next
	resume int64 // the same, if only the number of the line before was changed; 0: it was not
	before place // the line before
	leaf   tlog.Hash
	seam   *seam
}

// seam is a pair of lines of which the second does not name the hash of the
// first. Either may be the one that was changed: the line behind them tells.
type seam struct {
	first, second   place
	expected, found tlog.Hash
	leaf            tlog.Hash // of the second
}

// line checks a line's place. Where the sequence breaks it goes on from what it
// finds, so that one fault is told once.
func (c *chain) line(s *segment, l *line) place {
	at := place{seq: c.next, segment: s.name, offset: l.offset}
	if l.fault != nil {
		c.res.fail(CheckLines, at.finding("", "", "%s at byte %d: %v", s.name, l.offset, l.fault))
		c.settle(nil)
		if !c.begun {
			c.first = c.next
		}
		c.begun, c.next, c.before, c.leaf = true, c.next+1, at, l.leaf
		return at
	}
	says := int64(l.seq) //nolint:gosec // split takes no larger one
	at.seq = says
	broken, resume := false, int64(0)
	switch {
	case !c.begun:
		c.first = at.seq
	case at.seq == c.next || c.resume > 0 && at.seq == c.resume:
	case at.seq > c.next:
		broken, resume = true, c.next+1
		c.res.fail(CheckSequence, place{c.next, s.name, l.offset}.finding(fmt.Sprint(c.next), fmt.Sprint(at.seq),
			"the records %d to %d are missing before record %d", c.next, at.seq-1, at.seq))
	case at.seq < c.next:
		broken, resume = true, c.next+1
		at.seq = c.next // the place of the line, whatever it says
		c.res.fail(CheckSequence, at.finding(fmt.Sprint(c.next), fmt.Sprint(says),
			"record %d stands behind record %d: it is a double, or was moved", says, c.next-1))
	}
	if string(l.logID) != c.logID {
		c.res.fail(CheckLogID, at.finding(c.logID, string(l.logID), "record %d is of the log %s", at.seq, l.logID))
	}
	c.link(at, l, broken)
	c.begun, c.next, c.resume, c.before, c.leaf = true, says+1, resume, at, l.leaf
	return at
}

// link checks that the line names the hash of the one before it.
func (c *chain) link(at place, l *line, broken bool) {
	c.settle(&l.prev)
	var want tlog.Hash // zeros in front of record 0
	switch {
	case c.begun:
		want = c.leaf
	case at.seq > 0:
		return // the line before it was pruned, or is missing
	}
	if l.prev == want {
		return
	}
	if broken || !c.begun {
		if broken {
			at.seq = c.next // its own number is in doubt
		}
		c.res.fail(CheckPrevHash, at.finding(hexOf(want), hexOf(l.prev), "the line in the place of record %d does not follow the line before it", at.seq))
		return
	}
	c.seam = &seam{first: c.before, second: at, expected: l.prev, found: want, leaf: l.leaf}
}

// settle decides which line of an open seam was changed. prev is what the line
// behind it names; nil when there is none to ask. If that still names the
// second line as it is, the first one was changed.
func (c *chain) settle(prev *tlog.Hash) {
	s := c.seam
	if s == nil {
		return
	}
	c.seam = nil
	if prev == nil || *prev == s.leaf {
		c.res.fail(CheckPrevHash, s.first.finding(hexOf(s.expected), hexOf(s.found),
			"record %d is not the one that record %d was written behind", s.first.seq, s.second.seq))
		return
	}
	c.res.fail(CheckPrevHash, s.second.finding(hexOf(s.found), hexOf(s.expected),
		"record %d does not name the hash of record %d", s.second.seq, s.first.seq))
}
