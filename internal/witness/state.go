package witness

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/agent-telemetry/agent-telemetry/internal/auditlog"
)

// maxStateBytes is the longest state file.
const maxStateBytes = 128 << 10

// state is what a witness remembers of a log. It is the file logs/HASH.json.
type state struct {
	Origin string `json:"origin"`
	// Epoch and VKey are the newest key of an audit log; VKey is "" for a log
	// whose keys do not change.
	Epoch uint64 `json:"epoch,omitempty"`
	VKey  string `json:"vkey,omitempty"`
	// Note is the newest checkpoint cosigned, without our signature; "" for none.
	// Size and root are read from it.
	Note string `json:"note,omitempty"`

	newest auditlog.Checkpoint // Note, read
}

// originHash names the files of a log.
func originHash(origin string) string {
	sum := sha256.Sum256([]byte(origin))
	return hex.EncodeToString(sum[:])
}

// ErrState says that a state file is damaged. The witness must not go on as if
// it had never seen the log.
var ErrState = errors.New("the state of a log is damaged")

// loadState reads a log's state; the zero state when there is none.
func loadState(dir, origin string) (state, error) {
	path := filepath.Join(dir, logsDir, originHash(origin)+".json")
	b, err := readSmall(path, maxStateBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return state{Origin: origin}, nil
	}
	if err != nil {
		return state{}, fmt.Errorf("read the state of %q: %w", origin, err)
	}
	var s state
	if err := json.Unmarshal(b, &s); err != nil {
		return state{}, fmt.Errorf("%w: %s: %w", ErrState, path, err)
	}
	if s.Origin != origin {
		return state{}, fmt.Errorf("%w: %s: it is of %q, not of %q", ErrState, path, s.Origin, origin)
	}
	if s.VKey != "" {
		v, err := note.NewVerifier(s.VKey)
		if err != nil {
			return state{}, fmt.Errorf("%w: %s: vkey: %w", ErrState, path, err)
		}
		if o, epoch, ok := auditlog.ParseKeyName(v.Name()); !ok || o != origin || epoch != s.Epoch {
			return state{}, fmt.Errorf("%w: %s: vkey: is of another log or epoch", ErrState, path)
		}
	}
	if s.Note != "" {
		if s.newest, err = auditlog.ParseCheckpoint([]byte(s.Note)); err != nil || s.newest.Origin != origin {
			return state{}, fmt.Errorf("%w: %s: note: no checkpoint of the log", ErrState, path)
		}
	}
	return s, nil
}

// store makes the state durable in one step.
func (s *state) store(dir string) error {
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("store the state of %q: %w", s.Origin, err)
	}
	if err := replaceFile(filepath.Join(dir, logsDir, originHash(s.Origin)+".json"), append(b, '\n')); err != nil {
		return fmt.Errorf("store the state of %q: %w", s.Origin, err)
	}
	return nil
}

// pin puts the configured key in when it is newer than the one known.
func (s *state) pin(p pinned) error {
	switch {
	case p.vkey == "":
		s.VKey, s.Epoch = "", 0
	case s.VKey == "" || p.epoch > s.Epoch:
		s.VKey, s.Epoch = p.vkey, p.epoch
	case p.epoch == s.Epoch && p.vkey != s.VKey:
		return fmt.Errorf("log %q: the configured key of epoch %d is not the one known: "+
			"somebody exchanged one of the two", s.Origin, p.epoch)
	}
	return nil
}

// verifiers returns the keys whose signatures count now.
func (s *state) verifiers(p pinned) (note.Verifiers, error) {
	all := p.fixed
	if s.VKey != "" {
		v, err := note.NewVerifier(s.VKey)
		if err != nil {
			return nil, fmt.Errorf("log %q: %w", s.Origin, err)
		}
		all = append(all[:len(all):len(all)], v)
	}
	return note.VerifierList(all...), nil
}

// open checks the signatures of a note whose text is known.
func open(signed []byte, text string, known note.Verifiers) error {
	n, err := note.Open(signed, known)
	if err != nil {
		return err
	}
	if n.Text != text {
		return fmt.Errorf("%w: an ambiguous note", errRequest)
	}
	return nil
}

// textOf returns what a note signs, as the parsers of auditlog see it.
func textOf(signed []byte) string {
	text, _, _ := strings.Cut(string(signed), "\n\n")
	return text + "\n"
}

var errFile = errors.New("not a regular file, or too long")

// readSmall reads a file of at most limit bytes, not through a link.
func readSmall(path string, limit int64) ([]byte, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > limit {
		return nil, fmt.Errorf("%s: %w", path, errFile)
	}
	return os.ReadFile(path)
}
