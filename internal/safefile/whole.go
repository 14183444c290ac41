package safefile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrNoFile says that a name is not that of a regular file: somebody has put a pipe
// or a device there. Remove it, and start again.
var ErrNoFile = errors.New("not a regular file")

// ErrTooLarge says that a file is larger than its reader takes. Nobody of ours writes
// it so.
var ErrTooLarge = errors.New("the file is too large")

// Read reads a regular file of at most limit bytes. It follows no link and waits for
// nobody who holds a pipe of that name open. fs.ErrNotExist when there is none.
func Read(path string, limit int64) ([]byte, error) {
	f, err := Open(path, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("%s: %w", path, ErrTooLarge)
	}
	return data, errors.Join(err, f.Close())
}

// Open opens a regular file, with such flags as os.O_RDWR|os.O_CREATE; what it makes
// is for the user alone. It follows no link, and a pipe that somebody holds open, on
// which every read would wait, is ErrNoFile.
func Open(path string, flag int) (*os.File, error) {
	f, err := os.OpenFile(path, flag|NoFollow, 0o600)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s: %w", path, ErrNoFile)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Replace puts data in the place of the file of that name, in one step, readable by
// the user alone. Its directory is made when it is not there. Only with sync it is
// sure that data, and not nothing, stands there after the power fails.
func Replace(path string, data []byte, sync bool) error {
	return ReplaceWith(path, sync, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// ReplaceWith is Replace with what write writes.
func ReplaceWith(path string, sync bool, write func(io.Writer) error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	temp := path + ".tmp"
	if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL|NoFollow, 0o600)
	if err != nil {
		return err
	}
	err = write(f)
	if err == nil && sync {
		err = SyncData(f)
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	return nil
}
