package auditlog

import "golang.org/x/mod/sumdb/tlog"

// chain is where a log ends: what the next line and the next checkpoint follow
// from.
type chain struct {
	prev tlog.Hash // leaf hash of the last line, zeros when there is none
	tree CompactRange
}

// next is the seq of the next line.
func (c *chain) next() uint64 { return uint64(c.tree.size) } //nolint:gosec // never negative

// add takes the next line in.
func (c *chain) add(leaf tlog.Hash) {
	c.prev = leaf
	c.tree.Append(leaf)
}

// follows reports whether a line is the next one of the log with that id.
func (c *chain) follows(l Line, logID string) bool {
	return l.Seq == c.next() && tlog.Hash(l.Prev) == c.prev && l.Log == logID
}

func (c *chain) clone() chain { return chain{prev: c.prev, tree: *c.tree.Clone()} }
