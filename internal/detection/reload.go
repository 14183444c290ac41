package detection

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Intervals of a Reloader: how long after a change it waits for the rest of it,
// and how often it looks without being told of one.
const (
	settle = 50 * time.Millisecond
	poll   = 5 * time.Second
)

// Reloader holds the rules of files and loads them again when one changes. When
// they are bad then, the rules before stay, and Status says why.
type Reloader struct {
	// Defaults is used in place of the file DefaultsPath when that is "".
	defaults     Source
	defaultsPath string
	userPaths    []string
	onLoad       func(Status)

	current atomic.Pointer[Ruleset]
	mu      sync.Mutex // of what follows
	status  Status
	seen    []Source // what was loaded last, good or bad
}

// Status is how loading went.
type Status struct {
	// Hash, Rules and Disabled are of the rules in use; Loaded is when they were.
	Hash            string
	Rules, Disabled int
	Loaded          time.Time
	// Loads and Failures count; Faults are those of the last load, with warnings,
	// Failed says that it was in vain, and Tried is when it was.
	Loads, Failures int64
	Faults          Faults
	Failed          bool
	Tried           time.Time
}

// ReloaderConfig says which files a Reloader holds.
type ReloaderConfig struct {
	// Defaults are the rules that are always there, used when DefaultsPath is "".
	Defaults     Source
	DefaultsPath string
	// UserPaths are the user's files; they need not exist.
	UserPaths []string
	// OnLoad is called after each load, from the goroutine that loaded; may be nil.
	OnLoad func(Status)
}

// NewReloader loads the rules. When they are bad it still holds rules if the
// defaults alone are good, and the error says what is wrong; without any rules the
// Reloader is nil.
func NewReloader(c ReloaderConfig) (*Reloader, error) {
	r := &Reloader{defaults: c.Defaults, defaultsPath: c.DefaultsPath, userPaths: c.UserPaths, onLoad: c.OnLoad}
	err := r.Reload()
	if r.current.Load() != nil {
		return r, err
	}
	sources, _ := r.sources() // the user's files may be what cannot be read
	if len(sources) == 0 || sources[0].User {
		return nil, err
	}
	rs, faults := Load(sources[0])
	if faults.Err() != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.use(rs)
	return r, err
}

// Rules are those in use. They stay valid when others take their place.
func (r *Reloader) Rules() *Ruleset { return r.current.Load() }

// Status is how loading went.
func (r *Reloader) Status() Status {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.status
}

// Reload loads the files if they differ from what was loaded last.
func (r *Reloader) Reload() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	sources, readErr := r.sources()
	if readErr == nil && r.status.Loads > 0 && same(sources, r.seen) {
		return nil
	}
	var (
		rs     *Ruleset
		faults Faults
	)
	if readErr != nil {
		faults = Faults{Fault{Source: "rules", Text: readErr.Error()}}
		if r.status.Failed && len(r.status.Faults) == 1 && r.status.Faults[0].Text == faults[0].Text {
			return faults // said already
		}
		r.seen = nil
	} else {
		r.seen = sources
		rs, faults = Load(sources...)
	}
	r.status.Loads++
	r.status.Tried = time.Now()
	r.status.Faults = faults
	err := faults.Err()
	r.status.Failed = err != nil
	if err != nil {
		r.status.Failures++
	} else {
		r.use(rs)
	}
	if r.onLoad != nil {
		r.onLoad(r.status)
	}
	return err
}

func (r *Reloader) use(rs *Ruleset) {
	r.current.Store(rs)
	r.status.Hash, r.status.Rules, r.status.Disabled = rs.Hash(), 0, 0
	r.status.Loaded = time.Now()
	for _, c := range rs.rules {
		if c.Disabled {
			r.status.Disabled++
		} else {
			r.status.Rules++
		}
	}
}

func (r *Reloader) sources() ([]Source, error) {
	var (
		all  []Source
		errs []error
	)
	if r.defaultsPath == "" {
		all = append(all, r.defaults)
	} else if data, err := ReadFile(r.defaultsPath); err != nil {
		errs = append(errs, err)
	} else {
		all = append(all, Source{Name: r.defaultsPath, Data: data})
	}
	for _, p := range r.userPaths {
		data, err := ReadFile(p)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			errs = append(errs, err)
		default:
			all = append(all, Source{Name: p, Data: data, User: true})
		}
	}
	return all, errors.Join(errs...)
}

func same(a, b []Source) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Name != b[i].Name || string(a[i].Data) != string(b[i].Data) {
			return false
		}
	}
	return true
}

// ReadFile reads a rule file: a regular one of at most MaxFileBytes. Of a larger
// one it reads enough for Load to refuse it.
func ReadFile(path string) ([]byte, error) {
	// A named pipe must not hold up the collector.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("read rules: %w", err)
	}
	defer func() { _ = f.Close() }() // it was read only
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("read rules: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("read rules: %s is no regular file", path)
	}
	data, err := io.ReadAll(io.LimitReader(f, MaxFileBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read rules: %w", err)
	}
	return data, nil
}

// Watch loads changed files until the context ends. It watches the directories,
// since editors replace files, and looks from time to time in case it is not told.
func (r *Reloader) Watch(ctx context.Context) {
	var (
		events  chan fsnotify.Event
		errs    chan error
		watched = map[string]bool{}
	)
	w, err := fsnotify.NewWatcher()
	if err == nil {
		defer func() { _ = w.Close() }() // nothing is lost
		events, errs = w.Events, w.Errors
	}
	paths := r.userPaths
	if r.defaultsPath != "" {
		paths = append([]string{r.defaultsPath}, paths...)
	}
	names := map[string]bool{}
	for _, p := range paths {
		names[filepath.Clean(p)] = true
	}
	watch := func() {
		for _, p := range paths {
			if dir := filepath.Dir(filepath.Clean(p)); w != nil && !watched[dir] && w.Add(dir) == nil {
				watched[dir] = true
			}
		}
	}
	watch()
	timer := time.NewTimer(settle)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case e, ok := <-events:
			if !ok {
				events = nil
				continue
			}
			if names[filepath.Clean(e.Name)] {
				timer.Reset(settle)
			}
		case _, ok := <-errs: // an overflow: look
			if !ok {
				errs = nil
				continue
			}
			timer.Reset(settle)
		case <-timer.C:
			watch()
			_ = r.Reload() // Status says it
			timer.Reset(poll)
		}
	}
}
