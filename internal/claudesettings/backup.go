package claudesettings

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	backupInfix = ".agent-telemetry-backup-"
	backupTime  = "20060102T150405.000000000Z" // sorts by time
	keepBackups = 5
)

// Backup copies the file as it was read to a new file beside it, readable only
// by its owner, and removes all but the newest five. It returns the copy's
// path, "" when there is no file to copy.
func (f *File) Backup(now time.Time) (string, error) {
	if !f.Exists {
		return "", nil
	}
	path := f.Target + backupInfix + now.UTC().Format(backupTime)
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", fmt.Errorf("back up settings: %w", err)
	}
	_, err = out.Write(f.text)
	if err == nil {
		err = out.Sync()
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return "", fmt.Errorf("back up settings: %w", err)
	}
	return path, f.pruneBackups()
}

func (f *File) pruneBackups() error {
	all, err := f.backups()
	if err != nil {
		return err
	}
	for len(all) > keepBackups {
		if err := ignoreMissing(os.Remove(all[0])); err != nil {
			return fmt.Errorf("remove old backup: %w", err)
		}
		all = all[1:]
	}
	return nil
}

// backups returns the paths of the file's backups, oldest first.
func (f *File) backups() ([]string, error) {
	dir, name := filepath.Split(f.Target)
	entries, err := os.ReadDir(filepath.Clean(dir))
	if err != nil {
		return nil, fmt.Errorf("list backups: %w", err)
	}
	var all []string
	for _, e := range entries {
		stamp, ok := strings.CutPrefix(e.Name(), name+backupInfix)
		if !ok {
			continue
		}
		if _, err := time.Parse(backupTime, stamp); err == nil && e.Type().IsRegular() {
			all = append(all, filepath.Join(dir, e.Name()))
		}
	}
	slices.Sort(all)
	return all, nil
}
