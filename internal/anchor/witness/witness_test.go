package witness

import (
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	fnote "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"github.com/agent-telemetry/agent-telemetry/internal/anchor/anchortest"
	"github.com/agent-telemetry/agent-telemetry/internal/anchor/cosignature"
	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
	server "github.com/agent-telemetry/agent-telemetry/internal/witness"
)

// host is a real audit log, and a real witness of it behind TLS.
type host struct {
	t       *testing.T
	dir     string
	options auditlog.Options
	n       int // records appended

	witnessDir string
	server     *server.Witness
	http       *httptest.Server
	cfg        *Config
	anchor     *Witness
	addKeys    atomic.Int64 // requests to add-key
	adds       atomic.Int64 // and to add-checkpoint
}

func newHost(t *testing.T) *host {
	t.Helper()
	h := &host{
		t: t, dir: filepath.Join(t.TempDir(), "audit"), witnessDir: t.TempDir(),
		options: auditlog.Options{SegmentMaxBytes: 20_000},
	}
	h.grow(10)
	h.witness()
	h.restart()
	return h
}

// witness starts the witness; what it knows is in its directory.
func (h *host) witness() {
	h.t.Helper()
	pub, err := os.ReadFile(filepath.Join(h.dir+"-keys", "audit.pub"))
	require.NoError(h.t, err)
	h.server, err = server.Open(server.Options{
		Dir: h.witnessDir, Name: "witness.example/1", Logs: []server.LogConfig{{Keys: []string{string(pub)}}},
	})
	require.NoError(h.t, err)
	handler := h.server.Handler(1000)
	h.http = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/add-key":
			h.addKeys.Add(1)
		case "/add-checkpoint":
			h.adds.Add(1)
		}
		handler.ServeHTTP(w, r)
	}))
	h.t.Cleanup(func() {
		h.http.Close()
		require.NoError(h.t, h.server.Close())
	})
	ca := filepath.Join(h.t.TempDir(), "ca.pem")
	require.NoError(h.t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: h.http.Certificate().Raw}), 0o600))
	h.cfg = NewDefaultConfig()
	h.cfg.Post.ClientConfig.Endpoint, h.cfg.Post.ClientConfig.TLS.CAFile = h.http.URL, ca
	h.cfg.VKey = h.server.VKey()
	require.NoError(h.t, h.cfg.Validate())
}

// restart makes the anchor anew, as a start of the collector does.
func (h *host) restart() {
	h.t.Helper()
	var err error
	h.anchor, err = New(h.t.Context(), h.cfg, anchortest.Settings(h.dir))
	require.NoError(h.t, err)
	h.t.Cleanup(func() { assert.NoError(h.t, h.anchor.Close()) })
}

// grow appends records in a life of the log, with a key of its own.
func (h *host) grow(records int) {
	h.t.Helper()
	l, err := auditlog.Open(h.dir, h.options)
	require.NoError(h.t, err)
	for range records {
		h.n++
		_, err := l.Append(h.t.Context(), auditlog.Pending{JSON: fmt.Appendf(nil, `{"kind":"log","body":{"n":%d,"x":%q}}`, h.n, strings.Repeat("x", 200))})
		require.NoError(h.t, err)
	}
	require.NoError(h.t, l.Close())
}

func (h *host) newest() auditlog.Checkpoint {
	h.t.Helper()
	all, err := auditlog.ReadCheckpoints(h.dir)
	require.NoError(h.t, err)
	require.NotEmpty(h.t, all)
	return all[len(all)-1]
}

// mustAnchor anchors the newest checkpoint.
func (h *host) mustAnchor() auditlog.Checkpoint {
	h.t.Helper()
	c := h.newest()
	receipt, _, err := h.anchor.Anchor(h.t.Context(), c)
	require.NoError(h.t, err)
	v, err := fnote.NewVerifierForCosignatureV1(h.server.VKey())
	require.NoError(h.t, err)
	_, err = cosignature.Verify(c, receipt, []note.Verifier{v})
	require.NoError(h.t, err)
	return c
}

func TestALogThroughItsLives(t *testing.T) {
	h := newHost(t)
	h.mustAnchor()
	for i := range 12 {
		if i%3 == 0 {
			h.restart()
		}
		if i == 7 {
			h.restart()
			require.NoError(t, os.Remove(h.anchor.savedPath()), "what is kept can be lost")
		}
		h.grow(1 + i*10)
		before := h.adds.Load()
		h.mustAnchor()
		if i%3 != 0 && i != 7 {
			assert.Equal(t, before+1, h.adds.Load(), "one request does")
		}
		h.mustAnchor()
	}
	segments, err := auditlog.Segments(h.dir)
	require.NoError(t, err)
	assert.Greater(t, len(segments), 3)
	assert.Less(t, h.addKeys.Load(), int64(30))
}

func (w *Witness) savedPath() string { return spanPath(w.dir, w.verifier.KeyHash()) }

func TestAWrongFileOfHashesIsNotBelieved(t *testing.T) {
	h := newHost(t)
	h.mustAnchor()
	h.grow(50)
	h.mustAnchor()
	h.grow(50)
	h.mustAnchor()
	path := h.anchor.savedPath()
	sound, err := os.ReadFile(path)
	require.NoError(t, err)
	for name, wrong := range map[string]string{
		"empty": "", "hashes": strings.ReplaceAll(string(sound), string(sound[len(sound)-20:len(sound)-10]), "AAAAAAAAAA"),
		"size": strings.Replace(string(sound), `"size":1`, `"size":2`, 1), "negative": `{"size":-1}`,
	} {
		require.NoError(t, os.WriteFile(path, []byte(wrong), 0o600))
		h.restart()
		h.grow(1)
		h.mustAnchor()
		assert.FileExists(t, path, name)
	}
}

func TestKeyChangesGoInBatches(t *testing.T) {
	var changes []auditlog.KeyChange
	for epoch := uint64(1); epoch <= 1000; epoch++ {
		changes = append(changes, auditlog.KeyChange{Epoch: epoch, Note: []byte(strings.Repeat("x", 420))})
	}
	at, requests := uint64(3), 0
	for at < 900 {
		request, reached := keyRequest(at, 900, changes)
		require.Greater(t, reached, at)
		assert.LessOrEqual(t, len(request), server.MaxRequestBytes)
		at, requests = reached, requests+1
	}
	assert.Equal(t, uint64(900), at)
	assert.Less(t, requests, 10)
	_, reached := keyRequest(1000, 1001, changes)
	assert.Equal(t, uint64(1000), reached, "there is none")
}

// A log that is put back as it was and goes on from there is another history.
func TestARolledBackLogIsRefused(t *testing.T) {
	h := newHost(t)
	h.mustAnchor()
	copied := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(copied, "audit"), os.DirFS(h.dir)))
	require.NoError(t, os.CopyFS(filepath.Join(copied, "audit-keys"), os.DirFS(h.dir+"-keys")))
	h.grow(20)
	h.mustAnchor()

	h.dir = filepath.Join(copied, "audit")
	h.restart()
	_, retry, err := h.anchor.Anchor(t.Context(), h.newest())
	require.Error(t, err)
	assert.False(t, retry)
	assert.ErrorIs(t, err, ErrKey, "its key was given up already")

	// Nor with the keys of the other history, when it is as long again.
	h.grow(60)
	_, retry, err = h.anchor.Anchor(t.Context(), h.newest())
	require.Error(t, err)
	assert.False(t, retry)
}

func TestAForkUnderTheSameKeyIsRefused(t *testing.T) {
	signer, dir := anchortest.NewSigner(t, 0), t.TempDir()
	w, err := server.Open(server.Options{Dir: t.TempDir(), Logs: []server.LogConfig{{Keys: []string{signer.VKey}}}})
	require.NoError(t, err)
	s := httptest.NewServer(w.Handler(1000))
	defer func() {
		s.Close()
		require.NoError(t, w.Close())
	}()
	cfg := NewDefaultConfig()
	cfg.Post.ClientConfig.Endpoint, cfg.VKey = s.URL, w.VKey()
	a, err := New(t.Context(), cfg, anchortest.Settings(dir))
	require.NoError(t, err)
	defer func() { require.NoError(t, a.Close()) }()
	// Two versions of a log that have the first ten lines in common.
	versions := map[string]*lines{"a": newLines(t, 10), "b": newLines(t, 10)}
	versions["a"].grow("a", 20)
	versions["b"].grow("b", 30)
	versions["a"].write(t, dir)
	_, _, err = a.Anchor(t.Context(), signer.Checkpoint(t, 20, versions["a"].Root(20)))
	require.NoError(t, err)
	versions["b"].write(t, dir)
	_, retry, err := a.Anchor(t.Context(), signer.Checkpoint(t, 30, versions["b"].Root(30)))
	require.ErrorIs(t, err, ErrContradiction)
	assert.False(t, retry)
	versions["b"].grow("b", 31)
	_, _, err = a.Anchor(t.Context(), signer.Checkpoint(t, 20, versions["b"].Root(20)))
	require.ErrorIs(t, err, ErrContradiction, "of one size")
	_, _, err = a.Anchor(t.Context(), signer.Checkpoint(t, 15, versions["a"].Root(15)))
	require.ErrorIs(t, err, ErrAhead)
	versions["a"].grow("a", 40)
	versions["a"].write(t, dir)
	_, _, err = a.Anchor(t.Context(), signer.Checkpoint(t, 40, versions["a"].Root(40)))
	require.NoError(t, err, "the first goes on")
	_, retry, err = a.Anchor(t.Context(), signer.Checkpoint(t, 40, versions["b"].Root(20)))
	require.Error(t, err)
	assert.False(t, retry)
	_, retry, err = a.Anchor(t.Context(), signer.Checkpoint(t, 50, versions["b"].Root(20)))
	require.ErrorIs(t, err, ErrLog, "lines that are not there")
	assert.False(t, retry)
}

// lines are those of a log, made by hand.
type lines struct {
	anchortest.Tree
	text []byte
}

func newLines(t *testing.T, n int) *lines {
	t.Helper()
	l := &lines{}
	l.grow("", n)
	return l
}

func (l *lines) grow(what string, n int) {
	for i := len(l.Leaves); i < n; i++ {
		var prev [32]byte
		if i > 0 {
			prev = l.Leaves[i-1]
		}
		line := fmt.Appendf(nil, `{"seq":%d,"log":%q,"prev":"%x","record":{"kind":"log","body":%q}}`, i, anchortest.LogID, prev, what)
		l.Leaves = append(l.Leaves, auditlog.LeafHash(line))
		l.text = append(append(l.text, line...), '\n')
	}
}

func (l *lines) write(t *testing.T, dir string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "00000000.jsonl"), l.text, 0o600))
}

func TestPrunedLogs(t *testing.T) {
	h := newHost(t)
	h.mustAnchor()
	h.grow(300)
	h.mustAnchor()
	h.options.RetentionMaxBytes = 45_000
	h.options.HeartbeatInterval = 10 * time.Millisecond
	l, err := auditlog.Open(h.dir, h.options)
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		segments, err := auditlog.Segments(h.dir)
		return err == nil && segments[0].Index > 0
	}, 10*time.Second, 10*time.Millisecond)
	require.NoError(t, l.Close())
	h.mustAnchor()
	h.restart()
	require.NoError(t, os.Remove(h.anchor.savedPath()))
	h.grow(5)
	h.mustAnchor() // from the hashes of what was pruned
	pruned := auditlog.PrunedRange(h.dir).Size()
	assert.Positive(t, pruned)

	// A new witness begins where the log is.
	h.witnessDir = t.TempDir()
	h.witness()
	h.restart()
	h.mustAnchor()
	h.grow(5)
	h.mustAnchor()
}

func TestAWitnessThatIsDownMayComeBack(t *testing.T) {
	h := newHost(t)
	h.mustAnchor()
	h.grow(5)
	good := h.anchor.prefix
	h.anchor.prefix = "https://127.0.0.1:1"
	_, retry, err := h.anchor.Anchor(t.Context(), h.newest())
	require.Error(t, err)
	assert.True(t, retry)
	h.anchor.prefix = good
	h.grow(5)
	h.mustAnchor()
}

func TestAnAnswerWithoutOurWitnessIsNone(t *testing.T) {
	h := newHost(t)
	other, err := server.Key(t.TempDir(), "witness.example/1")
	require.NoError(t, err)
	h.cfg.VKey = other
	h.restart()
	_, retry, err := h.anchor.Anchor(t.Context(), h.newest())
	require.ErrorIs(t, err, cosignature.ErrMissing)
	assert.True(t, retry)
}

func TestConfig(t *testing.T) {
	c := NewDefaultConfig()
	err := c.Validate()
	require.ErrorContains(t, err, "endpoint: must be set")
	require.ErrorContains(t, err, "vkey: must be set")
	c.Post.ClientConfig.Endpoint, c.VKey = "http://witness.example", "x"
	require.ErrorContains(t, c.Validate(), "vkey: must be a verification key")
	c.VKey, err = server.Key(t.TempDir(), "w")
	require.NoError(t, err)
	require.NoError(t, c.Validate())
}
