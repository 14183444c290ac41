package witness

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/agent-telemetry/agent-telemetry/internal/anchor/anchortest"
)

// Every proof is the one that package tlog makes of all hashes.
func TestProofs(t *testing.T) {
	const size = 70
	tree := anchortest.NewTree("a", size)
	for m := range int64(size + 1) {
		left, right := &span{}, &span{begin: m, end: m}
		for _, leaf := range tree.Leaves[:m] {
			left.leaf(leaf)
		}
		require.Equal(t, tree.Root(m), left.root(0, m))
		for n := m; n <= size; n++ {
			if n > m {
				right.leaf(tree.Leaves[n-1])
			}
			whole := left.join(right)
			require.Equal(t, tree.Root(n), whole.root(0, n))
			require.LessOrEqual(t, len(left.nodes)+len(right.nodes), 20)
			proof := prove(left, right)
			if m == 0 || m == n {
				require.Empty(t, proof)
				continue
			}
			require.Equal(t, tree.Proof(t, n, m), proof, "%d to %d", m, n)
			require.NoError(t, tlog.CheckTree(proof, n, tree.Root(n), m, tree.Root(m)))
		}
	}
}

func FuzzProofs(f *testing.F) {
	tree := anchortest.NewTree("a", 5000)
	f.Add(uint16(1), uint16(4999))
	f.Add(uint16(4096), uint16(4097))
	f.Fuzz(func(t *testing.T, a, b uint16) {
		m, n := int64(a)%5000+1, int64(b)%5000+1
		if m > n {
			m, n = n, m
		}
		left, right := &span{}, &span{begin: m, end: m}
		for _, leaf := range tree.Leaves[:m] {
			left.leaf(leaf)
		}
		for _, leaf := range tree.Leaves[m:n] {
			right.leaf(leaf)
		}
		if err := tlog.CheckTree(prove(left, right), n, tree.Root(n), m, tree.Root(m)); err != nil {
			t.Fatal(m, n, err)
		}
	})
}
