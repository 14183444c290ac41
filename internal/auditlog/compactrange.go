package auditlog

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// CompactRange is what has to be known of a log's leaves to go on with its tree:
// the hashes of the complete subtrees that they make, the largest first, one
// for each bit that is set in their number. The tree is that of package tlog. A
// zero CompactRange is the empty tree; a copy is made with Clone.
type CompactRange struct {
	size   int64
	hashes []tlog.Hash
}

// errRange says that hashes do not fit the size of a tree.
var errRange = errors.New("a tree of that size has another number of subtrees")

// NewCompactRange returns the range of size leaves that the hashes stand for,
// as CompactRange.Hashes gave them.
func NewCompactRange(size int64, hashes []tlog.Hash) (*CompactRange, error) {
	if size < 0 || bits.OnesCount64(uint64(size)) != len(hashes) {
		return nil, fmt.Errorf("compact range of %d leaves and %d hashes: %w", size, len(hashes), errRange)
	}
	return &CompactRange{size: size, hashes: slices.Clone(hashes)}, nil
}

// Append adds the hash of the next leaf.
func (r *CompactRange) Append(leaf tlog.Hash) {
	// Each one bit at the low end is a subtree that this leaf completes.
	for n := r.size; n&1 == 1; n >>= 1 {
		last := len(r.hashes) - 1
		leaf = tlog.NodeHash(r.hashes[last], leaf)
		r.hashes = r.hashes[:last]
	}
	r.hashes = append(r.hashes, leaf)
	r.size++
}

// Root returns the hash of the tree.
func (r *CompactRange) Root() tlog.Hash {
	if len(r.hashes) == 0 {
		root, _ := tlog.TreeHash(0, nil) // a constant
		return root
	}
	root := r.hashes[len(r.hashes)-1]
	for _, left := range slices.Backward(r.hashes[:len(r.hashes)-1]) {
		root = tlog.NodeHash(left, root)
	}
	return root
}

// Size returns the number of leaves.
func (r *CompactRange) Size() int64 { return r.size }

// Hashes returns the hashes of the complete subtrees, the largest first. They
// are the caller's.
func (r *CompactRange) Hashes() []tlog.Hash { return slices.Clone(r.hashes) }

// Clone returns a copy that shares nothing.
func (r *CompactRange) Clone() *CompactRange {
	return &CompactRange{size: r.size, hashes: slices.Clone(r.hashes)}
}
