// Package pending keeps alerts that are not told at once, those of a digest and
// those that a rate limit held back, until a summary of them was told; over
// restarts, in one small file.
package pending

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/agent-telemetry/agent-telemetry/internal/notify"
	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
	"github.com/agent-telemetry/agent-telemetry/internal/securityalert"
)

const (
	maxBytes = 4 << 20
	suffix   = ".pending.json"
)

// ErrInvalid says that a file does not hold what this package writes.
var ErrInvalid = errors.New("not a file of pending alerts")

// Kinds are the kinds of summaries.
var Kinds = []string{notify.KindDigest, notify.KindHeldBack}

type state struct {
	Version int                        `json:"version"`
	Open    map[string]*notify.Summary `json:"open"`   // by kind: taking alerts
	Sealed  map[string]*notify.Summary `json:"sealed"` // by kind: being told
	Since   map[string]time.Time       `json:"since"`  // by kind: when the open one was begun
	Last    []string                   `json:"last"`   // ids of the alerts added last
}

// Store is such a keep. It is not safe for concurrent use.
type Store struct {
	path  string
	state state
	added []string // since the last Save
	dirty bool
}

// Open reads the store called name in dir. A file that cannot be understood is
// ErrInvalid, and the store is empty then and usable: the alerts themselves are
// in the audit log.
func Open(dir, name string) (*Store, error) {
	s := &Store{path: filepath.Join(dir, name+suffix)}
	s.state = empty()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open pending alerts: %w", err)
	}
	raw, err := safefile.Read(s.path, maxBytes)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s, nil
	case errors.Is(err, safefile.ErrNoFile), errors.Is(err, safefile.ErrTooLarge):
		return s, fmt.Errorf("open pending alerts: %w", errors.Join(ErrInvalid, err))
	case err != nil:
		return nil, fmt.Errorf("open pending alerts: %w", err)
	}
	read, err := decode(raw)
	if err != nil {
		return s, fmt.Errorf("open pending alerts: %w", err)
	}
	s.state = read
	return s, nil
}

func empty() state {
	return state{Version: 1, Open: map[string]*notify.Summary{}, Sealed: map[string]*notify.Summary{}, Since: map[string]time.Time{}}
}

func decode(raw []byte) (state, error) {
	read := empty()
	if len(raw) > maxBytes {
		return read, ErrInvalid
	}
	if err := json.Unmarshal(raw, &read); err != nil || read.Version != 1 {
		return empty(), ErrInvalid
	}
	got := empty()
	for _, kind := range Kinds {
		for _, part := range []struct{ from, to map[string]*notify.Summary }{{read.Open, got.Open}, {read.Sealed, got.Sealed}} {
			summary := part.from[kind]
			if summary == nil || summary.Count <= 0 {
				continue
			}
			if len(summary.Rules) > notify.MaxSummaryRules || len(summary.Alerts) > notify.MaxSummaryAlerts {
				return empty(), ErrInvalid
			}
			part.to[kind] = summary.Clean()
		}
		got.Since[kind] = read.Since[kind]
	}
	got.Last = read.Last[:min(len(read.Last), 10_000)]
	return got, nil
}

// Add adds an alert to what a summary of that kind will tell. An alert that was
// added before the last Save, or since, is not added again. It is kept over a
// restart once Save was called.
func (s *Store) Add(kind string, a *securityalert.Alert, now time.Time) {
	if s.Has(a.ID) {
		return
	}
	if s.state.Open[kind] == nil {
		s.state.Open[kind] = &notify.Summary{}
		s.state.Since[kind] = now
	}
	s.state.Open[kind].Add(a)
	s.added = append(s.added, a.ID)
	s.dirty = true
}

// Has reports whether the alert of that id was added before the last Save, or since.
func (s *Store) Has(id string) bool {
	return slices.Contains(s.state.Last, id) || slices.Contains(s.added, id)
}

// Due returns what is to be told now: a summary whose first alert came at least
// every ago, or one that was to be told and is not Told. It takes no further
// alerts. nil when there is none.
func (s *Store) Due(kind string, every time.Duration, now time.Time) *notify.Summary {
	if s.state.Sealed[kind] == nil && s.state.Open[kind] != nil {
		if waited := now.Sub(s.state.Since[kind]); waited >= every || waited < 0 {
			s.state.Sealed[kind] = s.state.Open[kind]
			delete(s.state.Open, kind)
			s.dirty = true
		}
	}
	return s.state.Sealed[kind]
}

// Told forgets the summary that Due returned.
func (s *Store) Told(kind string) {
	delete(s.state.Sealed, kind)
	s.dirty = true
}

// Count is how many alerts of that kind wait to be told.
func (s *Store) Count(kind string) int64 {
	n := int64(0)
	for _, m := range []map[string]*notify.Summary{s.state.Open, s.state.Sealed} {
		if m[kind] != nil {
			n += m[kind].Count
		}
	}
	return n
}

// Save makes the changes durable, in one step.
func (s *Store) Save() error {
	if !s.dirty {
		return nil
	}
	next := s.state
	if len(s.added) > 0 {
		next.Last = s.added
	}
	raw, err := json.Marshal(next)
	if err != nil {
		return fmt.Errorf("save pending alerts: %w", err)
	}
	if err := safefile.Replace(s.path, append(raw, '\n'), true); err != nil {
		return fmt.Errorf("save pending alerts: %w", err)
	}
	s.state, s.added, s.dirty = next, nil, false
	return nil
}
