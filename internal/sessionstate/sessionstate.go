// Package sessionstate keeps the little that must be remembered between two
// hook calls of one Claude Code session: the next sequence number, the project,
// what the last prompt asked of SuperClaude, and the latest payloads, so that a
// hook registered twice is recognised. Every hook call is a process of its own,
// and the collector serves HTTP hooks of the same session, so the state is a
// file under a lock.
package sessionstate

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/internal/superclaude"
)

// State is what is remembered of a session.
type State struct {
	// Seq is the last sequence number given out; 0 means none yet.
	Seq uint64 `json:"seq"`
	// Project is the project directory of the session's latest event that told it.
	Project string `json:"project,omitempty"`
	// Watched says that the session was watched before: removing the marker
	// file in the middle of a session does not end the recording.
	Watched bool `json:"watched,omitempty"`
	// ClaudeVersion is the CLI's version once it is known.
	ClaudeVersion string `json:"claude_version,omitempty"`
	// SuperClaude is the context of the latest prompt that had one.
	SuperClaude superclaude.Context `json:"superclaude,omitzero"`
	// SuperPrompt is the prompt id that SuperClaude comes from.
	SuperPrompt string `json:"superclaude_prompt,omitempty"`
	// Recent holds the latest payloads, to recognise a hook registered twice.
	Recent Recent `json:"recent,omitempty"`
	// Restarted says that an earlier state could not be read, so that the
	// sequence started again. It is not stored.
	Restarted bool `json:"-"`
}

// maxFile bounds what is read: a state file that is larger is not ours.
const maxFile = 64 << 10

// File returns the path of a session's state. The session id comes from
// outside, so only its hash becomes part of a path.
func File(dir, session string) string {
	sum := sha256.Sum256([]byte(session))
	return filepath.Join(dir, hex.EncodeToString(sum[:12])+".json")
}

// loadWait bounds the waiting for whoever writes.
const (
	loadWait  = 20 * time.Millisecond
	loadTries = 10
)

// Load reads a session's state; a session that is not known,
// or whose file cannot be read, gives the zero State.
func Load(dir, session string) State {
	var s State
	f, err := os.OpenFile(File(dir, session), os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return s
	}
	defer f.Close() //nolint:errcheck // read only
	ctx, cancel := context.WithTimeout(context.Background(), loadWait)
	defer cancel()
	// Without the lock what is read may be half old, half new; another look helps.
	locked := lock(ctx, f, syscall.LOCK_SH) == nil
	for range loadTries {
		s = State{}
		if read(f, &s) == nil {
			return s
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil || locked {
			break
		}
	}
	return State{}
}

// Update runs change on the session's state under its lock and stores the
// result when change returns true. dir is made when it is missing. The write is
// not synced: after a power loss the sequence may repeat, which is visible,
// while a sync would make every tool call slower.
func Update(ctx context.Context, dir, session string, change func(*State) bool) error {
	f, err := open(dir, session)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // written in one call below; closing also unlocks
	if err := lock(ctx, f, syscall.LOCK_EX); err != nil {
		return err
	}
	var s State
	if err := read(f, &s); err != nil {
		s = State{Restarted: true}
	}
	if !change(&s) {
		return nil
	}
	return write(f, s)
}

func open(dir, session string) (*os.File, error) {
	const flags = os.O_RDWR | os.O_CREATE | syscall.O_NOFOLLOW | syscall.O_NONBLOCK
	path := File(dir, session)
	f, err := os.OpenFile(path, flags, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		if err := statedir.Ensure(dir); err != nil {
			return nil, err
		}
		f, err = os.OpenFile(path, flags, 0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("open session state: %w", err)
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("open session state: %w", errors.Join(err, fs.ErrInvalid, f.Close()))
	}
	return f, nil
}

func read(f *os.File, s *State) error {
	raw, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return fmt.Errorf("read session state: %w", err)
	}
	if len(raw) == 0 {
		return nil
	}
	if err := json.Unmarshal(raw, s); err != nil {
		return fmt.Errorf("decode session state: %w", err)
	}
	if len(s.Recent)%entry != 0 {
		return errors.New("decode session state: recent payloads are cut")
	}
	return nil
}

// write replaces the content in place: the lock is on this very file, so it
// cannot be renamed away. One write call is not torn by the death of a process.
func write(f *os.File, s State) error {
	raw, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("encode session state: %w", err)
	}
	// Spaces to the old length, not a cut in a second step: a process that dies
	// in between would leave half a state.
	if info, err := f.Stat(); err == nil && info.Size() > int64(len(raw)) && info.Size() <= maxFile {
		raw = append(raw, bytes.Repeat([]byte(" "), int(info.Size())-len(raw))...)
	}
	if _, err := f.WriteAt(raw, 0); err != nil {
		return fmt.Errorf("write session state: %w", err)
	}
	return nil
}
