package auditverify

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestProofOfEveryRecord(t *testing.T) {
	for name, p := range map[string]plan{"whole": {segments: 3, tail: 2}, "pruned": {segments: 7, prune: 4}} {
		t.Run(name, func(t *testing.T) {
			l := makeLog(t, p)
			o := Options{Dir: l.dir, VKey: l.vkey}
			var first int64
			if p.prune > 0 {
				first = l.starts[p.prune]
				_, err := Prove(t.Context(), o, first-1, nil)
				require.ErrorIs(t, err, ErrPruned)
			}
			anchor, err := os.ReadFile(l.anchor)
			require.NoError(t, err)
			for seq := first; seq < l.size-int64(p.tail); seq++ {
				for _, against := range [][]byte{nil, anchor} {
					proof, err := Prove(t.Context(), o, seq, against)
					require.NoError(t, err, "record %d", seq)
					text, err := json.Marshal(proof)
					require.NoError(t, err)
					back, err := ParseProof(bytes.NewReader(text))
					require.NoError(t, err)
					facts, err := back.Check(l.vkey, l.origin())
					require.NoError(t, err)
					assert.Equal(t, seq, facts.Seq)
					assert.True(t, json.Valid(facts.Record))
				}
			}
			_, err = Prove(t.Context(), o, l.size, nil)
			require.ErrorIs(t, err, ErrNotCovered)
		})
	}
}

// Whatever is changed in a proof, it no longer holds.
func TestChangedProof(t *testing.T) {
	l := makeLog(t, plan{segments: 4, stop: true})
	other := makeLog(t, plan{segments: 4, stop: true})
	p, err := Prove(t.Context(), Options{Dir: l.dir, VKey: l.vkey}, 17, nil)
	require.NoError(t, err)
	require.NotEmpty(t, p.Keys)
	q, err := Prove(t.Context(), Options{Dir: other.dir, VKey: other.vkey}, 17, nil)
	require.NoError(t, err)
	for name, change := range map[string]func(*Proof){
		"line":                 func(p *Proof) { p.Line = bytes.Replace(p.Line, []byte("2026"), []byte("2025"), 1) },
		"another line":         func(p *Proof) { p.Line = q.Line },
		"no line":              func(p *Proof) { p.Line = nil },
		"seq":                  func(p *Proof) { p.Seq++ },
		"tree size":            func(p *Proof) { p.TreeSize++ },
		"hash":                 func(p *Proof) { p.Hashes[1] = strings.Repeat("0", 64) },
		"hash dropped":         func(p *Proof) { p.Hashes = p.Hashes[1:] },
		"hash added":           func(p *Proof) { p.Hashes = append(p.Hashes, p.Hashes[0]) },
		"hash that is none":    func(p *Proof) { p.Hashes[0] = "x" },
		"another's checkpoint": func(p *Proof) { p.Checkpoint = q.Checkpoint },
		"checkpoint's root":    func(p *Proof) { p.Checkpoint = strings.Replace(p.Checkpoint, "\n\n", "\nx\n\n", 1) },
		"no checkpoint":        func(p *Proof) { p.Checkpoint = "" },
		"key dropped":          func(p *Proof) { p.Keys = p.Keys[1:] },
		"another's keys":       func(p *Proof) { p.Keys = q.Keys },
		"origin":               func(p *Proof) { p.Origin = "agent-telemetry/x" },
		"all of another log":   func(p *Proof) { *p = *q },
		"its key, though":      func(p *Proof) { k := p.VKey; *p = *q; p.VKey = k },
	} {
		t.Run(name, func(t *testing.T) {
			changed := *p
			changed.Hashes = append([]string(nil), p.Hashes...)
			change(&changed)
			_, err := changed.Check(l.vkey, "")
			require.ErrorIs(t, err, ErrProofWrong)
		})
	}
	_, err = p.Check(l.vkey, "agent-telemetry/x")
	require.ErrorIs(t, err, ErrOrigin)
}

func TestNoProofOfAChangedLog(t *testing.T) {
	l := makeLog(t, plan{segments: 3, stop: true}).copyLog(t)
	editAny(t, l.dir, "main.go", "evil.go")
	_, err := Prove(t.Context(), Options{Dir: l.dir, VKey: l.vkey}, 9, nil)
	require.ErrorIs(t, err, ErrMismatch)
}
