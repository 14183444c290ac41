package auditverify

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// tree is the Merkle tree of the leaves so far: of each complete subtree that
// is in no larger one, the hash. It is the verifier's own: it shares no code with
// what writes the log.
type tree struct {
	size   int64
	hashes []tlog.Hash // largest subtree first
	hasher nodeHasher
	// made, when set, is told of every complete subtree.
	made func(level int, index int64, h tlog.Hash)
}

// errRange says that a compact range does not fit its size.
var errRange = errors.New("the subtree hashes do not fit the tree's size")

// treeAt returns the tree of the given size whose complete subtrees are given.
func treeAt(size int64, hashes []tlog.Hash) (*tree, error) {
	if size < 0 || bits.OnesCount64(uint64(size)) != len(hashes) {
		return nil, fmt.Errorf("%w: %d hashes for %d leaves", errRange, len(hashes), size)
	}
	return &tree{size: size, hashes: hashes}, nil
}

// append adds the next leaf.
func (t *tree) append(leaf tlog.Hash) {
	h, n := leaf, t.size
	for level := 0; ; level++ {
		if t.made != nil {
			t.made(level, n, h)
		}
		if n&1 == 0 {
			break
		}
		last := len(t.hashes) - 1
		h = t.hasher.node(t.hashes[last], h)
		t.hashes = t.hashes[:last]
		n >>= 1
	}
	t.hashes = append(t.hashes, h)
	t.size++
}

// root returns the tree's hash: tlog.TreeHash.
func (t *tree) root() tlog.Hash {
	if len(t.hashes) == 0 {
		return sha256.Sum256(nil)
	}
	h := t.hashes[len(t.hashes)-1]
	for i := len(t.hashes) - 2; i >= 0; i-- {
		h = t.hasher.node(t.hashes[i], h)
	}
	return h
}

// announce tells made of the subtrees that the tree begins with.
func (t *tree) announce() {
	at := int64(0)
	i := 0
	for level := 62; level >= 0; level-- {
		if t.size&(1<<level) != 0 {
			t.made(level, at>>level, t.hashes[i])
			at += 1 << level
			i++
		}
	}
}

// nodeHasher hashes leaves and nodes without allocating.
type nodeHasher struct {
	sha hash.Hash
	buf [1 + 2*tlog.HashSize]byte
}

// node is tlog.NodeHash.
func (n *nodeHasher) node(left, right tlog.Hash) tlog.Hash {
	n.buf[0] = 1
	copy(n.buf[1:], left[:])
	copy(n.buf[1+tlog.HashSize:], right[:])
	return sha256.Sum256(n.buf[:])
}

// leaf is tlog.RecordHash.
func (n *nodeHasher) leaf(text []byte) (h tlog.Hash) {
	if n.sha == nil {
		n.sha = sha256.New()
	}
	n.sha.Reset()
	n.buf[0] = 0
	n.sha.Write(n.buf[:1])
	n.sha.Write(text)
	n.sha.Sum(h[:0])
	return h
}
