package auditverify

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"github.com/agent-telemetry/agent-telemetry/internal/auditverify/logfixture"
	"github.com/agent-telemetry/agent-telemetry/internal/timestamptoken/tokentest"
)

// testWitness cosigns by hand, so that its time can be chosen.
type testWitness struct {
	vkey string
	key  ed25519.PrivateKey
	id   []byte
}

func newTestWitness(t testing.TB, name string) testWitness {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	plain, err := note.NewEd25519VerifierKey(name, public)
	require.NoError(t, err)
	vkey, err := fnote.VKeyToCosignatureV1(plain)
	require.NoError(t, err)
	v, err := fnote.NewVerifierForCosignatureV1(vkey)
	require.NoError(t, err)
	return testWitness{vkey: vkey, key: private, id: binary.BigEndian.AppendUint32(nil, v.KeyHash())}
}

func (w testWitness) cosign(signed []byte, at time.Time) []byte {
	text, _, _ := strings.Cut(string(signed), "\n\n")
	name, _, _ := strings.Cut(w.vkey, "+")
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s\n", at.Unix(), text)
	sig := binary.BigEndian.AppendUint64(bytes.Clone(w.id), uint64(at.Unix()))
	sig = append(sig, ed25519.Sign(w.key, []byte(message))...)
	return []byte("— " + name + " " + base64.StdEncoding.EncodeToString(sig) + "\n")
}

// receive writes what an anchor gave into the log's receipts.
func receive(t testing.TB, dir, name string, signed, given []byte) {
	t.Helper()
	line, err := json.Marshal(map[string]any{"time": time.Now(), "anchor": name, "size": 1, "note": string(signed), "receipt": given})
	require.NoError(t, err)
	f, err := os.OpenFile(filepath.Join(dir, receiptsName), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(t, err)
	_, err = f.Write(append(line, '\n'))
	require.NoError(t, err)
	require.NoError(t, f.Close())
}

func TestOurCosignaturesAreThoseOfTheLibrary(t *testing.T) {
	l := makeLog(t, plan{segments: 1})
	signed := []byte(l.anchors[len(l.anchors)-1])
	w := newTestWitness(t, "w.example/a")
	v, err := fnote.NewVerifierForCosignatureV1(w.vkey)
	require.NoError(t, err)
	_, err = note.Open(append(bytes.Clone(signed), w.cosign(signed, l.end)...), note.VerifierList(v))
	require.NoError(t, err)

	skey, plain, err := note.GenerateKey(rand.Reader, "w.example/b")
	require.NoError(t, err)
	vkey, err := fnote.VKeyToCosignatureV1(plain)
	require.NoError(t, err)
	signer, err := fnote.NewSignerForCosignatureV1(skey)
	require.NoError(t, err)
	text, _, _ := strings.Cut(string(signed), "\n\n")
	both, err := note.Sign(&note.Note{Text: text + "\n"}, signer)
	require.NoError(t, err)
	theirs, err := parseWitness(vkey)
	require.NoError(t, err)
	_, lines, _ := strings.Cut(string(both), "\n\n")
	at, found, good := theirs.cosigned(text+"\n", lines)
	assert.True(t, found && good)
	assert.WithinDuration(t, time.Now(), at, time.Minute)
}

func TestWitnessKeys(t *testing.T) {
	good := newTestWitness(t, "w.example/a").vkey
	_, err := parseWitness(good)
	require.NoError(t, err)
	_, plain, err := note.GenerateKey(rand.Reader, "w.example/a")
	require.NoError(t, err)
	for name, vkey := range map[string]string{
		"empty": "", "a name": "w.example", "of a log": plain, "another name": "x" + good,
		"cut": good[:len(good)-4], "no base64": good[:len(good)-1] + "!",
	} {
		_, err := parseWitness(vkey)
		require.ErrorIs(t, err, ErrWitness, name)
	}
}

// A cosignature that lies in the log's own directory is an anchor, for nobody
// there can make it.
func TestCosignedInTheLogsDirectory(t *testing.T) {
	l := makeLog(t, plan{segments: 5, stop: true})
	w, stranger := newTestWitness(t, "w.example/a"), newTestWitness(t, "w.example/b")
	for _, n := range l.anchors {
		receive(t, l.dir, "w", []byte(n), w.cosign([]byte(n), l.end))
		receive(t, l.dir, "disk", []byte(n), nil)
	}
	by := func(ws ...testWitness) func(*Options) {
		return func(o *Options) {
			o.Anchors = nil
			for _, w := range ws {
				o.Witnesses = append(o.Witnesses, w.vkey)
			}
		}
	}
	r := l.verify(t, by(w))
	require.Equal(t, Verified, r.Verdict, r.Reason)
	assert.Contains(t, r.Reason, "cosigned by w.example/a at ")
	assert.Empty(t, answers(r, Warn))
	assert.Equal(t, Cosignature, r.LastGoodAnchor.Kind)
	assert.Equal(t, l.size, r.LastGoodAnchor.Size)
	assert.Equal(t, int64(len(l.anchors)), r.Evidence.Cosignatures)

	// Without the key, and with that of another witness, it says nothing.
	assert.Equal(t, NotAnchored, l.verify(t, noAnchor).Verdict)
	r = l.verify(t, by(stranger))
	assert.Equal(t, NotAnchored, r.Verdict)
	assert.Equal(t, []Check{CheckCosignatures}, answers(r, Warn))
	r = l.verify(t, by(w, stranger))
	assert.Equal(t, Verified, r.Verdict, "one of two witnesses is enough, and the other is named")
	assert.Equal(t, []Check{CheckCosignatures}, answers(r, Warn))

	// It was kept by the host: an old one does not tell what came after it.
	r = l.verify(t, by(w), func(o *Options) { o.Now = func() time.Time { return l.end.Add(48 * time.Hour) } })
	assert.Equal(t, NotAnchored, r.Verdict)
	assert.Contains(t, r.Reason, "kept by this host")
	r = l.verify(t, by(w), func(o *Options) {
		o.Now, o.Anchors = func() time.Time { return l.end.Add(48 * time.Hour) }, []string{l.anchor}
	})
	assert.Equal(t, Verified, r.Verdict, "a copy from elsewhere is not the host's to withhold")
}

func TestForgedEvidence(t *testing.T) {
	whole := makeLog(t, plan{segments: 5, stop: true})
	fork := makeLog(t, plan{segments: 5, stop: true}) // of the same id, with other keys
	w, thief := newTestWitness(t, "w.example/a"), newTestWitness(t, "w.example/a")
	n := []byte(whole.anchors[len(whole.anchors)-1])
	older := []byte(whole.anchors[0])
	require.NotEqual(t, n, older)
	for name, tt := range map[string]struct {
		note, given []byte
		check       Check
		verdict     Verdict
	}{
		"signature of another checkpoint":    {n, w.cosign(older, whole.end), CheckCosignatures, Tampered},
		"bit flipped":                        {n, flipLast(w.cosign(n, whole.end)), CheckCosignatures, Tampered},
		"time changed":                       {n, otherTime(w.cosign(n, whole.end)), CheckCosignatures, Tampered},
		"same name, another key":             {n, thief.cosign(n, whole.end), CheckCosignatures, NotAnchored},
		"cosigned, and not signed by us":     {[]byte(fork.anchors[len(fork.anchors)-1]), w.cosign([]byte(fork.anchors[len(fork.anchors)-1]), whole.end), CheckAnchorAuthentic, Tampered},
		"garbage":                            {n, []byte("— w.example/a !!\n"), CheckCosignatures, NotAnchored},
		"cosigned an hour before it was":     {n, w.cosign(n, whole.end.Add(-time.Hour)), CheckCosignatures, Verified},
		"cosigned an hour after we look":     {n, w.cosign(n, whole.end.Add(time.Hour)), CheckCosignatures, Verified},
		"cosigned, and the note has no size": {[]byte("x\n"), w.cosign(n, whole.end), CheckCosignatures, NotAnchored},
	} {
		t.Run(name, func(t *testing.T) {
			l := whole.copyLog(t)
			receive(t, l.dir, "w", tt.note, tt.given)
			r := l.verify(t, noAnchor, func(o *Options) { o.Witnesses = []string{w.vkey} })
			assert.Equal(t, tt.verdict, r.Verdict, r.Reason)
			assert.Contains(t, append(answers(r, Warn), answers(r, Fail)...), tt.check)
		})
	}
}

func flipLast(line []byte) []byte {
	sig, _ := base64.StdEncoding.DecodeString(strings.TrimSpace(string(line[bytes.LastIndexByte(line, ' ')+1:])))
	sig[len(sig)-1] ^= 1
	return append(line[:bytes.LastIndexByte(line, ' ')+1:bytes.LastIndexByte(line, ' ')+1], base64.StdEncoding.EncodeToString(sig)+"\n"...)
}

func otherTime(line []byte) []byte {
	sig, _ := base64.StdEncoding.DecodeString(strings.TrimSpace(string(line[bytes.LastIndexByte(line, ' ')+1:])))
	sig[11]++
	return append(line[:bytes.LastIndexByte(line, ' ')+1:bytes.LastIndexByte(line, ' ')+1], base64.StdEncoding.EncodeToString(sig)+"\n"...)
}

// Whoever has the log's key writes the end anew: the witness's signature shows it,
// whether the end is as long, shorter, or longer.
func TestRewrittenWithTheStolenKey(t *testing.T) {
	for name, events := range map[string]int{"as long": 20, "shorter": 5, "longer": 40} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "audit")
			w, err := logfixture.New(logfixture.Options{Dir: dir, SegmentRecords: 10})
			require.NoError(t, err)
			for i := range 23 {
				require.NoError(t, w.Event("s", i+1))
			}
			_, err = w.Checkpoint()
			require.NoError(t, err)
			f, err := w.Fork(filepath.Join(t.TempDir(), "fork"))
			require.NoError(t, err)
			for i := range 20 {
				require.NoError(t, w.Event("s", i+24))
			}
			for i := range events {
				require.NoError(t, f.Event("s", i+24))
				require.NoError(t, f.Event("forged", i+1))
			}
			signed, err := w.Checkpoint()
			require.NoError(t, err)
			_, err = f.Checkpoint()
			require.NoError(t, err)
			require.NoError(t, w.Close())
			require.NoError(t, f.Close())
			l := testLog{dir: f.Dir(), vkey: w.VKey, end: f.Now}
			witness := newTestWitness(t, "w.example/a")
			require.Equal(t, NotAnchored, l.verify(t, noAnchor).Verdict, "nothing on the host shows it")
			receive(t, l.dir, "w", signed, witness.cosign(signed, w.Now))
			r := l.verify(t, noAnchor, func(o *Options) { o.Witnesses = []string{witness.vkey} })
			assert.Equal(t, Tampered, r.Verdict)
			want := CheckAnchorConsistency
			if events < 10 {
				want = CheckAnchorLength
			}
			assert.Contains(t, answers(r, Fail), want)
			assert.Contains(t, answers(r, Fail), CheckAnchorKnown)

			// The receipts were removed with the rest: what the witness kept shows it.
			require.NoError(t, os.Remove(filepath.Join(l.dir, receiptsName)))
			kept := filepath.Join(t.TempDir(), "witness")
			require.NoError(t, os.WriteFile(kept, append(append(bytes.Clone(signed), witness.cosign(signed, w.Now)...), '\n'), 0o600))
			r = l.verify(t, func(o *Options) { o.Anchors, o.Witnesses = []string{kept}, []string{witness.vkey} })
			assert.Contains(t, answers(r, Fail), want)
		})
	}
}

func TestTimestampsAreAnchors(t *testing.T) {
	authority, stranger := tokentest.New(t), tokentest.New(t)
	dir := filepath.Join(t.TempDir(), "audit")
	w, err := logfixture.New(logfixture.Options{Dir: dir, SegmentRecords: 10, Start: time.Now().Add(-time.Minute)})
	require.NoError(t, err)
	for i := range 33 {
		require.NoError(t, w.Event("s", i+1))
	}
	older, err := w.Checkpoint()
	require.NoError(t, err)
	require.NoError(t, w.Event("s", 34))
	signed, err := w.Checkpoint()
	require.NoError(t, err)
	require.NoError(t, w.Close())
	whole := testLog{dir: dir, vkey: w.VKey, end: time.Now()}
	forged := authority.Token(t, signed, whole.end)
	forged[len(forged)-1] ^= 1
	for name, tt := range map[string]struct {
		token   []byte
		status  Status
		verdict Verdict
		now     time.Time
	}{
		"sound":                     {authority.Token(t, signed, whole.end), Pass, Verified, whole.end},
		"of another checkpoint":     {authority.Token(t, older, whole.end), Fail, Tampered, whole.end},
		"of another authority":      {stranger.Token(t, signed, whole.end), Warn, NotAnchored, whole.end},
		"signature changed":         {forged, Fail, Tampered, whole.end},
		"no token":                  {[]byte("0\x03abc"), Fail, Tampered, whole.end},
		"of an expired certificate": {authority.Token(t, signed, whole.end.Add(2*time.Hour)), Warn, NotAnchored, whole.end},
		"expired since":             {authority.Token(t, signed, whole.end), Warn, Verified, whole.end.Add(2 * time.Hour)},
		"too old":                   {authority.Token(t, signed, whole.end), Warn, NotAnchored, whole.end.Add(48 * time.Hour)},
		"long after its records":    {authority.Token(t, signed, whole.end.Add(50*time.Minute)), Warn, NotAnchored, whole.end.Add(50 * time.Minute)},
		"before its records":        {authority.Token(t, signed, whole.end.Add(-10*time.Minute)), Warn, Verified, whole.end},
	} {
		t.Run(name, func(t *testing.T) {
			l := whole.copyLog(t)
			receive(t, l.dir, "tsa", signed, tt.token)
			r := l.verify(t, noAnchor, func(o *Options) {
				o.TSARoots, o.Now, o.MaxAnchorAge = authority.Pool(), func() time.Time { return tt.now }, DefaultMaxAnchorAge
				if tt.now.Sub(whole.end) == 50*time.Minute {
					o.MaxAnchorAge = 30 * time.Minute
				}
			})
			assert.Equal(t, tt.status, r.Result(CheckTokens).Status, r.Result(CheckTokens).Summary)
			assert.Equal(t, tt.verdict, r.Verdict, r.Reason)
			if tt.status == Pass {
				assert.Equal(t, Timestamp, r.LastGoodAnchor.Kind)
				assert.Equal(t, "Test TSA", r.LastGoodAnchor.By)
			}
		})
	}
}

func TestReceiptsThatCannotBeRead(t *testing.T) {
	l := makeLog(t, plan{segments: 2, stop: true})
	w := newTestWitness(t, "w.example/a")
	n := []byte(l.anchors[len(l.anchors)-1])
	write(t, l.dir, receiptsName, []byte("no json\n\n"+strings.Repeat("x", 3*maxReceiptLine)+"\n"))
	receive(t, l.dir, "w", n, w.cosign(n, l.end))
	f, err := os.OpenFile(filepath.Join(l.dir, receiptsName), os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteString(`{"time":"20`)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	with := func(o *Options) { o.Anchors, o.Witnesses = nil, []string{w.vkey} }
	r := l.verify(t, with)
	assert.Equal(t, Verified, r.Verdict, r.Reason)
	assert.Contains(t, r.Result(CheckCosignatures).Summary, "2 lines of the receipts")

	// The older file, and a copy elsewhere.
	require.NoError(t, os.Rename(filepath.Join(l.dir, receiptsName), filepath.Join(l.dir, receiptsName+".1")))
	assert.Equal(t, Verified, l.verify(t, with).Verdict)
	carried := t.TempDir()
	require.NoError(t, os.Rename(filepath.Join(l.dir, receiptsName+".1"), filepath.Join(carried, "receipts")))
	assert.Equal(t, NotAnchored, l.verify(t, with).Verdict)
	assert.Equal(t, Verified, l.verify(t, with, func(o *Options) { o.Receipts = []string{carried} }).Verdict)
	_, err = Verify(t.Context(), Options{Dir: l.dir, VKey: l.vkey, Receipts: []string{carried}})
	require.ErrorIs(t, err, ErrReceipts)
	_, err = Verify(t.Context(), Options{Dir: l.dir, VKey: l.vkey, Witnesses: []string{"x"}})
	require.ErrorIs(t, err, ErrWitness)
	require.NoError(t, os.Symlink(filepath.Join(carried, "receipts"), filepath.Join(l.dir, receiptsName)))
	_, err = Verify(t.Context(), Options{Dir: l.dir, VKey: l.vkey, Witnesses: []string{w.vkey}})
	require.Error(t, err, "no link is followed")
}

func FuzzReceipts(f *testing.F) {
	f.Add([]byte(`{"note":"a\n1\nx\n\n— a b\n","receipt":"4oCU"}` + "\n{\n"))
	f.Add(bytes.Repeat([]byte("x"), 100))
	w := newTestWitness(f, "w.example/a")
	parsed, err := parseWitness(w.vkey)
	require.NoError(f, err)
	f.Add(append([]byte(`{"note":"x","receipt":"`+base64.StdEncoding.EncodeToString(w.cosign([]byte("x\n\n"), time.Unix(1, 0)))), "\"}\n"...))
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(t.TempDir(), "r")
		require.NoError(t, os.WriteFile(path, b, 0o600))
		read, _, err := readReceipts(path, 1<<20, func(r receipt) {
			if r.offset < 0 || r.offset >= int64(len(b)) {
				t.Fatal(r.offset)
			}
			if _, found, good := parsed.cosigned(r.Note, string(r.Proof)); good && !found {
				t.Fatal("good, and not found")
			}
		})
		require.NoError(t, err)
		require.LessOrEqual(t, read, int64(len(b)))
	})
}
