package witness

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/agent-telemetry/agent-telemetry/internal/anchor/anchortest"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

const origin = "agent-telemetry/" + anchortest.LogID

// bench is a witness behind a real socket, and a log whose keys a test has.
type bench struct {
	t      *testing.T
	dir    string
	signer anchortest.Signer
	tree   *anchortest.Tree
	w      *Witness
	server *httptest.Server
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, dir: t.TempDir(), signer: anchortest.NewSigner(t, 0), tree: anchortest.NewTree("a", 100)}
	b.start()
	t.Cleanup(b.stop)
	return b
}

func (b *bench) options() Options {
	return Options{Dir: b.dir, Name: "witness.example/1", Logs: []LogConfig{{Keys: []string{b.signer.VKey}}}}
}

func (b *bench) start() {
	b.t.Helper()
	var err error
	b.w, err = Open(b.options())
	require.NoError(b.t, err)
	b.server = httptest.NewServer(b.w.Handler(1000))
}

func (b *bench) stop() {
	b.server.Close()
	require.NoError(b.t, b.w.Close())
}

func (b *bench) restart() {
	b.t.Helper()
	b.stop()
	b.start()
}

// post sends a body and returns status, content type and body of the answer.
func (b *bench) post(path, body string) (int, string, string) {
	b.t.Helper()
	resp, err := http.Post(b.server.URL+path, "text/plain", strings.NewReader(body))
	require.NoError(b.t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(b.t, err)
	return resp.StatusCode, resp.Header.Get("Content-Type"), string(text)
}

// request is the body of an add-checkpoint request.
func request(old int64, proof []tlog.Hash, c auditlog.Checkpoint) string {
	var s strings.Builder
	fmt.Fprintf(&s, "old %d\n", old)
	for _, h := range proof {
		s.WriteString(base64.StdEncoding.EncodeToString(h[:]) + "\n")
	}
	return s.String() + "\n" + string(c.Note)
}

// add submits the log's checkpoint of size n with a proof from old.
func (b *bench) add(old, n int64) (status int, kind, body string) {
	b.t.Helper()
	c := b.signer.Checkpoint(b.t, n, b.tree.Root(n))
	var proof []tlog.Hash
	if old > 0 && old <= n {
		proof = b.tree.Proof(b.t, n, old)
	}
	return b.post("/add-checkpoint", request(old, proof, c))
}

func (b *bench) mustAdd(old, n int64) {
	b.t.Helper()
	status, _, body := b.add(old, n)
	require.Equal(b.t, http.StatusOK, status, body)
	v, err := fnote.NewVerifierForCosignatureV1(b.w.VKey())
	require.NoError(b.t, err)
	c := b.signer.Checkpoint(b.t, n, b.tree.Root(n))
	text, _, _ := strings.Cut(string(c.Note), "\n\n")
	_, err = note.Open([]byte(text+"\n\n"+body), note.VerifierList(v))
	require.NoError(b.t, err, "the answer is a cosignature of the checkpoint")
}

func TestCosignsWhatContinues(t *testing.T) {
	b := newBench(t)
	old := int64(0)
	for _, n := range []int64{0, 1, 2, 2, 3, 7, 8, 8, 64, 100} {
		b.mustAdd(old, n)
		old = n
	}
	b.restart()
	b.mustAdd(100, 100)

	// What it kept is good for an auditor.
	kept, err := os.ReadFile(filepath.Join(b.dir, keptDir, originHash(origin)))
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, auditlog.CheckpointsName), kept, 0o600))
	all, err := auditlog.ReadCheckpoints(dir)
	require.NoError(t, err)
	require.Len(t, all, 11)
	v, err := note.NewVerifier(b.signer.VKey)
	require.NoError(t, err)
	cv, err := fnote.NewVerifierForCosignatureV1(b.w.VKey())
	require.NoError(t, err)
	for _, c := range all {
		n, err := note.Open(c.Note, note.VerifierList(v, cv))
		require.NoError(t, err)
		assert.Len(t, n.Sigs, 2)
	}

	resp, err := http.Get(b.server.URL + "/" + originHash(origin) + "/checkpoint")
	require.NoError(t, err)
	defer resp.Body.Close()
	newest, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	c, err := auditlog.ParseCheckpoint(newest)
	require.NoError(t, err)
	assert.Equal(t, int64(100), c.Size)
}

func TestRefusals(t *testing.T) {
	b := newBench(t)
	b.mustAdd(0, 10)
	fork := anchortest.NewTree("fork", 100)
	other := anchortest.NewSigner(t, 0)
	stranger := strings.ReplaceAll(string(b.signer.Checkpoint(t, 12, b.tree.Root(12)).Note), anchortest.LogID[:4], "ffff")
	sound := b.tree.Proof(t, 20, 10)
	for name, tc := range map[string]struct {
		body   string
		status int
		kind   string
		answer string
	}{
		"stale":               {request(0, nil, b.signer.Checkpoint(t, 20, b.tree.Root(20))), 409, sizeType, "10\n"},
		"ahead":               {request(15, b.tree.Proof(t, 20, 15), b.signer.Checkpoint(t, 20, b.tree.Root(20))), 409, sizeType, "10\n"},
		"smaller":             {request(5, nil, b.signer.Checkpoint(t, 5, b.tree.Root(5))), 409, sizeType, "10\n"},
		"rolled back":         {request(10, nil, b.signer.Checkpoint(t, 5, b.tree.Root(5))), 400, "", "old size is above"},
		"fork of one size":    {request(10, nil, b.signer.Checkpoint(t, 10, fork.Root(10))), 409, "", "another tree"},
		"fork that went on":   {request(10, fork.Proof(t, 20, 10), b.signer.Checkpoint(t, 20, fork.Root(20))), 422, "", "the proof does not show"},
		"no proof":            {request(10, nil, b.signer.Checkpoint(t, 20, b.tree.Root(20))), 422, "", "the proof does not show"},
		"half a proof":        {request(10, sound[:len(sound)-1], b.signer.Checkpoint(t, 20, b.tree.Root(20))), 422, "", "the proof"},
		"too much proof":      {request(10, append(sound, tlog.Hash{}), b.signer.Checkpoint(t, 20, b.tree.Root(20))), 422, "", "the proof"},
		"signed by others":    {request(10, sound, other.Checkpoint(t, 20, b.tree.Root(20))), 403, "", "no signature"},
		"unknown log":         {"old 0\n\n" + stranger, 404, "", "not known"},
		"empty":               {"", 400, "", "malformed"},
		"old of another form": {"old 010\n\n" + string(b.signer.Checkpoint(t, 20, b.tree.Root(20)).Note), 400, "", "malformed"},
		"negative":            {"old -1\n\n" + string(b.signer.Checkpoint(t, 20, b.tree.Root(20)).Note), 400, "", "malformed"},
		"no hash":             {"old 10\nAAAA\n\n" + string(b.signer.Checkpoint(t, 20, b.tree.Root(20)).Note), 400, "", "malformed"},
		"64 hashes":           {request(10, make([]tlog.Hash, 64), b.signer.Checkpoint(t, 20, b.tree.Root(20))), 400, "", "malformed"},
		"too long":            {strings.Repeat("x", MaxRequestBytes+1), 413, "", "too long"},
	} {
		t.Run(name, func(t *testing.T) {
			status, kind, body := b.post("/add-checkpoint", tc.body)
			assert.Equal(t, tc.status, status, body)
			if tc.kind != "" {
				assert.Equal(t, tc.kind, kind)
				assert.Equal(t, tc.answer, body)
			} else {
				assert.Contains(t, body, tc.answer)
			}
		})
	}
	evidence, err := os.ReadFile(filepath.Join(b.dir, evidenceDir, originHash(origin)))
	require.NoError(t, err)
	assert.Contains(t, string(evidence), string(b.signer.Checkpoint(t, 20, fork.Root(20)).Note))
	b.mustAdd(10, 20)

	status, _, _ := b.post("/add-checkpoint/", "")
	assert.Equal(t, http.StatusNotFound, status)
	resp, err := http.Get(b.server.URL + "/add-checkpoint")
	require.NoError(t, err)
	resp.Body.Close()
	assert.Equal(t, http.StatusMethodNotAllowed, resp.StatusCode)
}

func TestAnEmptyTreeHasOneRoot(t *testing.T) {
	b := newBench(t)
	status, _, _ := b.post("/add-checkpoint", request(0, nil, b.signer.Checkpoint(t, 0, b.tree.Root(1))))
	assert.Equal(t, http.StatusUnprocessableEntity, status)
	b.mustAdd(0, 0)
	b.mustAdd(0, 5)
}

// Of two versions of a log that come at once, one is cosigned.
func TestARaceHasOneWinner(t *testing.T) {
	b := newBench(t)
	b.mustAdd(0, 10)
	var mu sync.Mutex
	var race sync.WaitGroup
	cosigned := make(map[string]bool)
	for i := range 16 {
		race.Go(func() {
			tree := anchortest.NewTree("a", 10)
			tree.Grow(fmt.Sprint("fork", i), 20)
			c := b.signer.Checkpoint(t, 20, tree.Root(20))
			resp, err := http.Post(b.server.URL+"/add-checkpoint", "", strings.NewReader(request(10, tree.Proof(t, 20, 10), c)))
			if !assert.NoError(t, err) {
				return
			}
			defer resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				mu.Lock()
				cosigned[c.Root.String()] = true
				mu.Unlock()
			}
		})
	}
	race.Wait()
	assert.Len(t, cosigned, 1)
}

func TestFollowsKeys(t *testing.T) {
	b := newBench(t)
	keys := []anchortest.Signer{b.signer}
	var changes []string
	for epoch := uint64(1); epoch <= 5; epoch++ {
		next := anchortest.NewSigner(t, epoch)
		changes = append(changes, string(keys[epoch-1].KeyChange(t, epoch, next.VKey))+"\n")
		keys = append(keys, next)
	}
	b.mustAdd(0, 5)
	at := func(epoch int, old, n int64) int {
		status, _, _ := b.post("/add-checkpoint", request(old, b.tree.Proof(t, n, old), keys[epoch].Checkpoint(t, n, b.tree.Root(n))))
		return status
	}
	assert.Equal(t, http.StatusForbidden, at(2, 5, 10), "it has not heard of it")

	status, _, body := b.post("/add-key", "epoch 0\n\n"+strings.Join(changes[:2], ""))
	assert.Equal(t, http.StatusOK, status, body)
	assert.Equal(t, "epoch 2\n", body)
	assert.Equal(t, http.StatusForbidden, at(0, 5, 10), "a key given up")
	assert.Equal(t, http.StatusForbidden, at(1, 5, 10))
	assert.Equal(t, http.StatusOK, at(2, 5, 10))

	b.restart()
	assert.Equal(t, http.StatusOK, at(2, 10, 12), "the key is remembered")
	status, kind, body := b.post("/add-key", "epoch 0\n\n"+strings.Join(changes, ""))
	assert.Equal(t, http.StatusConflict, status)
	assert.Equal(t, epochType, kind)
	assert.Equal(t, "2\n", body)

	thief := anchortest.NewSigner(t, 3)
	for name, tc := range map[string]struct {
		body   string
		status int
	}{
		"signed by an old key": {"epoch 2\n\n" + string(keys[1].KeyChange(t, 3, thief.VKey)) + "\n", 403},
		"signed by itself":     {"epoch 2\n\n" + string(thief.KeyChange(t, 3, thief.VKey)) + "\n", 403},
		"an epoch left out":    {"epoch 2\n\n" + string(keys[2].KeyChange(t, 4, keys[4].VKey)) + "\n", 422},
		"key of another epoch": {"epoch 2\n\n" + string(keys[2].KeyChange(t, 3, keys[4].VKey)) + "\n", 422},
		"one bad among sound":  {"epoch 2\n\n" + changes[2] + string(thief.KeyChange(t, 4, thief.VKey)) + "\n", 403},
		"unknown log":          {"epoch 2\n\n" + strings.ReplaceAll(changes[2], anchortest.LogID[:4], "ffff"), 404},
		"no change":            {"epoch 2\n\n", 400},
		"half a change":        {"epoch 2\n\n" + changes[2][:len(changes[2])-2], 400},
		"no epoch":             {changes[2], 400},
	} {
		status, _, body := b.post("/add-key", tc.body)
		assert.Equal(t, tc.status, status, "%s: %s", name, body)
	}
	status, _, _ = b.post("/add-key", "epoch 2\n\n"+strings.Join(changes[2:], ""))
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, http.StatusOK, at(5, 12, 20))
}

func TestLogsWithKeysThatDoNotChange(t *testing.T) {
	b := newBench(t)
	dir := t.TempDir()
	skey, vkey, err := note.GenerateKey(rand.Reader, "log.example")
	require.NoError(t, err)
	signer, err := note.NewSigner(skey)
	require.NoError(t, err)
	w, err := Open(Options{Dir: dir, Logs: []LogConfig{{Origin: "log.example/1", Keys: []string{vkey}}}})
	require.NoError(t, err)
	defer func() { require.NoError(t, w.Close()) }()
	root := b.tree.Root(3)
	signed, err := note.Sign(&note.Note{Text: "log.example/1\n3\n" + base64.StdEncoding.EncodeToString(root[:]) + "\n"}, signer)
	require.NoError(t, err)
	c, err := auditlog.ParseCheckpoint(signed)
	require.NoError(t, err)
	_, err = w.addCheckpoint(addCheckpoint{checkpoint: c})
	require.NoError(t, err)
}

func TestDamagedStateStopsIt(t *testing.T) {
	b := newBench(t)
	b.mustAdd(0, 10)
	_, err := Open(b.options())
	require.ErrorIs(t, err, ErrLocked)
	b.stop()
	path := filepath.Join(b.dir, logsDir, originHash(origin)+".json")
	sound, err := os.ReadFile(path)
	require.NoError(t, err)
	for name, content := range map[string]string{
		"empty": "", "half": string(sound[:len(sound)/2]), "of another log": strings.Replace(string(sound), anchortest.LogID, "01920000-0000-7000-8000-000000000002", 1),
		"no key":  strings.Replace(string(sound), `"vkey": "agent`, `"vkey": "xgent`, 1),
		"no note": strings.Replace(string(sound), `\n10\n`, `\nten\n`, 1),
	} {
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		_, err := Open(b.options())
		require.ErrorIs(t, err, ErrState, name)
	}
	require.NoError(t, os.WriteFile(path, sound, 0o600))

	// A configuration that names another key of the epoch known is a mistake, or
	// an attack.
	o := b.options()
	o.Logs[0].Keys = []string{anchortest.NewSigner(t, 0).VKey}
	_, err = Open(o)
	require.ErrorContains(t, err, "exchanged")
	o = b.options()
	o.Name = "witness.example/2"
	_, err = Open(o)
	require.ErrorIs(t, err, ErrName)
	b.start()
	b.mustAdd(10, 11)
	for _, dir := range []string{"", keyName, logsDir, keptDir, lockName} {
		info, err := os.Stat(filepath.Join(b.dir, dir))
		require.NoError(t, err)
		assert.Zero(t, info.Mode().Perm()&0o077, dir)
	}
}

func TestConfigReportsAllFaults(t *testing.T) {
	vkey := anchortest.NewSigner(t, 0).VKey
	_, err := Open(Options{Dir: t.TempDir(), Logs: []LogConfig{
		{}, {Keys: []string{"x"}}, {Origin: "other", Keys: []string{vkey}}, {Keys: []string{vkey}}, {Keys: []string{vkey}},
	}})
	for _, want := range []string{"logs[0]: keys: ", "logs[1]: keys[0]: ", "logs[2]: keys[0]: is a key of", "logs[4]: origin: "} {
		require.ErrorContains(t, err, want)
	}
	assert.NotContains(t, err.Error(), "logs[3]")
	_, err = Open(Options{Dir: t.TempDir()})
	require.ErrorContains(t, err, "logs: at least one")
}

func TestClientsAreBounded(t *testing.T) {
	c := newClients(1, 2)
	assert.True(t, c.allow("192.0.2.1"))
	assert.True(t, c.allow("192.0.2.1"))
	assert.False(t, c.allow("192.0.2.1"))
	assert.False(t, c.allow("::ffff:192.0.2.1"), "the same")
	assert.True(t, c.allow("192.0.2.2"))
	assert.True(t, c.allow("2001:db8::1"))
	assert.True(t, c.allow("2001:db8::2"))
	assert.False(t, c.allow("2001:db8::3"), "one network")
	assert.False(t, c.allow("nonsense"))
	for i := range 3 * maxClients {
		c.allow(fmt.Sprintf("10.%d.%d.%d", i>>16&255, i>>8&255, i&255))
	}
	assert.LessOrEqual(t, len(c.all), maxClients)
}

func TestKeptCheckpointsAreBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	for range 10 {
		require.NoError(t, appendFile(path, []byte("12345678\n\n"), 25, true))
	}
	for _, name := range []string{path, path + ".1"} {
		info, err := os.Stat(name)
		require.NoError(t, err)
		assert.Equal(t, int64(20), info.Size())
	}
	require.NoError(t, appendFile(path, []byte("more\n\n"), 25, false))
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, int64(20), info.Size(), "left out")
}

func FuzzAddCheckpoint(f *testing.F) {
	s, tree := anchortest.NewSigner(f, 0), anchortest.NewTree("a", 20)
	f.Add([]byte(request(10, tree.Proof(f, 20, 10), s.Checkpoint(f, 20, tree.Root(20)))))
	f.Add([]byte("old 0\n\n"))
	f.Add([]byte("old 18446744073709551615\n\nx\n1\n\n\n— a b\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := parseAddCheckpoint(body)
		if err == nil && (r.old < 0 || len(r.proof) > maxProof || request(r.old, r.proof, r.checkpoint) != string(body)) {
			t.Fatal("another request than was sent")
		}
	})
}

func FuzzAddKey(f *testing.F) {
	s := anchortest.NewSigner(f, 0)
	f.Add([]byte("epoch 0\n\n" + string(s.KeyChange(f, 1, s.VKey)) + "\n"))
	f.Add([]byte("epoch 0\n\n\n\n\n\n\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := parseAddKey(body)
		if err == nil && (len(r.changes) == 0 || len(r.changes) > maxChanges) {
			t.Fatal("a request of another form")
		}
	})
}
