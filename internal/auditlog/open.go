package auditlog

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
	"github.com/google/uuid"

	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

// Open opens the log in dir for writing and makes it when it is not there. It
// sets aside what a crash left, and a log that cannot be gone on with: then a
// new one begins. Errors: ErrLocked when another process writes the log,
// ErrKeysLocked when another log has the keys, else what the file system said.
func Open(dir string, options Options) (*Log, error) {
	l := &Log{dir: filepath.Clean(dir), opts: options.withDefaults()}
	l.feed = FeedOf(l.dir)
	l.keeper.woken = make(chan struct{}, 1)
	l.checkpoints = noteFile{dir: l.dir, name: CheckpointsName, sync: l.opts.sync}
	l.epochs = noteFile{dir: l.dir, name: EpochsName, sync: l.opts.sync}
	if err := ensureDir(l.dir); err != nil {
		return nil, fmt.Errorf("open audit log: %w", err)
	}
	if err := clearTheWay(l.dir, lockName, treeName, treeName+".tmp", tornTemp); err != nil {
		return nil, fmt.Errorf("open audit log: %w", err)
	}
	l.lock = flock.New(filepath.Join(l.dir, lockName), flock.SetPermissions(0o600))
	locked, err := l.lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock audit log: %w", errors.Join(err, l.lock.Close()))
	}
	if !locked {
		return nil, fmt.Errorf("open audit log %s: %w", dir, errors.Join(ErrLocked, l.lock.Close()))
	}
	if err := l.recover(); err != nil {
		return nil, fmt.Errorf("open audit log %s: %w", dir, errors.Join(err, l.release()))
	}
	l.feed.opened(l.id, l.chain.next())
	l.begin()
	return l, nil
}

func (l *Log) path() string { return filepath.Join(l.dir, segmentName(l.index)) }

// ensureDir makes dir (and its parents) and holds it at 0700.
func ensureDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if info.Mode().Perm() == 0o700 {
		return nil
	}
	return os.Chmod(dir, 0o700) //nolint:gosec // a directory needs its x bit
}

// recover finds the end of the log and makes it sound, or makes a new log.
func (l *Log) recover() error {
	var err error
	if l.keyDir, err = openKeyDir(l.keyPath(), l.opts.sync); err != nil {
		return err
	}
	segments, err := Segments(l.dir)
	if err != nil {
		return err
	}
	l.window = newWindow(l.opts.DuplicateWindow)
	if err := refill(l.window, l.dir); err != nil {
		return err
	}
	made := false
	switch err := l.resume(segments); {
	case errors.Is(err, errNothing):
		made = true
		if err := l.create(segments); err != nil {
			return err
		}
	case errors.Is(err, errUnusable):
		made = true
		if err := l.moveAside(err); err != nil {
			return fmt.Errorf("move a log aside: %w", err)
		}
		l.forget()
		if err := l.create(nil); err != nil {
			return err
		}
	case err != nil:
		return err
	}
	return l.introduce(made)
}

func (l *Log) keyPath() string {
	if l.opts.KeyDir != "" {
		return l.opts.KeyDir
	}
	return l.dir + "-keys"
}

// forget drops what was learnt of a log that is not gone on with.
func (l *Log) forget() {
	_ = errors.Join(l.checkpoints.close(), l.epochs.close()) // moved away
	l.checkpoints.size, l.epochs.size = 0, 0
	if l.seg != nil {
		_ = l.seg.Close() // moved away
	}
	l.seg, l.index, l.size, l.last, l.chain = nil, 0, 0, nil, chain{}
	l.key, l.nextKey, l.vkeys, l.epochEnd = nil, nil, nil, 0
	l.signed, l.pruned, l.owed, l.due = Checkpoint{}, nil, nil, nil
}

// create makes a new log: its id, its first segment and its first key. Where the
// keys are of another log, and nothing else is left of that, it says so.
func (l *Log) create(segments []Segment) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make a log id: %w", err)
	}
	l.id = id.String()
	was, err := l.vanished(segments)
	if err != nil {
		return err
	}
	if l.seg, err = createSegment(l.dir, 0); err != nil {
		return err
	}
	l.opts.at("first segment made")
	if l.key, err = l.keyDir.first(l.id); err != nil {
		return err
	}
	l.opts.at("first key stored")
	l.vkeys = []string{l.key.vkey}
	l.started = l.opts.now()
	l.opts.Observer.SegmentOpened()
	if was != "" {
		l.owed = append(l.owed, owed{record: Record{Kind: KindSetAside, Attributes: map[string]any{
			AsideLog: was, AsideReason: "there are keys of a log, and no file of it",
		}}})
	}
	// The directory's own name has to last, too.
	return safefile.SyncDir(filepath.Dir(l.dir))
}

// vanished returns the id of the log that the keys are of, when no file is left
// of it; "" when there is none, or when it never had a line.
func (l *Log) vanished(segments []Segment) (logID string, err error) {
	pub, err := l.keyDir.read(pubFile)
	if err != nil {
		return "", err
	}
	logID = vkeyLog(string(pub))
	k, err := l.keyDir.load(keyFile)
	if err != nil || logID == "" {
		return "", err
	}
	if len(segments) == 1 && segments[0].Index == 0 && (k == nil || k.epoch == 0) {
		return "", nil // died while it was made
	}
	aside, err := l.hasAside()
	if aside {
		return "", err // there is a record of that
	}
	return logID, err
}

// introduce records the start and what Open found, and changes the key of a log
// that was there. What does not succeed now is tried again later: a full disk
// keeps nobody from starting.
func (l *Log) introduce(made bool) error {
	l.mirror.size.Store(l.chain.tree.size)
	l.mirror.signed.Store(l.signed.Size)
	l.mirror.epoch.Store(l.key.epoch)
	pub, err := l.keyDir.read(pubFile)
	if err != nil {
		return err
	}
	if vkeyLog(string(pub)) == l.id {
		l.pub = string(pub)
	}
	if err := errors.Join(l.oweTorn(), l.oweAside()); err != nil {
		return err
	}
	if !l.opts.quiet {
		l.owed = append([]owed{l.startRecord()}, l.owed...)
	}
	l.opts.Observer.Epoch(l.key.epoch)
	l.writing.Lock()
	err = l.ready(0)
	l.writing.Unlock()
	if err != nil {
		l.opts.Observer.Failed(err)
	}
	l.opts.at("start recorded")
	if !made && !l.opts.quiet {
		l.startKey = l.key
		l.try("change the key", l.changeKey())
	} else if l.nextKey != nil {
		l.try("change the key", l.changeKey())
	}
	return nil
}
