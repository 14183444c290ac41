// Package delivered remembers which alerts a channel was told of, over restarts:
// the last 10,000 to 20,000 of them, in two files that take turns.
package delivered

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

const (
	// perFile is how many ids a file holds.
	perFile = 10_000
	// Suffixes of the files' names.
	suffix = ".delivered"
	older  = ".1"
)

type key [16]byte

const lineBytes = 2*len(key{}) + 1

func keyOf(id string) key {
	sum := sha256.Sum256([]byte(id))
	return key(sum[:16])
}

// Record is such a memory. It is not safe for concurrent use.
type Record struct {
	path     string
	file     *os.File
	now, old map[key]struct{}
}

// Open reads the memory called name in dir, which is made when it is not there.
func Open(dir, name string) (*Record, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open the record of delivered alerts: %w", err)
	}
	r := &Record{path: filepath.Join(dir, name+suffix)}
	var err error
	if r.old, err = load(r.path + older); err != nil {
		return nil, fmt.Errorf("open the record of delivered alerts: %w", err)
	}
	if r.now, err = load(r.path); err != nil {
		return nil, fmt.Errorf("open the record of delivered alerts: %w", err)
	}
	if err := r.open(); err != nil {
		return nil, fmt.Errorf("open the record of delivered alerts: %w", err)
	}
	return r, nil
}

// load reads the ids of a file. A line that is none, such as one that a crash cut,
// is passed over.
func load(path string) (map[key]struct{}, error) {
	ids := map[key]struct{}{}
	f, err := safefile.Open(path, os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return ids, nil
	}
	if err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(io.LimitReader(f, 2*perFile*int64(lineBytes)))
	for lines.Scan() {
		var k key
		if n, err := hex.Decode(k[:], cut(lines.Bytes())); err == nil && n == len(k) {
			ids[k] = struct{}{}
		}
	}
	// A line that is too long ends the reading: the file is not ours then.
	return ids, f.Close()
}

// cut returns b when it has the length of an id, else nothing: decoding more
// would write behind the key.
func cut(b []byte) []byte {
	if len(b) != lineBytes-1 {
		return nil
	}
	return b
}

func (r *Record) open() error {
	f, err := safefile.Open(r.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE)
	if err != nil {
		return err
	}
	// What a crash cut off ends here.
	if _, err := f.WriteString("\n"); err != nil {
		return errors.Join(err, f.Close())
	}
	r.file = f
	return nil
}

// Has reports whether the id was added.
func (r *Record) Has(id string) bool {
	k := keyOf(id)
	if _, ok := r.now[k]; ok {
		return true
	}
	_, ok := r.old[k]
	return ok
}

// Add remembers ids. They are remembered until the process ends even when it
// returns an error. A crash of the process loses none of them, a power cut perhaps
// the last second's: nothing is synced but by Sync and Close.
func (r *Record) Add(ids ...string) error {
	buf := make([]byte, 0, len(ids)*lineBytes)
	for _, id := range ids {
		k := keyOf(id)
		r.now[k] = struct{}{}
		buf = append(hex.AppendEncode(buf, k[:]), '\n')
	}
	if r.file == nil {
		if err := r.open(); err != nil {
			return fmt.Errorf("record delivered alerts: %w", err)
		}
	}
	if _, err := r.file.Write(buf); err != nil {
		// A line may be torn: opening the file again ends it.
		err = errors.Join(err, r.file.Close())
		r.file = nil
		return fmt.Errorf("record delivered alerts: %w", err)
	}
	if len(r.now) >= perFile {
		return r.turn()
	}
	return nil
}

// turn makes the file the older one and begins a new one.
func (r *Record) turn() error {
	err := errors.Join(safefile.SyncData(r.file), r.file.Close(), os.Rename(r.path, r.path+older))
	r.file = nil
	r.old, r.now = r.now, map[key]struct{}{}
	if err == nil {
		err = r.open()
	}
	if err != nil {
		return fmt.Errorf("record delivered alerts: %w", err)
	}
	return nil
}

// Sync makes what was added durable.
func (r *Record) Sync() error {
	if r.file == nil {
		return nil
	}
	return safefile.SyncData(r.file)
}

// Close ends the use of the files.
func (r *Record) Close() error {
	if r.file == nil {
		return nil
	}
	err := errors.Join(safefile.SyncData(r.file), r.file.Close())
	r.file = nil
	return err
}
