// Package logfixture writes audit logs for tests and benchmarks of the verifier:
// fast, without syncing, and with code of its own, so that a fault of the real
// writer and one of the verifier cannot hide each other.
package logfixture

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Options says what kind of log is written.
type Options struct {
	Dir   string
	LogID string    // a UUID; "": a fixed one
	Start time.Time // of the first record; zero: a fixed one
	Step  time.Duration
	// SegmentRecords is how many records a segment holds; 0: 100.
	SegmentRecords int
}

// DefaultLogID is the id of a log for which none is given.
const DefaultLogID = "0197a2b4-0000-7000-8000-000000000001"

// Writer writes a log.
type Writer struct {
	o       Options
	VKey    string // of epoch 0
	Stopped bool   // the last record is a stop
	Epoch   int
	signer  note.Signer
	size    int64
	leaf    tlog.Hash
	hashes  []tlog.Hash // largest complete subtree first
	Now     time.Time
	file    *os.File
	out     *bufio.Writer
	index   int
	inSeg   int
	notes   *os.File
	starts  []int64 // first seq of each segment
	epochs  []byte
}

// New begins a log.
func New(o Options) (*Writer, error) {
	if o.LogID == "" {
		o.LogID = DefaultLogID
	}
	if o.Start.IsZero() {
		o.Start = time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	}
	if o.Step == 0 {
		o.Step = 100 * time.Millisecond
	}
	if o.SegmentRecords == 0 {
		o.SegmentRecords = 100
	}
	w := &Writer{o: o, Now: o.Start}
	var err error
	if w.signer, w.VKey, err = newKey(w.Origin(), 0); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, err
	}
	if w.notes, err = os.OpenFile(filepath.Join(o.Dir, "checkpoints"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600); err != nil {
		return nil, err
	}
	return w, w.open()
}

// Origin is the origin line of the log's checkpoints.
func (w *Writer) Origin() string { return "agent-telemetry/" + w.o.LogID }

// Size is how many records were written.
func (w *Writer) Size() int64 { return w.size }

// Segments returns the first seq of every segment.
func (w *Writer) Segments() []int64 { return w.starts }

func newKey(origin string, epoch int) (note.Signer, string, error) {
	skey, vkey, err := note.GenerateKey(rand.Reader, fmt.Sprintf("%s/epoch-%d", origin, epoch))
	if err != nil {
		return nil, "", err
	}
	s, err := note.NewSigner(skey)
	return s, vkey, err
}

func (w *Writer) path(index int) string {
	return filepath.Join(w.o.Dir, fmt.Sprintf("%08d.jsonl", index))
}

func (w *Writer) open() error {
	f, err := os.OpenFile(w.path(w.index), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if w.out == nil {
		w.out = bufio.NewWriterSize(nil, 1<<17)
	}
	w.out.Reset(f)
	w.file, w.inSeg = f, 0
	w.starts = append(w.starts, w.size)
	return nil
}

// Raw appends a record that is given as JSON.
func (w *Writer) Raw(record []byte) error {
	if w.inSeg >= w.o.SegmentRecords {
		if err := w.rotate(); err != nil {
			return err
		}
	}
	line := fmt.Appendf(nil, `{"seq":%d,"log":"%s","prev":"%s","record":%s}`, w.size, w.o.LogID, hex.EncodeToString(w.leaf[:]), record)
	if _, err := w.out.Write(append(line, '\n')); err != nil {
		return err
	}
	w.leaf = tlog.RecordHash(line)
	h := w.leaf
	for n := w.size; n&1 == 1; n >>= 1 {
		h = tlog.NodeHash(w.hashes[len(w.hashes)-1], h)
		w.hashes = w.hashes[:len(w.hashes)-1]
	}
	w.hashes = append(w.hashes, h)
	w.size++
	w.inSeg++
	w.Stopped = bytes.HasPrefix(record, []byte(`{"kind":"stop"`))
	w.Now = w.Now.Add(w.o.Step)
	return nil
}

func (w *Writer) rotate() error {
	if err := w.Flush(); err != nil {
		return err
	}
	if err := w.file.Close(); err != nil {
		return err
	}
	w.index++
	return w.open()
}

// Event appends an event of a session.
func (w *Writer) Event(session string, number int) error {
	t := w.Now.Format(time.RFC3339Nano)
	id := sha256.Sum256(fmt.Appendf(nil, "%s %d %d", session, number, w.size))
	return w.Raw(fmt.Appendf(nil, `{"kind":"log","time":"%s","observed_time":"%s","event_name":"claude_code.file_read","severity_number":9,"severity_text":"INFO",`+
		`"resource":{"service.name":"claude-telemetry","host.name":"host","os.type":"linux","user.name":"dev"},"scope":{"name":"github.com/agent-telemetry/agent-telemetry/hookexporter"},`+
		`"attributes":{"event.type":"file_read","claude_code.event.id":"%x","session.id":"%s","claude_code.session.seq":%d,"gen_ai.tool.name":"Read","claude_code.project.name":"demo","file.path":"/home/dev/demo/main.go"},`+
		`"body":{"timestamp":"%s","level":"INFO","event_type":"file_read","hook_event":"PreToolUse","session_id":"%s","project_path":"/home/dev/demo","tool_name":"Read","action_details":{"file_path":"/home/dev/demo/main.go","size_bytes":%d},"metadata":{"seq":%d}}}`,
		t, t, id[:16], session, number, t, session, w.size, number))
}

// Own appends a record of the log's own.
func (w *Writer) Own(kind string, attributes map[string]any) error {
	t := w.Now.Format(time.RFC3339Nano)
	record := struct {
		Kind       string         `json:"kind"`
		Time       string         `json:"time"`
		Observed   string         `json:"observed_time"`
		Attributes map[string]any `json:"attributes,omitempty"`
	}{kind, t, t, attributes}
	text, err := json.Marshal(record)
	if err != nil {
		return err
	}
	return w.Raw(text)
}

// Lifecycle appends a start, stop or heartbeat.
func (w *Writer) Lifecycle(kind string) error {
	return w.Own(kind, map[string]any{"pid": 1, "version": "test", "size": w.size})
}

// Root is the tree's hash.
func (w *Writer) Root() tlog.Hash {
	if len(w.hashes) == 0 {
		return sha256.Sum256(nil)
	}
	h := w.hashes[len(w.hashes)-1]
	for i := len(w.hashes) - 2; i >= 0; i-- {
		h = tlog.NodeHash(w.hashes[i], h)
	}
	return h
}

// Note signs a checkpoint of the log as it is.
func (w *Writer) Note() ([]byte, error) {
	return note.Sign(&note.Note{Text: fmt.Sprintf("%s\n%d\n%s\n", w.Origin(), w.size, w.Root())}, w.signer)
}

// Checkpoint signs a checkpoint and adds it to the file.
func (w *Writer) Checkpoint() ([]byte, error) {
	n, err := w.Note()
	if err != nil {
		return nil, err
	}
	_, err = w.notes.Write(append(append([]byte(nil), n...), '\n'))
	return n, err
}

// NextEpoch hands over to a new key.
func (w *Writer) NextEpoch() error {
	s, vkey, err := newKey(w.Origin(), w.Epoch+1)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("agent-telemetry key\n%s\n%d\n%s\n", w.o.LogID, w.Epoch+1, vkey)
	signed, err := note.Sign(&note.Note{Text: text}, w.signer)
	if err != nil {
		return err
	}
	a := map[string]any{"epoch": w.Epoch + 1, "vkey": vkey, "signature": string(signed)}
	if err := w.Own("key", a); err != nil {
		return err
	}
	w.epochs = append(append(w.epochs, signed...), '\n')
	if err := os.WriteFile(filepath.Join(w.o.Dir, "epochs"), w.epochs, 0o600); err != nil {
		return err
	}
	if _, err := w.Checkpoint(); err != nil {
		return err
	}
	w.signer, w.Epoch = s, w.Epoch+1
	return nil
}

// Torn appends a torn tail: a copy of torn bytes and its record.
func (w *Writer) Torn(torn []byte) error {
	name := fmt.Sprintf("%08d.torn-%d", w.index, w.size)
	if err := os.WriteFile(filepath.Join(w.o.Dir, name), torn, 0o600); err != nil {
		return err
	}
	sum := sha256.Sum256(torn)
	return w.Own("torn_tail", map[string]any{
		"segment": fmt.Sprintf("%08d.jsonl", w.index), "offset": w.size, "bytes": len(torn), "sha256": hex.EncodeToString(sum[:]), "file": name,
	})
}

// Snapshot is what a prune record needs to know of the tree at a segment's start.
type Snapshot struct {
	First  int64
	Hashes []tlog.Hash
	Index  int
}

// Cut ends the segment and returns the tree as it is at the next one's start.
func (w *Writer) Cut() (Snapshot, error) {
	var err error
	if w.inSeg > 0 {
		err = w.rotate()
	}
	return Snapshot{First: w.size, Hashes: append([]tlog.Hash(nil), w.hashes...), Index: w.index}, err
}

// Prune records that the segments before the snapshot go, signs that, and
// removes them.
func (w *Writer) Prune(s Snapshot) error {
	subtrees := []string{}
	for _, h := range s.Hashes {
		subtrees = append(subtrees, hex.EncodeToString(h[:]))
	}
	if err := w.Own("prune", map[string]any{"first_seq": s.First, "range": subtrees}); err != nil {
		return err
	}
	if _, err := w.Checkpoint(); err != nil {
		return err
	}
	for i := range s.Index {
		if err := os.Remove(w.path(i)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Flush writes what is buffered.
func (w *Writer) Flush() error { return w.out.Flush() }

// Close ends the log without a record of it, as a crash does.
func (w *Writer) Close() error {
	return errors.Join(w.out.Flush(), w.file.Close(), w.notes.Close())
}

// Dir is the log's directory.
func (w *Writer) Dir() string { return w.o.Dir }

// Fork copies the log to another directory and returns a writer that goes on
// there with the same key: as somebody does who has it.
func (w *Writer) Fork(dir string) (*Writer, error) {
	if err := w.Flush(); err != nil {
		return nil, err
	}
	if err := os.CopyFS(dir, os.DirFS(w.o.Dir)); err != nil {
		return nil, err
	}
	f := *w
	f.o.Dir = dir
	f.hashes = append([]tlog.Hash(nil), w.hashes...)
	var err error
	if f.file, err = os.OpenFile(f.path(f.index), os.O_APPEND|os.O_WRONLY, 0o600); err != nil {
		return nil, err
	}
	f.out = bufio.NewWriterSize(f.file, 1<<20)
	f.notes, err = os.OpenFile(filepath.Join(dir, "checkpoints"), os.O_APPEND|os.O_WRONLY, 0o600)
	return &f, err
}
