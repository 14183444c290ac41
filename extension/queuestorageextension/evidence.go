package queuestorageextension

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"go.uber.org/zap"
)

const (
	evidenceDir = "damaged"
	// What is kept of damage, for a look by a human; more is only counted.
	maxEvidenceFiles = 32
	maxEvidenceBytes = 16 << 20
)

// setAside keeps a damaged part of a segment. It reports whether the damage is
// new: that of a segment which is still needed is met again at every start.
func (j *journal) setAside(seg *segment, at int, part []byte) bool {
	dir := filepath.Join(j.dir, evidenceDir)
	path := filepath.Join(dir, fmt.Sprintf("%s@%d", seg.name(), at))
	if _, err := os.Lstat(path); err == nil {
		return false
	}
	if err := keep(dir, path, part); err != nil {
		j.log.Warn("The damaged part of a segment could not be kept", zap.String("segment", seg.name()), zap.Error(err))
	}
	return true
}

// moveAway renames what stands in the place of a queue's directory and is none: a
// database of another storage, or what somebody put there to keep the collector
// from starting. A link is not followed.
func moveAway(dir string, log *zap.Logger) error {
	info, err := os.Lstat(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.IsDir() {
		return nil
	}
	if err != nil {
		return fmt.Errorf("inspect queue directory: %w", err)
	}
	aside := dir + asideSuffix
	log.Warn("Something else stands in the place of a queue; it is renamed", zap.String("path", dir), zap.String("to", aside))
	if err := os.Rename(dir, aside); err != nil {
		return fmt.Errorf("move away what stands in the place of a queue: %w", err)
	}
	return nil
}

const asideSuffix = ".not-a-queue"

func keep(dir, path string, part []byte) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	if len(files) >= maxEvidenceFiles {
		return fmt.Errorf("%s holds %d files already, which is the bound", dir, len(files))
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return err
	}
	// The bound of one file is its share.
	_, err = f.Write(part[:min(len(part), maxEvidenceBytes/maxEvidenceFiles)])
	return errors.Join(err, f.Close())
}
