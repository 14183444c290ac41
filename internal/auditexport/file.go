package auditexport

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
)

// file is a file of an export that is being written.
type file struct {
	File
	f   *os.File
	sum hash.Hash
	out *bufio.Writer
}

// create makes a file that must not be there.
func create(dir, name string) (*file, error) {
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	w := &file{File: File{Name: name}, f: f, sum: sha256.New()}
	w.out = bufio.NewWriterSize(io.MultiWriter(f, w.sum), 1<<18)
	return w, nil
}

// Write implements io.Writer.
func (w *file) Write(b []byte) (int, error) {
	n, err := w.out.Write(b)
	w.Bytes += int64(n)
	return n, err
}

// close makes the file durable and notes its hash.
func (w *file) close() error {
	err := w.out.Flush()
	if err == nil {
		err = w.f.Sync()
	}
	if err = errors.Join(err, w.f.Close()); err != nil {
		return fmt.Errorf("export %s: %w", w.Name, err)
	}
	w.SHA256 = hex.EncodeToString(w.sum.Sum(nil))
	return nil
}
