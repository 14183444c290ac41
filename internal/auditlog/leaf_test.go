package auditlog

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const testID = "01920000-0000-7000-8000-000000000001"

func TestParseLine(t *testing.T) {
	zeros := strings.Repeat("0", 64)
	good := `{"seq":7,"log":"` + testID + `","prev":"` + zeros + `","record":{"kind":"log"}}`
	l, err := ParseLine([]byte(good))
	require.NoError(t, err)
	assert.Equal(t, uint64(7), l.Seq)
	assert.Equal(t, testID, l.Log)
	assert.Zero(t, l.Prev)
	assert.Equal(t, `{"kind":"log"}`, string(l.Record))

	for name, bad := range map[string]string{
		"empty":           "",
		"space":           strings.Replace(good, ":7", ": 7", 1),
		"padded seq":      strings.Replace(good, ":7", ":07", 1),
		"no seq":          strings.Replace(good, ":7", ":", 1),
		"huge seq":        strings.Replace(good, ":7", ":"+strings.Repeat("9", 30), 1),
		"other order":     `{"log":"` + testID + `","seq":7,"prev":"` + zeros + `","record":{}}`,
		"upper id":        strings.Replace(good, testID, strings.Repeat("A", 36), 1),
		"upper hash":      strings.Replace(good, zeros, strings.Repeat("A", 64), 1),
		"short hash":      strings.Replace(good, zeros, zeros[1:], 1),
		"record is null":  strings.Replace(good, `{"kind":"log"}`, "null", 1),
		"record is cut":   good[:len(good)-1],
		"broken record":   strings.Replace(good, `"log"}`, `"log}`, 1),
		"something after": good + "}",
		"another key":     strings.Replace(good, `,"record"`, `,"x":1,"record"`, 1),
		"two records":     strings.Replace(good, `{"kind":"log"}`, `{},"record":{}`, 1),
		"newline":         good + "\n",
		"old form":        `{"seq":7,"record":{}}`,
	} {
		_, err := ParseLine([]byte(bad))
		assert.Error(t, err, name)
	}
}

func FuzzParseLine(f *testing.F) {
	f.Add([]byte(`{"seq":7,"log":"` + testID + `","prev":"` + strings.Repeat("0", 64) + `","record":{"kind":"log"}}`))
	f.Add([]byte(`{"seq":7,"record":{}}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		l, err := ParseLine(line)
		if err != nil {
			return
		}
		want := fmt.Sprintf(`{"seq":%d,"log":"%s","prev":"%x","record":%s}`, l.Seq, l.Log, l.Prev, l.Record)
		assert.Equal(t, want, string(line), "there is one way to write a line")
	})
}

// The range agrees with package tlog at every size.
func TestCompactRange(t *testing.T) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(at))
		for i, n := range at {
			out[i] = stored[n]
		}
		return out, nil
	})
	r := new(CompactRange)
	for n := range int64(300) {
		want, err := tlog.TreeHash(n, reader)
		require.NoError(t, err)
		require.Equal(t, want, r.Root(), n)
		require.Equal(t, n, r.Size())
		again, err := NewCompactRange(n, r.Hashes())
		require.NoError(t, err)
		require.Equal(t, r.Root(), again.Root())

		leaf := LeafHash(fmt.Append(nil, n))
		hashes, err := tlog.StoredHashesForRecordHash(n, leaf, reader)
		require.NoError(t, err)
		stored = append(stored, hashes...)
		r = again
		r.Append(leaf)
	}
	_, err := NewCompactRange(3, make([]tlog.Hash, 1))
	require.Error(t, err)
	_, err = NewCompactRange(-1, nil)
	require.Error(t, err)
}

func TestCheckpointsAndKeyChanges(t *testing.T) {
	dir := t.TempDir()
	skey, vkey, err := note.GenerateKey(nil, KeyName(testID, 0))
	require.NoError(t, err)
	signer, err := note.NewSigner(skey)
	require.NoError(t, err)
	sign := func(text string) []byte {
		signed, err := note.Sign(&note.Note{Text: text}, signer)
		require.NoError(t, err)
		return signed
	}
	var file []byte
	for n := range int64(3) {
		file = append(append(file, sign(Checkpoint{Origin: Origin(testID), Size: n, Root: LeafHash(nil)}.text())...), '\n')
	}
	path := filepath.Join(dir, CheckpointsName)
	for cut := range len(file) + 1 { // a crash can cut it anywhere
		require.NoError(t, os.WriteFile(path, file[:cut], 0o600))
		got, err := ReadCheckpoints(dir)
		require.NoError(t, err)
		require.Len(t, got, strings.Count(string(file[:cut]), "\n\n")/2)
	}
	got, err := ReadCheckpoints(dir)
	require.NoError(t, err)
	assert.Equal(t, testID, got[2].LogID())
	assert.Equal(t, int64(2), got[2].Size)
	assert.Equal(t, LeafHash(nil), got[2].Root)
	verifier, err := note.NewVerifier(vkey)
	require.NoError(t, err)
	_, err = note.Open(got[2].Note, note.VerifierList(verifier))
	require.NoError(t, err)

	require.NoError(t, os.WriteFile(path, append(file, sign("x\n")...), 0o600))
	_, err = ReadCheckpoints(dir)
	require.NoError(t, err, "not whole yet")
	require.NoError(t, os.WriteFile(path, append(append(file, sign("x\n")...), '\n'), 0o600))
	got, err = ReadCheckpoints(dir)
	require.ErrorIs(t, err, ErrCorrupt)
	assert.Len(t, got, 3)

	change := KeyChange{Log: testID, Epoch: 1, VKey: vkey}
	require.NoError(t, os.WriteFile(filepath.Join(dir, EpochsName), append(sign(change.text()), '\n'), 0o600))
	changes, err := ReadKeyChanges(dir)
	require.NoError(t, err)
	require.Len(t, changes, 1)
	change.Note = changes[0].Note
	assert.Equal(t, change, changes[0])
}

func FuzzParseNotes(f *testing.F) {
	skey, _, err := note.GenerateKey(strings.NewReader(strings.Repeat("x", 64)), KeyName(testID, 0))
	require.NoError(f, err)
	signer, err := note.NewSigner(skey)
	require.NoError(f, err)
	for _, text := range []string{
		Checkpoint{Origin: Origin(testID), Size: 9}.text(),
		KeyChange{Log: testID, Epoch: 1, VKey: "x+1+y"}.text(),
	} {
		signed, err := note.Sign(&note.Note{Text: text}, signer)
		require.NoError(f, err)
		f.Add(signed)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if c, err := ParseCheckpoint(b); err == nil {
			assert.True(t, strings.HasPrefix(string(b), c.text()+"\n"))
		}
		if k, err := ParseKeyChange(b); err == nil {
			assert.True(t, strings.HasPrefix(string(b), k.text()+"\n"))
		}
	})
}
