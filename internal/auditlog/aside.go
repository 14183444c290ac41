package auditlog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

// asideName is the name of a directory that holds files of a log before this one.
var asideName = regexp.MustCompile(`^(unchained|aside)-\d{8}T\d{6}Z(-\d+)?$`)

// logFile is the name of a file that is part of a log.
var logFile = regexp.MustCompile(`^(\d{8}\.jsonl|\d{8,}\.torn-.*|checkpoints.*|epochs.*|tree)$`)

// logFiles lists what of a log is in the directory: segments first, in order,
// so that a move that is broken off leaves what cannot be gone on with either.
func (l *Log) logFiles() ([]string, error) {
	entries, err := os.ReadDir(l.dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() && logFile.MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// moveAside moves all files of the log to a directory of their own.
func (l *Log) moveAside(why error) error {
	names, err := l.logFiles()
	if err != nil || len(names) == 0 {
		return err
	}
	prefix := "aside"
	if errors.Is(why, errUnchained) {
		prefix = "unchained"
	}
	base := prefix + "-" + l.opts.now().UTC().Format("20060102T150405Z")
	name := base
	for n := 2; ; n++ {
		if _, err := os.Lstat(filepath.Join(l.dir, name)); errors.Is(err, fs.ErrNotExist) {
			err := os.Mkdir(filepath.Join(l.dir, name+pendingSuffix), 0o700)
			if err == nil {
				break
			}
			if !errors.Is(err, fs.ErrExist) {
				return err
			}
		}
		if n > maxOccupied {
			return fmt.Errorf("no free name for a directory like %s", base)
		}
		name = fmt.Sprintf("%s-%d", base, n)
	}
	to := filepath.Join(l.dir, name+pendingSuffix)
	if err := os.WriteFile(filepath.Join(to, asideReason), []byte(why.Error()+"\n"), 0o600); err != nil {
		return err
	}
	for _, file := range names {
		if err := os.Rename(filepath.Join(l.dir, file), filepath.Join(to, file)); err != nil {
			return err
		}
		l.opts.at("file moved")
	}
	return errors.Join(safefile.SyncDir(to), safefile.SyncDir(l.dir))
}

// hasAside reports whether files of an older log lie in the directory.
func (l *Log) hasAside() (bool, error) {
	entries, err := os.ReadDir(l.dir)
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		if e.IsDir() && asideName.MatchString(strings.TrimSuffix(e.Name(), pendingSuffix)) {
			return true, nil
		}
	}
	return false, nil
}

// asideReason is the file that says why the files beside it were moved.
const asideReason = "REASON"

// maxReason bounds what is read of it.
const maxReason = 4 << 10

// oweAside remembers to record every directory whose files were moved and not
// recorded yet.
func (l *Log) oweAside() error {
	entries, err := os.ReadDir(l.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name, pending := strings.CutSuffix(e.Name(), pendingSuffix)
		if !pending || !e.IsDir() || !asideName.MatchString(name) {
			continue
		}
		path := filepath.Join(l.dir, name)
		files, logID, err := describe(path + pendingSuffix)
		if err != nil {
			return fmt.Errorf("look at %s: %w", e.Name(), err)
		}
		reason, err := readSmall(filepath.Join(path+pendingSuffix, asideReason), maxReason)
		if err != nil {
			reason = []byte("unknown")
		}
		why := strings.TrimSpace(string(reason))
		r := Record{Kind: KindSetAside, Attributes: map[string]any{AsideDirectory: name, AsideReason: why, AsideFiles: files}}
		if logID != "" {
			r.Attributes[AsideLog] = logID
		}
		l.owed = append(l.owed, owed{r, func() error {
			l.opts.at("move recorded")
			if err := os.Rename(path+pendingSuffix, path); err != nil {
				return err
			}
			l.opts.Observer.SetAside(name, errors.New(why))
			return safefile.SyncDir(l.dir)
		}})
	}
	return nil
}

// fileOf describes a file in a record.
type fileOf struct {
	Name     string  `json:"name"`
	Bytes    int64   `json:"bytes"`
	SHA256   string  `json:"sha256"`
	FirstSeq *uint64 `json:"first_seq,omitempty"`
}

// describe lists the regular files of a directory with their hashes, and the id
// of the log that they are of.
func describe(dir string) (files []fileOf, logID string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, "", err
	}
	for _, e := range entries {
		if !e.Type().IsRegular() || e.Name() == asideReason {
			continue
		}
		path := filepath.Join(dir, e.Name())
		sum, size, err := hashOfFile(path)
		if err != nil {
			return nil, "", err
		}
		files = append(files, fileOf{Name: e.Name(), Bytes: size, SHA256: sum})
		if _, ok := parseSegmentName(e.Name()); ok && logID == "" {
			first, ok, err := firstLine(Segment{Path: path, Size: size})
			if err != nil {
				return nil, "", err
			}
			if ok {
				logID = first.Log
			}
		}
	}
	return files, logID, nil
}
