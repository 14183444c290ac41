package witness

import (
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// span is what has to be known of the leaves from begin to end: the hashes of
// the largest subtrees of the log's tree that lie within.
type span struct {
	begin, end int64
	nodes      []node // from left to right
}

// node is a complete subtree of 2^level leaves.
type node struct {
	level int
	hash  tlog.Hash
}

func (n node) size() int64 { return 1 << n.level }

// leaf adds the next leaf.
func (s *span) leaf(h tlog.Hash) { s.add(node{hash: h}) }

// add adds a subtree that begins at end.
func (s *span) add(n node) {
	s.nodes = append(s.nodes, n)
	s.end += n.size()
	for len(s.nodes) > 1 {
		left, right := s.nodes[len(s.nodes)-2], s.nodes[len(s.nodes)-1]
		at := s.end - left.size() - right.size()
		if left.level != right.level || at%(2*left.size()) != 0 {
			return
		}
		s.nodes = append(s.nodes[:len(s.nodes)-2], node{level: left.level + 1, hash: tlog.NodeHash(left.hash, right.hash)})
	}
}

// join returns the span of both, when right begins where s ends.
func (s *span) join(right *span) *span {
	all := &span{begin: s.begin, end: s.end, nodes: slices.Clone(s.nodes)}
	for _, n := range right.nodes {
		all.add(n)
	}
	return all
}

// root returns the hash of the tree over the leaves from lo to hi, which have to
// be a subtree of a log's tree or its right edge, and to lie in the span.
func (s *span) root(lo, hi int64) tlog.Hash {
	at := s.begin
	var parts []tlog.Hash
	for _, n := range s.nodes {
		if at >= lo && at+n.size() <= hi {
			parts = append(parts, n.hash)
		}
		at += n.size()
	}
	if len(parts) == 0 {
		empty, _ := tlog.TreeHash(0, nil) // a constant
		return empty
	}
	root := parts[len(parts)-1]
	for _, left := range slices.Backward(parts[:len(parts)-1]) {
		root = tlog.NodeHash(left, root)
	}
	return root
}

// prove returns the consistency proof (RFC 6962, section 2.1.2) from the tree of
// the leaves of left to the tree of the leaves of both.
func prove(left, right *span) []tlog.Hash {
	if left.end == 0 || right.begin == right.end {
		return nil
	}
	p := prover{left, right}
	return p.between(0, right.end, true)
}

type prover struct{ left, right *span }

// between is the proof within the subtree of the leaves from lo to hi. whole says
// that the old tree begins at lo and that its verifier knows its root.
func (p prover) between(lo, hi int64, whole bool) []tlog.Hash {
	m := p.left.end
	if m == hi {
		if whole {
			return nil
		}
		return []tlog.Hash{p.root(lo, hi)}
	}
	k := int64(1)
	for 2*k < hi-lo {
		k *= 2
	}
	if m <= lo+k {
		return append(p.between(lo, lo+k, whole), p.root(lo+k, hi))
	}
	return append(p.between(lo+k, hi, false), p.root(lo, lo+k))
}

func (p prover) root(lo, hi int64) tlog.Hash {
	if hi <= p.left.end {
		return p.left.root(lo, hi)
	}
	return p.right.root(lo, hi)
}
