// Package anchortest makes what tests of anchors need: signed checkpoints of a
// log and the settings of a component.
package anchortest

import (
	"crypto/rand"
	"encoding/base64"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/agent-telemetry/agent-telemetry/internal/anchor"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

// LogID is the id of the log that checkpoints are of.
const LogID = "01920000-0000-7000-8000-000000000001"

// Signer signs as the log's key of epoch 0.
type Signer struct {
	note.Signer
	VKey string
}

// NewSigner returns the key of an epoch of the log.
func NewSigner(t testing.TB, epoch uint64) Signer {
	t.Helper()
	skey, vkey, err := note.GenerateKey(rand.Reader, auditlog.KeyName(LogID, epoch))
	require.NoError(t, err)
	s, err := note.NewSigner(skey)
	require.NoError(t, err)
	return Signer{Signer: s, VKey: vkey}
}

// Checkpoint signs that the tree of that size has that root.
func (s Signer) Checkpoint(t testing.TB, size int64, root tlog.Hash) auditlog.Checkpoint {
	t.Helper()
	text := auditlog.Origin(LogID) + "\n" + strconv.FormatInt(size, 10) + "\n" + base64.StdEncoding.EncodeToString(root[:]) + "\n"
	signed, err := note.Sign(&note.Note{Text: text}, s)
	require.NoError(t, err)
	c, err := auditlog.ParseCheckpoint(signed)
	require.NoError(t, err)
	return c
}

// KeyChange signs that another key signs from an epoch on.
func (s Signer) KeyChange(t testing.TB, epoch uint64, vkey string) []byte {
	t.Helper()
	signed, err := note.Sign(&note.Note{
		Text: "agent-telemetry key\n" + LogID + "\n" + strconv.FormatUint(epoch, 10) + "\n" + vkey + "\n",
	}, s)
	require.NoError(t, err)
	return signed
}

// Tree is a log's tree, leaf by leaf.
type Tree struct {
	Leaves []tlog.Hash
}

// NewTree returns a tree of n leaves that the seed chooses.
func NewTree(seed string, n int) *Tree {
	t := &Tree{}
	t.Grow(seed, n)
	return t
}

// Grow adds leaves until there are n.
func (t *Tree) Grow(seed string, n int) {
	for i := len(t.Leaves); i < n; i++ {
		t.Leaves = append(t.Leaves, tlog.RecordHash([]byte(seed+strconv.Itoa(i))))
	}
}

// Root returns the root of the first n leaves.
func (t *Tree) Root(n int64) tlog.Hash {
	var r auditlog.CompactRange
	for _, leaf := range t.Leaves[:n] {
		r.Append(leaf)
	}
	return r.Root()
}

// Proof returns the consistency proof from size old to size n, made by package
// tlog from all stored hashes.
func (t *Tree) Proof(tb testing.TB, n, old int64) []tlog.Hash {
	tb.Helper()
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(at))
		for i, x := range at {
			out[i] = stored[x]
		}
		return out, nil
	})
	for i, leaf := range t.Leaves[:n] {
		more, err := tlog.StoredHashesForRecordHash(int64(i), leaf, reader)
		require.NoError(tb, err)
		stored = append(stored, more...)
	}
	proof, err := tlog.ProveTree(n, old, reader)
	require.NoError(tb, err)
	return proof
}

// Settings returns the settings of a component whose audit log is in dir.
func Settings(dir string) anchor.Settings {
	return anchor.Settings{
		Dir: dir, Host: componenttest.NewNopHost(), Telemetry: componenttest.NewNopTelemetrySettings(), UserAgent: "test/1",
	}
}
