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
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/rawfile"
	"github.com/agent-telemetry/agent-telemetry/internal/statedir"
	"github.com/agent-telemetry/agent-telemetry/internal/superclaude"
)

// State is what is remembered of a session.
type State struct {
	// Seq is the last sequence number given out; 0 means none yet.
	Seq uint64
	// Project is the project directory of the session's latest event that told it.
	Project string
	// Watched says that the session was watched before: removing the marker
	// file in the middle of a session does not end the recording.
	Watched bool
	// ClaudeVersion is the CLI's version once it is known.
	ClaudeVersion string
	// SuperClaude is the context of the latest prompt that had one.
	SuperClaude superclaude.Context
	// SuperPrompt is the prompt id that SuperClaude comes from.
	SuperPrompt string
	// Recent holds the latest payloads, to recognise a hook registered twice.
	Recent Recent
	// Restarted says that an earlier state could not be read, so that the
	// sequence started again. It is not stored.
	Restarted bool
}

// maxFile bounds what is read: a state file that is larger is not ours.
const maxFile = 64 << 10

// suffix of a state file's name.
const suffix = ".state"

// File returns the path of a session's state. The session id comes from
// outside, so only its hash becomes part of a path.
func File(dir, session string) string {
	sum := sha256.Sum256([]byte(session))
	return filepath.Join(dir, hex.EncodeToString(sum[:12])+suffix)
}

// loadWait bounds the waiting for whoever writes.
const loadWait = 20 * time.Millisecond

// Session is one session's state, from a first look at it to its update: one
// hook call opens the file once.
type Session struct {
	dir, path string
	file      rawfile.File // None while there is none
	raw       []byte       // what was read last
	known     State        // what raw says
}

const flags = os.O_RDWR | syscall.O_NOFOLLOW | syscall.O_NONBLOCK

// Open looks at what is known of a session; a session that is not known, or
// whose file cannot be read, has the zero State. It makes nothing.
func Open(dir, session string) *Session {
	s := &Session{dir: dir, path: File(dir, session), file: rawfile.None}
	f, err := rawfile.Open(s.path, flags)
	if err != nil {
		return s
	}
	s.file = f
	// Without the lock what is read may be half old, half new, which its checksum
	// tells; then it is worth to wait for whoever writes.
	if s.read() == nil {
		return s
	}
	if lock(context.Background(), loadWait, f, syscall.LOCK_SH) == nil {
		if s.read() != nil {
			s.known = State{}
		}
		unlock(f)
	}
	return s
}

// Known is the state as it was last read.
func (s *Session) Known() State { return s.known }

// Close lets go of the file.
func (s *Session) Close() {
	if s.file != rawfile.None {
		_ = s.file.Close() // written in one call; closing also unlocks
		s.file = rawfile.None
	}
}

// Update runs change on the session's state under its lock and stores the
// result when change returns true. It waits at most so long for the lock, and
// until ctx is done; then the error is ErrLocked. The directory is made when it is missing. The
// write is not synced: after a power loss the sequence may repeat, which is
// visible, while a sync would make every tool call slower.
func (s *Session) Update(ctx context.Context, wait time.Duration, change func(*State) bool) error {
	if err := s.open(); err != nil {
		return err
	}
	if err := lock(ctx, wait, s.file, syscall.LOCK_EX); err != nil {
		return err
	}
	defer unlock(s.file)
	if !s.same() {
		if err := s.read(); err != nil {
			s.known = State{Restarted: true}
		}
	}
	next := s.known
	if !change(&next) {
		return nil
	}
	raw := next.encode(make([]byte, 0, next.size())) // not over s.raw, of which next.Recent is a part
	s.raw = nil
	// In place: the lock is on this very file, so it cannot be renamed away. One
	// write call is not torn by the death of a process.
	if err := s.file.WriteStart(raw); err != nil {
		return fmt.Errorf("write session state: %w", err)
	}
	return nil
}

// open makes sure that there is a file, and that it is one.
func (s *Session) open() error {
	if s.file == rawfile.None {
		f, err := rawfile.Open(s.path, flags|os.O_CREATE)
		if errors.Is(err, fs.ErrNotExist) {
			if err := statedir.Ensure(s.dir); err != nil {
				return err
			}
			f, err = rawfile.Open(s.path, flags|os.O_CREATE)
		}
		if err != nil {
			return fmt.Errorf("open session state: %w", err)
		}
		s.file = f
	}
	if err := s.file.Regular(); err != nil {
		return fmt.Errorf("open session state: %w", errors.Join(err, fs.ErrInvalid))
	}
	return nil
}

// usualFile is longer than nearly all states: one read takes them in.
const usualFile = 4 << 10

// read takes in what the file holds now.
func (s *Session) read() error {
	s.raw = nil
	buf := make([]byte, usualFile)
	n, err := s.file.Start(buf)
	if err == nil && n == len(buf) {
		var rest []byte
		rest, err = io.ReadAll(io.NewSectionReader(s.file, int64(n), maxFile))
		buf = append(buf, rest...)
		n = len(buf)
	}
	if err != nil {
		return fmt.Errorf("read session state: %w", err)
	}
	if s.known, err = decodeState(buf[:n]); err == nil {
		s.raw = buf[:n]
	}
	return err
}

// same is whether the file still is what was read: its head has the checksum of the rest,
// and nobody writes while the lock is held. It saves to read all of it again.
func (s *Session) same() bool {
	if s.raw == nil {
		return false
	}
	var head [headBytes]byte
	n, err := s.file.Start(head[:])
	return err == nil && n == min(len(head), len(s.raw)) && bytes.Equal(head[:n], s.raw[:n])
}
