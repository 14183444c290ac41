package witness

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"github.com/gofrs/flock"
)

// Options says what a witness is.
type Options struct {
	// Dir is the witness's directory. It is made, 0700.
	Dir string
	// Name is what its key is called: a URL without scheme, by custom. "" takes
	// the name of the key that is there, or DefaultName.
	Name string
	// Logs are the logs it knows.
	Logs []LogConfig
	// Logger is told of refusals and of what fails. nil: nobody.
	Logger *slog.Logger
}

// Witness cosigns the checkpoints of the logs that it knows. It is safe for
// concurrent use.
type Witness struct {
	dir    string
	key    key
	lock   *flock.Flock
	logs   map[string]*log // by origin
	byHash map[string]*log // by originHash
	logger *slog.Logger

	persisted func() // for tests: between the state's fsync and the answer
}

// log is a log that the witness knows.
type log struct {
	mu     sync.Mutex // held from the check to the cosignature
	pinned pinned
	state  state
}

// ErrLocked says that another witness works in the directory.
var ErrLocked = errors.New("another witness works in this directory")

// Open starts a witness. Another one may not work in its directory.
func Open(o Options) (*Witness, error) {
	w := &Witness{dir: o.Dir, logs: make(map[string]*log), byHash: make(map[string]*log), logger: o.Logger, persisted: func() {}}
	if w.logger == nil {
		w.logger = slog.New(slog.DiscardHandler)
	}
	pins, err := resolveLogs(o.Logs)
	if err != nil {
		return nil, err
	}
	for _, dir := range []string{"", logsDir, keptDir, evidenceDir} {
		if err := os.MkdirAll(filepath.Join(o.Dir, dir), 0o700); err != nil {
			return nil, fmt.Errorf("make the witness's directory: %w", err)
		}
	}
	if err := os.Chmod(o.Dir, 0o700); err != nil { //nolint:gosec // a directory needs its x bit
		return nil, fmt.Errorf("make the witness's directory: %w", err)
	}
	w.lock = flock.New(filepath.Join(o.Dir, lockName), flock.SetPermissions(0o600))
	switch locked, err := w.lock.TryLock(); {
	case err != nil:
		return nil, fmt.Errorf("lock the witness's directory: %w", err)
	case !locked:
		return nil, fmt.Errorf("%s: %w", o.Dir, ErrLocked)
	}
	if err := w.load(o.Name, pins); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// resolveLogs reads the configuration of all logs and reports every fault.
func resolveLogs(configs []LogConfig) ([]pinned, error) {
	var pins []pinned
	var faults []error
	seen := make(map[string]bool)
	for i, c := range configs {
		p, err := c.resolve()
		if err == nil && seen[p.origin] {
			err = fmt.Errorf("origin: %q is there twice", p.origin)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("logs[%d]: %w", i, err))
		}
		seen[p.origin] = true
		pins = append(pins, p)
	}
	switch {
	case len(configs) == 0:
		faults = append(faults, errors.New("logs: at least one is needed"))
	case len(configs) > maxLogs:
		faults = append(faults, fmt.Errorf("logs: more than %d", maxLogs))
	}
	return pins, errors.Join(faults...)
}

func (w *Witness) load(name string, pins []pinned) error {
	var err error
	if w.key, err = loadKey(w.dir, name); err != nil {
		return err
	}
	for _, p := range pins {
		s, err := loadState(w.dir, p.origin)
		if err != nil {
			return err
		}
		if err := s.pin(p); err != nil {
			return err
		}
		l := &log{pinned: p, state: s}
		w.logs[p.origin], w.byHash[originHash(p.origin)] = l, l
	}
	return nil
}

// VKey returns the verification key of the witness's cosignatures.
func (w *Witness) VKey() string { return w.key.vkey }

// Name returns the name of the witness's key.
func (w *Witness) Name() string { return w.key.signer.Name() }

// Close gives the directory up to others.
func (w *Witness) Close() error {
	if err := w.lock.Close(); err != nil {
		return fmt.Errorf("close the witness: %w", err)
	}
	return nil
}

// Key returns the verification key of the witness in dir, whose name is as in
// Options, and makes it when there is none.
func Key(dir, name string) (vkey string, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("make the witness's directory: %w", err)
	}
	k, err := loadKey(dir, name)
	return k.vkey, err
}
