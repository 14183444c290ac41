package witness

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/agent-telemetry/agent-telemetry/internal/safefile"
)

// Parts of a witness's directory.
const (
	keyName     = "key"
	lockName    = "lock"
	logsDir     = "logs"
	keptDir     = "checkpoints"
	evidenceDir = "evidence"
)

// Bounds of files that grow, a log.
const (
	maxKeptBytes     = 32 << 20 // of checkpoints/HASH before it becomes HASH.1
	maxEvidenceBytes = 1 << 20
)

// replaceFile writes a file durably: either the old content is there or the new.
func replaceFile(path string, content []byte) error {
	temp := path + ".tmp"
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|safefile.NoFollow, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	return safefile.SyncDir(filepath.Dir(path))
}

// appendFile appends text durably. With a limit, what would go over it goes into
// a new file and the old one becomes PATH.1, when rotate is set; else it is left out.
func appendFile(path string, text []byte, limit int64, rotate bool) error {
	if info, err := os.Lstat(path); err == nil && info.Size() > 0 && info.Size()+int64(len(text)) > limit {
		if !rotate {
			return nil
		}
		if err := os.Rename(path, path+".1"); err != nil {
			return err
		}
	}
	f, err := safefile.Open(path, os.O_RDWR|os.O_CREATE|os.O_APPEND)
	if err != nil {
		return err
	}
	// Half a note that a crash left is kept apart by empty lines.
	if end, err := f.Seek(0, io.SeekEnd); err == nil && end >= 2 {
		var last [2]byte
		if _, err := f.ReadAt(last[:], end-2); err == nil && string(last[:]) != "\n\n" {
			text = append([]byte("\n\n"), text...)
		}
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
